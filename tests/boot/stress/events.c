// Descriptor tables of a processor and what is done about exceptions and interrupts.
#include "tests/boot/stress/stress.h"

extern u64 gdt[];
extern u8 eventStubs[], tryBegin[], tryEnd[], tryFault[], sleepOnceHalt[];

volatile u64 received[kMaxCpus][256];
volatile u64 pageFaults[kMaxCpus];
volatile u64 shadowsLost[kMaxCpus];

struct Gate {
  u16 offsetLow, selector;
  u8 stack, type;
  u16 offsetMiddle;
  u32 offsetHigh, zero;
};
static struct Gate gates[256];

static u64 self[kMaxCpus];  // GS points here

unsigned cpuIndex(void) {
  u64 index;
  __asm__("movq %%gs:0, %0" : "=r"(index));
  return (unsigned)index;
}

static void makeGates(void) {
  for (unsigned v = 0; v < 256; v++) {
    const u64 handler = (u64)(eventStubs + 16 * v);
    gates[v] = (struct Gate){(u16)handler, 8, 0, 0x8E, (u16)(handler >> 16), (u32)(handler >> 32), 0};
  }
}

void setupEvents(unsigned cpu) {
  if (cpu == 0) makeGates();
  self[cpu] = cpu;
  writeMsr(0xC0000101, (u64)&self[cpu]);
  struct {
    u16 limit;
    u64 base;
  } __attribute__((packed)) const pointer = {sizeof gates - 1, (u64)gates};
  __asm__ volatile("lidt %0" ::"m"(pointer));
}

static void handlePageFault(struct Frame* f, unsigned cpu) {
  CHECK(f->rip >= (u64)tryBegin && f->rip < (u64)tryEnd, "page fault at", f->rip, 0);
  pageFaults[cpu]++;
  f->rip = (u64)tryFault;
}

void handleEvent(struct Frame* f) {
  const unsigned cpu = cpuIndex();
  if (f->vector == 14) return handlePageFault(f, cpu);
  CHECK(f->vector == 2 || f->vector >= 32, "exception: vector and its address", f->vector, f->rip);
  if (f->rip == (u64)sleepOnceHalt) {
    shadowsLost[cpu]++;
    f->rip++;
  }
  if (f->vector == kVectorShootdown) handleShootdown(cpu);
  received[cpu][f->vector]++;
  if (f->vector != 2) endOfInterrupt();
}
