// Memory kernels.
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/guest/kernels.h"

// One buffer for all, with bytes that differ from their neighbours.
static uint8_t* buffer(size_t size) {
  static uint8_t* memory;
  static size_t have;
  if (have < size) {
    memory = realloc(memory, have = size);
    if (!memory) giveUp("memory");
    for (size_t i = 0; i < size; i++) memory[i] = (uint8_t)(i * 31 + (i >> 8));
  }
  return memory;
}

// Of a few bytes here and there.
static uint32_t samples(const uint8_t* bytes, size_t size) {
  uint32_t sum = 0;
  for (size_t i = 0; i < size; i += 8191) sum = sum * 31 + bytes[i];
  return sum;
}

static uint32_t copy(void) {
  enum { kSize = 1 << 20 };
  uint8_t* b = buffer(2 * kSize + 16);
  for (int i = 0; i < 8; i++) memcpy(b + kSize + i, b + i, kSize - i);
  return samples(b + kSize, kSize);
}

static uint32_t set(void) {
  enum { kSize = 4 << 20 };
  uint8_t* b = buffer(kSize);
  memset(b, 7, kSize);
  const uint32_t sum = samples(b, kSize);
  memset(b, 1, kSize);
  return sum + samples(b, kSize);
}

static uint32_t length(void) {
  enum { kSize = 1 << 16 };
  static char text[kSize + 1];
  memset(text, 'x', kSize);
  size_t sum = 0;
  for (int i = 0; i < 64; i++) sum += strlen(text + i);
  return (uint32_t)sum;
}

static uint32_t repmovsb(void) {
  enum { kSize = 1 << 18 };
  uint8_t* b = buffer(2 * kSize);
  for (int i = 0; i < 16; i++) {
    void *to = b + kSize, *from = b;
    size_t n = kSize;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
  }
  return samples(b + kSize, kSize);
}

// Loads that wait for each other, in a random order over `size` bytes.
static uint32_t hop(void*** ring, size_t size, size_t steps) {
  const size_t count = size / 64;
  if (!*ring) {
    uint8_t* memory = malloc(size);
    uint32_t* order = malloc(count * sizeof *order);
    if (!memory || !order) giveUp("memory");
    for (size_t i = 0; i < count; i++) order[i] = (uint32_t)i;
    setSeed(5);
    for (size_t i = count; i-- > 1;) {
      const size_t j = nextRandom() % (i + 1);
      const uint32_t t = order[i];
      order[i] = order[j];
      order[j] = t;
    }
    for (size_t i = 0; i < count; i++)
      *(void**)(memory + (size_t)order[i] * 64) = memory + (size_t)order[(i + 1) % count] * 64;
    *ring = (void**)memory;
    free(order);
  }
  void **const first = *ring, **at = first;
  for (size_t i = 0; i < steps; i++) at = *at;
  return (uint32_t)(((uint8_t*)at - (uint8_t*)first) / 64);
}
static uint32_t hops16k(void) {
  static void** ring;
  return hop(&ring, 16 << 10, 1000000);
}
static uint32_t hops32m(void) {
  static void** ring;
  return hop(&ring, 32 << 20, 100000);
}

// A byte of each of many pages: all translations, no data.
static uint32_t pages(void) {
  enum { kSize = 32 << 20 };
  const volatile uint8_t* b = buffer(kSize);
  uint32_t sum = 0;
  for (int round = 0; round < 4; round++)
    for (size_t i = 0; i < kSize; i += 4096) sum += b[i];
  return sum;
}

const struct Kernel kMemory[] = {{"copy", copy},         {"set", set},         {"length", length},
                                 {"repmovsb", repmovsb}, {"hops16k", hops16k}, {"hops32m", hops32m},
                                 {"pages", pages},       {NULL, NULL}};
