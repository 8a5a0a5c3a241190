// Single accesses to guest RAM through host pointers, as other vCPUs and devices may see them at once.
//
// The guest decides what races with what, and an x86 host gives a plain access of up to 8 bytes the same
// atomicity and order the guest was promised; so these are plain accesses that the compiler may not
// split, repeat or reorder among themselves, and that the thread sanitizer does not look at.
#pragma once

#include "core/base/types.h"

namespace duet::tcg {

#if defined(__SANITIZE_THREAD__)
#define DUET_GUEST_ACCESS [[gnu::no_sanitize("thread"), gnu::noinline]]
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define DUET_GUEST_ACCESS [[gnu::no_sanitize("thread"), gnu::noinline]]
#endif
#endif
#ifndef DUET_GUEST_ACCESS
#define DUET_GUEST_ACCESS [[gnu::always_inline]]
#endif

template <class T>
struct GuestWord {
  typedef T Type __attribute__((aligned(1), may_alias));
};

template <class T>
DUET_GUEST_ACCESS inline T guestLoad(const u8* p) {
  return *reinterpret_cast<const volatile typename GuestWord<T>::Type*>(p);
}
template <class T>
DUET_GUEST_ACCESS inline void guestStore(u8* p, T v) {
  *reinterpret_cast<volatile typename GuestWord<T>::Type*>(p) = v;
}
template <>
DUET_GUEST_ACCESS inline u128 guestLoad<u128>(const u8* p) {
  return guestLoad<u64>(p) | u128{guestLoad<u64>(p + 8)} << 64;
}
template <>
DUET_GUEST_ACCESS inline void guestStore<u128>(u8* p, u128 v) {
  guestStore<u64>(p, static_cast<u64>(v));
  guestStore<u64>(p + 8, static_cast<u64>(v >> 64));
}

// LOCK CMPXCHG on the host, also on unaligned addresses (the host locks the bus for a split line, as it
// would for the guest). On failure `expected` becomes what was found.
template <class T>
inline bool guestCompareExchange(u8* p, T& expected, T desired) {
  bool ok;
  auto* word = reinterpret_cast<volatile typename GuestWord<T>::Type*>(p);
  asm volatile("lock cmpxchg %[desired], %[word]"
               : "=@ccz"(ok), [word] "+m"(*word), "+a"(expected)
               : [desired] "q"(desired)
               : "memory");
  return ok;
}
template <>
inline bool guestCompareExchange<u128>(u8* p, u128& expected, u128 desired) {
  bool ok;
  u64 lo = static_cast<u64>(expected), hi = static_cast<u64>(expected >> 64);
  asm volatile("lock cmpxchg16b (%[p])"
               : "=@ccz"(ok), "+a"(lo), "+d"(hi)
               : [p] "r"(p), "b"(static_cast<u64>(desired)), "c"(static_cast<u64>(desired >> 64))
               : "memory");
  expected = lo | u128{hi} << 64;
  return ok;
}

}  // namespace duet::tcg
