// The kernel's own mapping of guest memory, in which single pages can be closed for a moment: a vCPU that touches one
// comes back with EFAULT, and nothing has happened yet. The mapping that devices and debuggers use stays open.
#pragma once

#include <atomic>
#include <mutex>
#include <span>
#include <vector>

#include "core/memory/ram_block.h"

namespace duet::kvm {

// Threads: any. One session at a time; other vCPUs that hit a closed page wait for its end.
class GuardedRam {
 public:
  GuardedRam() = default;
  ~GuardedRam();
  GuardedRam(const GuardedRam&) = delete;
  GuardedRam& operator=(const GuardedRam&) = delete;

  // Before a slot shows part of it.
  void add(const RamBlock& block);
  // The same byte in the kernel's mapping; `host` itself where there is none.
  u8* kernelAddress(u8* host) const;

  class Session {
   public:
    explicit Session(GuardedRam& ram) : ram_(ram), lock_(ram.session_) { ++ram_.turns_; }
    ~Session() {
      close({});
      ++ram_.turns_;
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    // These pages (by host address) are closed from now on, and no others.
    void close(std::span<u8* const> pages);
    bool isClosed(const u8* page) const;
    bool any() const { return !closed_.empty(); }

   private:
    GuardedRam& ram_;
    std::unique_lock<std::mutex> lock_;
    std::vector<u8*> closed_;
  };
  // Odd while a session is under way.
  u64 turns() const { return turns_; }
  // After a vCPU has come back with EFAULT, entered at `turn`: whether a session explains it, which is over then.
  bool explains(u64 turn) {
    if (turn % 2 == 0 && turns_ == turn) return false;
    const std::lock_guard lock(session_);
    return true;
  }

 private:
  struct Twin {
    u8* host;
    u8* kernel;
    u64 size;
  };
  const Twin* twinOf(const u8* host) const;

  mutable std::mutex mutex_;  // twins_
  std::vector<Twin> twins_;
  std::mutex session_;
  std::atomic<u64> turns_{0};
};

}  // namespace duet::kvm
