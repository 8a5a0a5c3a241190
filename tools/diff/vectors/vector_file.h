// Recorded vectors: cases, and what a processor answered to them, in one compressed file.
//
// A file is "DUETVECS", version (4 bytes), length and XXH64 of the content (8 each), and the content as one zstd frame;
// little-endian. The content: who answered, the names of the state's values (vectors say them by number), the memories, for
// each user world a background state, and the vectors. A vector's start is written as what differs from the background, its
// outcome as what differs from its start; both by name and value, so that a file outlives changes of the generator and of
// CpuState.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/cpu/cpu_model.h"
#include "tools/diff/case/case.h"
#include "tools/diff/compare/state_fields.h"

namespace duet::diff {

class ByteReader;

inline constexpr u32 kVectorVersion = 1;
inline constexpr u64 kMostVectors = 1'000'000;

// Who answered.
struct VectorWitness {
  std::string processor;  // for people: engine, CPU model, microcode
  CpuVendor vendor = CpuVendor::Intel;
  u32 signature = 0;  // CPUID.1:EAX
  FeatureSet features;
  bool operator==(const VectorWitness&) const = default;
};

struct RecordedVector {
  Case c;
  // Ending::Exception, and of the state what user code and its handler can see (comparedState).
  Outcome outcome;
  unsigned instructions = 1;
};

class VectorFile {
 public:
  // Hostile input: what is damaged, cut short, of another version or no such file is refused in one line.
  static Result<VectorFile> parse(std::span<const u8> file);
  static Result<VectorFile> read(const std::string& path);
  // The content alone, without compression and checksum.
  static Result<VectorFile> parseContent(std::vector<u8> content);

  const VectorWitness& witness() const { return witness_; }
  size_t size() const { return starts_.size(); }
  // Every one can be read: that was tried.
  RecordedVector at(size_t index) const;

 private:
  bool readHead(ByteReader& in);
  std::optional<RecordedVector> readVector(ByteReader& in) const;

  std::vector<u8> content_;
  VectorWitness witness_;
  std::vector<const StateField*> fields_;  // by their number in this file
  std::vector<std::shared_ptr<const Memory>> memories_;
  std::array<CpuState, 2> backgrounds_;  // by user world
  std::vector<size_t> starts_;           // where each vector begins in the content
};

// The content of a file, for the cases' memories as they are.
std::vector<u8> vectorContent(const VectorWitness& witness, const std::array<CpuState, 2>& backgrounds,
                              std::span<const RecordedVector> vectors);
// As a file.
std::vector<u8> vectorFile(std::span<const u8> content);

}  // namespace duet::diff
