// Interprocessor interrupts of every kind, counted (SDM vol. 3 11.6). A vector belongs to one sender, which sends
// it again only after it was taken, so none may be lost or doubled; NMIs carry no vector and go one at a time.
#include "tests/boot/stress/stress.h"

enum { kSends = 24 };
static u64 before[kMaxCpus][256];
static volatile u64 expected[kMaxCpus][256];  // by target and vector; written by the vector's sender alone
static volatile u64 nmiLock;

static void prepare(u64 seed) {
  (void)seed;
  for (unsigned c = 0; c < kMaxCpus; c++) {
    for (unsigned v = 0; v < 256; v++) {
      before[c][v] = received[c][v];
      expected[c][v] = 0;
    }
  }
}

static u64 taken(unsigned cpu, unsigned vector) { return received[cpu][vector] - before[cpu][vector]; }

static void expectAt(unsigned cpu, unsigned vector) { expected[cpu][vector]++; }
static void waitAt(unsigned cpu, unsigned vector) {
  struct Wait w = {0};
  while (taken(cpu, vector) < expected[cpu][vector]) wait(&w, "ipi: an interrupt does not arrive");
}

static void sendToSet(unsigned set, unsigned vector, u32 destination, u32 icr) {
  for (unsigned c = 0; c < cpuCount; c++)
    if (set >> c & 1) expectAt(c, vector);
  sendIpi(destination, icr | vector);
  for (unsigned c = 0; c < cpuCount; c++)
    if (set >> c & 1) waitAt(c, vector);
}

static u32 logicalOf(unsigned set) {
  u32 destination = 0;
  for (unsigned c = 0; c < cpuCount; c++)
    if (set >> c & 1) destination |= logicalIdOf(c);
  return destination;
}

// NMIs that meet become one: the senders take turns.
static void sendNmi(unsigned target) {
  struct Wait w = {0};
  while (exchange(&nmiLock, 1)) wait(&w, "ipi: an NMI does not end");
  sendToSet(1u << target, 2, apicIdOf(target), kIcrNmi & ~0xff);
  nmiLock = 0;
}

// One of the set takes it.
static void sendLowest(unsigned cpu, unsigned set) {
  const unsigned vector = kVectorLowest + cpu;
  const u64 sum = ++expected[0][vector];
  sendIpi(logicalOf(set), kIcrLowest | kIcrLogical | vector);
  struct Wait w = {0};
  for (;;) {
    u64 all = 0;
    for (unsigned c = 0; c < cpuCount; c++) all += taken(c, vector);
    CHECK(all <= sum, "ipi: a lowest-priority interrupt was taken twice", all, sum);
    if (all == sum) return;
    wait(&w, "ipi: a lowest-priority interrupt does not arrive");
  }
}

static void run(unsigned cpu, u64 seed) {
  struct Random r = randomFor(seed, cpu);
  const unsigned everyone = (1u << cpuCount) - 1, others = everyone & ~(1u << cpu);
  for (unsigned i = 0; i < kSends; i++) {
    const unsigned target = (unsigned)below(&r, cpuCount);
    const unsigned set = 1 + (unsigned)below(&r, everyone);
    switch (below(&r, 7)) {
      case 0:
        sendToSet(1u << target, kVectorFromCpu + cpu, apicIdOf(target), kIcrFixed);
        break;
      case 1:
        sendToSet(set, kVectorLogical + cpu, logicalOf(set), kIcrFixed | kIcrLogical);
        break;
      case 2:
        sendToSet(1u << cpu, kVectorSelf, 0, kIcrSelf);
        break;
      case 3:
        sendToSet(everyone, kVectorAll + cpu, 0, kIcrAll);
        break;
      case 4:
        sendToSet(others, kVectorOthers + cpu, 0, kIcrOthers);
        break;
      case 5:
        if (target != cpu) sendNmi(target);
        break;
      default:
        sendLowest(cpu, set);
    }
  }
  operations[cpu] += kSends;
}

static bool isLowest(unsigned vector) { return vector >= kVectorLowest && vector < kVectorLowest + kMaxCpus; }

static u64 verify(u64 seed) {
  for (unsigned c = 0; c < cpuCount; c++) {
    for (unsigned v = 0; v < 256; v++) {
      if (v == kVectorShootdown || v == kVectorWake || isLowest(v)) continue;
      CHECK(taken(c, v) == expected[c][v], "ipi: interrupts taken", taken(c, v), expected[c][v]);
    }
  }
  return seed;
}

const struct Test ipiTest = {"ipi", 1, 0, prepare, run, verify};
