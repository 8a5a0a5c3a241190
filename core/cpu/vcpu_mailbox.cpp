#include "core/cpu/vcpu_mailbox.h"

namespace duet {

// A waiter sets waiting_ before it looks at the bits, a poster sets bits before it looks at waiting_;
// with sequentially consistent order one of them sees the other.
void VcpuMailbox::post(u32 bits) {
  if (bits & kMailInit) bits_.fetch_and(~u32{kMailSipi}, std::memory_order_seq_cst);
  const u32 before = bits_.fetch_or(bits, std::memory_order_seq_cst);
  if (before & bits & kMailNmi) {
    secondNmi_.store(true, std::memory_order_seq_cst);
    // The first may have been taken before the second was noted: whoever clears the note posts it.
    if (!(bits_.load(std::memory_order_seq_cst) & kMailNmi) && secondNmi_.exchange(false))
      bits_.fetch_or(kMailNmi);
  }
  if (waiting_.load(std::memory_order_seq_cst)) {
    const std::lock_guard lock(mutex_);
    wake_.notify_all();
  }
  if (const auto* kick = kick_.load(std::memory_order_seq_cst)) (*kick)();
}

void VcpuMailbox::postSipi(u8 vector) {
  sipiVector_.store(vector, std::memory_order_release);
  post(kMailSipi);
}

void VcpuMailbox::wait(u32 mask) {
  std::unique_lock lock(mutex_);
  waiting_.store(true, std::memory_order_seq_cst);
  wake_.wait(lock, [&] { return (bits_.load(std::memory_order_seq_cst) & mask) != 0; });
  waiting_.store(false, std::memory_order_relaxed);
}

}  // namespace duet
