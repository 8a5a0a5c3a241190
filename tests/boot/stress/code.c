// Code that changes. `code`: under the processor that runs it (SDM vol. 3 11.6), all of them in one page, and under
// another one with the handshake of SDM vol. 3 8.1.3. `patch`: within an aligned quadword, at any time (APM vol. 2
// 7.6.1). `straight`: behind a serializing instruction in a straight line. Stores go through the address that is
// executed or an alias.
#include "tests/boot/stress/stress.h"

enum {
  kCodePages = 3,
  kFirst = 48,  // window pages
  kHandshakes = 60,
  kChanges = 400,  // at least; and until every other processor has met a few
  kMeetings = 30,
  kOwnChanges = 300,
  kFunctions = 6,
  kQuadSlot = kPageSize + 64 + 3,  // the immediate is the upper half of an aligned quadword
  kCallSlot = kPageSize + 128 + 3,
  kTargets = kPageSize + 512,  // 8 functions, 32 bytes apart
  kStraight = kPageSize + 1024,
  kOwnCode = 2 * kPageSize,                 // 128 bytes a processor
  kOwnStraight = kOwnCode + kPageSize / 2,  // the same
};

static u8 frames[kCodePages][kPageSize] __attribute__((aligned(4096)));
static struct Line step, published, answer[kMaxCpus];
static volatile u64 wanted;
static volatile unsigned function;
static volatile bool over;
static u8 scratch[256];

// Within a granule of the block cache's bookkeeping, over its edge, over a cache line, over a page end.
static const u16 kOffsets[kFunctions] = {0x100, 0x13e, 0x17b, 0x800, 0xffd, 0xfff};

static u8* executed(unsigned offset) { return window + kFirst * kPageSize + offset; }
static u8* aliased(unsigned offset) { return &frames[0][0] + offset; }
static u8* writable(unsigned offset, struct Random* r) {
  return below(r, 2) ? executed(offset) : aliased(offset);
}

typedef u32 (*Function)(void);
static u32 call(unsigned offset) { return ((Function)executed(offset))(); }

static void putBytes(u8* at, const char* bytes, unsigned length) {
  for (unsigned i = 0; i < length; i++) at[i] = (u8)bytes[i];
}
static void putWord(u8* at, u32 v) { *(volatile u32*)at = v; }

// mov $value, %eax; ret
static void putReturning(u8* at, u32 value) {
  at[0] = 0xB8;
  putWord(at + 1, value);
  at[5] = 0xC3;
}

// r8 = *rdi after a while, then a serializing instruction, then eax = the immediate; *rsi = r8.
static const char kStraightCode[] =
    "\x53"          // push %rbx
    "\x49\x89\xf1"  // mov %rsi, %r9
#define WHILE                                 \
  "\xb9\x00\x01\x00\x00" /* mov $256, %ecx */ \
  "\x48\x89\xd6"         /* mov %rdx, %rsi */ \
  "\xf3\xac"             /* rep lodsb */
    WHILE WHILE WHILE WHILE
    "\x4c\x8b\x07"          // mov (%rdi), %r8
    "\x31\xc0"              // xor %eax, %eax
    "\x31\xc9"              // xor %ecx, %ecx
    "\x0f\xa2"              // cpuid
    "\xb8\x00\x00\x00\x00"  // mov $0, %eax
    "\x4d\x89\x01"          // mov %r8, (%r9)
    "\x5b"                  // pop %rbx
    "\xc3";                 // ret
enum { kStraightImmediate = 1 + 3 + 4 * 10 + 3 + 2 + 2 + 2 + 1 };

// Stores edi into the immediate that comes next, after a while.
#define TEN_PAUSES "\xf3\x90\xf3\x90\xf3\x90\xf3\x90\xf3\x90\xf3\x90\xf3\x90\xf3\x90\xf3\x90\xf3\x90"
static const char kOwnStraightCode[] =  //
    TEN_PAUSES TEN_PAUSES TEN_PAUSES TEN_PAUSES TEN_PAUSES
    "\x89\x3d\x01\x00\x00\x00"  // mov %edi, 1(%rip)
    "\xb8\x00\x00\x00\x00"      // mov $0, %eax
    "\xc3";                     // ret

static void prepare(u64 seed) {
  (void)seed;
  for (unsigned i = 0; i < kCodePages; i++) mapWindow(kFirst + i, frames[i], kPresent | kWrite);
  shootDown(executed(0), kCodePages);
  for (unsigned i = 0; i < kFunctions; i++) putReturning(aliased(kOffsets[i]), 0);
  putReturning(aliased(kQuadSlot), 0);
  for (unsigned i = 0; i < 8; i++) putReturning(aliased(kTargets + 32 * i), i);
  aliased(kCallSlot)[0] = 0xE8;
  putWord(aliased(kCallSlot) + 1, kTargets - (kCallSlot + 5));
  aliased(kCallSlot)[5] = 0xC3;
  putBytes(aliased(kStraight), kStraightCode, sizeof kStraightCode - 1);
  for (unsigned c = 0; c < kMaxCpus; c++)
    putBytes(aliased(kOwnStraight + 128 * c), kOwnStraightCode, sizeof kOwnStraightCode - 1);
  step.value = published.value = 0;
  for (unsigned c = 0; c < kMaxCpus; c++) answer[c].value = 0;
  over = false;
}

