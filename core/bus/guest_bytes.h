// Loads and stores of guest RAM that race with vCPUs: single relaxed accesses where the size allows.
#pragma once

#include <cstring>

#include "core/base/types.h"

namespace duet::bus_detail {

// Not instrumented: the guest may race with itself, that is its own affair, and an unaligned access
// has no atomic form in the language.
__attribute__((no_sanitize("thread", "alignment"))) inline u64 loadGuestBytes(const u8* host, unsigned size) {
  switch (size) {
    case 1:
      return *host;
    case 2:
      return *reinterpret_cast<const volatile u16*>(host);
    case 4:
      return *reinterpret_cast<const volatile u32*>(host);
    case 8:
      return *reinterpret_cast<const volatile u64*>(host);
  }
  u64 value = 0;
  for (unsigned i = 0; i < size; ++i) value |= u64{host[i]} << (8 * i);
  return value;
}

__attribute__((no_sanitize("thread", "alignment"))) inline void storeGuestBytes(u8* host, unsigned size,
                                                                                u64 value) {
  switch (size) {
    case 1:
      *host = static_cast<u8>(value);
      return;
    case 2:
      *reinterpret_cast<volatile u16*>(host) = static_cast<u16>(value);
      return;
    case 4:
      *reinterpret_cast<volatile u32*>(host) = static_cast<u32>(value);
      return;
    case 8:
      *reinterpret_cast<volatile u64*>(host) = value;
      return;
  }
  for (unsigned i = 0; i < size; ++i) host[i] = static_cast<u8>(value >> (8 * i));
}

}  // namespace duet::bus_detail
