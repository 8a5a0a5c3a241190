#include "mmu/ram/process_barrier.h"

#include <linux/membarrier.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <mutex>

#include "core/base/assert.h"
#include "core/base/types.h"

namespace duet::mmu {
namespace {

bool registerMembarrier() {
  const long commands = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);
  if (commands < 0 || !(commands & MEMBARRIER_CMD_PRIVATE_EXPEDITED)) return false;
  return syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

// Taking write permission from a page that is present and dirty makes the kernel interrupt every CPU
// that runs a thread of this process; an interrupt drains the store buffer.
class ShootdownPage {
 public:
  ShootdownPage() {
    page_ = mmap(nullptr, kPageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    DUET_ASSERT(page_ != MAP_FAILED);
    mlock(page_, kPageSize);  // a swapped-out page would need no interrupt
  }
  void barrier() {
    const std::lock_guard lock(mutex_);
    mprotect(page_, kPageSize, PROT_READ | PROT_WRITE);
    *static_cast<volatile u8*>(page_) = 1;
    mprotect(page_, kPageSize, PROT_READ);
  }

 private:
  std::mutex mutex_;
  void* page_ = nullptr;
};

}  // namespace

void processBarrier() {
  static const bool registered = registerMembarrier();
  if (registered && syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0) {
    storeLoadFence();
    return;
  }
  static ShootdownPage page;
  page.barrier();
}

}  // namespace duet::mmu
