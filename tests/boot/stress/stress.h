// A Multiboot program that makes several processors fight over everything a processor promises about memory,
// code, page tables and interrupts, and checks the outcome. Rounds of tests until its time is up:
//
//   stress cpus=4 seconds=20 [tests=lock,code | without=lock,code] [x2apic] [planted]
//
// It ends by isa-debug-exit: 0 when everything was right, 1 after a line that says what was not.
// Freestanding C, 64-bit mode, memory mapped one to one below 4 GiB.
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

enum { kMaxCpus = 8, kPageSize = 4096, kLineSize = 64 };

// A word that shares its cache line with nothing.
struct Line {
  volatile u64 value;
  u64 padding[7];
} __attribute__((aligned(64)));

// --- the tests (one a file)
struct Test {
  const char* name;
  unsigned cpus;                        // needs at least so many
  bool (*available)(void);              // or 0: always
  void (*prepare)(u64 seed);            // on processor 0, the others wait
  void (*run)(unsigned cpu, u64 seed);  // on all at once
  u64 (*verify)(u64 seed);              // on processor 0 after all: checks, and returns the round's checksum
};
extern const struct Test lockTest, wideTest, tornTest, orderTest, accessedTest, shootdownTest, codeTest,
    patchTest, straightTest, ipiTest, wakeTest, clockTest;

extern u64 operations[kMaxCpus];  // of the running test, for the report

// --- the machine (machine.c)
extern unsigned cpuCount;
extern bool planted;  // make a mistake that must be noticed

// On processor 0, first: reads the command line, masks the 8259s.
void setupMachine(void);
// What follows `name` (as "seconds=") on the command line, or 0.
const char* option(const char* name);
u64 numberOption(const char* name, u64 otherwise);
// In a list with commas between, up to a space.
bool listed(const char* list, const char* name);
// By isa-debug-exit.
void endMachine(u32 status);

unsigned cpuIndex(void);
void barrier(void);
// Prints what was wrong and ends the machine.
void fail(const char* what, u64 found, u64 expected) __attribute__((noreturn));
#define CHECK(condition, what, found, expected)                                       \
  do {                                                                                \
    if (__builtin_expect(!(condition), 0)) fail(what, (u64)(found), (u64)(expected)); \
  } while (0)

// while (!done()) wait(&w, "what for"); fails after about half a minute.
struct Wait {
  u64 start;
};
void wait(struct Wait* w, const char* what);

void put(const char* text);
void putNumber(u64 value);
void putHex(u64 value);

// --- events (events.c)
enum Vector {
  kVectorShootdown = 0x30,
  kVectorWake = 0x31,
  kVectorFromCpu = 0x40,  // + sender: exact handshake
  kVectorLogical = 0x50,  // + sender
  kVectorSelf = 0x60,
  kVectorAll = 0x70,     // + sender
  kVectorOthers = 0x80,  // + sender
  kVectorLowest = 0x90,  // + sender
};
struct Frame {
  u64 r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
  u64 vector, error, rip, cs, rflags, rsp, ss;
};
extern volatile u64 received[kMaxCpus][256];  // events taken, by processor and vector
extern volatile u64 pageFaults[kMaxCpus];
// STI and HLT: sleeps until an interrupt, also one that waits already. Where that is taken before HLT (which STI's shadow
// forbids, SDM vol. 2 "STI"), HLT is left out and the event counted, for it could be the last.
void sleepOnce(void);
extern volatile u64 shadowsLost[kMaxCpus];
void setupEvents(unsigned cpu);
int tryLoad(const volatile void* address, u64* value);
int tryStore(volatile void* address, u64 value);
int tryAdd(volatile void* address, u64 value);

