// The kernels of the benchmark, the same program for the host and for the guest.
//   kernels list                                     prints "GROUP NAME" of each
//   kernels SECONDS NAME...                          prints "bench: NAME RATE CHECKSUM" (rounds a second) for each
//   kernels run SECONDS NAME COMMAND [ARGUMENT...]   the same for a program; the checksum is of what it writes
//   kernels pair SECONDS NAME                        the rate of one process, and of two at a time together
// What cannot be measured is told as "bench: NAME fails: WHY". Each runs in a process of its own.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/guest/kernels.h"
#include "tests/bench/guest/measure.h"

static const struct Group {
  const char* name;
  const struct Kernel* kernels;
} kGroups[] = {{"int", kInteger}, {"fp", kFloat}, {"memory", kMemory},
               {"os", kSystem},   {"jit", kCode}, {"rare", kRare}};

// A full-period generator (Knuth, TAOCP 2, 3.3.4).
static uint64_t state;
void setSeed(uint64_t seed) { state = seed; }
uint32_t nextRandom(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 33);
}

static const char* current = "";
void giveUp(const char* what) {
  printf("bench: %s fails: %s: %s\n", current, what, strerror(errno));
  fflush(stdout);
  _exit(0);
}

static const struct Kernel* find(const char* name) {
  for (size_t g = 0; g < sizeof kGroups / sizeof *kGroups; g++)
    for (const struct Kernel* k = kGroups[g].kernels; k->name; k++)
      if (strcmp(k->name, name) == 0) return k;
  fprintf(stderr, "kernels: there is no '%s'\n", name);
  exit(2);
}

static void list(void) {
  for (size_t g = 0; g < sizeof kGroups / sizeof *kGroups; g++)
    for (const struct Kernel* k = kGroups[g].kernels; k->name; k++)
      printf("%s %s\n", kGroups[g].name, k->name);
}

// In a child, so that one that dies takes nothing along.
static pid_t start(void (*body)(const void*, double), const void* what, double seconds) {
  fflush(stdout);
  const pid_t child = fork();
  if (child < 0) giveUp("fork");
  if (child == 0) {
    body(what, seconds);
    fflush(stdout);
    _exit(0);
  }
  return child;
}

static void finish(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) != child)
    if (errno != EINTR) giveUp("waitpid");
  if (status != 0) printf("bench: %s fails: ended with status %#x\n", current, (unsigned)status);
  fflush(stdout);
}

static void kernelBody(const void* kernel, double seconds) { measureKernel(kernel, seconds); }
static void programBody(const void* command, double seconds) {
  measureProgram(current, (char**)command, seconds);
}

static void pair(const char* name, double seconds) {
  const struct Kernel* kernel = find(name);
  current = name;
  finish(start(kernelBody, kernel, seconds));
  const pid_t one = start(kernelBody, kernel, seconds), other = start(kernelBody, kernel, seconds);
  finish(one);
  finish(other);
}

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], kExecWord) == 0) return kExecStatus;
  // Pages of 4 KiB on every side, whatever its kernel does by itself.
  prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
  if (argc == 2 && strcmp(argv[1], "list") == 0) {
    list();
  } else if (argc > 4 && strcmp(argv[1], "run") == 0) {
    current = argv[3];
    finish(start(programBody, argv + 4, atof(argv[2])));
  } else if (argc == 4 && strcmp(argv[1], "pair") == 0) {
    pair(argv[3], atof(argv[2]));
  } else {
    for (int a = 2; a < argc; a++) {
      current = argv[a];
      finish(start(kernelBody, find(argv[a]), atof(argv[1])));
    }
  }
  return 0;
}
