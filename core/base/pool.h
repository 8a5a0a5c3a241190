// Objects of one kind that stay where they were made, and go all together.
#pragma once

#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/zero_memory.h"

namespace duet {

// For very many of them: malloc() in a thread that is not the first asks the host for each new page. One thread at a time makes
// them; others may read what they were given.
template <class T>
class Pool {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  template <class... Arguments>
  T& make(Arguments&&... arguments) {
    const size_t place = size_ % kEach;
    if (place == 0) chunks_.emplace_back(kChunk, ZeroMemory::Use::Whole);
    T* made = new (chunks_.back().data() + place * sizeof(T)) T{std::forward<Arguments>(arguments)...};
    ++size_;
    return *made;
  }
  size_t size() const { return size_; }

 private:
  static constexpr size_t kChunk = 256u << 10, kEach = kChunk / sizeof(T);
  static_assert(kEach > 0 && alignof(T) <= 4096);

  std::vector<ZeroMemory> chunks_;
  size_t size_ = 0;
};

}  // namespace duet