// --- local APIC (apic.c)
enum IcrBits {
  kIcrFixed = 0,
  kIcrLowest = 1 << 8,
  kIcrNmi = 4 << 8,
  kIcrInit = 5 << 8,
  kIcrStartUp = 6 << 8,
  kIcrLogical = 1 << 11,
  kIcrAssert = 1 << 14,
  kIcrSelf = 1 << 18,
  kIcrAll = 2 << 18,
  kIcrOthers = 3 << 18,
};
void setupApic(unsigned cpu, bool x2apic);
void startOthers(unsigned expected);
void endOfInterrupt(void);
u32 apicIdOf(unsigned cpu);
u32 logicalIdOf(unsigned cpu);
void sendIpi(u32 destination, u32 low);

// --- paging (pages.c)
enum {
  kPresent = 1,
  kWrite = 2,
  kUser = 4,
  kAccessed = 0x20,
  kDirty = 0x40,
  kGlobalPage = 0x100,
};
enum { kWindowPages = 512 };
extern u8* const window;            // linear addresses without anything behind them
extern volatile u64 windowTable[];  // their page-table entries
void setupWindow(void);
// Maps window page `page` to the frame and flushes it on this processor.
void mapWindow(unsigned page, const void* frame, u64 flags);
void flushPage(const volatile void* address);
// Makes all processors that take interrupts flush [address, +pages); returns when they have.
void shootDown(const volatile void* address, unsigned pages);
void handleShootdown(unsigned cpu);

// --- small things
static inline u64 mix(u64 a, u64 b) {
  a = (a ^ b) * 0x9e3779b97f4a7c15u;
  return a ^ (a >> 29);
}
struct Random {
  u64 state;
};
static inline struct Random randomFor(u64 seed, u64 stream) {
  return (struct Random){mix(mix(seed, stream + 1), 0x853c49e6748fea9bu) | 1};
}
static inline u64 next(struct Random* r) {
  r->state ^= r->state >> 12;
  r->state ^= r->state << 25;
  r->state ^= r->state >> 27;
  return r->state * 0x2545f4914f6cdd1du;
}
static inline u64 below(struct Random* r, u64 limit) { return (next(r) >> 33) % limit; }

static inline void out8(u16 port, u8 value) { __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port)); }
static inline void out32(u16 port, u32 value) { __asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port)); }
static inline u8 in8(u16 port) {
  u8 value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}
static inline u64 readTsc(void) {
  u32 low, high;
  __asm__ volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high)::"memory");
  return low | (u64)high << 32;
}
static inline void pause(void) { __asm__ volatile("pause" ::: "memory"); }
// A moment without PAUSE, so that the host's scheduler has no part in it.
static inline void delay(u64 steps) {
  for (; steps; steps--) __asm__ volatile("" ::: "memory");
}
static inline void fullFence(void) { __asm__ volatile("mfence" ::: "memory"); }
static inline void interruptsOn(void) { __asm__ volatile("sti" ::: "memory"); }
static inline void interruptsOff(void) { __asm__ volatile("cli" ::: "memory"); }
static inline void cpuid(u32 leaf, u32 out[4]) {
  __asm__ volatile("cpuid"
                   : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3])
                   : "a"(leaf), "c"(0)
                   : "memory");
}
static inline void serialize(void) {
  u32 unused[4];
  cpuid(0, unused);
}
static inline void writeMsr(u32 index, u64 value) {
  __asm__ volatile("wrmsr" ::"c"(index), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}
static inline u64 readMsr(u32 index) {
  u32 low, high;
  __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(index));
  return low | (u64)high << 32;
}
static inline u64 fetchAdd(volatile u64* p, u64 v) {
  __asm__ volatile("lock xaddq %0, %1" : "+r"(v), "+m"(*p)::"memory", "cc");
  return v;
}
static inline u64 exchange(volatile u64* p, u64 v) {
  __asm__ volatile("xchgq %0, %1" : "+r"(v), "+m"(*p)::"memory");
  return v;
}
// The old value; it was replaced if it is `expected`.
static inline u64 compareExchange(volatile u64* p, u64 expected, u64 desired) {
  __asm__ volatile("lock cmpxchgq %2, %1" : "+a"(expected), "+m"(*p) : "r"(desired) : "memory", "cc");
  return expected;
}
