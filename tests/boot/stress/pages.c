// A window of linear addresses with 4 KiB pages for the tests' own use, and TLB shootdown by IPI.
#include "tests/boot/stress/stress.h"

extern u64 pageDirectories[];

u8* const window = (u8*)0x40000000;
volatile u64 windowTable[kWindowPages] __attribute__((aligned(4096)));

// Shootdown under way; one at a time.
static volatile u64 lock;
static const volatile u8* volatile targetAddress;
static volatile unsigned targetPages;
static struct Line flushed[kMaxCpus];

void setupWindow(void) {
  pageDirectories[512] = (u64)windowTable | kPresent | kWrite | kUser;
  for (unsigned page = 0; page < kWindowPages; page++) flushPage(window + page * kPageSize);
}

void flushPage(const volatile void* address) {
  __asm__ volatile("invlpg %0" ::"m"(*(const volatile u8*)address) : "memory");
}

void mapWindow(unsigned page, const void* frame, u64 flags) {
  windowTable[page] = (u64)frame | flags;
  flushPage(window + page * kPageSize);
}

static void flushTarget(void) {
  for (unsigned i = 0; i < targetPages; i++) flushPage(targetAddress + i * kPageSize);
}

void handleShootdown(unsigned cpu) {
  flushTarget();
  flushed[cpu].value++;
}

// Called with interrupts on, so that two that want it at once serve each other.
void shootDown(const volatile void* address, unsigned pages) {
  const unsigned cpu = cpuIndex();
  struct Wait w = {0};
  while (exchange(&lock, 1)) wait(&w, "a shootdown does not end");
  targetAddress = address;
  targetPages = pages;
  u64 before[kMaxCpus];
  for (unsigned i = 0; i < cpuCount; i++) before[i] = flushed[i].value;
  flushTarget();
  if (cpuCount > 1) sendIpi(0, kIcrOthers | kVectorShootdown);
  for (unsigned i = 0; i < cpuCount; i++) {
    struct Wait ack = {0};
    while (i != cpu && flushed[i].value == before[i]) wait(&ack, "a processor does not answer a shootdown");
  }
  lock = 0;
}
