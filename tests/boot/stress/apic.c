// The local APIC in xAPIC or x2APIC mode, and the start of the other processors (SDM vol. 3 8.4, 11.6).
#include "tests/boot/stress/stress.h"

extern u8 trampoline[], trampolineEnd[];
extern volatile u32 nextCpu;

enum { kId = 0x20, kEoi = 0xB0, kLdr = 0xD0, kDfr = 0xE0, kSvr = 0xF0, kIcrLow = 0x300, kIcrHigh = 0x310 };
enum { kTrampolinePage = 8, kApicBaseMsr = 0x1B, kX2apicMsr = 0x800 };

static bool wide;  // x2APIC
static volatile u32 ids[kMaxCpus], logicalIds[kMaxCpus];

static u32 readRegister(u32 offset) {
  if (wide) return (u32)readMsr(kX2apicMsr + (offset >> 4));
  return *(volatile u32*)(0xFEE00000ul + offset);
}
static void writeRegister(u32 offset, u32 value) {
  if (wide) {
    writeMsr(kX2apicMsr + (offset >> 4), value);
  } else {
    *(volatile u32*)(0xFEE00000ul + offset) = value;
  }
}

void setupApic(unsigned cpu, bool x2apic) {
  if (x2apic) {
    writeMsr(kApicBaseMsr, readMsr(kApicBaseMsr) | 0xC00);
    if (cpu == 0) wide = true;
  }
  writeRegister(kSvr, 0x1FF);
  if (!wide) {
    writeRegister(kDfr, 0xFFFFFFFF);
    writeRegister(kLdr, 1u << (24 + cpu));
  }
  ids[cpu] = wide ? readRegister(kId) : readRegister(kId) >> 24;
  logicalIds[cpu] = wide ? readRegister(kLdr) : readRegister(kLdr) >> 24;
}

u32 apicIdOf(unsigned cpu) { return ids[cpu]; }
u32 logicalIdOf(unsigned cpu) { return logicalIds[cpu]; }
void endOfInterrupt(void) { writeRegister(kEoi, 0); }

// The two halves of the ICR belong together: no interrupt in between.
void sendIpi(u32 destination, u32 low) {
  if (wide) {
    fullFence();  // an x2APIC WRMSR does not wait for earlier stores (SDM vol. 3 11.12.3)
    writeMsr(kX2apicMsr + (kIcrLow >> 4), (u64)destination << 32 | low | kIcrAssert);
    return;
  }
  u64 flags;
  __asm__ volatile("pushfq; popq %0; cli" : "=r"(flags)::"memory");
  while (readRegister(kIcrLow) & 1 << 12) pause();
  writeRegister(kIcrHigh, destination << 24);
  writeRegister(kIcrLow, low | kIcrAssert);
  if (flags & 0x200) interruptsOn();
}

// About 10 ms: writes to port 80h take a microsecond or more on anything.
static void shortDelay(void) {
  for (unsigned i = 0; i < 10000; i++) out8(0x80, 0);
}

void startOthers(unsigned expected) {
  u8* const target = (u8*)((u64)kTrampolinePage * kPageSize);
  for (u64 i = 0; i < (u64)(trampolineEnd - trampoline); i++) target[i] = trampoline[i];
  if (expected > 1) {
    sendIpi(0, kIcrInit | kIcrOthers);
    shortDelay();
    sendIpi(0, kIcrStartUp | kIcrOthers | kTrampolinePage);
    shortDelay();
    if (nextCpu < expected) sendIpi(0, kIcrStartUp | kIcrOthers | kTrampolinePage);
  }
  struct Wait w = {0};
  while (nextCpu < expected) wait(&w, "a processor does not start");
}
