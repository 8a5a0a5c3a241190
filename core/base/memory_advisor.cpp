#include "core/base/memory_advisor.h"

#include <pthread.h>
#include <sys/mman.h>

namespace duet {

MemoryAdvisor::~MemoryAdvisor() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void MemoryAdvisor::advise(u8* at, size_t size, int advice) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({at, size, advice});
    if (!thread_.joinable()) {
      thread_ = std::thread([this] { run(); });
      pthread_setname_np(thread_.native_handle(), "memory");
    }
  }
  changed_.notify_all();
}

void MemoryAdvisor::settle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_.empty() && !busy_; });
}

void MemoryAdvisor::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const Advice next = waiting_.front();
    waiting_.pop_front();
    busy_ = true;
    lock.unlock();
    madvise(next.at, next.size, next.advice);
    lock.lock();
    busy_ = false;
    if (waiting_.empty()) changed_.notify_all();
  }
}

}  // namespace duet
