#define _GNU_SOURCE
#include "tests/bench/guest/measure.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// The first round is for what comes once (new pages, translation) and gives the checksum.
void measureKernel(const struct Kernel* kernel, double seconds) {
  const uint32_t first = kernel->run();
  const double begin = now();
  double end = begin;
  long rounds = 0;
  do {
    rounds++;
    if (kernel->run() != first) {
      printf("bench: %s fails: another result in round %ld\n", kernel->name, rounds);
      return;
    }
    end = now();
  } while (end - begin < seconds);
  printf("bench: %s %.6g %u\n", kernel->name, (double)rounds / (end - begin), first);
}

// Fowler, Noll and Vo's 32-bit sum (FNV-1a).
static uint32_t sumOf(int file) {
  static uint8_t data[65536];
  uint32_t sum = 2166136261u;
  for (off_t at = 0;;) {
    const ssize_t got = pread(file, data, sizeof data, at);
    if (got <= 0) return sum;
    at += got;
    for (ssize_t i = 0; i < got; i++) sum = (sum ^ data[i]) * 16777619u;
  }
}

static void runOnce(char** command, int out) {
  if (ftruncate(out, 0) != 0 || lseek(out, 0, SEEK_SET) != 0) giveUp("output");
  const pid_t child = fork();
  if (child < 0) giveUp("fork");
  if (child == 0) {
    dup2(out, 1);
    execvp(command[0], command);
    _exit(127);
  }
  int status;
  if (waitpid(child, &status, 0) != child || status != 0) giveUp(command[0]);
}

// Sums are taken outside the measured time, of the first and of the last output.
void measureProgram(const char* name, char** command, double seconds) {
  const int out = memfd_create("output", 0);
  if (out < 0) giveUp("output");
  runOnce(command, out);
  const uint32_t first = sumOf(out);
  const double begin = now();
  double end = begin;
  long rounds = 0;
  do {
    runOnce(command, out);
    rounds++;
    end = now();
  } while (end - begin < seconds);
  if (sumOf(out) != first)
    printf("bench: %s fails: another result in round %ld\n", name, rounds);
  else
    printf("bench: %s %.6g %u\n", name, (double)rounds / (end - begin), first);
}
