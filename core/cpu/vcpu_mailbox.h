// Where other threads leave events for a vCPU; the engine polls one word between blocks.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>

#include "core/base/types.h"
#include "core/time/virtual_clock.h"

namespace duet {

enum MailBit : u32 {
  kMailInterrupt = 1,  // the interrupt controller may have something: ask LocalInterruptController
  kMailNmi = 2,
  kMailSmi = 4,
  kMailInit = 8,
  kMailSipi = 16,
  kMailExit = 32,       // requestExit: run() returns Cancelled; sticky until taken by run()
  kMailMemoryMap = 64,  // drop every cached translation
  kMailWake = 128,      // no meaning but to end a wait
  kMailUnhalt = 256,    // another vCPU's KVM_HC_KICK_CPU: the next HLT, or the one under way, ends
  kMailClock = 512,     // what the guest's page of paravirtual time says has changed
};

// Threads: post/kick from any (post is async-signal-safe as long as nobody waits); peek/take/wait from the vCPU's thread.
class VcpuMailbox {
 public:
  // An NMI that arrives while another waits to be taken is kept behind it, one at most: the processor holds one
  // NMI in its latch while it starts on another (SDM vol. 3 6.7.1). An INIT drops a SIPI that came before it. So a SIPI
  // that is taken in one call with an INIT follows it; whoever takes the two takes both at once.
  void post(u32 bits);
  void postSipi(u8 vector);  // the last one counts
  u32 peek() const { return bits_.load(std::memory_order_acquire); }
  u32 take(u32 mask) {
    const u32 taken = bits_.fetch_and(~mask, std::memory_order_acq_rel) & mask;
    if ((taken & kMailNmi) && secondNmi_.exchange(false, std::memory_order_acq_rel))
      bits_.fetch_or(kMailNmi, std::memory_order_acq_rel);
    return taken;
  }
  u8 sipiVector() const { return sipiVector_.load(std::memory_order_acquire); }
  // Sleeps until a bit of `mask` is set.
  void wait(u32 mask);
  const std::atomic<u32>& word() const { return bits_; }  // for generated code and the block loop
  // Called after every post, from the posting thread: how a hardware engine leaves guest mode. The engine whose vCPU is about
  // to run sets its own, before it looks at the bits; any thread may post meanwhile. A kick that is taken away may
  // be called once more by a post under way.
  void setKick(const std::function<void()>* kick) { kick_.store(kick, std::memory_order_seq_cst); }

 private:
  std::atomic<u32> bits_{0};
  std::atomic<u8> sipiVector_{0};
  std::atomic<bool> secondNmi_{false};
  std::atomic<bool> waiting_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<const std::function<void()>*> kick_{nullptr};
};

}  // namespace duet
