// The instruction's bytes, read left to right under the 15-byte limit.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>

#include "core/base/types.h"
#include "cpu-tcg/isa/insn.h"

namespace duet::tcg::isa {

class ByteReader {
 public:
  explicit ByteReader(std::span<const u8> bytes)
      : bytes_(bytes.data()),
        there_(static_cast<u32>(std::min(bytes.size(), sizeof(u64) + kMaxInsnLength))),
        limit_(std::min<u32>(there_, kMaxInsnLength)) {}

  // After the first byte that is not there every read gives 0 and status() stays what it became.
  u8 next() {
    if (position_ >= limit_) [[unlikely]]
      return fail();
    return bytes_[position_++];
  }

  u8 peek() { return position_ < limit_ ? bytes_[position_] : fail(); }

  // Little-endian, 1..8 bytes.
  u64 value(unsigned size) {
    if (position_ + sizeof(u64) <= there_ && position_ + size <= limit_) [[likely]] {
      u64 v;
      std::memcpy(&v, bytes_ + position_, sizeof v);
      position_ += size;
      return v & (~u64{0} >> (64 - 8 * size));
    }
    u64 v = 0;
    for (unsigned i = 0; i < size; ++i) v |= u64{next()} << (8 * i);
    return v;
  }

  DecodeStatus status() const { return status_; }
  bool ok() const { return status_ == DecodeStatus::Ok; }
  u8 position() const { return static_cast<u8>(position_); }

 private:
  u8 fail() {
    status_ = position_ >= kMaxInsnLength ? DecodeStatus::TooLong : DecodeStatus::NeedMore;
    return 0;
  }

  const u8* const bytes_;
  const u32 there_, limit_;  // bytes; those an instruction may have
  u32 position_ = 0;
  DecodeStatus status_ = DecodeStatus::Ok;
};

}  // namespace duet::tcg::isa
