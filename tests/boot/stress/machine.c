// Serial line, command line, time of day, barriers, and the rounds.
#include "tests/boot/stress/stress.h"

static const struct Test* const kTests[] = {&lockTest,     &wideTest,      &tornTest, &orderTest,
                                            &accessedTest, &shootdownTest, &codeTest, &patchTest,
                                            &straightTest, &ipiTest,       &wakeTest, &clockTest};
enum { kTestCount = sizeof kTests / sizeof kTests[0] };

extern u32 bootInfo, bootMagic;
extern volatile u32 nextCpu;

unsigned cpuCount;
bool planted;
u64 operations[kMaxCpus];

static const char* commandLine;
static bool x2apic;
static volatile bool begun, stop;
static bool enabled[kTestCount];

void put(const char* text) {
  for (; *text; text++) {
    while (!(in8(0x3FD) & 0x20)) {
    }
    out8(0x3F8, (u8)*text);
  }
}

void putNumber(u64 value) {
  if (value >= 10) putNumber(value / 10);
  const char digit[2] = {(char)('0' + value % 10), 0};
  put(digit);
}

void putHex(u64 value) {
  for (int shift = 60; shift >= 0; shift -= 4) {
    const char digit[2] = {"0123456789abcdef"[value >> shift & 15], 0};
    put(digit);
  }
}

static void endMachine(u32 status) {
  out32(0xF4, status);
  for (;;) __asm__ volatile("cli; hlt");
}

void fail(const char* what, u64 found, u64 expected) {
  static volatile u64 once;
  interruptsOff();
  if (exchange(&once, 1)) {
    for (;;) pause();
  }
  put("WRONG: ");
  put(what);
  put(": found ");
  putHex(found);
  put(", expected ");
  putHex(expected);
  put(" on processor ");
  putNumber(cpuIndex());
  put("\n");
  endMachine(1);
  __builtin_unreachable();
}

void wait(struct Wait* w, const char* what) {
  if (!w->start) w->start = readTsc();
  const u64 waited = readTsc() - w->start;
  CHECK(waited < (u64)1 << 37, what, waited, 0);
  pause();
}

void barrier(void) {
  static struct Line arrived, generation;
  const u64 mine = generation.value;
  if (fetchAdd(&arrived.value, 1) == cpuCount - 1) {
    arrived.value = 0;
    generation.value = mine + 1;
    return;
  }
  struct Wait w = {0};
  while (generation.value == mine) wait(&w, "a processor does not come to the barrier");
}

// --- the command line
static bool startsWith(const char* text, const char* word) {
  while (*word)
    if (*text++ != *word++) return false;
  return true;
}

static const char* option(const char* name) {
  for (const char* at = commandLine; *at; at++) {
    const bool wordStarts = at == commandLine || at[-1] == ' ';
    if (!wordStarts || !startsWith(at, name)) continue;
    while (*name) at++, name++;
    return at;
  }
  return 0;
}

static u64 numberOption(const char* name, u64 otherwise) {
  const char* at = option(name);
  if (!at) return otherwise;
  u64 value = 0;
  for (; *at >= '0' && *at <= '9'; at++) value = value * 10 + (u64)(*at - '0');
  return value;
}

static bool listed(const char* list, const char* name) {
  while (*list && *list != ' ') {
    if (startsWith(list, name)) return true;
    while (*list && *list != ' ' && *list != ',') list++;
    if (*list == ',') list++;
  }
  return false;
}

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
  struct {
    u32 flags, memLower, memUpper, bootDevice, commandLine;
  } const* info = (const void*)(u64)bootInfo;
  commandLine = info->flags & 4 ? (const char*)(u64)info->commandLine : "";
  cpuCount = (unsigned)numberOption("cpus=", 2);
  CHECK(bootMagic == 0x2BADB002, "no Multiboot loader", bootMagic, 0x2BADB002);
  CHECK(cpuCount >= 1 && cpuCount <= kMaxCpus, "cpus= is out of range", cpuCount, kMaxCpus);
  planted = option("planted");
  out8(0x21, 0xFF);  // no device interrupts
  out8(0xA1, 0xFF);
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
