// In what two readings of the same bytes differ.
#pragma once

#include <string>
#include <string_view>

#include "tools/diff/decode/reading.h"

namespace duet::diff {

enum class DecodeKind : u8 {
  OnlyOurs,    // the witness calls it no instruction
  OnlyTheirs,  // we call it none
  Length,
  Name,
  Prefix,    // LOCK, or the repetition of a string instruction
  Operands,  // number or kind of operands
  Register,  // another register, or another size of it
  Size,      // of memory
  Address,   // base, index, scale, displacement or address size
  Segment,
  Immediate,  // also far pointers
  Target,     // of a relative branch
  Count
};

std::string_view wordOf(DecodeKind kind);
// DecodeKind::Count: there is no such word.
DecodeKind kindByWord(std::string_view word);

// A set of kinds.
class DecodeKinds {
 public:
  void add(DecodeKind kind) { bits_ = static_cast<u16>(bits_ | 1u << static_cast<unsigned>(kind)); }
  void remove(const DecodeKinds& other) { bits_ = static_cast<u16>(bits_ & ~other.bits_); }
  bool has(DecodeKind kind) const { return bits_ >> static_cast<unsigned>(kind) & 1; }
  bool intersects(const DecodeKinds& other) const { return bits_ & other.bits_; }
  bool empty() const { return bits_ == 0; }
  std::string text() const;  // "length, name"
  bool operator==(const DecodeKinds&) const = default;
  auto operator<=>(const DecodeKinds&) const = default;

 private:
  u16 bits_ = 0;
};

// What is compared: what both say. A size that a listing leaves out, an operand that only the manual's text has and that is
// not in the bytes, and F2 or F3 where nothing repeats are no differences. `theirs` has the manual's names.
DecodeKinds difference(const Reading& ours, const Reading& theirs);

}  // namespace duet::diff
