// Memory ordering (SDM vol. 3 8.2.2, 8.2.3; the names are those of the literature on litmus tests): outcomes that
// the manual forbids never show; the one it allows, a load before an earlier store, is forbidden again with a
// fence or a locked operation between. Processors run through arrays side by side and meet by chance.
#include "tests/boot/stress/stress.h"

enum { kCells = 600, kVariables = 2, kRoles = 4 };
enum Shape {
  kStoreBuffer,       // x=1; a=y | y=1; b=x          a=b=0 allowed
  kStoreBufferFence,  // with MFENCE between          forbidden (8.2.3.4 with 8.2.5)
  kStoreBufferLock,   // with a locked operation      forbidden (8.2.3.9)
  kStoreBufferXchg,   // the store is an XCHG         forbidden
  kMessage,           // x=1; y=1 | a=y; b=x          a=1 b=0 forbidden (8.2.3.2)
  kLoadBuffer,        // a=x; y=1 | b=y; x=1          a=b=1 forbidden (8.2.3.3)
  kTwoWrites,         // x=1; y=2 | y=1; x=2          x=1 y=1 at the end forbidden
  kIndependent,       // x=1 | y=1 | a=x; b=y | c=y; d=x   a=1 b=0 c=1 d=0 forbidden (8.2.3.7)
  kForwarding,        // x=1; a=x; b=y | y=1; c=y; d=x     a=1 and c=1 always (8.2.3.5)
  kShapes,
};

static struct Line cells[kCells][kVariables];
static u64 results[kRoles][kCells][2];

static void prepare(u64 seed) {
  (void)seed;
  for (unsigned i = 0; i < kCells; i++) {
    for (unsigned v = 0; v < kVariables; v++) cells[i][v].value = 0;
    for (unsigned role = 0; role < kRoles; role++) results[role][i][0] = results[role][i][1] = ~(u64)0;
  }
}

static enum Shape shapeOf(u64 seed) { return (enum Shape)((seed >> 20) % kShapes); }
static unsigned rolesOf(enum Shape shape) { return shape == kIndependent ? 4 : 2; }

static void twoRoles(enum Shape shape, unsigned role, unsigned i) {
  volatile u64* const x = &cells[i][role].value;
  volatile u64* const y = &cells[i][1 - role].value;
  u64* const out = results[role][i];
  u64 unused = 0;
  switch (shape) {
    case kStoreBuffer:
      *x = 1;
      out[0] = *y;
      break;
    case kStoreBufferFence:
      *x = 1;
      fullFence();
      out[0] = *y;
      break;
    case kStoreBufferLock:
      *x = 1;
      fetchAdd(&unused, 1);
      out[0] = *y;
      break;
    case kStoreBufferXchg:
      exchange(x, 1);
      out[0] = *y;
      break;
    case kMessage:
      if (role == 0) {
        *x = 1;
        *y = 1;
      } else {
        out[0] = *x;  // what role 0 calls y
        out[1] = *y;
      }
      break;
    case kLoadBuffer:
      out[0] = *x;
      *y = 1;
      break;
    case kTwoWrites:
      *x = 1;
      *y = 2;
      break;
    default:
      *x = 1;
      out[0] = *x;
      out[1] = *y;
  }
}

static void fourRoles(unsigned role, unsigned i) {
  volatile u64* const x = &cells[i][0].value;
  volatile u64* const y = &cells[i][1].value;
  u64* const out = results[role][i];
  switch (role) {
    case 0:
      *x = 1;
      break;
    case 1:
      *y = 1;
      break;
    case 2:
      out[0] = *x;
      out[1] = *y;
      break;
    default:
      out[0] = *y;
      out[1] = *x;
  }
}

static void run(unsigned cpu, u64 seed) {
  const enum Shape shape = shapeOf(seed);
  const unsigned roles = rolesOf(shape);
  if (cpuCount < roles) return;
  // Every round another processor has another role.
  const unsigned role = (cpu + (unsigned)(seed >> 40)) % cpuCount;
  if (role >= roles) return;
  for (unsigned i = 0; i < kCells; i++) roles == 4 ? fourRoles(role, i) : twoRoles(shape, role, i);
  operations[cpu] += kCells;
}

static bool forbidden(enum Shape shape, unsigned i) {
  const u64 *p = results[0][i], *q = results[1][i], *r = results[2][i], *s = results[3][i];
  switch (shape) {
    case kStoreBuffer:
      return false;
    case kStoreBufferFence:
    case kStoreBufferLock:
    case kStoreBufferXchg:
      return p[0] == 0 && q[0] == 0;
    case kMessage:
      return q[0] == 1 && q[1] == 0;
    case kLoadBuffer:
      return p[0] == 1 && q[0] == 1;
    case kTwoWrites:
      return cells[i][0].value == 1 && cells[i][1].value == 1;
    case kIndependent:
      return r[0] == 1 && r[1] == 0 && s[0] == 1 && s[1] == 0;
    default:
      return p[0] != 1 || q[0] != 1;
  }
}

static u64 verify(u64 seed) {
  const enum Shape shape = shapeOf(seed);
  if (cpuCount < rolesOf(shape)) return seed;
  for (unsigned i = 0; i < kCells; i++)
    CHECK(!forbidden(shape, i), "order: a forbidden outcome of the shape", shape, i);
  return seed;
}

const struct Test orderTest = {"order", 2, 0, prepare, run, verify};
