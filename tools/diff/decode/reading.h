// What somebody makes of the bytes of one instruction, in a form in which two answers can be compared.
#pragma once

#include <array>
#include <span>
#include <string>

#include "core/base/result.h"
#include "cpu-tcg/isa/decoder.h"

namespace duet::diff {

using tcg::isa::CodeMode;

// The most that is given to a reader: more than an instruction may have.
inline constexpr unsigned kReadingBytes = 18;
using ByteString = std::array<u8, kReadingBytes>;
// Where the instruction lies, for those who show branch targets whole.
inline constexpr u64 kReadingAddress = 0x1000;

enum class PartKind : u8 {
  None,
  Register,
  Memory,
  Immediate,
  Target,  // `value` is the distance from the next instruction
  FarPointer,
};

enum class RegisterSet : u8 {
  None,  // no register; also one that the guest model does not have (opmasks, tiles, ...)
  Gpr,
  GprHigh,  // AH CH DH BH: 0..3
  Segment,
  Control,
  Debug,
  X87,
  Mmx,
  Vector,
  Ip,
};

struct RegisterName {
  RegisterSet set = RegisterSet::None;
  u8 number = 0;
  u8 size = 0;  // bytes; 0 where a name says nothing of it
  bool operator==(const RegisterName&) const = default;
};

// An operand.
struct Part {
  PartKind kind = PartKind::None;
  bool implied = false;  // not in the bytes, or without effect: a listing may leave it out
  u16 size = 0;          // bytes of memory, of an immediate or of a target; 0: not said
  RegisterName reg;      // Register
  RegisterName base, index;
  u8 scale = 1;
  u8 addressSize = 0;                               // bytes; 0: not said
  tcg::isa::SegReg segment = tcg::isa::kNoSegment;  // kNoSegment: one of those that are flat in 64-bit mode
  u64 value = 0;  // displacement, immediate, distance, offset; wider than meant is all right
  u32 selector = 0;
};

enum class Repeat : u8 { None, Rep, Repne };

inline constexpr unsigned kMostParts = 6;

struct Reading {
  bool silent = false;      // the witness cannot say
  bool lengthOnly = false;  // it says no more than whether it is an instruction, and of how many bytes
  bool valid = false;
  u8 length = 0;  // of what is no instruction: the bytes read until that was clear, if known
  bool lock = false;
  Repeat repeat = Repeat::None;
  bool repeats = true;  // false: a string instruction it is not, so F2 and F3 mean nothing
  std::string name;     // mnemonic
  u8 count = 0;
  Part parts[kMostParts];
  // How it was written, for people; our own reading leaves it empty.
  std::string text;

  void clear();
  Part& add(PartKind kind);
};

inline unsigned bitsOf(CodeMode mode) {
  return mode == CodeMode::Bits16 ? 16 : mode == CodeMode::Bits32 ? 32 : 64;
}

// What the bytes mean to a processor.
struct Reader {
  tcg::isa::FeatureSet features = tcg::isa::FeatureSet::all();
  tcg::isa::Dialect dialect = tcg::isa::Dialect::Intel;
};

// Somebody who reads instructions. Not for two threads at a time.
class DecodeWitness {
 public:
  virtual ~DecodeWitness() = default;
  virtual std::string_view name() const = 0;
  // As whose processor our decoder is to read for the comparison.
  virtual Reader reader() const { return {}; }
  // `readings` has as many as `strings`, each is wholly written. An error: the witness is gone.
  virtual Result<> read(std::span<const ByteString> strings, CodeMode mode, std::span<Reading> readings) = 0;
};

}  // namespace duet::diff
