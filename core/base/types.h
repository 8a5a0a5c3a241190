// Integer names and strong address types used everywhere.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace duet {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using u128 = unsigned __int128;
using i8 = std::int8_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;
using i128 = __int128;

// An address of one kind; kinds do not mix by accident. `value` is in bytes.
template <class Tag>
struct Address {
  u64 value = 0;

  constexpr Address() = default;
  constexpr explicit Address(u64 v) : value(v) {}

  constexpr auto operator<=>(const Address&) const = default;
  constexpr Address operator+(u64 d) const { return Address(value + d); }
  constexpr Address operator-(u64 d) const { return Address(value - d); }
  constexpr u64 operator-(Address o) const { return value - o.value; }
  constexpr Address& operator+=(u64 d) {
    value += d;
    return *this;
  }
  constexpr u64 pageOffset() const { return value & 0xfff; }
  constexpr Address pageBase() const { return Address(value & ~u64{0xfff}); }
  constexpr u64 pageNumber() const { return value >> 12; }
};

struct GpaTag {};
struct LinearTag {};
using Gpa = Address<GpaTag>;            // guest-physical
using LinearAddr = Address<LinearTag>;  // after segmentation, before paging

inline constexpr u64 kPageSize = 4096;
inline constexpr u64 kPageMask = kPageSize - 1;

inline constexpr u64 operator""_KiB(unsigned long long v) { return v << 10; }
inline constexpr u64 operator""_MiB(unsigned long long v) { return v << 20; }
inline constexpr u64 operator""_GiB(unsigned long long v) { return v << 30; }

}  // namespace duet
