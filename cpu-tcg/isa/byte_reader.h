// The instruction's bytes, read left to right under the 15-byte limit.
#pragma once

#include <span>

#include "core/base/types.h"
#include "cpu-tcg/isa/insn.h"

namespace duet::tcg::isa {

inline constexpr size_t kMaxInsnLength = 15;

class ByteReader {
 public:
  explicit ByteReader(std::span<const u8> bytes) : bytes_(bytes) {}

  // After the first byte that is not there every read gives 0 and status() stays what it became.
  u8 next() {
    if (!available(0)) return 0;
    return bytes_[position_++];
  }

  u8 peek() { return available(0) ? bytes_[position_] : u8{0}; }

  // Little-endian, 1..8 bytes.
  u64 value(unsigned size) {
    u64 v = 0;
    for (unsigned i = 0; i < size; ++i) v |= u64{next()} << (8 * i);
    return v;
  }

  DecodeStatus status() const { return status_; }
  bool ok() const { return status_ == DecodeStatus::Ok; }
  u8 position() const { return static_cast<u8>(position_); }

 private:
  bool available(size_t ahead) {
    if (status_ != DecodeStatus::Ok) return false;
    if (position_ + ahead >= kMaxInsnLength)
      status_ = DecodeStatus::TooLong;
    else if (position_ + ahead >= bytes_.size())
      status_ = DecodeStatus::NeedMore;
    return status_ == DecodeStatus::Ok;
  }

  std::span<const u8> bytes_;
  size_t position_ = 0;
  DecodeStatus status_ = DecodeStatus::Ok;
};

}  // namespace duet::tcg::isa
