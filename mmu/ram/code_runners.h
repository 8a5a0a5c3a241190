// Who runs decoded code, and when nobody can be in the middle of code any more that was dropped before.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "core/base/types.h"

namespace duet::mmu {

class Ram;

// A clock that every runner looks at between two pieces of code. Code that was dropped before a time was given out is run by
// nobody once every runner has looked at the clock since, or runs nothing: from then on each looks at a page's version before it
// enters code of it. No runner waits for another.
//
// Why that holds. Let A have seen that code was dropped, and taken time T; let B be a runner of whom A then sees
// - a time of T or later: B read the clock behind A, so what A knew happens before whatever B looks at from there on;
// - that it runs nothing: B's begin() comes later. It writes kStarting first and then reads the clock, by a read-modify-write as
//   A's was: had B's been the first, A would have seen kStarting or what followed. So it was the second, and B knows what A knew.
class CodeRunners {
 public:
  // One thread's; between begin() and end() it may run code.
  class Runner {
    friend class CodeRunners;
    alignas(64) std::atomic<u64> looked_{kNothing};
  };

  Runner& add();
  void remove(Runner& runner);

  void begin(Runner& runner) {
    runner.looked_.store(kStarting, std::memory_order_relaxed);
    runner.looked_.store(time_.fetch_add(0, std::memory_order_acq_rel), std::memory_order_release);
  }
  void end(Runner& runner) { runner.looked_.store(kNothing, std::memory_order_release); }
  // Between begin() and end(), in the middle of no code.
  void look(Runner& runner) {
    const u64 now = time_.load(std::memory_order_acquire);
    if (runner.looked_.load(std::memory_order_relaxed) != now) [[unlikely]]
      runner.looked_.store(now, std::memory_order_release);
  }

  // After what the caller knows to have been dropped; later than any time looked at before.
  u64 time() { return time_.fetch_add(1, std::memory_order_acq_rel) + 1; }
  // Whether all runners but `self`, who knows for itself, have looked since.
  bool haveLooked(u64 since, const Runner* self) const;

 private:
  static constexpr u64 kNothing = 0, kStarting = 1;
  std::atomic<u64> time_{2};
  mutable std::mutex mutex_;  // of the list alone; innermost
  std::vector<std::unique_ptr<Runner>> runners_;
};

// One thread's stores to pages that are watched and have no code (Ram). Each costs a look; entering a page in Ram's books anew
// costs a barrier, about as much as kPatience looks. After so many the page is likely to be data now: it shall be quiet.
class Settling {
 public:
  // A store has found such a page; the thread is in the middle of no code of it.
  void stored(Ram& ram, u64 page, const CodeRunners::Runner* self);

 private:
  static constexpr u32 kPatience = 8;
  struct Page {
    u64 page = ~u64{0};
    u32 version = 0, stores = 0;
    u64 since = 0;
  };
  std::array<Page, 16> pages_;
};

}  // namespace duet::mmu
