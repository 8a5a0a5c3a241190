// Copies to and from guest RAM that vCPU threads may touch at the same moment.
#pragma once

#include <cstddef>
#include <cstring>

#include "core/base/types.h"

// Guests race with devices by design and see what real DMA shows: any mix of old and new bytes. The
// thread sanitizer must not look at these accesses (and memcpy would be checked by its interceptor).
#if defined(__SANITIZE_THREAD__)
#define DUET_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define DUET_TSAN 1
#endif
#endif

namespace duet::mmu {

namespace guest_copy_detail {
#ifdef DUET_TSAN
__attribute__((no_sanitize("thread"), noinline)) inline void copy(void* to, const void* from, size_t length) {
  auto* out = static_cast<volatile u8*>(to);
  auto* in = static_cast<const volatile u8*>(from);
  for (size_t i = 0; i < length; ++i) out[i] = in[i];
}
#else
inline void copy(void* to, const void* from, size_t length) {
  // Fixed sizes become one move each: naturally aligned words are never torn.
  switch (length) {
    case 1:
      std::memcpy(to, from, 1);
      break;
    case 2:
      std::memcpy(to, from, 2);
      break;
    case 4:
      std::memcpy(to, from, 4);
      break;
    case 8:
      std::memcpy(to, from, 8);
      break;
    default:
      std::memcpy(to, from, length);
  }
}
#endif
}  // namespace guest_copy_detail

// Plain bytes, no ordering. After copyToGuest call Ram::noteWrite (or its vCPU-side twin).
inline void copyFromGuest(void* to, const void* guest, size_t length) {
  guest_copy_detail::copy(to, guest, length);
}
inline void copyToGuest(void* guest, const void* from, size_t length) {
  guest_copy_detail::copy(guest, from, length);
}

}  // namespace duet::mmu
