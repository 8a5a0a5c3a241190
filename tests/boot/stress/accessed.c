// Accessed and dirty bits while another processor changes the same page-table entries (SDM vol. 3 4.8: set by
// locked operations; 4.10.4.2, 4.10.5). Processor 0 owns the entries: it replaces them, clears their bits and
// counts in their ignored bits; the others use the pages.
// - A page that was written has D set in the entry that was taken out.
// - An entry that maps nothing is left alone.
// - The owner's own bits never go back to an old value.
#include "tests/boot/stress/stress.h"

enum { kPages = 4, kFirst = 16, kSteps = 16, kCountShift = 52 };
static const u64 kCountMask = (u64)0x7f << kCountShift;
static const u64 kAbsent = 0x00abcdef00f5a000;  // P clear, any other bits

struct Cell {
  u64 writes[kMaxCpus];  // by each processor
};
static u8 frames[kPages][kPageSize] __attribute__((aligned(4096)));
static u64 written[kMaxCpus][kPages];  // what each one has written in all rounds
static volatile bool over;

static struct Cell* cellOf(unsigned page) { return (struct Cell*)frames[page]; }
static volatile u64* entryOf(unsigned page) { return &windowTable[kFirst + page]; }
static u8* addressOf(unsigned page) { return window + (kFirst + page) * kPageSize; }

static u64 sumOf(unsigned page) {
  u64 sum = 0;
  for (unsigned c = 0; c < cpuCount; c++) sum += ((volatile struct Cell*)cellOf(page))->writes[c];
  return sum;
}

static void prepare(u64 seed) {
  (void)seed;
  over = false;
  for (unsigned page = 0; page < kPages; page++) {
    for (unsigned c = 0; c < kMaxCpus; c++) cellOf(page)->writes[c] = written[c][page] = 0;
    mapWindow(kFirst + page, frames[page], kPresent | kWrite);
  }
}

// Takes the page out and puts it back; in between nobody may reach it.
static void replace(unsigned page, struct Random* r) {
  const u64 before = sumOf(page);
  volatile u64* const entry = entryOf(page);
  *entry = (u64)frames[page] | kPresent | kWrite;  // A and D clear
  shootDown(addressOf(page), 1);
  const u64 since = sumOf(page);
  delay(below(r, 400));
  const u64 old = exchange(entry, kAbsent);
  shootDown(addressOf(page), 1);
  const u64 after = sumOf(page);
  CHECK(after == since || old & kDirty, "accessed: D of a page written since it was mapped", old, kDirty);
  CHECK(!(old & kDirty) || old & kAccessed, "accessed: D without A", old, kAccessed);
  CHECK((old & ~(u64)(kAccessed | kDirty)) == ((u64)frames[page] | kPresent | kWrite),
        "accessed: the other bits of an entry", old, (u64)frames[page]);
  delay(below(r, 400));
  CHECK(*entry == kAbsent, "accessed: an entry that maps nothing", *entry, kAbsent);
  CHECK(sumOf(page) == after, "accessed: a write to a page that is not mapped", sumOf(page), after);
  CHECK(after >= before, "accessed: counts", after, before);
  *entry = (u64)frames[page] | kPresent | kWrite;
}

// Clears A and D and counts in bits 52-58, by every kind of locked operation, while pages are in use.
static void countInEntry(unsigned page, struct Random* r) {
  volatile u64* const entry = entryOf(page);
  const u64 steps = 8 + below(r, 24);
  for (u64 i = 0; i < steps; i++) {
    const u64 count = *entry & kCountMask;
    CHECK(count == i << kCountShift, "accessed: the owner's bits of an entry", *entry, i << kCountShift);
    switch (below(r, 3)) {
      case 0:
        fetchAdd(entry, (u64)1 << kCountShift);
        break;
      case 1: {
        u64 seen = *entry, was;
        while ((was = compareExchange(entry, seen, (seen + ((u64)1 << kCountShift)) & ~(u64)kAccessed)) !=
               seen)
          seen = was;
        break;
      }
      default:
        fetchAdd(entry, (u64)1 << kCountShift);
        __asm__ volatile("lock andq %1, %0"
                         : "+m"(*entry)
                         : "r"(~(u64)(kAccessed | kDirty))
                         : "memory", "cc");
    }
    flushPage(addressOf(page));
    if (!below(r, 4)) shootDown(addressOf(page), 1);
  }
  __asm__ volatile("lock andq %1, %0" : "+m"(*entry) : "r"(~kCountMask) : "memory", "cc");
}

static void own(struct Random* r) {
  for (unsigned i = 0; i < kSteps; i++) {
    const unsigned page = (unsigned)below(r, kPages);
    if (below(r, 2)) {
      replace(page, r);
    } else {
      countInEntry(page, r);
    }
    operations[0]++;
  }
  over = true;
}

static void use(unsigned cpu, struct Random* r) {
  while (!over) {
    const unsigned page = (unsigned)below(r, kPages);
    u64* const mine = &((struct Cell*)addressOf(page))->writes[cpu];
    u64 found;
    int done;
    switch (below(r, 3)) {
      case 0:
        done = tryLoad(mine, &found);
        CHECK(!done || found == written[cpu][page], "accessed: a word of this processor's own", found,
              written[cpu][page]);
        break;
      case 1:
        if (tryStore(mine, written[cpu][page] + 1)) written[cpu][page]++;
        break;
      default:
        if (tryAdd(mine, 1)) written[cpu][page]++;
    }
    // Without this the TLB would answer nearly always.
    if (!below(r, 3)) flushPage(mine);
    operations[cpu]++;
  }
}

static void run(unsigned cpu, u64 seed) {
  struct Random r = randomFor(seed, cpu);
  if (cpu == 0) {
    own(&r);
  } else {
    use(cpu, &r);
  }
}

static u64 verify(u64 seed) {
  for (unsigned page = 0; page < kPages; page++)
    for (unsigned c = 0; c < cpuCount; c++)
      CHECK(cellOf(page)->writes[c] == written[c][page], "accessed: writes that arrived",
            cellOf(page)->writes[c], written[c][page]);
  return seed;
}

const struct Test accessedTest = {"accessed", 2, 0, prepare, run, verify};
