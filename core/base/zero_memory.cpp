#include "core/base/zero_memory.h"

#include <sys/mman.h>

#include <new>
#include <utility>

namespace duet {

ZeroMemory::ZeroMemory(size_t size) : size_(size) {
  void* p = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<u8*>(p);
}

ZeroMemory::~ZeroMemory() {
  if (data_) munmap(data_, size_);
}

ZeroMemory::ZeroMemory(ZeroMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(other.size_) {}

}  // namespace duet
