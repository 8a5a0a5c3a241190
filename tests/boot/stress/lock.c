// LOCKed operations of every kind and width on shared operands: aligned, unaligned, over cache lines and over
// pages (whose frames adjoin or not), through two aliases of the memory, amid plain stores to the bytes beside
// them and inside them (SDM vol. 3 8.1.2: a locked operation is atomic against every access by other agents).
//
// What each processor does follows from its random numbers, and the operations on one operand commute, so
// what memory must hold at the end is computed by going through the numbers again.
#include "tests/boot/stress/lock_ops.h"

enum Kind { kSum, kToggle, kOwnBits, kSwap, kTicket, kMixed, kKinds };
enum Place { kAligned, kUnaligned, kOverLine, kPlaces };
enum {
  kFrames = 4,
  kCell = 2 * kLineSize,
  kInPage = kKinds * 4 * kPlaces,
  kCrossing = 4,
  kSlots = kInPage + kCrossing,
  kRounds = 1500,
  kFar = 1 << 10,  // bytes that a bit number reaches
};

struct Slot {
  enum Kind kind;
  unsigned width;
  u8* view[2];  // the same operand by two linear addresses; [1] is 0 where only one shows it in one piece
};
struct Choice {
  unsigned slot, operation, bit;
  u64 value;
  bool alias;
};

static u8 frames[kFrames][kPageSize] __attribute__((aligned(4096)));
static struct Slot slots[kSlots];
static u64 sumIn[kMaxCpus][kSlots], sumOut[kMaxCpus][kSlots];

// Window pages 0-3 show the frames in order, 4-7 in the opposite one.
static u8* inOrder(unsigned frame) { return window + frame * kPageSize; }
static u8* reversed(unsigned frame) { return window + (7 - frame) * kPageSize; }

static void placeInPages(void) {
  for (unsigned i = 0; i < kInPage; i++) {
    struct Slot* s = &slots[i];
    s->kind = (enum Kind)(i % kKinds);
    s->width = 1u << (i / kKinds) % 4;
    if (s->kind == kMixed) s->width = 8;
    const unsigned place = i / kKinds / 4, frame = i % kFrames;
    const unsigned offset = place == kAligned     ? 32
                            : place == kUnaligned ? 33
                                                  : kLineSize - (s->width + 1) / 2;
    const unsigned at = (1 + i / kFrames) * kCell + offset;  // the first and the last cell lie at page ends
    s->view[0] = inOrder(frame) + at;
    s->view[1] = reversed(frame) + at;
  }
}

// Every page end belongs to one slot: 0|1 and 2|3 in order, 3|2 and 1|0 in the other.
static void placeOverPages(u64 seed) {
  u8* const ends[kCrossing] = {inOrder(1), inOrder(3), reversed(2), reversed(0)};
  struct Random r = randomFor(seed, 99);
  for (unsigned i = 0; i < kCrossing; i++) {
    struct Slot* s = &slots[kInPage + i];
    s->kind = (enum Kind)below(&r, kKinds);
    s->width = s->kind == kMixed ? 8 : 2u << below(&r, 3);
    s->view[0] = ends[i] - 1 - below(&r, s->width - 1);
    s->view[1] = 0;
  }
}

static void prepare(u64 seed) {
  for (unsigned i = 0; i < kFrames; i++) {
    for (unsigned at = 0; at < kPageSize; at++) frames[i][at] = 0;
    mapWindow(i, frames[i], kPresent | kWrite);
    mapWindow(7 - i, frames[i], kPresent | kWrite);
  }
  shootDown(window, 8);
  placeInPages();
  placeOverPages(seed);
  for (unsigned c = 0; c < kMaxCpus; c++)
    for (unsigned i = 0; i < kSlots; i++) sumIn[c][i] = sumOut[c][i] = 0;
}

static struct Choice choose(struct Random* r) {
  struct Choice c;
  // Every fourth one over pages.
  c.slot = (unsigned)(below(r, 4) ? below(r, kInPage) : kInPage + below(r, kCrossing));
  c.operation = (unsigned)below(r, 8);
  c.bit = (unsigned)below(r, 64);
  c.alias = below(r, 2);
  c.value = truncate(next(r), slots[c.slot].width);
  return c;
}

// --- sums: what `apply` adds to the operand is what `sumOf` says
static u64 sumOf(const struct Choice* c) {
  switch (c->operation) {
    case 1:
      return -c->value;
    case 2:
      return 1;
    case 3:
      return (u64)-1;
    case 6:
      return c->value + (c->bit & 1);
    case 7:
      return -(c->value + (c->bit & 1));
    default:
      return c->value;
  }
}

