#include "tools/diff/generate/values.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace duet::diff {
namespace {

constexpr u64 kIntegers[] = {0,
                             1,
                             2,
                             0x7f,
                             0x80,
                             0xff,
                             0x100,
                             0x7fff,
                             0x8000,
                             0xffff,
                             0x10000,
                             0x7fffffff,
                             0x80000000,
                             0xffffffff,
                             0x100000000,
                             0x7fffffffffffffff,
                             0x8000000000000000,
                             0xffffffffffffffff,
                             0xfffffffffffffffe,
                             0xffffffff80000000,
                             0xffffffffffffff80,
                             0xffffffffffff8000,
                             0x5555555555555555,
                             0xaaaaaaaaaaaaaaaa};

// Zeros, ones, infinities, quiet and signalling NaNs of both signs, the ends of the denormals, the ends of i32 and i64,
// halfway between integers, tiny, huge.
constexpr u64 kDoubles[] = {0,
                            0x8000000000000000,
                            0x3ff0000000000000,
                            0xbff8000000000000,
                            0x7ff0000000000000,
                            0xfff0000000000000,
                            0x7ff8000000000123,
                            0xfff8000000000000,
                            0x7ff4000000000456,
                            0xfff0000000000001,
                            0x0000000000000001,
                            0x800fffffffffffff,
                            0x0010000000000000,
                            0x7fefffffffffffff,
                            0xffefffffffffffff,
                            0x41dfffffffc00000,
                            0xc1e0000000200000,
                            0x43e0000000000000,
                            0xc3e0000000000000,
                            0x3fe0000000000000,
                            0x4004000000000000,
                            0x4010000000000001,
                            0x3ca0000000000000,
                            0x36a0000000000001,
                            0x47efffffe0000001};

constexpr u32 kSingles[] = {0,          0x80000000, 0x3f800000, 0xbfc00000, 0x7f800000,
                            0xff800000, 0x7fc01234, 0xffc00000, 0x7f812345, 0xff800001,
                            0x00000001, 0x807fffff, 0x00800000, 0x7f7fffff, 0xff7fffff,
                            0x4f000000, 0xcf000000, 0x5f000000, 0xdf000001, 0x3f000000,
                            0x40200000, 0x40800001, 0x33800000, 0x38800000, 0x477ff000};

constexpr u16 kExponents[] = {0,      1,      0x3fff, 0x3ffe, 0x4000, 0x7fff,
                              0x7ffe, 0x400e, 0x401e, 0x403d, 0x403e, 0x3fbf};

u64 bytesOfEdges(Random& random) {
  static constexpr u8 kBytes[] = {0, 1, 0x7f, 0x80, 0xff, 0xfe, 0x40, 0x55};
  u64 v = 0;
  const u64 chance = random();
  for (unsigned i = 0; i < 8; ++i) v |= u64{kBytes[(chance >> (3 * i)) & 7]} << (8 * i);
  return v;
}

u64 wordsOfEdges(Random& random) {
  static constexpr u16 kWords[] = {0, 1, 0x7fff, 0x8000, 0xffff, 0xff, 0x3c00, 0x7c01};
  u64 v = 0;
  const u64 chance = random();
  for (unsigned i = 0; i < 4; ++i) v |= u64{kWords[(chance >> (3 * i)) & 7]} << (16 * i);
  return v;
}

u32 single(Random& random) {
  if (!random.oneIn(4)) return random.of(kSingles);
  return std::bit_cast<u32>(static_cast<float>(static_cast<i32>(random())) / 256.0f);
}

template <class T>
void store(CpuState& state, unsigned offset, T value) {
  std::memcpy(state.xsave.data() + offset, &value, sizeof value);
}

// A register of 16 bytes: elements of one kind, as most instructions take them.
void fillVector(u8* at, Random& random) {
  const unsigned kind = random.below(6);
  for (unsigned i = 0; i < 2; ++i) {
    u64 v = 0;
    switch (kind) {
      case 0:
      case 1:
        v = edgeDoubles(random);
        break;
      case 2:
      case 3:
        v = edgeSingles(random);
        break;
      case 4:
        v = edgeMemory(random);
        break;
      default:
        v = random();
        break;
    }
    std::memcpy(at + 8 * i, &v, 8);
  }
}

constexpr unsigned kPool = 4096;

// Register values made once: to make 40 afresh costs more than all else of a case.
struct Pool {
  Pool() {
    Random random(1);
    for (auto& v : vectors) fillVector(v.data(), random);
    for (auto& v : extended) {
      u8 value[10];
      edgeExtended(value, random);
      std::ranges::copy(value, v.begin());
    }
  }

  void putVector(u8* at, Random& random) const { std::memcpy(at, vectors[random.below(kPool)].data(), 16); }

