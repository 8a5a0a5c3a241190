// Memory of zeros that costs nothing until it is touched.
#pragma once

#include "core/base/types.h"

namespace duet {

// Whole pages; throws std::bad_alloc as new does. Made without a size it is none.
class ZeroMemory {
 public:
  // Filled: from the front on, so huge pages waste nothing, where the host has them.
  enum class Use { Scattered, Filled };

  ZeroMemory() = default;
  explicit ZeroMemory(size_t size, Use use = Use::Scattered);
  ~ZeroMemory();
  ZeroMemory(ZeroMemory&& other) noexcept;
  ZeroMemory& operator=(ZeroMemory&&) = delete;

  u8* data() const { return data_; }

 private:
  u8* data_ = nullptr;
  void* map_ = nullptr;  // what is mapped: as much, or from somewhat before
  size_t mapped_ = 0;
};

}  // namespace duet
