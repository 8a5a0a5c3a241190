// Bytes a PS/2 device has to say, bounded; what does not fit is lost, as on the wire.
#pragma once

#include <array>
#include <initializer_list>

#include "core/base/types.h"
#include "core/state/fields.h"

namespace duet::hw {

struct Ps2Queue {
  static constexpr u8 kSize = 16;
  std::array<u8, kSize> bytes{};
  u8 head = 0, count = 0;
  static constexpr auto fields() {
    return duet::fields(field("bytes", &Ps2Queue::bytes), field("head", &Ps2Queue::head),
                        field("count", &Ps2Queue::count));
  }

  bool empty() const { return count == 0; }
  bool valid() const { return head < kSize && count <= kSize; }  // for state from outside
  void clear() { head = count = 0; }
  void push(u8 byte) {
    if (count == kSize) return;
    bytes[(head + count) % kSize] = byte;
    ++count;
  }
  void push(std::initializer_list<u8> list) {
    for (u8 byte : list) push(byte);
  }
  u8 pop() {
    const u8 byte = bytes[head];
    head = static_cast<u8>((head + 1) % kSize);
    --count;
    return byte;
  }
};

}  // namespace duet::hw
