// What a host answers a guest itself: rare in programs, and dear in an emulator.
#include <cpuid.h>
#include <stddef.h>
#include <sys/io.h>
#include <time.h>
#include <x86intrin.h>

#include "tests/bench/guest/kernels.h"

static uint32_t cpuids(void) {
  uint32_t sum = 0;
  for (int i = 0; i < 100; i++) {
    uint32_t a, b, c, d;
    __cpuid(0, a, b, c, d);
    sum += a > 0;
  }
  return sum;
}

// Time stamps never go back.
static uint32_t timeStamps(void) {
  uint32_t sum = 0;
  uint64_t last = __rdtsc();
  for (int i = 0; i < 5000; i++) {
    const uint64_t next = __rdtsc();
    sum += next >= last;
    last = next;
  }
  return sum;
}

static uint32_t clocks(void) {
  struct timespec last = {0}, next;
  uint32_t sum = 0;
  for (int i = 0; i < 2000; i++) {
    clock_gettime(CLOCK_MONOTONIC, &next);
    sum += next.tv_sec > last.tv_sec || (next.tv_sec == last.tv_sec && next.tv_nsec >= last.tv_nsec);
    last = next;
  }
  return sum;
}

// Reads of a port that nothing happens by: system control port B. Bits 2 and 3 are what was last written.
static uint32_t ports(void) {
  if (ioperm(0x61, 1, 1) != 0) giveUp("port 61h");
  const uint32_t first = inb(0x61) & 0x0c;
  uint32_t sum = 0;
  for (int i = 0; i < 100; i++) sum += (inb(0x61) & 0x0c) == first;
  return sum;
}

// Sleeps of a tenth of a millisecond: how late the timer and the way back are.
static uint32_t wakes(void) {
  const struct timespec little = {0, 100000};
  uint32_t sum = 0;
  for (int i = 0; i < 20; i++) sum += clock_nanosleep(CLOCK_MONOTONIC, 0, &little, NULL) == 0;
  return sum;
}

const struct Kernel kRare[] = {{"cpuid", cpuids}, {"rdtsc", timeStamps}, {"clock", clocks},
                               {"port", ports},   {"wake", wakes},       {NULL, NULL}};
