#include "core/base/zero_memory.h"

#include <sys/mman.h>

#include <new>
#include <utility>

#include "core/base/bits.h"

namespace duet {

ZeroMemory::ZeroMemory(size_t size, Use use) {
  constexpr size_t kHuge = 2_MiB;
  const bool huge = use == Use::Filled && size >= kHuge;
  mapped_ = size + (huge ? kHuge : 0);
  map_ = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (map_ == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<u8*>(map_);
  if (!huge) return;
  data_ = reinterpret_cast<u8*>(alignUp(reinterpret_cast<u64>(map_), kHuge));
  madvise(data_, size, MADV_HUGEPAGE);  // not every host has them
}

ZeroMemory::~ZeroMemory() {
  if (data_) munmap(map_, mapped_);
}

ZeroMemory::ZeroMemory(ZeroMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), map_(other.map_), mapped_(other.mapped_) {}

}  // namespace duet
