// Numbers taken one after the other from a fuzzer's input; zeros when it has run out.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>

#include "core/base/types.h"

namespace duet::fuzz {

class Input {
 public:
  Input(const u8* data, size_t size) : rest_(data, size) {}

  bool empty() const { return rest_.empty(); }

  template <class T>
  T take() {
    T value{};
    const auto bytes = takeBytes(sizeof value);
    if (!bytes.empty()) std::memcpy(&value, bytes.data(), bytes.size());
    return value;
  }
  std::span<const u8> takeBytes(size_t count) {
    const auto bytes = rest_.first(std::min(count, rest_.size()));
    rest_ = rest_.subspan(bytes.size());
    return bytes;
  }
  std::span<const u8> rest() const { return rest_; }

 private:
  std::span<const u8> rest_;
};

}  // namespace duet::fuzz
