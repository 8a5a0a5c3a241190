// Numbers and bytes one behind the other. Reading trusts nothing: past the end, or after a number that is too long, everything
// is 0 and ok() says no.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/types.h"

namespace duet::diff {

class ByteWriter {
 public:
  void byte(u8 v) { bytes_.push_back(v); }
  // Seven bits a byte, the low ones first; the last byte has bit 7 clear.
  void number(u64 v) {
    for (; v >= 0x80; v >>= 7) byte(static_cast<u8>(v | 0x80));
    byte(static_cast<u8>(v));
  }
  // Small of either sign: the sign goes to bit 0.
  void distance(u64 from, u64 to) {
    const u64 d = to - from;
    number(d << 1 ^ (d >> 63 ? ~u64{0} : 0));
  }
  void bytes(std::span<const u8> data) { bytes_.insert(bytes_.end(), data.begin(), data.end()); }
  void text(std::string_view s) {
    number(s.size());
    bytes({reinterpret_cast<const u8*>(s.data()), s.size()});
  }
  const std::vector<u8>& all() const { return bytes_; }

 private:
  std::vector<u8> bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::span<const u8> bytes, size_t at = 0) : bytes_(bytes), at_(at) {}

  u8 byte() {
    if (at_ >= bytes_.size()) ok_ = false;
    return ok_ ? bytes_[at_++] : u8{0};
  }
  u64 number() {
    u64 v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const u8 b = byte();
      if (shift == 63 && b > 1) break;
      v |= u64{b & 0x7fu} << shift;
      if (b < 0x80) return ok_ ? v : 0;
    }
    ok_ = false;
    return 0;
  }
  u64 distance(u64 from) {
    const u64 z = number();
    return from + (z >> 1 ^ (z & 1 ? ~u64{0} : 0));
  }
  std::span<const u8> bytes(u64 size) {
    if (size > bytes_.size() - std::min(at_, bytes_.size())) ok_ = false;
    if (!ok_) return {};
    at_ += size;
    return bytes_.subspan(at_ - size, size);
  }
  std::string text(u64 most) {
    const u64 size = number();
    if (size > most) ok_ = false;
    const auto data = bytes(ok_ ? size : 0);
    return {data.begin(), data.end()};
  }
  // A number of things to come; 0 when there would be more than `most`.
  u64 count(u64 most) {
    const u64 n = number();
    if (n > most) ok_ = false;
    return ok_ ? n : 0;
  }
  void refuse() { ok_ = false; }
  bool ok() const { return ok_; }
  size_t at() const { return at_; }
  bool atEnd() const { return at_ == bytes_.size(); }

 private:
  std::span<const u8> bytes_;
  size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace duet::diff
