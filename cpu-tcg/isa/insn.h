// A decoded instruction: what every tier works from.
#pragma once

#include "core/base/types.h"
#include "cpu-tcg/isa/row.h"

namespace duet::tcg::isa {

inline constexpr size_t kMaxInsnLength = 15;

// What the bytes mean depends on the code segment alone.
enum class CodeMode : u8 { Bits16, Bits32, Bits64 };

enum SegReg : u8 { kEs, kCs, kSs, kDs, kFs, kGs, kNoSegment = 7 };

enum class OperandKind : u8 {
  None,
  Gpr,      // reg 0..15, low `size` bytes
  GprHigh,  // AH CH DH BH: reg 0..3, size 1
  Segment,
  Control,
  Debug,
  Fpu,
  Mmx,
  Vector,
  Memory,      // the instruction's one ModRM/moffs memory operand (Insn::mem)
  StringSrc,   // [seg:rSI]
  StringDst,   // [ES:rDI]
  Immediate,   // Insn::imm, already sign- or zero-extended to `size` and then to 64 bits as the row says
  Relative,    // Insn::imm is the signed displacement from the next instruction
  FarPointer,  // Insn::imm = offset, Insn::imm2 = selector
};

struct Operand {
  OperandKind kind = OperandKind::None;
  u8 reg = 0;
  u16 size = 0;  // bytes; 0 for address-only memory
};

inline constexpr u8 kNoReg = 0xff;
inline constexpr u8 kRipBase = 16;

struct MemoryRef {
  u8 base = kNoReg;      // GPR number, kRipBase, or kNoReg
  u8 index = kNoReg;     // GPR (or vector register with VSIB), or kNoReg
  u8 scale = 0;          // log2
  SegReg segment = kDs;  // after overrides and defaults (ES..DS bases are 0 in 64-bit mode)
  i64 disp = 0;          // moffs: the whole address
};

enum PrefixBit : u8 {
  kPrefixLock = 1,
  kPrefixRep = 2,
  kPrefixRepne = 4,
  kPrefix66 = 8,
  kPrefix67 = 16,
  kPrefixRexW = 32,
  kPrefixSegment = 64,
  kPrefixRex = 128,
};

struct Insn {
  const Row* row = nullptr;
  u8 length = 0;    // bytes, 1..15
  u8 opSize = 0;    // effective operand size in bytes: 1 (byte forms), 2, 4, 8
  u8 addrSize = 0;  // 2, 4, 8
  u8 prefixes = 0;  // PrefixBit
  u8 opcode = 0;    // last opcode byte (with the +r bits)
  u8 modrm = 0;
  u8 rex = 0;   // W R X B in bits 3..0, from REX or (uninverted) VEX
  u8 vexL = 0;  // 0 = 128, 1 = 256
  u8 vvvv = 0;  // uninverted
  CodeMode mode = CodeMode::Bits64;
  bool hasModrm = false;
  Operand op[kMaxOperands];
  MemoryRef mem;
  u64 imm = 0;
  u32 imm2 = 0;  // ENTER level, far selector, EXTRQ second byte

  bool has(PrefixBit p) const { return prefixes & p; }
  bool hasMemory() const { return hasModrm && modrm < 0xc0; }
};

enum class DecodeStatus : u8 {
  Ok,
  NeedMore,  // ran off the given bytes: fetch more (or take the fetch fault)
  TooLong,   // over 15 bytes: #GP(0) (SDM vol. 3 6.15, interrupt 13)
  Invalid,   // #UD; `length` is how many bytes were read
};

}  // namespace duet::tcg::isa
