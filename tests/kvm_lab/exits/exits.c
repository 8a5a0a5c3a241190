// A Multiboot program that measures what it costs a guest to leave guest mode: port and memory accesses that a device model
// answers, HLT, interrupts from one processor to the other. Prints TSC ticks an operation, the median of each batch, and how
// many HLTs could not be measured because the interrupt was taken before them:
//
//   exits cpus=2 [batches=9] [count=2000]
//
// It ends by isa-debug-exit with 0. Shares its machine with tests/boot/stress.
#include "tests/boot/stress/stress.h"

enum { kMaxBatches = 255, kMaxCount = 4096, kPmTimer = 0x608 };
enum { kFreePort = 0xed };  // where no device is: port 80h need not leave for duet
enum { kHpetCounter = 0xFED000F0 };
enum Partner { kSpins, kSleeps, kEnds };

static volatile bool begun;
static u64 halts;
static struct Line partner;  // what processor 1 does meanwhile

static u32 in32(u16 port) {
  u32 value;
  __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

static void portWrite(void) { out8(kFreePort, 0); }
static void portRead(void) { in32(kPmTimer); }
static void memoryRead(void) { (void)*(volatile u32*)(u64)kHpetCounter; }

// The interrupt waits already, so HLT ends at once: the cost of going to sleep and of waking, without any sleep.
static void halt(void) {
  halts++;
  interruptsOff();
  sendIpi(apicIdOf(0), kVectorSelf);
  sleepOnce();
}

// There, taken, and seen here that it was.
static void interruptOther(void) {
  const u64 before = received[1][kVectorWake];
  struct Wait w = {0};
  sendIpi(apicIdOf(1), kVectorWake);
  while (received[1][kVectorWake] == before) wait(&w, "an interrupt does not arrive");
}

static const struct Operation {
  const char* name;
  void (*run)(void);
  unsigned cpus;
  enum Partner partner;
  unsigned share;  // of the count, one in so many: the slow ones are done less often
} kOperations[] = {
    {"port-write", portWrite, 1, kSpins, 1}, {"port-read", portRead, 1, kSpins, 1},
    {"mmio-read", memoryRead, 1, kSpins, 1}, {"halt", halt, 1, kSpins, 2},
    {"ipi", interruptOther, 2, kSpins, 4},   {"ipi-to-halted", interruptOther, 2, kSleeps, 4},
};
enum { kOperationCount = sizeof kOperations / sizeof kOperations[0] };

static u64 ticks[kOperationCount][kMaxBatches];

static u64 median(u64* values, u64 count) {
  for (u64 i = 1; i < count; i++)
    for (u64 j = i; j && values[j - 1] > values[j]; j--) {
      const u64 swap = values[j];
      values[j] = values[j - 1];
      values[j - 1] = swap;
    }
  return values[count / 2];
}

static void measure(unsigned index, unsigned batch, u64 count) {
  static u64 times[kMaxCount];
  const struct Operation* o = &kOperations[index];
  if (cpuCount < o->cpus) return;
  partner.value = o->partner;
  if (cpuCount > 1) interruptOther();  // it has heard of it
  count = (count - 1) / o->share + 1;
  for (u64 i = 0; i < count; i++) {
    const u64 start = readTsc();
    o->run();
    times[i] = readTsc() - start;
  }
  ticks[index][batch] = median(times, count);
}

static void runFirst(void) {
  const u64 batches = numberOption("batches=", 9), count = numberOption("count=", 2000);
  CHECK(batches >= 1 && batches <= kMaxBatches, "batches= is out of range", batches, kMaxBatches);
  CHECK(count >= 1 && count <= kMaxCount, "count= is out of range", count, kMaxCount);
  // The operations in turn, so that what disturbs the host disturbs all of them.
  for (unsigned batch = 0; batch < batches; batch++)
    for (unsigned i = 0; i < kOperationCount; i++) measure(i, batch, count);
  for (unsigned i = 0; i < kOperationCount; i++) {
    if (cpuCount < kOperations[i].cpus) continue;
    put("exits: ");
    put(kOperations[i].name);
    for (unsigned batch = 0; batch < batches; batch++) {
      put(" ");
      putNumber(ticks[i][batch]);
    }
    put("\n");
  }
  put("exits: shadow lost in ");
  putNumber(shadowsLost[0]);
  put(" of ");
  putNumber(halts);
  put(" HLTs\n");
  partner.value = kEnds;
  put("exits: all measured\n");
  endMachine(0);
}

// Sleeping, an interrupt that comes between the look and HLT wakes it too: STI holds it back for one instruction.
static void runPartner(void) {
  for (;;) {
    interruptsOff();
    const u64 what = partner.value;
    if (what == kSleeps) {
      sleepOnce();
    } else {
      interruptsOn();
      for (unsigned i = 0; i < 64; i++) pause();
    }
    if (what == kEnds) break;
  }
}

void cpuMain(unsigned cpu) {
  if (cpu == 0) setupMachine();
  setupEvents(cpu);
  u32 features[4];
  cpuid(1, features);
  setupApic(cpu, features[2] >> 21 & 1);
  if (cpu == 0) {
    startOthers(cpuCount);
    begun = true;
  }
  struct Wait w = {0};
  while (!begun) wait(&w, "the first processor does not begin");
  interruptsOn();
  barrier();
  if (cpu == 0) runFirst();
  runPartner();
}
