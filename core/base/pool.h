// Objects of one kind that stay where they were made, and go all together.
#pragma once

#include <sys/mman.h>

#include <new>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/memory_advisor.h"
#include "core/base/zero_memory.h"

namespace duet {

// For very many of them: malloc() in a thread that is not the first asks the host for each new page. One thread at a time makes
// them; others may read what they were given. With an advisor, which outlives it, memory for the next ones is there before they are.
template <class T>
class Pool {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  explicit Pool(MemoryAdvisor* advisor = nullptr) : advisor_(advisor) {}
  ~Pool() {
    if (advisor_) advisor_->settle();
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  template <class... Arguments>
  T& make(Arguments&&... arguments) {
    const size_t place = size_ % kEach;
    if (place == 0) addChunk();
    if (place == kEach / 2 && advisor_) {
      next_.emplace(kChunk);
      advisor_->advise(next_->data(), kChunk, MADV_POPULATE_WRITE);
    }
    T* made = new (chunks_.back().data() + place * sizeof(T)) T{std::forward<Arguments>(arguments)...};
    ++size_;
    return *made;
  }
  size_t size() const { return size_; }

 private:
  static constexpr size_t kChunk = 256u << 10, kEach = kChunk / sizeof(T);
  static_assert(kEach > 0 && alignof(T) <= 4096);

  void addChunk() {
    if (!next_) return void(chunks_.emplace_back(kChunk));
    chunks_.push_back(std::move(*next_));
    next_.reset();
  }

  MemoryAdvisor* const advisor_;
  std::vector<ZeroMemory> chunks_;
  std::optional<ZeroMemory> next_;
  size_t size_ = 0;
};

}  // namespace duet
