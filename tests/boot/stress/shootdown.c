// What a processor may still reach after the others took a mapping away (SDM vol. 3 4.10.5): nothing, once it has
// flushed; a page that is mapped anew needs no flush where there was none before (4.10.4.3).
#include "tests/boot/stress/stress.h"

enum { kSteps = 12, kPageA = 32, kPageB = 33 };
static u64 frameA[kPageSize / 8] __attribute__((aligned(4096)));
static u64 frameB[kPageSize / 8] __attribute__((aligned(4096)));
static struct Line step, answer[kMaxCpus];
enum { kOld = 0x1111, kNew = 0x2222 };

static void prepare(u64 seed) {
  (void)seed;
  frameA[0] = kOld;
  frameB[0] = kNew;
  step.value = 0;
  for (unsigned c = 0; c < kMaxCpus; c++) answer[c].value = 0;
}

static void everybody(u64 number) {
  step.value = number;
  for (unsigned c = 1; c < cpuCount; c++) {
    struct Wait w = {0};
    while (answer[c].value != number) wait(&w, "shootdown: no answer");
  }
}

static void lead(struct Random* r) {
  for (u64 i = 0; i < kSteps; i++) {
    const u64 flags = kPresent | kWrite | (below(r, 2) ? kGlobalPage : 0);
    windowTable[kPageA] = (u64)frameA | flags;
    windowTable[kPageB] = (u64)frameA | flags;
    everybody(3 * i + 1);  // they see the old frame
    windowTable[kPageA] = 0;
    windowTable[kPageB] = (u64)frameB | flags;
    shootDown(window + kPageA * kPageSize, 2);
    everybody(3 * i + 2);  // one page is gone, the other is the new frame
    windowTable[kPageA] = (u64)frameB | kPresent;
    everybody(3 * i + 3);  // read-only now; nobody could have remembered anything
    windowTable[kPageA] = windowTable[kPageB] = 0;
    shootDown(window + kPageA * kPageSize, 2);
    operations[0]++;
  }
}

static void expectWord(unsigned page, u64 expected) {
  u64 found = 0;
  const int done = tryLoad(window + page * kPageSize, &found);
  CHECK(done && found == expected, "shootdown: what a page holds", done ? found : 0, expected);
}

static void follow(unsigned cpu) {
  u8 *const a = window + kPageA * kPageSize, *const b = window + kPageB * kPageSize;
  u64 found;
  for (u64 number = 1; number <= 3 * kSteps; number++) {
    struct Wait w = {0};
    while (step.value != number) wait(&w, "shootdown: no step");
    switch (number % 3) {
      case 1:
        expectWord(kPageA, kOld);
        expectWord(kPageB, kOld);
        CHECK(tryStore(b + 64 + 8 * cpu, number), "shootdown: a store to a page that is mapped", 0, 1);
        break;
      case 2:
        CHECK(!tryLoad(a, &found), "shootdown: a load from a page that is gone", found, 0);
        CHECK(!tryStore(a, 1), "shootdown: a store to a page that is gone", 1, 0);
        expectWord(kPageB, kNew);
        break;
      default:
        expectWord(kPageA, kNew);
        CHECK(!tryStore(a + 64 + 8 * cpu, 1), "shootdown: a store to a read-only page", 1, 0);
    }
    answer[cpu].value = number;
    operations[cpu]++;
  }
}

static void run(unsigned cpu, u64 seed) {
  struct Random r = randomFor(seed, cpu);
  if (cpu == 0) {
    lead(&r);
  } else {
    follow(cpu);
  }
}

static u64 verify(u64 seed) {
  CHECK(frameA[0] == kOld && frameB[0] == kNew, "shootdown: the frames", frameA[0], frameB[0]);
  return seed;
}

const struct Test shootdownTest = {"shootdown", 2, 0, prepare, run, verify};
