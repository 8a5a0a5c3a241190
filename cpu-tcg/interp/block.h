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
// Valid while its pages show the versions it was decoded under (mmu/ram/ram.h). Its instructions may be gone: BlockCache.
struct alignas(64) Block : CodePlace {
  u32 version2 = 0;
  u32 page2 = 0;  // crossing blocks
  u32 compiledEpoch = 0;
  Block* next = nullptr;  // in its hash bucket
  BlockInsn* insns = nullptr;
  u64 insnsAt = 0;  // BlockCache's

  // A compiling tier's: what it knows of the block, of the code memory `compiledEpoch`; how often the block was run before that.
  void* compiled = nullptr;
  u16 runs = 0;
  u16 count = 0;  // instructions, 1..kMaxInsns
  u16 bytes = 0;
  u8 decodeKey = 0;  // code mode and protected mode
  bool crosses = false;

  // Where control went from here last: the next instruction in line, and elsewhere. Good while `key` (TLB
  // generation and mode) is what it was. They lie before the instructions, and are gone with them.
  struct Link {
    u64 key = 0;
    u64 rip = 0;
    Block* to = nullptr;
  };
  static constexpr unsigned kLinks = 2;
  Link& link(unsigned n) const { return (reinterpret_cast<Link*>(insns) - kLinks)[n]; }

  static constexpr unsigned kMaxInsns = 64;
};
static_assert(sizeof(Block) == 64);

inline bool isCurrent(const Block& b, const mmu::Ram& ram) {
  return ram.codeVersion(b.position >> 12) == b.version &&
         (!b.crosses || ram.codeVersion(b.page2) == b.version2);
}

// Of `bits` bits, for hash tables of blocks: those that lie close together have neighbouring numbers, so entries in the same lines.
inline size_t placeHash(u64 position, unsigned bits) {
  return ((position >> 12) * 0x9e3779b97f4a7c15u) >> (64 - bits) ^ (position & kPageMask) >> 3;
}

// The page behind that of an address, where the rest of an instruction over both lies. Addresses of 32 bits wrap.
inline LinearAddr pageBehind(isa::CodeMode mode, LinearAddr address) {
  const u64 next = (address.value | kPageMask) + 1;
  return LinearAddr(mode == isa::CodeMode::Bits64 ? next : next & 0xffffffff);
}

// The bits of Context::modeKey that decoding depends on (the others are fetch rights).
inline constexpr u8 kDecodeKeyMask = 0xb;

}  // namespace duet::tcg
