// One locked operation of each kind and width; `p` need not be aligned and may cross a page.
#pragma once

#include "tests/boot/stress/stress.h"

#define FOR_EACH_WIDTH(X) X(u8, b, 1) X(u16, w, 2) X(u32, l, 4) X(u64, q, 8)

#define LOCK_OPERATIONS(T, S, N)                                                                             \
  static inline void lockAdd##N(T* p, T v) {                                                                 \
    __asm__ volatile("lock add" #S " %1, %0" : "+m"(*p) : "q"(v) : "memory", "cc");                          \
  }                                                                                                          \
  static inline void lockSub##N(T* p, T v) {                                                                 \
    __asm__ volatile("lock sub" #S " %1, %0" : "+m"(*p) : "q"(v) : "memory", "cc");                          \
  }                                                                                                          \
  static inline void lockInc##N(T* p) { __asm__ volatile("lock inc" #S " %0" : "+m"(*p)::"memory", "cc"); }  \
  static inline void lockDec##N(T* p) { __asm__ volatile("lock dec" #S " %0" : "+m"(*p)::"memory", "cc"); }  \
  static inline void lockNot##N(T* p) { __asm__ volatile("lock not" #S " %0" : "+m"(*p)::"memory"); }        \
  static inline void lockAdc##N(T* p, T v, u32 carry) {                                                      \
    __asm__ volatile("bt $0, %2\n\tlock adc" #S " %1, %0" : "+m"(*p) : "q"(v), "r"(carry) : "memory", "cc"); \
  }                                                                                                          \
  static inline void lockSbb##N(T* p, T v, u32 carry) {                                                      \
    __asm__ volatile("bt $0, %2\n\tlock sbb" #S " %1, %0" : "+m"(*p) : "q"(v), "r"(carry) : "memory", "cc"); \
  }                                                                                                          \
  static inline void lockXor##N(T* p, T v) {                                                                 \
    __asm__ volatile("lock xor" #S " %1, %0" : "+m"(*p) : "q"(v) : "memory", "cc");                          \
  }                                                                                                          \
  static inline void lockOr##N(T* p, T v) {                                                                  \
    __asm__ volatile("lock or" #S " %1, %0" : "+m"(*p) : "q"(v) : "memory", "cc");                           \
  }                                                                                                          \
  static inline void lockAnd##N(T* p, T v) {                                                                 \
    __asm__ volatile("lock and" #S " %1, %0" : "+m"(*p) : "q"(v) : "memory", "cc");                          \
  }                                                                                                          \
  static inline T lockXadd##N(T* p, T v) {                                                                   \
    __asm__ volatile("lock xadd" #S " %0, %1" : "+q"(v), "+m"(*p)::"memory", "cc");                          \
    return v;                                                                                                \
  }                                                                                                          \
  static inline T plainXchg##N(T* p, T v) {                                                                  \
    __asm__ volatile("xchg" #S " %0, %1" : "+q"(v), "+m"(*p)::"memory");                                     \
    return v;                                                                                                \
  }                                                                                                          \
  static inline T lockXchg##N(T* p, T v) {                                                                   \
    __asm__ volatile("lock xchg" #S " %0, %1" : "+q"(v), "+m"(*p)::"memory");                                \
    return v;                                                                                                \
  }                                                                                                          \
  static inline bool lockCmpxchg##N(T* p, T* expected, T desired) {                                          \
    bool ok;                                                                                                 \
    __asm__ volatile("lock cmpxchg" #S " %3, %1"                                                             \
                     : "+a"(*expected), "+m"(*p), "=@ccz"(ok)                                                \
                     : "q"(desired)                                                                          \
                     : "memory");                                                                            \
    return ok;                                                                                               \
  }
FOR_EACH_WIDTH(LOCK_OPERATIONS)

// Bit operations; the bit number may reach outside the operand and moves the address then.
#define LOCK_BIT_OPERATIONS(T, S, N)                                                              \
  static inline bool lockBts##N(void* p, T bit) {                                                 \
    bool was;                                                                                     \
    __asm__ volatile("lock bts" #S " %2, %1" : "=@ccc"(was), "+m"(*(T*)p) : "r"(bit) : "memory"); \
    return was;                                                                                   \
  }                                                                                               \
  static inline bool lockBtr##N(void* p, T bit) {                                                 \
    bool was;                                                                                     \
    __asm__ volatile("lock btr" #S " %2, %1" : "=@ccc"(was), "+m"(*(T*)p) : "r"(bit) : "memory"); \
    return was;                                                                                   \
  }                                                                                               \
  static inline bool lockBtc##N(void* p, T bit) {                                                 \
    bool was;                                                                                     \
    __asm__ volatile("lock btc" #S " %2, %1" : "=@ccc"(was), "+m"(*(T*)p) : "r"(bit) : "memory"); \
    return was;                                                                                   \
  }
LOCK_BIT_OPERATIONS(u16, w, 2)
LOCK_BIT_OPERATIONS(u32, l, 4)
LOCK_BIT_OPERATIONS(u64, q, 8)

static inline bool lockCmpxchg8b(void* p, u64* expected, u64 desired) {
  bool ok;
  u32 low = (u32)*expected, high = (u32)(*expected >> 32);
  __asm__ volatile("lock cmpxchg8b %3"
                   : "=@ccz"(ok), "+a"(low), "+d"(high), "+m"(*(u64*)p)
                   : "b"((u32)desired), "c"((u32)(desired >> 32))
                   : "memory");
  *expected = low | (u64)high << 32;
  return ok;
}

struct Pair {
  u64 low, high;
} __attribute__((aligned(16)));
static inline bool lockCmpxchg16b(struct Pair* p, struct Pair* expected, struct Pair desired) {
  bool ok;
  __asm__ volatile("lock cmpxchg16b %3"
                   : "=@ccz"(ok), "+a"(expected->low), "+d"(expected->high), "+m"(*p)
                   : "b"(desired.low), "c"(desired.high)
                   : "memory");
  return ok;
}

static inline u64 truncate(u64 v, unsigned width) { return width == 8 ? v : v & (((u64)1 << 8 * width) - 1); }
static inline u64 readPlain(const volatile void* p, unsigned width) {
  switch (width) {
    case 1:
      return *(const volatile u8*)p;
    case 2:
      return *(const volatile u16*)p;
    case 4:
      return *(const volatile u32*)p;
    default:
      return *(const volatile u64*)p;
  }
}
static inline void writePlain(volatile void* p, unsigned width, u64 v) {
  for (unsigned i = 0; i < width; i++) ((volatile u8*)p)[i] = (u8)(v >> 8 * i);
}
