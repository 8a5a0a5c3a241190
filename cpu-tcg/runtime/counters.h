// What one vCPU has done, counted when somebody asked for it (Context::counters). Only C++ counts, so what compiled code does
// without calling it shows in no number but `instructions`.
#pragma once

#include <x86intrin.h>

#include <array>
#include <vector>

#include "mmu/tlb/tlb.h"

namespace duet::tcg {

// Why compiled code came back to the run loop.
enum class Left : u8 {
  NotLinked,  // a jump within the page whose target had no link yet
  Lookup,     // the jump cache knew no code for where it went, or the block's page was written to
  Mail,
  Budget,
  Ends,    // an instruction that ends its block was done by its handler
  Mode,    // a handler changed what code depends on
  Events,  // a handler or a store asks for a look: events, code written to
  Fault,
  Count
};

struct HandlerCalls {
  u64 whole = 0;  // the instruction has no code of its own
  u64 slow = 0;   // its code would not do this time
  u64 left = 0;   // of both: compiled code was left by it
};

// Of the region tier (cpu-tcg/region).
struct RegionCounts {
  u64 asked = 0, compiled = 0, installed = 0, removed = 0, putBack = 0;  // regions
  u64 cached = 0, sought = 0;             // found in the cache; looked for in vain
  u64 ownCached = 0;                      // of those found, compiled in this run
  u64 instructions = 0, nanoseconds = 0;  // of what was compiled
};

struct Counters {
  // decoding
  u64 blocksDecoded = 0, instructionsDecoded = 0, decodeTicks = 0;
  u64 blockCacheEmptied = 0;
  // compiling; the same block at two addresses or in two modes is two
  u64 blocksCompiled = 0, instructionsCompiled = 0, codeBytes = 0, coldBytes = 0, compileTicks = 0;
  u64 codeMemoryRecycled = 0;
  // running
  u64 instructions = 0;
  u64 blocksInterpreted = 0, instructionsInterpreted = 0;
  u64 compiledEntered = 0;
  std::array<u64, static_cast<size_t>(Left::Count)> left{};
  std::vector<HandlerCalls> handlers;  // by Row::index; the last: of no row
  // memory; fills by bank (execution: supervisor, user) and page size: 4 KiB, 2 or 4 MiB, 1 GiB
  u64 tlbFills[mmu::kTlbBanks][3] = {};
  u64 execFills[2][3] = {};
  u64 tlbFlushes = 0, tlbPageFlushes = 0;
  u64 storesLookedAt = 0, codeInvalidated = 0;
  RegionCounts regions;

  bool inside = false;  // in compiled code, or in C++ that it called

  static unsigned sizeIndex(u64 pageSize) { return pageSize <= kPageSize ? 0 : pageSize < 1_GiB ? 1 : 2; }
  void leave(Left why) {
    ++left[static_cast<size_t>(why)];
    inside = false;
  }
};

// Ticks of the host's TSC since it was made, if somebody counts. (A block is decoded in some 500 ns; to ask the system's clock twice
// took a tenth of that.)
class CounterClock {
 public:
  explicit CounterClock(bool runs) : start_(runs ? __rdtsc() : 0) {}
  u64 passed() const { return __rdtsc() - start_; }

 private:
  const u64 start_;
};

}  // namespace duet::tcg