  std::array<std::array<u8, 16>, kPool> vectors;
  std::array<std::array<u8, 10>, kPool> extended;
};

u32 chooseMxcsr(Random& random) {
  const u64 chance = random();
  u32 mxcsr = 0x1f80 | static_cast<u32>(chance & 0x6000);  // rounding
  if (random.oneIn(4)) mxcsr |= static_cast<u32>(chance >> 16) & 0x8040;
  if (random.oneIn(2)) mxcsr |= static_cast<u32>(chance >> 32) & 0x3f;
  if (random.oneIn(12)) mxcsr &= ~(static_cast<u32>(chance >> 40) & 0x1f80);
  return mxcsr;
}

// Status and control agree: ES and B say whether an exception is flagged that is not masked (SDM vol. 1 8.1.3.3).
void fillX87Words(CpuState& state, Random& random) {
  const u64 chance = random();
  u16 control = static_cast<u16>(0x7f | (chance & 0x0f00));
  u16 status = static_cast<u16>(chance >> 16 & 0x7f00);
  if (random.oneIn(4)) status |= static_cast<u16>(chance >> 32) & 0x7f;
  if (random.oneIn(10)) {
    control = static_cast<u16>(control & ~(chance >> 48 & 0x3f));
    if (!random.oneIn(4)) status &= 0xff80;
  }
  if (status & ~control & 0x3f) status |= 0x8080;
  store(state, 0, control);
  store(state, 2, status);
  const u8 tags = random.oneIn(2) ? u8{0xff} : static_cast<u8>(random() | random());
  state.xsave[4] = random.oneIn(16) ? u8{0} : tags;
}

}  // namespace

u64 edgeInteger(Random& random) {
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return random.of(kIntegers);
    case 3:
      return (u64{1} << random.below(64)) + static_cast<u64>(random.between(-1, 1));
    case 4:
      return static_cast<u64>(random.between(-64, 64));
    case 5:
      return bytesOfEdges(random);
    default:
      return random();
  }
}

u64 edgeImmediate(unsigned size, Random& random) {
  if (size > 1) return edgeInteger(random);
  static constexpr u8 kBytes[] = {0,  1,  2,  7,  8,    9,    15,   16,   17,  31,
                                  32, 33, 63, 64, 0x7f, 0x80, 0x81, 0xfe, 0xff};
  return random.oneIn(2) ? random() : u64{random.of(kBytes)};
}

u64 edgeDoubles(Random& random) {
  if (!random.oneIn(4)) return random.of(kDoubles);
  return std::bit_cast<u64>(static_cast<double>(static_cast<i64>(random())) / 65536.0);
}

u64 edgeSingles(Random& random) { return single(random) | u64{single(random)} << 32; }

u64 edgeMemory(Random& random) {
  switch (random.below(8)) {
    case 0:
      return edgeDoubles(random);
    case 1:
      return edgeSingles(random);
    case 2:
      return bytesOfEdges(random);
    case 3:
      return wordsOfEdges(random);
    case 4:
      return random() & 0x0f0f0f0f0f0f0f0f;
    case 5:
      return edgeInteger(random);
    default:
      return random();
  }
}

void edgeExtended(u8 (&out)[10], Random& random) {
  const u64 chance = random();
  u64 fraction = random();
  if ((chance & 3) == 0) fraction &= 0xfff0000000000000;
  if ((chance & 0x1c) == 4) fraction = 0;
  if ((chance & 0xe0) == 0x20) fraction = 0x4000000000000001;
  if (chance & 0x700) fraction |= u64{1} << 63;  // the integer bit: without it the pseudo forms
  u16 exponent = random.of(kExponents);
  if ((chance & 0x3800) == 0) exponent = static_cast<u16>(chance >> 48 & 0x7fff);
  exponent |= static_cast<u16>(chance >> 32 & 0x8000);
  std::memcpy(out, &fraction, 8);
  std::memcpy(out + 8, &exponent, 2);
}

void fillMemory(std::span<u8> bytes, Random& random) {
  const bool doubles = random.oneIn(4), singles = random.oneIn(4);
  for (size_t at = 0; at < bytes.size(); at += 8) {
    const u64 v = doubles ? edgeDoubles(random) : singles ? edgeSingles(random) : edgeMemory(random);
    std::memcpy(bytes.data() + at, &v, std::min<size_t>(8, bytes.size() - at));
  }
}

void fillXsave(CpuState& state, bool avx, Random& random) {
  fillX87Words(state, random);
  store(state, 24, chooseMxcsr(random));
  static const Pool pool;
  for (unsigned i = 0; i < 8; ++i)
    std::memcpy(state.xsave.data() + 32 + 16 * i, pool.extended[random.below(kPool)].data(), 10);
  for (unsigned i = 0; i < 16; ++i) pool.putVector(state.xsave.data() + 160 + 16 * i, random);
  for (unsigned i = 0; avx && i < 16; ++i)
    pool.putVector(state.xsave.data() + kXsaveAvxOffset + 16 * i, random);
  store(state, kXsaveLegacySize, kXcr0X87 | kXcr0Sse | (avx ? kXcr0Avx : 0));
}

}  // namespace duet::diff
