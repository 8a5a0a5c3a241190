// What compiled code and the translator share while compiled code runs.
#pragma once

#include <cstddef>

#include "cpu-tcg/baseline/code_block.h"
#include "cpu-tcg/baseline/jump_table.h"

namespace duet::tcg::baseline {

// Before the code of a unit, one for each block; the lengths of its instructions follow, a byte each.
struct BlockHead {
  const CodeBlock* block;
  u64 rip;  // of the first instruction

  u8 length(unsigned index) const { return reinterpret_cast<const u8*>(this + 1)[index]; }
};

// One guest instruction of a translated block, as calls out of compiled code say where they are: where its head lies in code
// memory, which instruction it is, and a bit that depends on who is called. 0: none.
using Spot = u32;
inline constexpr unsigned kSpotIndexShift = 1, kSpotHeadShift = 7;
inline constexpr Spot kSpotLowered = 1;  // duetBaselineRun(): it has code of its own
inline constexpr Spot kSpotWent = 1;     // duetBaselineWrote(): it has said in the context where control is
inline constexpr u32 kMostCode = (u32{1} << (32 - kSpotHeadShift)) * alignof(BlockHead) - 1;
constexpr Spot spotOf(u64 head) { return static_cast<Spot>(head / alignof(BlockHead)) << kSpotHeadShift; }

// What a spot stands for.
struct Record {
  Record(const u8* code, Spot spot, u64 ripMask);

  const CodeBlock* block;
  u64 rip, nextRip;
  unsigned index;  // in the block
};

// A way out of a block to a guest address that is known. Lies in the code, so it is as short as may be. Places in code memory are those
// behind four bytes:
struct [[gnu::packed]] Link {
  u64 rip;
  u32 page;       // of RAM, of the block
  u32 site;       // where the jump there ends, whose displacement may be set once there is code; 0: nowhere
  u8 behindName;  // bytes to there from the end of name(); 0: there is none, it is the block's own page
  bool forward;   // Entries::forward is the way in
  bool plain;     // to code without windows

  // Where a displacement ends that is the negated name of the page there.
  u32 name() const { return site - behindName; }
};
// From behind `name` to behind the displacement of the jump that is taken when the page has another name.
inline constexpr u32 kNameToMiss = 8;

class Translator;

inline constexpr unsigned kWindowSlots = 8;

// What CPUID answered, so that compiled code can answer alike. Leaf and subleaf (the upper half), negated.
struct CpuidNote {
  u64 question;
  u32 eax, ebx, ecx, edx;
};

// The upper half of a page's word of Ram::states() that Ram::isQuiet() is about.
inline constexpr u32 kQuiet = mmu::Ram::kDirty >> 32;

// How often this vCPU entered a region, and the instructions it ran there.
struct RegionRuns {
  u64 entries = 0, ran = 0;
};

// What a compiled region (cpu-tcg/region) leaves behind for what goes on after it.
struct RegionFrame {
  u64 flagKind = 0, a = 0, b = 0, c = 0, over = 0;  // region/flag_kind.h
  Link link{};                                      // where it goes, if its code does not say
  u64 wroteHost = 0, wroteSize = 0;  // a store that Ram has to be told of, unless the size is 0
  u64 guards = 0;                    // of the region that runs (plan/plan.h)
  u64 origin = 0;                    // where its guest code's first page begins
  RegionRuns* runs = nullptr;        // by number of the region, of those in the code memory
};

// Lies in front of the Context; RSP points at it while compiled code runs, so one register reaches both, and serves as the
// stack of signal handlers and of calls between compiled code and thunks. C++ runs on the stack of run().
struct alignas(64) Frame {
  // --- what most code uses: within reach of a displacement of one byte
  u64 remaining;  // of `granted`; a block takes its own at its start. Its upper half is 0 unless it has gone below 0
  const void* mail;            // the mailbox word
  u64 pageMask = ~u64{0xfff};  // this and other masks: for PEXT and PDEP
  u64 windows[kWindowSlots];   // host address - linear address
  u64 states;                  // upper halves of Ram::states(), for page numbers of host addresses
  JumpTable* jumpTable;        // of the present mode
  u64 jumpMask = JumpEntry::kMask;
  u64 execMask =
      u64{mmu::Tlb::kExecEntries - 1} * sizeof(mmu::ExecTlbEntry);  // of a page number, to an offset
  u64 scratch;
  // ---
  u64 windowStates[kWindowSlots];  // where the upper half of the page's word of Ram::states() is
  u64 hostRsp;
  Context* ctx;
  u64 retiredBefore;  // ctx.retired when compiled code was entered
  u64 granted;        // instructions it was given
  const Link* link;   // the way compiled code was left by, or null
  Translator* translator;
  u64 highMask = ~u64{0} << 48;

