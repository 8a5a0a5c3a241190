// Memory of zeros that costs nothing until it is touched.
#pragma once

#include "core/base/types.h"

namespace duet {

// Whole pages; throws std::bad_alloc as new does. Made without a size it is none.
class ZeroMemory {
 public:
  ZeroMemory() = default;
  explicit ZeroMemory(size_t size);
  ~ZeroMemory();
  ZeroMemory(ZeroMemory&& other) noexcept;
  ZeroMemory& operator=(ZeroMemory&&) = delete;

  u8* data() const { return data_; }

 private:
  u8* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace duet
