// Decoded code, ready to run.
#pragma once

#include "cpu-tcg/interp/handlers/handler_table.h"
#include "cpu-tcg/native/stub.h"
#include "cpu-tcg/runtime/context.h"

namespace duet::tcg {

// What native_handler needs of a row's memory operand, worked out once.
struct NativeOperand {
  u8 size = 0;                 // bytes; 0: no memory operand
  u8 alignMask = 0;            // address bits that must be 0, else #GP(0)
  bool alignedAlways = false;  // also with MXCSR.MM
  bool reads = false;
  bool writes = false;
};

struct BlockInsn : isa::Insn {
  interp::Handler fn = nullptr;
  const Stub* stub = nullptr;  // rows carried out by the host
  NativeOperand native;
  bool usesFlags = false;    // native: reads or writes arithmetic flags
  bool entersEvent = false;  // INT n and the like: a single-step trap only if TF is still set after it
};

// A straight run of instructions from one page, or a single instruction that crosses into a second one.
// Valid while its pages show the versions it was decoded under (mmu/ram/ram.h).
struct Block : CodePlace {
  u32 version2 = 0;
  u64 page2 = 0;  // crossing blocks
  bool crosses = false;
  u8 decodeKey = 0;  // code mode and protected mode
  u16 count = 0;     // instructions, 1..kMaxInsns
  u16 bytes = 0;
  Block* next = nullptr;  // in its hash bucket

  // Where control went from here last: the next instruction in line, and elsewhere. Good while `key` (TLB
  // generation and mode) is what it was.
  struct Link {
    u64 key = 0;
    u64 rip = 0;
    Block* to = nullptr;
  };
  Link links[2];

  // A compiling tier's: what it made of the block, how often the block was run before that.
  void* compiled = nullptr;
  u32 compiledEpoch = 0;  // of the tier's code memory that `compiled` belongs to
  u32 runs = 0;
  BlockInsn insns[1];  // `count` of them, the arena holds the rest

  static constexpr unsigned kMaxInsns = 64;
};

inline bool isCurrent(const Block& b, const mmu::Ram& ram) {
  return ram.codeVersion(b.position >> 12) == b.version &&
         (!b.crosses || ram.codeVersion(b.page2) == b.version2);
}

// The bits of Context::modeKey that decoding depends on (the others are fetch rights).
inline constexpr u8 kDecodeKeyMask = 0xb;

}  // namespace duet::tcg
