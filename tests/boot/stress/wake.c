// Processors asleep and the end of their sleep; time.
#include "tests/boot/stress/stress.h"

enum { kHops = 60, kReadings = 400 };
static struct Line token;

static bool hasMonitor(void) {
  u32 r[4];
  cpuid(1, r);
  return r[2] >> 3 & 1;
}

static void prepareToken(u64 seed) {
  (void)seed;
  token.value = 0;
}

// STI holds interrupts back for one more instruction, so none comes between the look and the HLT.
static void sleepUntil(u64 number) {
  interruptsOff();
  while (token.value < number) __asm__ volatile("sti\n\thlt\n\tcli" ::: "memory");
  interruptsOn();
}

// A store to the monitored line ends MWAIT.
static void watchUntil(u64 number) {
  for (;;) {
    __asm__ volatile("monitor" ::"a"(&token), "c"(0), "d"(0));
    if (token.value >= number) return;
    __asm__ volatile("mwait" ::"a"(0), "c"(0) : "memory");
  }
}

// A token goes round; every second round of tests it is watched instead of announced by an interrupt.
static void runWake(unsigned cpu, u64 seed) {
  const bool watch = (seed >> 33 & 1) && hasMonitor();
  for (u64 hop = cpu; hop < kHops; hop += cpuCount) {
    if (watch) {
      watchUntil(hop);
    } else {
      sleepUntil(hop);
    }
    CHECK(token.value == hop, "wake: the token", token.value, hop);
    token.value = hop + 1;
    if (!watch) sendIpi(apicIdOf((unsigned)((hop + 1) % cpuCount)), kVectorWake);
    operations[cpu]++;
  }
}

static u64 verifyWake(u64 seed) {
  CHECK(token.value == kHops, "wake: the token's last place", token.value, kHops);
  return seed;
}

const struct Test wakeTest = {"wake", 2, 0, prepareToken, runWake, verifyWake};

// --- clock: the TSC never goes back, whoever reads it
static struct Line latest;

static void prepareClock(u64 seed) {
  (void)seed;
  latest.value = 0;
}

static void runClock(unsigned cpu, u64 seed) {
  struct Random r = randomFor(seed, cpu);
  u64 mine = 0;
  for (unsigned i = 0; i < kReadings; i++) {
    const u64 others = latest.value;
    const u64 now = readTsc();
    CHECK(now >= others, "clock: the TSC is behind another processor's", now, others);
    CHECK(now >= mine, "clock: the TSC went back", now, mine);
    mine = now;
    u64 seen = others;
    while (seen < now) {
      const u64 was = compareExchange(&latest.value, seen, now);
      if (was == seen) break;
      seen = was;
    }
    delay(below(&r, 16));
  }
  operations[cpu] += kReadings;
}

static u64 verifyClock(u64 seed) { return seed; }

const struct Test clockTest = {"clock", 1, 0, prepareClock, runClock, verifyClock};
