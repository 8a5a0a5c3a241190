// What the engine and its child say to each other in the memory they share, and how that memory is divided. The child reads
// it without the C++ library, the code under test may have damaged it: plain values, no pointers.
#pragma once

#include "core/base/types.h"

namespace duet::diff::host {

inline constexpr u32 kMaxPages = 256;  // of one Memory
inline constexpr u32 kMaxBatch = 1024;
inline constexpr u64 kCasesSize = 2_MiB, kOutcomesSize = 8_MiB;

// A case as XRSTOR64, MOV Sreg, WRFSBASE, POP and IRETQ take it (enter in child_code.cpp has the offsets), then
// `patches` times Patch with its bytes, then the next case.
struct alignas(64) Start {
  u8 xsave[832];  // standard format; XSTATE_BV names x87, SSE and AVX at most
  u64 fsBase, gsBase;
  u16 ds, es, fs, gs;
  u64 gpr[15];  // RAX RCX RDX RBX RBP RSI RDI R8 .. R15
  u64 rip, cs, rflags, rsp, ss;
  u32 patches;
  u32 size;  // bytes to the next case
};

// Bytes over the pages. Bytes follow, up to a multiple of 8.
struct Patch {
  u32 offset;  // page index * 4096 + offset in the page
  u32 length;
  u32 space() const { return static_cast<u32>(sizeof(Patch)) + ((length + 7) & ~7u); }
};

enum class Ended : u32 { Signal, Looping, Refused };  // Refused: the processor took no such start state

// One outcome, then `words` times ChangedWord, then the next.
struct OutcomeRecord {
  Ended ended;
  u32 signal;
  u64 registers[23];  // ucontext's gregs
  u64 fsBase, gsBase;
  u16 ds, es, fs, gs;
  u32 words;
  u32 stateSize;  // of an XSAVE image in the signal frame: 0 if it has none
  u8 xsave[832];
};

struct ChangedWord {
  u64 offset;  // as in Patch, a multiple of 8
  u64 before, after;
};

struct MappedPage {
  u64 address;
  u32 protection;  // as mmap(2) takes it
};

struct Control {
  // from the engine
  u32 cases;
  u32 remap;  // pages are others than in the batch before
  u32 pages;
  MappedPage page[kMaxPages];
  // from the child
  u32 outcomes;
  u32 setupStep, setupErrno;  // where setting up stands (SetupStep), why it ended there
  u32 unmappedPage;           // index + 1 of a page that the kernel would not map
  u32 mapErrno;
};

enum SetupStep : u32 {
  kStepNone,
  kStepClose,
  kStepSignals,
  kStepRseq,
  kStepSegments,
  kStepLimits,
  kStepTimer,
  kStepSandbox,
  kStepUnmap
};

// Offsets in the shared memory. Three copies of the pages: as Memory has them, the same with the patches of the running
// case, and those that are mapped.
inline constexpr u64 kControlOffset = 0;
inline constexpr u64 kCasesOffset = 64_KiB;
inline constexpr u64 kOutcomesOffset = kCasesOffset + kCasesSize;
inline constexpr u64 kOriginalOffset = kOutcomesOffset + kOutcomesSize;
inline constexpr u64 kBeforeOffset = kOriginalOffset + kMaxPages * kPageSize;
inline constexpr u64 kLiveOffset = kBeforeOffset + kMaxPages * kPageSize;
inline constexpr u64 kSharedSize = kLiveOffset + kMaxPages * kPageSize;

static_assert(sizeof(Control) <= kCasesOffset);
static_assert(sizeof(OutcomeRecord) % 8 == 0 && sizeof(ChangedWord) % 8 == 0);
static_assert(kMaxPages * kPageSize / 8 * sizeof(ChangedWord) + sizeof(OutcomeRecord) < kOutcomesSize);

}  // namespace duet::diff::host