  // --- guest registers that lie in the processor's while compiled code uses them (units.cpp). Away: 1, else 0.
  u64 vectorsAway = 1;       // XMM0-15 and, if any is not 0, their upper halves
  u64 avxAway = 1;           // likewise; and what XRSTOR loaded counts as used by AVX
  u64 vectorsWereThere = 0;  // while C++ runs: they were, and come back
  u64 uppersLive = 0;        // upper halves in the processor may be other than 0
  u64 uppersStored = 1;      // those in the XSAVE area may be
  u64 mxcsrAway = 1;         // MXCSR, which masks everything (mode_key.h)
  u64 mxcsrWasThere = 0;
  u32 mxcsr = 0;  // what LDMXCSR is about to load
  // The last x87 instruction that leaves pointers behind and its opcode; the segment, plus 1, of the last one's that had a memory
  // operand. 0: none since C++ ran.
  Spot x87Last = 0;
  u32 x87Opcode = 0;
  u32 x87Segment = 0;
  u64 x87Offset = 0;  // of that operand, in its segment
  u64 allButIf = ~u64{kFlagIf};
  u64 signs[2] = {u64{1} << 31, u64{1} << 63};
  u64 notSse = ~u64{kXcr0Sse}, notAvx = ~u64{kXcr0Sse | kXcr0Avx};
  u64 mxcsrMasked = kMxcsrMasks | 0xffff0000;
  u64 fcwMasked = 0x3f;
  u64 alignMasks[3] = {15, 31, 7};  // of 16, 32 and 8 bytes
  u64 alignedPageMask[3] = {~u64{0xff0}, ~u64{0xfe0},
                            ~u64{0xff8}};  // and the low bits: of 16, 32 and 8 bytes
  u32 flags;    // guest flags between compiled code and C++: as LAHF and SETO AL leave them
  u32 key;      // mode key of the blocks that run (Translator)
  u32 written;  // bytes, for duetBaselineWrote()
  RegionFrame region;
  Link bailed{};             // the way out of a block that nothing was done of: to where it begins
  const u8* code = nullptr;  // the start of code memory
  // --- system instructions (lower_system.cpp)
  u64 onlyIf = kFlagIf, allButDf = ~u64{kFlagDf}, onlyTsd = kCr4Tsd, onlyPke = kCr4Pke;
  u64 onlyFsgsbase = kCr4Fsgsbase;
  u64 arithmetic = kFlagsArithmetic;
  u64 pushed = ~u64{kFlagsArithmetic | kFlagVm | kFlagRf | 2};  // of RFLAGS in the Context
  u64 shadowed = 0;   // `remaining` behind the STI that ran last: while it is still that, its shadow is there
  u64 tscAway = 1;    // 0: the guest's TSC is the host's and the next one and the guest's own offset
  u64 tscOffset = 0;  // of the clock
  static constexpr u64 kCpuidNotes = 8;
  u64 cpuidMask = kCpuidNotes - 1;  // of a leaf
  u64 cpuidFor[4] = {};             // CR4, XCR0, IA32_XSS, IA32_MISC_ENABLE, negated, that the notes hold for
  CpuidNote cpuid[kCpuidNotes] = {};
  // Outside 64-bit mode, for reading and writing: one more than the last offset that the segment surely has, negated; 0 where
  // the handler decides.
  u64 reach[2][6] = {};
  // 0: in real or virtual-8086 mode, loading the segment sets selector and base and leaves the rest as it is.
  u64 reloads[6] = {};
  u64 onlyDf = kFlagDf, above16 = ~u64{0xffff};  // PEXT
  u64 bitMasks[3] = {15, 31, 63};                // a bit of a word of 2, 4 and 8 bytes
  // --- emitLook() (store_look.h)
  u64 codeMasks = 0;  // Ram::codeMasks() for page numbers of host addresses
  u64 arenaPage = 0;  // page number of Ram::arena()
  u64 lookMask = mmu::Ram::kAttention | 1, one = 1;
  u64 lookSaved[2] = {};
  u64 source = 0;                           // host address of a repeated MOVS's
  u64 secondMask = JumpTable::kSecondMask;  // emitSecondLook()
  JumpTable* otherTable = nullptr;          // of the mode with kBankAc turned over, if it has one
  static constexpr u64 kAway = 8;           // more than what is wrong with level and CR4 (lower_smap.cpp)
  u64 otherAway = kAway;                    // else 0
  u64 spotHeads = ~u32{(1 << kSpotHeadShift) - 1};
  u32 fence = 0;

  // Instructions of this run() before `block`, which has taken its own from `remaining`.
  u64 retiredUpTo(const CodeBlock& block) const {
    return retiredBefore + granted - (remaining + block.count);
  }
};

static_assert(offsetof(Frame, scratch) < 128);

inline u32 arithmeticFlags(u32 lahfSeto) {
  return (lahfSeto >> 8 & kFlagsArithmetic & 0xff) | (lahfSeto & 1) << 11;
}
inline u32 lahfSetoOf(u32 arithmetic) { return (arithmetic & 0xff) << 8 | (arithmetic >> 11 & 1); }

// Sets Frame::reach when segments may have changed.
void noteSegments(Frame& frame);

// Writes down the pointers of the x87 instructions that ran last: before anybody looks, or their code goes.
void recordX87(Frame& frame);
void forgetCpuid(Frame& frame);

inline constexpr u64 kGoOn = 0, kLeave = 1;

// Called by compiled code through the thunks. They may leave by raise().
extern "C" {
// Carries out the spot's instruction by its interpreter handler. kGoOn: compiled code goes on behind it; kLeave: the context
// is complete and compiled code is left; else the code to go on with, when control or the mode has changed.
u64 duetBaselineRun(Frame* frame, u64 spot);
// Instructions up to the spot's, done otherwise, have written to the page that `state` is of (Frame::windowStates): likewise.
u64 duetBaselineWroteWindow(Frame* frame, const u64* state, u64 spot);
// The spot's instruction, done otherwise, has written to `host`: Ram is told. Result as above.
u64 duetBaselineWrote(Frame* frame, u8* host, u64 spot);
// Carries out the spot's CPUID and takes note of it. Returns kGoOn.
u64 duetBaselineCpuid(Frame* frame, u64 spot);
// Brings the guest's x87 registers into the processor, where they stay until C++ wants them. Returns kGoOn.
u64 duetBaselineX87(Frame* frame);
}

}  // namespace duet::tcg::baseline
