// The kernels of the benchmark, by group. Every kernel returns a checksum that it must reproduce, and that must be the same on
// every side: a wrong result is a failure, not a rate.
#pragma once

#include <stdint.h>

struct Kernel {
  const char* name;
  uint32_t (*run)(void);  // one round, some milliseconds on the host
};

extern const struct Kernel kInteger[], kFloat[], kMemory[], kSystem[], kCode[],
    kRare[];  // ended by a null name

// Numbers that are the same in every run.
void setSeed(uint64_t seed);
uint32_t nextRandom(void);
// Ends this kernel: it cannot be run here.
void giveUp(const char* what);
