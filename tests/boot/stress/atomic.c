// Sixteen bytes at once, and plain accesses that must never be seen in part.
#include "tests/boot/stress/lock_ops.h"

static bool hasFeature(unsigned bit) {
  u32 r[4];
  cpuid(1, r);
  return r[2] >> bit & 1;
}
static bool hasCmpxchg16b(void) { return hasFeature(13); }
static bool hasAvx(void) { return hasFeature(28); }

// --- wide: a pair of words that CMPXCHG16B keeps in step
enum { kPairs = 4, kWideRounds = 1500 };
static struct Pair pairs[kPairs][4];  // one a cache line
static const u64 kRatio = 0x9e3779b97f4a7c15u;

static void prepareWide(u64 seed) {
  (void)seed;
  for (unsigned i = 0; i < kPairs; i++) pairs[i][0] = (struct Pair){0, 0};
}

static void runWide(unsigned cpu, u64 seed) {
  struct Random r = randomFor(seed, cpu);
  for (unsigned i = 0; i < kWideRounds; i++) {
    struct Pair* const p = pairs[below(&r, kPairs)];
    const u64 v = next(&r);
    struct Pair seen = {0, 0};
    while (!lockCmpxchg16b(p, &seen, (struct Pair){seen.low + v, seen.high + v * kRatio})) {
      CHECK(seen.high == seen.low * kRatio, "wide: the halves that CMPXCHG16B read", seen.high,
            seen.low * kRatio);
    }
  }
  operations[cpu] += kWideRounds;
}

static u64 verifyWide(u64 seed) {
  u64 sums[kPairs] = {0}, checksum = 0;
  for (unsigned c = 0; c < cpuCount; c++) {
    struct Random r = randomFor(seed, c);
    for (unsigned i = 0; i < kWideRounds; i++) {
      const unsigned which = (unsigned)below(&r, kPairs);
      sums[which] += next(&r);
    }
  }
  for (unsigned i = 0; i < kPairs; i++) {
    CHECK(pairs[i][0].low == sums[i], "wide: a sum by CMPXCHG16B", pairs[i][0].low, sums[i]);
    CHECK(pairs[i][0].high == sums[i] * kRatio, "wide: the upper half", pairs[i][0].high, sums[i] * kRatio);
    checksum = mix(checksum, sums[i]);
  }
  return checksum;
}

const struct Test wideTest = {"wide", 1, hasCmpxchg16b, prepareWide, runWide, verifyWide};

// --- torn: every word is one byte repeated (SDM vol. 3 8.1.1: aligned accesses and those within a cache line)
enum { kTornRounds = 3000 };
static u8 tornLine[kLineSize] __attribute__((aligned(64)));

// Where words lie in the line: two aligned ones of 8 bytes, an unaligned one, then 4, 2 and an unaligned 4.
static const struct {
  u8 offset, width;
} kWords[] = {{0, 8}, {8, 8}, {17, 8}, {28, 4}, {32, 2}, {35, 4}, {41, 2}};
enum { kWordCount = sizeof kWords / sizeof kWords[0] };

static u64 repeated(u64 byte, unsigned width) { return truncate(byte * 0x0101010101010101u, width); }

static void prepareTorn(u64 seed) {
  (void)seed;
  for (unsigned i = 0; i < kLineSize; i++) tornLine[i] = 0;
}

static void storeWord(u8* p, unsigned width, u64 v) {
  if (width == 2) *(volatile u16*)p = (u16)v;
  if (width == 4) *(volatile u32*)p = (u32)v;
  if (width == 8) *(volatile u64*)p = v;
}

static void lookAtWord(u8* p, unsigned width) {
  const u64 found = readPlain(p, width);
  CHECK(found == repeated(found & 0xff, width), "torn: a word seen in part", found,
        repeated(found & 0xff, width));
}

// With AVX, aligned 16-byte moves are single accesses too. XMM0 is nobody else's here.
static void move16(u8* p, u64 byte) {
  u64 low, high;
  __asm__ volatile("movdqa %0, %%xmm0" ::"m"(*(struct Pair*)p));
  __asm__ volatile("movq %%xmm0, %0\n\tpsrldq $8, %%xmm0\n\tmovq %%xmm0, %1" : "=r"(low), "=r"(high));
  CHECK(low == high && low == repeated(low & 0xff, 8), "torn: 16 bytes seen in part", low, high);
  __asm__ volatile("movq %1, %%xmm0\n\tpunpcklqdq %%xmm0, %%xmm0\n\tmovdqa %%xmm0, %0"
                   : "=m"(*(struct Pair*)p)
                   : "r"(repeated(byte, 8)));
}

static void runTorn(unsigned cpu, u64 seed) {
  struct Random r = randomFor(seed, cpu);
  const bool avx = hasAvx();
  for (unsigned i = 0; i < kTornRounds; i++) {
    const unsigned word = (unsigned)below(&r, kWordCount);
    u8* const p = tornLine + kWords[word].offset;
    if (below(&r, 2)) storeWord(p, kWords[word].width, repeated(next(&r) >> 56, kWords[word].width));
    lookAtWord(p, kWords[word].width);
    if (avx) move16(tornLine + 48, next(&r) >> 56);
  }
  operations[cpu] += kTornRounds;
}

static u64 verifyTorn(u64 seed) {
  for (unsigned i = 0; i < kWordCount; i++) lookAtWord(tornLine + kWords[i].offset, kWords[i].width);
  return seed;
}

const struct Test tornTest = {"torn", 2, 0, prepareTorn, runTorn, verifyTorn};
