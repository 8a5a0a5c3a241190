// The folder that entries lie in: a file each, written whole, so that any number of duets may share it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/base/unique_fd.h"

namespace duet::tcg::cache {

class Folder {
 public:
  // Makes it if it is missing. What lies in it is run as code: fails unless it is this user's, and nobody else may write to it.
  static Result<Folder> open(const std::string& path);

  const std::string& path() const { return path_; }
  std::vector<std::string> names() const;  // of entries, of any duet
  // The file's bytes, if it is a plain file of this user's that is not larger than `most`. It counts as used now.
  std::optional<std::vector<u8>> read(const std::string& name, size_t most) const;
  // Replaces a file of that name at one blow.
  Result<> write(const std::string& name, const std::vector<u8>& bytes) const;
  // Those that were not used for the longest time go, until at most `most` bytes are left. Returns how many are.
  u64 shrink(u64 most) const;

 private:
  Folder(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  std::string path_;
  UniqueFd fd_;
};

// How entries' files are called: 16 and 32 hexadecimal digits and an ending.
std::string entryName(u64 head, u64 high, u64 low);
bool parseEntryName(const std::string& name, u64& head, u64& high, u64& low);

}  // namespace duet::tcg::cache
