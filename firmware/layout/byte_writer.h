// Little-endian tables in memory: appending and patching (ByteWriter), checked reading (ByteReader).
#pragma once

#include <algorithm>
#include <concepts>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/types.h"

namespace duet::firmware {

class ByteWriter {
 public:
  void u8le(u64 v) { append(v, 1); }
  void u16le(u64 v) { append(v, 2); }
  void u32le(u64 v) { append(v, 4); }
  void u64le(u64 v) { append(v, 8); }
  void zeros(size_t n) { bytes_.resize(bytes_.size() + n); }
  void text(std::string_view s) { copy(s.data(), s.size()); }
  // Exactly `n` bytes: cut, or filled up with `fill`.
  void text(std::string_view s, size_t n, char fill = 0) {
    text(s.substr(0, n));
    bytes_.resize(bytes_.size() + n - std::min(n, s.size()), static_cast<u8>(fill));
  }
  void raw(std::span<const u8> data) { copy(data.data(), data.size()); }
  void align(size_t alignment) { bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment); }

  // Overwrites `size` bytes at `offset`, which must exist.
  void patch(size_t offset, u64 value, unsigned size) { std::memcpy(bytes_.data() + offset, &value, size); }

  size_t size() const { return bytes_.size(); }
  const std::vector<u8>& bytes() const { return bytes_; }
  std::vector<u8> take() { return std::move(bytes_); }

 private:
  void copy(const void* from, size_t length) {
    const size_t at = bytes_.size();
    bytes_.resize(at + length);
    if (length) std::memcpy(bytes_.data() + at, from, length);
  }
  void append(u64 v, unsigned size) {
    for (unsigned i = 0; i < size; ++i) bytes_.push_back(static_cast<u8>(v >> (8 * i)));
  }
  std::vector<u8> bytes_;
};

// A field of a file: 0 beyond the end. Check sizes where 0 would not do.
template <std::unsigned_integral T>
T fieldAt(std::span<const u8> bytes, u64 offset) {
  T value = 0;
  if (offset <= bytes.size() && sizeof(T) <= bytes.size() - offset)
    std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

template <std::unsigned_integral T>
void setField(std::span<u8> bytes, u64 offset, T value) {
  if (offset <= bytes.size() && sizeof(T) <= bytes.size() - offset)
    std::memcpy(bytes.data() + offset, &value, sizeof(T));
}

// The byte that makes the sum of all bytes zero (BIOS, ACPI and SMBIOS structures).
inline u8 checksumOf(std::span<const u8> bytes) {
  u8 sum = 0;
  for (const u8 b : bytes) sum = static_cast<u8>(sum + b);
  return static_cast<u8>(-sum);
}

}  // namespace duet::firmware