#define APPLY_SUM(T, S, N)                                               \
  static void applySum##N(T* p, const struct Choice* c) {                \
    T seen = 0;                                                          \
    switch (c->operation) {                                              \
      case 0:                                                            \
        return lockAdd##N(p, (T)c->value);                               \
      case 1:                                                            \
        return lockSub##N(p, (T)c->value);                               \
      case 2:                                                            \
        return lockInc##N(p);                                            \
      case 3:                                                            \
        return lockDec##N(p);                                            \
      case 4:                                                            \
        lockXadd##N(p, (T)c->value);                                     \
        return;                                                          \
      case 5:                                                            \
        while (!lockCmpxchg##N(p, &seen, (T)(seen + c->value))) pause(); \
        return;                                                          \
      case 6:                                                            \
        return lockAdc##N(p, (T)c->value, c->bit & 1);                   \
      default:                                                           \
        return lockSbb##N(p, (T)c->value, c->bit & 1);                   \
    }                                                                    \
  }
FOR_EACH_WIDTH(APPLY_SUM)

// --- toggles: of all bits, of one, of the last byte by an operation on that byte alone
static u64 toggleOf(const struct Choice* c, unsigned width) {
  const bool bit = width > 1 && (c->operation == 1 || c->operation == 2);
  if (bit) return (u64)1 << c->bit % (8 * width);
  if (c->operation == 3) return truncate(~(u64)0, width);
  if (c->operation == 0) return c->value & (u64)0xff << 8 * (width - 1);
  return c->value;
}

#define APPLY_TOGGLE(T, S, N)                                        \
  static void applyToggle##N(T* p, const struct Choice* c) {         \
    T seen = 0;                                                      \
    if (c->operation == 3) return lockNot##N(p);                     \
    if (c->operation < 6) return lockXor##N(p, (T)c->value);         \
    while (!lockCmpxchg##N(p, &seen, (T)(seen ^ c->value))) pause(); \
  }
FOR_EACH_WIDTH(APPLY_TOGGLE)

static void applyToggle(u8* p, unsigned width, const struct Choice* c) {
  const u32 bit = c->bit % (8 * width);
  if (width > 1 && (c->operation == 1 || c->operation == 2)) {
    // Operation 2 names the bit from far below the operand.
    u8* const base = c->operation == 2 ? p - kFar : p;
    const u32 number = bit + (c->operation == 2 ? 8 * kFar : 0);
    if (width == 2) lockBtc2(base, (u16)number);
    if (width == 4) lockBtc4(base, number);
    if (width == 8) lockBtc8(base, number);
  } else if (width == 8 && c->operation == 7) {
    u64 seen = 0;
    while (!lockCmpxchg8b(p, &seen, seen ^ c->value)) pause();
  } else if (c->operation == 0) {
    lockXor1(p + width - 1, (u8)(c->value >> 8 * (width - 1)));
  } else if (width == 1) {
    applyToggle1(p, c);
  } else if (width == 2) {
    applyToggle2((u16*)p, c);
  } else if (width == 4) {
    applyToggle4((u32*)p, c);
  } else {
    applyToggle8((u64*)p, c);
  }
}

// --- bits that one processor owns in an operand that all write: it knows what they were
static void applyOwn(u8* p, unsigned width, const struct Choice* c, unsigned cpu, u64* shadow) {
  const unsigned bit = cpu + 8 * (c->bit % width);
  const u64 mask = (u64)1 << bit;
  const bool was = *shadow & mask, set = c->operation & 1;
  bool found = was;
  if (width == 1 || c->operation >= 4) {
    const u64 other = ~mask;
    if (width == 1) set ? lockOr1(p, (u8)mask) : lockAnd1(p, (u8)other);
    if (width == 2) set ? lockOr2((u16*)p, (u16)mask) : lockAnd2((u16*)p, (u16)other);
    if (width == 4) set ? lockOr4((u32*)p, (u32)mask) : lockAnd4((u32*)p, (u32)other);
    if (width == 8) set ? lockOr8((u64*)p, mask) : lockAnd8((u64*)p, other);
  } else if (width == 2) {
    found = set ? lockBts2(p, (u16)bit) : lockBtr2(p, (u16)bit);
  } else if (width == 4) {
    found = set ? lockBts4(p, bit) : lockBtr4(p, bit);
  } else {
    found = set ? lockBts8(p, bit) : lockBtr8(p, bit);
  }
  CHECK(found == was, "lock: a bit that nobody else writes changed", found, was);
  *shadow = set ? *shadow | mask : *shadow & ~mask;
}

// --- values handed over: what went in is what came out and what is left
#define APPLY_SWAP(T, S, N)                                    \
  static T applySwap##N(T* p, const struct Choice* c) {        \
    T seen = 0;                                                \
    if (c->operation < 3) return plainXchg##N(p, (T)c->value); \
    if (c->operation < 5) return lockXchg##N(p, (T)c->value);  \
    while (!lockCmpxchg##N(p, &seen, (T)c->value)) pause();    \
    return seen;                                               \
  }
FOR_EACH_WIDTH(APPLY_SWAP)

static u64 applySwap(u8* p, unsigned width, const struct Choice* c) {
  if (width == 1) return applySwap1(p, c);
  if (width == 2) return applySwap2((u16*)p, c);
  if (width == 4) return applySwap4((u32*)p, c);
  return applySwap8((u64*)p, c);
}

static u64 takeTicket(u8* p, unsigned width) {
  if (width == 1) return lockXadd1(p, 1);
  if (width == 2) return lockXadd2((u16*)p, 1);
  if (width == 4) return lockXadd4((u32*)p, 1);
  return lockXadd8((u64*)p, 1);
}

