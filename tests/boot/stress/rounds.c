// Which tests run, how long, and what came out.
#include "tests/boot/stress/stress.h"

static const struct Test* const kTests[] = {&lockTest,     &wideTest,      &tornTest, &orderTest,
                                            &accessedTest, &shootdownTest, &codeTest, &patchTest,
                                            &straightTest, &ipiTest,       &wakeTest, &clockTest};
enum { kTestCount = sizeof kTests / sizeof kTests[0] };

u64 operations[kMaxCpus];

static bool x2apic;
static volatile bool begun, stop;
static bool enabled[kTestCount];

static void selectTests(void) {
  const char *list = option("tests="), *without = option("without=");
  bool any = false;
  for (unsigned i = 0; i < kTestCount; i++) {
    const struct Test* t = kTests[i];
    enabled[i] = cpuCount >= t->cpus && (!t->available || t->available()) &&
                 (!list || listed(list, t->name)) && !(without && listed(without, t->name));
    any |= enabled[i];
  }
  CHECK(any, "no test is selected", 0, 1);
}

// --- time of day, in seconds (MC146818)
static unsigned clockRegister(u8 index) {
  out8(0x70, index);
  const u8 value = in8(0x71);
  return (value >> 4) * 10u + (value & 15);
}

static unsigned timeOfDay(void) {
  unsigned previous = ~0u;
  for (;;) {
    const unsigned now = clockRegister(4) * 3600 + clockRegister(2) * 60 + clockRegister(0);
    if (now == previous) return now;
    previous = now;
  }
}

// --- rounds
static void report(const struct Test* t, u64 rounds, u64 done, u64 checksum) {
  put(t->name);
  put(": rounds ");
  putNumber(rounds);
  put(", operations ");
  putNumber(done);
  put(", checksum ");
  putHex(checksum);
  put("\n");
}

static void runRounds(unsigned cpu) {
  static u64 done[kTestCount], checksum[kTestCount];
  const unsigned seconds = (unsigned)numberOption("seconds=", 5), began = timeOfDay();
  u64 round = 0;
  for (; !stop; round++) {
    for (unsigned i = 0; i < kTestCount; i++) {
      if (!enabled[i]) continue;
      const u64 seed = mix(round, i);
      if (cpu == 0) kTests[i]->prepare(seed);
      barrier();
      operations[cpu] = 0;
      kTests[i]->run(cpu, seed);
      barrier();
      if (cpu != 0) continue;
      checksum[i] = mix(checksum[i], kTests[i]->verify(seed));
      for (unsigned c = 0; c < cpuCount; c++) done[i] += operations[c];
    }
    if (cpu == 0) stop = (timeOfDay() + 86400 - began) % 86400 >= seconds;
    barrier();
  }
  if (cpu != 0) return;
  for (unsigned i = 0; i < kTestCount; i++)
    if (enabled[i]) report(kTests[i], round, done[i], checksum[i]);
}

static void startFirst(void) {
  setupMachine();
  u32 features[4];
  cpuid(1, features);
  x2apic = option("x2apic") && (features[2] >> 21 & 1);
}

void cpuMain(unsigned cpu) {
  if (cpu == 0) startFirst();
  CHECK(cpu < cpuCount, "there are more processors than cpus= says", cpu + 1, cpuCount);
  setupEvents(cpu);
  setupApic(cpu, x2apic);
  if (cpu == 0) {
    startOthers(cpuCount);
    setupWindow();
    selectTests();
    put("stress: processors ");
    putNumber(cpuCount);
    put(x2apic ? ", x2APIC\n" : ", xAPIC\n");
    begun = true;
  }
  struct Wait w = {0};
  while (!begun) wait(&w, "the first processor does not begin");
  interruptsOn();
  barrier();
  runRounds(cpu);
  barrier();
  if (cpu != 0) {
    for (;;) __asm__ volatile("cli; hlt");
  }
  put("stress: all right\n");
  endMachine(0);
}
