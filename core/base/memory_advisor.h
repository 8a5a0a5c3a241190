// madvise() on a thread of its own: what fills memory need not wait until the host has found pages for it, or taken some back.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "core/base/types.h"

namespace duet {

// Any thread. Advice that the host does not know, or cannot follow, is lost.
class MemoryAdvisor {
 public:
  MemoryAdvisor() = default;
  ~MemoryAdvisor();
  MemoryAdvisor(const MemoryAdvisor&) = delete;
  MemoryAdvisor& operator=(const MemoryAdvisor&) = delete;

  // `advice` as madvise() takes it, for whole pages that stay mapped until settle(). The thread begins with the first.
  void advise(u8* at, size_t size, int advice);
  // All advice given so far has been followed.
  void settle();

 private:
  struct Advice {
    u8* at;
    size_t size;
    int advice;
  };
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Advice> waiting_;
  bool busy_ = false, ending_ = false;
  std::thread thread_;
};

}  // namespace duet