// --- half an operand changes by locked operations on the whole, the other bytes by plain stores of their owners
static void applyMixed(u8* p, const struct Choice* c, unsigned cpu) {
  volatile u8* const mine = p + 4 + (cpu & 3);
  const bool owner = cpu < 4;
  if (owner) *mine = (u8)c->bit;
  lockXor8((u64*)p, (u32)c->value);
  CHECK(!owner || *mine == (u8)c->bit, "lock: a plain store was undone by somebody's locked operation", *mine,
        c->bit);
}

// What a LOCK is there to prevent.
static void addInPieces(u64* p, u64 v) {
  const u64 seen = *(volatile u64*)p;
  delay(20000);
  *(volatile u64*)p = seen + v;
}

static void apply(const struct Choice* c, unsigned cpu, u64* shadow) {
  const struct Slot* s = &slots[c->slot];
  u8* const p = c->alias && s->view[1] ? s->view[1] : s->view[0];
  switch (s->kind) {
    case kSum:
      if (planted && cpu == 1 && s->width == 8) return addInPieces((u64*)p, sumOf(c));
      if (s->width == 1) applySum1(p, c);
      if (s->width == 2) applySum2((u16*)p, c);
      if (s->width == 4) applySum4((u32*)p, c);
      if (s->width == 8) applySum8((u64*)p, c);
      break;
    case kToggle:
      applyToggle(p, s->width, c);
      break;
    case kOwnBits:
      applyOwn(p, s->width, c, cpu, &shadow[c->slot]);
      break;
    case kSwap:
      sumIn[cpu][c->slot] += c->value;
      sumOut[cpu][c->slot] += applySwap(p, s->width, c);
      break;
    case kTicket:
      sumIn[cpu][c->slot]++;
      sumOut[cpu][c->slot] += takeTicket(p, s->width);
      break;
    default:
      applyMixed(p, c, cpu);
  }
}

static void run(unsigned cpu, u64 seed) {
  struct Random r = randomFor(seed, cpu);
  u64 shadow[kSlots] = {0};
  for (unsigned i = 0; i < kRounds; i++) {
    const struct Choice c = choose(&r);
    const struct Slot* s = &slots[c.slot];
    // Bytes of this processor's own, just below and above the operand.
    volatile u8 *const under = s->view[0] - 1 - cpu, *const over = s->view[0] + s->width + cpu;
    const u8 mark = (u8)(i | 1), other = (u8)(mark ^ 0xff);
    *under = mark;
    *over = other;
    apply(&c, cpu, shadow);
    CHECK(*under == mark, "lock: the byte below an operand changed", *under, mark);
    CHECK(*over == other, "lock: the byte above an operand changed", *over, other);
  }
  operations[cpu] += kRounds;
}

// --- the same again on one processor, without memory
static void replay(u64 seed, unsigned cpu, u64* expected) {
  struct Random r = randomFor(seed, cpu);
  for (unsigned i = 0; i < kRounds; i++) {
    const struct Choice c = choose(&r);
    const struct Slot* s = &slots[c.slot];
    u64* const e = &expected[c.slot];
    switch (s->kind) {
      case kSum:
        *e += sumOf(&c);
        break;
      case kToggle:
        *e ^= toggleOf(&c, s->width);
        break;
      case kOwnBits: {
        const u64 mask = (u64)1 << (cpu + 8 * (c.bit % s->width));
        *e = c.operation & 1 ? *e | mask : *e & ~mask;
        break;
      }
      case kSwap:
        *e += c.value;
        break;
      case kTicket:
        (*e)++;
        break;
      default:
        *e ^= (u32)c.value;
        if (cpu < 4) *e = (*e & ~((u64)0xff << (32 + 8 * cpu))) | (u64)c.bit << (32 + 8 * cpu);
    }
  }
}

static u64 verify(u64 seed) {
  u64 expected[kSlots] = {0}, checksum = 0;
  for (unsigned c = 0; c < cpuCount; c++) replay(seed, c, expected);
  for (unsigned i = 0; i < kSlots; i++) {
    const struct Slot* s = &slots[i];
    const u64 found = readPlain(s->view[0], s->width);
    u64 wanted = truncate(expected[i], s->width), out = 0;
    for (unsigned c = 0; c < cpuCount; c++) out += sumOut[c][i];
    if (s->kind == kSwap) {
      CHECK(truncate(found + out, s->width) == wanted, "lock: values exchanged", found + out, wanted);
      continue;  // which one is left is a matter of order
    }
    if (s->kind == kTicket) {
      const u64 n = expected[i], sum = n * (n - 1) / 2;
      // Tickets of one byte come round again; the sum is then right modulo 256.
      CHECK(truncate(out, s->width) == truncate(sum, s->width), "lock: tickets drawn", out, sum);
    }
    CHECK(found == wanted, "lock: an operand at the end", found, wanted);
    checksum = mix(checksum, found);
  }
  return checksum;
}

const struct Test lockTest = {"lock", 1, 0, prepare, run, verify};
