// Integer kernels.
#include "tests/bench/guest/kernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Primes below a million: byte stores with growing strides.
static uint32_t sieve(void) {
  enum { kLimit = 1000000 };
  static uint8_t composite[kLimit];
  memset(composite, 0, sizeof composite);
  uint32_t primes = 0;
  for (uint32_t i = 2; i < kLimit; i++) {
    if (composite[i]) continue;
    primes++;
    for (uint64_t j = (uint64_t)i * i; j < kLimit; j += i) composite[j] = 1;
  }
  return primes;
}

// CRC-32 of 256 KiB, a table look-up a byte.
static uint32_t crc(void) {
  static uint32_t table[256];
  static uint8_t data[1 << 18];
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
    table[i] = c;
  }
  for (uint32_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)(i * 7 + (i >> 8));
  uint32_t value = ~0u;
  for (uint32_t i = 0; i < sizeof data; i++) value = table[(value ^ data[i]) & 0xFF] ^ (value >> 8);
  return ~value;
}

static void quickSort(uint32_t* a, int64_t low, int64_t high) {
  while (low < high) {
    const uint32_t pivot = a[(low + high) / 2];
    int64_t i = low, j = high;
    while (i <= j) {
      while (a[i] < pivot) i++;
      while (a[j] > pivot) j--;
      if (i <= j) {
        const uint32_t t = a[i];
        a[i++] = a[j];
        a[j--] = t;
      }
    }
    quickSort(a, low, j);
    low = i;
  }
}

// Quicksort of 40,000 numbers: branches that cannot be predicted.
static uint32_t sort(void) {
  enum { kCount = 40000 };
  static uint32_t numbers[kCount];
  setSeed(1);
  for (int i = 0; i < kCount; i++) numbers[i] = nextRandom();
  quickSort(numbers, 0, kCount - 1);
  uint32_t sum = 0;
  for (int i = 0; i < kCount; i++) {
    if (i && numbers[i - 1] > numbers[i]) return 0;
    sum = sum * 31 + numbers[i];
  }
  return sum;
}

// Calls and returns.
__attribute__((noinline)) static uint32_t fibonacci(uint32_t n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
static uint32_t fib(void) { return fibonacci(25); }

// The digits of e by division of arrays: multiplication, division and carries.
static uint32_t bignum(void) {
  enum { kWords = 224, kTerms = 820 };
  static uint64_t term[kWords], sum[kWords];
  memset(term, 0, sizeof term);
  memset(sum, 0, sizeof sum);
  term[0] = sum[0] = 1;
  for (uint64_t divisor = 1; divisor <= kTerms; divisor++) {
    unsigned __int128 rest = 0;
    for (int i = 0; i < kWords; i++) {
      rest = rest << 32 | term[i];
      term[i] = (uint64_t)(rest / divisor);
      rest %= divisor;
    }
    uint64_t carry = 0;
    for (int i = kWords - 1; i >= 0; i--) {
      carry += sum[i] + term[i];
      sum[i] = carry & 0xFFFFFFFF;
      carry >>= 32;
    }
  }
  uint32_t digits = 0;
  for (int digit = 0; digit < 200; digit++) {
    uint64_t carry = 0;
    sum[0] = 0;
    for (int i = kWords - 1; i >= 0; i--) {
      carry += sum[i] * 10;
      sum[i] = carry & 0xFFFFFFFF;
      carry >>= 32;
    }
    digits = digits * 33 + (uint32_t)sum[0];
  }
  return digits;
}

// A byte-code machine that counts the steps of Collatz sequences: one indirect jump an operation.
static uint32_t interp(void) {
  enum { kLoad, kJumpOdd, kHalve, kJump, kTriple, kCount, kJumpNotOne, kNext, kEnd };
  static const uint8_t program[] = {kLoad,   kJumpOdd,    6, kHalve, kJump, 7,  // start; even: halve
                                    kTriple,                                    // odd: 3n + 1
                                    kCount,  kJumpNotOne, 1, kNext,  0,     kEnd};
  uint64_t value = 0, start = 1, steps = 0;
  for (const uint8_t* at = program;;) {
    switch (*at) {
      case kLoad:
        value = start;
        at++;
        break;
      case kJumpOdd:
        at = value & 1 ? program + at[1] : at + 2;
        break;
      case kHalve:
        value >>= 1;
        at++;
        break;
      case kJump:
        at = program + at[1];
        break;
      case kTriple:
        value = value * 3 + 1;
        at++;
        break;
      case kCount:
        steps++;
        at++;
        break;
      case kJumpNotOne:
        at = value > 1 ? program + at[1] : at + 2;
        break;
      case kNext:
        at = ++start < 3000 ? program + at[1] : at + 2;
        break;
      default:
        return (uint32_t)steps;
    }
  }
}

// Words counted in a hash table with chains: pointer chasing and short strings.
static uint32_t hash(void) {
  enum { kBuckets = 4096, kWords = 30000, kNodes = 8192 };
  struct Node {
    struct Node* next;
    uint32_t count;
    char word[8];
  };
  static struct Node nodes[kNodes], *buckets[kBuckets];
  memset(buckets, 0, sizeof buckets);
  uint32_t used = 0, most = 0;
  setSeed(2);
  for (int i = 0; i < kWords; i++) {
    char word[8] = {0};
    const uint32_t pick = nextRandom() % 5000;
    for (uint32_t rest = pick, at = 0; at < 6; at++, rest /= 7) word[at] = (char)('a' + rest % 7 + at);
    uint32_t h = 2166136261u;
    for (const char* c = word; *c; c++) h = (h ^ (uint8_t)*c) * 16777619u;
    struct Node** link = &buckets[h % kBuckets];
    while (*link && strcmp((*link)->word, word) != 0) link = &(*link)->next;
    if (!*link) {
      *link = &nodes[used++];
      (*link)->next = NULL;
      (*link)->count = 0;
      memcpy((*link)->word, word, sizeof word);
    }
    if (++(*link)->count > most) most = (*link)->count;
  }
  return used * 100 + most;
}

static uint32_t add(uint32_t a, uint32_t b) { return a + b; }
static uint32_t sub(uint32_t a, uint32_t b) { return a - b; }
static uint32_t xorThem(uint32_t a, uint32_t b) { return a ^ b; }
static uint32_t rotate(uint32_t a, uint32_t b) { return a << (b & 31) | a >> ((32 - b) & 31); }
static uint32_t multiply(uint32_t a, uint32_t b) { return a * (b | 1); }

// Calls through a table in an order that no predictor knows.
static uint32_t indirect(void) {
  static uint32_t (*const volatile operations[])(uint32_t, uint32_t) = {add,      sub, xorThem, rotate,
                                                                        multiply, add, rotate,  sub};
  setSeed(3);
  uint32_t value = 1;
  for (int i = 0; i < 200000; i++) {
    const uint32_t r = nextRandom();
    value = operations[r >> 8 & 7](value, r);
  }
  return value;
}

const struct Kernel kInteger[] = {{"sieve", sieve}, {"crc", crc},           {"sort", sort},
                                  {"fib", fib},     {"bignum", bignum},     {"interp", interp},
                                  {"hash", hash},   {"indirect", indirect}, {NULL, NULL}};