// --- under the processor that runs it
static void changeOwn(unsigned cpu, struct Random* r) {
  const unsigned offset = kOwnCode + 128 * cpu;
  for (u32 i = 0; i < kOwnChanges; i++) {
    const bool alias = below(r, 2);
    const u32 value = (u32)next(r);
    putReturning(alias ? aliased(offset) : executed(offset), value);
    if (alias) serialize();
    const u32 found = call(offset);
    CHECK(found == value, "code: a processor's own change", found, value);
    const u32 ahead = ((u32(*)(u32))executed(kOwnStraight + 128 * cpu))(~value);
    CHECK(ahead == ~value, "code: a processor's own change of what it runs next", ahead, ~value);
  }
  operations[cpu] += 2 * kOwnChanges;
}

// --- with the handshake
static void leadHandshake(struct Random* r) {
  for (u64 i = 1; i <= kHandshakes; i++) {
    function = (unsigned)below(r, kFunctions);
    wanted = (u32)next(r);
    putReturning(writable(kOffsets[function], r), (u32)wanted);
    step.value = i;
    for (unsigned c = 1; c < cpuCount; c++) {
      struct Wait w = {0};
      while (answer[c].value != i) wait(&w, "code: no answer");
    }
  }
}

static void followHandshake(unsigned cpu) {
  for (u64 i = 1; i <= kHandshakes; i++) {
    struct Wait w = {0};
    while (step.value != i) wait(&w, "code: no step");
    serialize();
    const u32 found = call(kOffsets[function]);
    CHECK(found == wanted, "code: changed by another processor", found, wanted);
    answer[cpu].value = i;
  }
  operations[cpu] += kHandshakes;
}

static void run(unsigned cpu, u64 seed) {
  struct Random r = randomFor(seed, cpu);
  changeOwn(cpu, &r);
  barrier();
  if (cpu == 0) {
    leadHandshake(&r);
  } else {
    followHandshake(cpu);
  }
}

static u64 verify(u64 seed) { return seed; }

const struct Test codeTest = {"code", 1, 0, prepare, run, verify};

static volatile u32 lastChange;

// Every other processor has been round often enough (or never will).
static bool everybodyMet(u32 changes) {
  if (changes < kChanges) return false;
  for (unsigned c = 1; c < cpuCount; c++)
    if (answer[c].value < kMeetings && changes < 1u << 20) return false;
  return true;
}

static void publish(u32 change, struct Random* r) {
  published.value = lastChange = change;
  delay(below(r, 64));
}

// --- patch: places that are rewritten all the time with growing numbers
static void leadChanges(struct Random* r) {
  for (u32 i = 1; !everybodyMet(i); i++) {
    putWord(writable(kQuadSlot, r) + 1, i);
    putWord(writable(kCallSlot, r) + 1, kTargets + 32 * (i % 8) - (kCallSlot + 5));
    publish(i, r);
  }
  over = true;
}

static void followChanges(unsigned cpu) {
  u32 last = 0;
  while (!over) {
    const u64 before = published.value;
    serialize();
    const u32 found = call(kQuadSlot);
    CHECK(found >= before, "patch: an immediate older than what was published", found, before);
    CHECK(found >= last, "patch: an immediate went back", found, last);
    last = found;
    const u32 target = call(kCallSlot);
    CHECK(target < 8, "patch: a call went to no target", target, 8);
    operations[cpu] += 2;
    answer[cpu].value++;
  }
}

static void runPatch(unsigned cpu, u64 seed) {
  struct Random r = randomFor(seed, cpu);
  if (cpu == 0) {
    leadChanges(&r);
  } else {
    followChanges(cpu);
  }
}

static u64 verifyPatch(u64 seed) {
  serialize();
  const u32 found = call(kQuadSlot);
  CHECK(found == lastChange, "patch: the last change", found, lastChange);
  return seed;
}

const struct Test patchTest = {"patch", 2, 0, prepare, runPatch, verifyPatch};

// --- straight: the code behind CPUID is no older than what a load before CPUID saw
static void leadStraight(struct Random* r) {
  for (u32 i = 1; !everybodyMet(i); i++) {
    putWord(writable(kStraight, r) + kStraightImmediate, i);
    publish(i, r);
  }
  over = true;
}

static void runStraight(unsigned cpu, u64 seed) {
  struct Random r = randomFor(seed, cpu);
  if (cpu == 0) return leadStraight(&r);
  while (!over) {
    u64 seen = 0;
    const u32 found =
        ((u32(*)(volatile u64*, u64*, u8*))executed(kStraight))(&published.value, &seen, scratch);
    CHECK(found >= seen, "straight: old code behind a serializing instruction", found, seen);
    operations[cpu]++;
    answer[cpu].value++;
  }
}

static u64 verifyStraight(u64 seed) { return seed; }

const struct Test straightTest = {"straight", 2, 0, prepare, runStraight, verifyStraight};
