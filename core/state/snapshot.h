// The snapshot container: named, versioned, checksummed sections.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"

namespace duet {

struct SnapshotSection {
  std::string name;  // "pit8254", "cpu0", "ram:main"
  u32 version = 1;
  std::vector<u8> data;
};

// File form: magic "DUETSNAP", format version, section count, then a section each as name, version,
// length, XXH64, data; little-endian. decode() treats its input as hostile: caps on count
// (4096), name (64 bytes) and total size, checksums, no trailing bytes.
class Snapshot {
 public:
  Result<> add(SnapshotSection section);  // a second section of the same name is an error
  const SnapshotSection* find(std::string_view name) const;
  std::span<const SnapshotSection> sections() const { return sections_; }

  std::vector<u8> encode() const;
  static Result<Snapshot> decode(std::span<const u8> bytes);
  // Written aside and renamed, so that a crash leaves the old file.
  Result<> writeFile(const std::string& path) const;
  static Result<Snapshot> readFile(const std::string& path, u64 maxBytes);

 private:
  std::vector<SnapshotSection> sections_;
};

}  // namespace duet
