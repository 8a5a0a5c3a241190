// Results that the manual gives, without the processor as witness.
#include <bit>
#include <cmath>
#include <limits>

#include "core/cpu/registers.h"
#include "tests/unit/native/encoding_maker.h"
#include "tests/unit/native/guest.h"

namespace duet::tcg::test {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

TEST(SseValues, MemoryOperandAndHighRegisters) {
  Guest guest;
  guest.setXmm<float>(9, {1, 2, 3, 4});
  alignas(16) float other[4] = {10, 20, 30, 40};
  EXPECT_EQ(guest.run({0x44, 0x0f, 0x58, 0x08}, other), NativeResult::Ok);  // ADDPS xmm9, [rax]
  for (unsigned i = 0; i < 4; ++i) EXPECT_EQ(guest.xmm<float>(9, i), 11.0f * static_cast<float>(i + 1));
  EXPECT_EQ(guest.state.guestMxcsr(), kMxcsrDefault);
}

TEST(SseValues, OneStubForAllAddresses) {
  Guest guest;
  const auto* first = sharedCache().get(guest.decode(std::vector<u8>{0x0f, 0x58, 0x08}));
  const auto* ripRelative = sharedCache().get(guest.decode(std::vector<u8>{0x0f, 0x58, 0x0d, 1, 2, 3, 4}));
  const auto* indexed = sharedCache().get(guest.decode(std::vector<u8>{0x43, 0x0f, 0x58, 0x4c, 0x88, 0x10}));
  const auto* otherRegister = sharedCache().get(guest.decode(std::vector<u8>{0x0f, 0x58, 0x10}));
  EXPECT_EQ(first, ripRelative);
  EXPECT_EQ(first, indexed);
  EXPECT_NE(first, otherRegister);
}

TEST(SseValues, ScalarKeepsTheRestOfTheRegister) {
  Guest guest;
  guest.setXmm<double>(1, {1, 7, 8, 9});
  guest.setXmm<double>(2, {2, 5, 6, 6});
  guest.run({0xf2, 0x0f, 0x58, 0xca});  // ADDSD xmm1, xmm2
  EXPECT_EQ(guest.xmm<double>(1, 0), 3);
  EXPECT_EQ(guest.xmm<double>(1, 1), 7);
  EXPECT_EQ(guest.xmm<double>(1, 2), 8);
  double nine = 9;
  guest.run({0xf2, 0x0f, 0x10, 0x08}, &nine);  // MOVSD xmm1, [rax] zeroes bits 127:64
  EXPECT_EQ(guest.xmm<double>(1, 0), 9);
  EXPECT_EQ(guest.xmm<double>(1, 1), 0);
  EXPECT_EQ(guest.xmm<double>(1, 2), 8);
}

TEST(SseValues, VexZeroesTheUpperLane) {
  Guest guest;
  guest.setXmm<double>(1, {1, 7, 8, 9});
  guest.setXmm<double>(2, {2, 5, 6, 6});
  guest.run({0xc5, 0xeb, 0x58, 0xca});  // VADDSD xmm1, xmm2, xmm2
  EXPECT_EQ(guest.xmm<double>(1, 0), 4);
  EXPECT_EQ(guest.xmm<double>(1, 1), 5);
  EXPECT_EQ(guest.xmm<double>(1, 2), 0);
  EXPECT_EQ(guest.xmm<double>(1, 3), 0);
}

// SDM vol. 1 table 4-7: the first source's NaN, made quiet; MIN and MAX return the second source.
TEST(SseValues, NanRules) {
  Guest guest;
  const u32 signalling = 0x7f812345, quiet = 0x7fc00001;
  guest.setXmm<u32>(0, {signalling, quiet, 0, 0x80000000});
  guest.setXmm<u32>(1, {quiet, signalling, 0x80000000, 0});
  guest.run({0x0f, 0x58, 0xc1});  // ADDPS
  EXPECT_EQ(guest.xmm<u32>(0, 0), signalling | 0x400000);
  EXPECT_EQ(guest.xmm<u32>(0, 1), quiet);
  EXPECT_EQ(guest.state.guestMxcsr(), kMxcsrDefault | 1);
  guest.setXmm<u32>(0, {quiet, 0x3f800000, 0, 0x80000000});
  guest.setXmm<u32>(1, {0x3f800000, signalling, 0x80000000, 0});
  guest.run({0x0f, 0x5d, 0xc1});  // MINPS
  EXPECT_EQ(guest.xmm<u32>(0, 0), 0x3f800000u);
  EXPECT_EQ(guest.xmm<u32>(0, 1), signalling);
  EXPECT_EQ(guest.xmm<u32>(0, 2), 0x80000000u);
  EXPECT_EQ(guest.xmm<u32>(0, 3), 0u);
}

TEST(SseValues, RoundingDenormalsAndStickyFlags) {
  Guest guest;
  guest.setXmm<float>(0, {1});
  guest.setXmm<float>(1, {3});
  guest.state.setGuestMxcsr(0x1f80 | 0x4000);  // toward +infinity
  guest.run({0xf3, 0x0f, 0x5e, 0xc1});         // DIVSS
  EXPECT_EQ(guest.xmm<float>(0, 0), 0x1.555556p-2f);
  EXPECT_EQ(guest.state.guestMxcsr(), 0x1f80u | 0x4000 | 0x20);
  guest.setXmm<float>(0, {-1});
  guest.run({0xf3, 0x0f, 0x5e, 0xc1});
  EXPECT_EQ(guest.xmm<float>(0, 0), -0x1.555554p-2f);

  guest.state.setGuestMxcsr(0x1f80 | 0x40);  // DAZ
  guest.setXmm<u32>(0, {1});
  guest.setXmm<float>(1, {kInf});
  guest.run({0xf3, 0x0f, 0x59, 0xc1});  // MULSS: 0 * infinity
  EXPECT_EQ(guest.state.guestMxcsr() & 0x3f, 1u);

  guest.state.setGuestMxcsr(0x1f80 | 0x8000);  // FTZ
  guest.setXmm<float>(0, {0x1p-100f});
  guest.setXmm<float>(1, {0x1.8p-40f});
  guest.run({0xf3, 0x0f, 0x59, 0xc1});
  EXPECT_EQ(guest.xmm<float>(0, 0), 0.0f);
  EXPECT_EQ(guest.state.guestMxcsr() & 0x3f, 0x30u);
}

TEST(SseValues, UnmaskedExceptionWritesNothing) {
  Guest guest;
  guest.setXmm<float>(0, {1, 1, 1, 1});
  guest.setXmm<float>(1, {0, 3, 1, 1});
  guest.state.setGuestMxcsr(0x1f80 & ~0x0200u);                           // ZM clear
  EXPECT_EQ(guest.run({0x0f, 0x5e, 0xc1}), NativeResult::SimdException);  // DIVPS
  EXPECT_EQ(guest.xmm<float>(0, 1), 1.0f);
  EXPECT_EQ(guest.state.guestMxcsr() & 0x3f, 4u);  // ZE; the second element's PE does not come about
}

TEST(SseValues, HostControlIsUntouched) {
  Guest guest;
  guest.state.setGuestMxcsr(0xffc0 & ~0x1f80u);
  guest.setXmm<float>(0, {1, 1, 1, 1});
  guest.run({0x0f, 0x58, 0xc0});
  u32 now;
  asm volatile("stmxcsr %0" : "=m"(now));
  EXPECT_EQ(now & ~0x3fu, 0x1f80u);
}

TEST(SseValues, CompareSetsFlags) {
  struct Row {
    float a, b;
    u32 flags;
  };
  const Row rows[] = {{2, 1, 0}, {1, 2, kFlagCf}, {1, 1, kFlagZf}, {NAN, 1, kFlagZf | kFlagPf | kFlagCf}};
  for (const Row& row : rows) {
    Guest guest;
    guest.state.flags = kFlagsArithmetic;
    guest.setXmm<float>(0, {row.a});
    guest.setXmm<float>(1, {row.b});
    guest.run({0x0f, 0x2e, 0xc1});  // UCOMISS
    EXPECT_EQ(guest.state.flags, row.flags);
  }
}

TEST(SseValues, ImplicitOperands) {
  Guest guest;
  guest.setXmm<u64>(0, {0x8000000000000080, 0});
  guest.setXmm<u64>(1, {0, 0});
  guest.setXmm<u64>(2, {~u64{0}, ~u64{0}});
  guest.run({0x66, 0x0f, 0x38, 0x10, 0xca});  // PBLENDVB xmm1, xmm2
  EXPECT_EQ(guest.xmm<u64>(1, 0), 0xff000000000000ffu);
  EXPECT_EQ(guest.xmm<u64>(1, 1), 0u);
  std::memcpy(guest.state.xmm(3), "needle in hay...", 16);
  std::memcpy(guest.state.xmm(4), "xxxxin hayxxxxxx", 16);
  guest.gpr[0] = 6;
  guest.gpr[2] = 16;
  guest.gpr[1] = 0x1234567800000000;
  std::memcpy(guest.state.xmm(5), "in hay", 6);
  guest.run({0x66, 0x0f, 0x3a, 0x61, 0xec, 0x0c});  // PCMPESTRI xmm5, xmm4: equal ordered, bytes
  EXPECT_EQ(guest.gpr[1], 4u);
  EXPECT_EQ(guest.state.flags & kFlagCf, kFlagCf);
}

TEST(SseValues, ZeroUpperKeepsRegisters8To15OutsideLongMode) {
  Guest guest;
  for (unsigned n : {0u, 7u, 8u, 15u}) guest.setXmm<u64>(n, {1, 2, 3, 4});
  guest.mode = isa::CodeMode::Bits32;
  guest.run({0xc5, 0xf8, 0x77});  // VZEROUPPER
  EXPECT_EQ(guest.xmm<u64>(7, 0), 1u);
  EXPECT_EQ(guest.xmm<u64>(7, 2), 0u);
  EXPECT_EQ(guest.xmm<u64>(8, 2), 3u);
  guest.run({0xc5, 0xfc, 0x77});  // VZEROALL
  EXPECT_EQ(guest.xmm<u64>(7, 0), 0u);
  EXPECT_EQ(guest.xmm<u64>(15, 0), 1u);
  guest.mode = isa::CodeMode::Bits64;
  guest.run({0xc5, 0xfc, 0x77});
  EXPECT_EQ(guest.xmm<u64>(15, 0), 0u);
  EXPECT_EQ(guest.xmm<u64>(15, 3), 0u);
}

TEST(SseValues, VexWIsIgnoredOutsideLongMode) {
  Guest guest;
  guest.mode = isa::CodeMode::Bits32;
  guest.gpr[0] = 0xaaaaaaaabbbbbbbb;
  guest.run({0xc4, 0xe1, 0xf9, 0x6e, 0xc8});  // VMOVD xmm1, eax with W1
  EXPECT_EQ(guest.xmm<u64>(1, 0), 0xbbbbbbbbu);
  guest.gpr[1] = 0xf0f0f0f0;
  guest.run({0xc4, 0xe2, 0xf0, 0xf2, 0xd0});  // ANDN edx, ecx, eax with W1
  EXPECT_EQ(guest.gpr[2], 0x0b0b0b0bu);
}

// --- general registers

u64 slowPext(u64 value, u64 mask) {
  u64 result = 0;
  for (unsigned i = 0, k = 0; i < 64; ++i) {
    if (mask >> i & 1) result |= (value >> i & 1) << k++;
  }
  return result;
}

TEST(GprValues, Bmi) {
  Random random(3);
  for (unsigned round = 0; round < 200; ++round) {
    Guest guest;
    const u64 a = edgeValue(random), b = edgeValue(random);
    guest.gpr[12] = a;
    guest.gpr[4] = b;                           // RSP is a register like any other
    guest.run({0xc4, 0xc2, 0xd8, 0xf2, 0xc4});  // ANDN rax, rsp, r12
    EXPECT_EQ(guest.gpr[0], ~b & a);
    EXPECT_EQ(guest.state.flags & (kFlagZf | kFlagSf | kFlagCf | kFlagOf),
              ((~b & a) == 0 ? u32{kFlagZf} : 0u) | (static_cast<i64>(~b & a) < 0 ? u32{kFlagSf} : 0u));
    guest.run({0xc4, 0xc2, 0xda, 0xf5, 0xc4});  // PEXT rax, rsp, r12
    EXPECT_EQ(guest.gpr[0], slowPext(b, a));
    guest.run({0xc4, 0xe2, 0xf8, 0xf3, 0xcc});  // BLSR rax, rsp
    EXPECT_EQ(guest.gpr[0], b & (b - 1));
    EXPECT_EQ(guest.state.flags & kFlagCf, b == 0 ? u32{kFlagCf} : 0u);
    EXPECT_EQ(guest.gpr[12], a);
    EXPECT_EQ(guest.gpr[4], b);
  }
}

// ADCX and ADOX carry through CF and OF apart, and leave all other flags.
TEST(GprValues, AdxChains) {
  Guest guest;
  guest.gpr[0] = ~u64{0};
  guest.gpr[1] = 0;
  guest.gpr[2] = 5;
  guest.state.flags = kFlagCf | kFlagZf | kFlagPf;
  guest.run({0x66, 0x48, 0x0f, 0x38, 0xf6, 0xc1});  // ADCX rax, rcx
  EXPECT_EQ(guest.gpr[0], 0u);
  EXPECT_EQ(guest.state.flags, kFlagCf | kFlagZf | kFlagPf);
  guest.run({0xf3, 0x48, 0x0f, 0x38, 0xf6, 0xd1});  // ADOX rdx, rcx
  EXPECT_EQ(guest.gpr[2], 5u);
  EXPECT_EQ(guest.state.flags, kFlagCf | kFlagZf | kFlagPf);
  guest.state.flags = kFlagOf;
  guest.run({0xf3, 0x48, 0x0f, 0x38, 0xf6, 0xd1});
  EXPECT_EQ(guest.gpr[2], 6u);
  EXPECT_EQ(guest.state.flags, 0u);
}

u32 slowCrc32c(u32 crc, u64 data, unsigned bytes) {
  for (unsigned i = 0; i < 8 * bytes; ++i) {
    const u32 in = (crc ^ static_cast<u32>(data >> i)) & 1;
    crc = crc >> 1 ^ (in ? 0x82f63b78 : 0);
  }
  return crc;
}

TEST(GprValues, Crc32OfEverySize) {
  struct Form {
    std::vector<u8> bytes;
    unsigned size, shift;
    isa::CodeMode mode;
  };
  const Form forms[] = {
      {{0xf2, 0x0f, 0x38, 0xf0, 0xcb}, 1, 0, isa::CodeMode::Bits64},        // CL-sized: BL
      {{0xf2, 0x0f, 0x38, 0xf0, 0xcf}, 1, 8, isa::CodeMode::Bits64},        // BH
      {{0xf2, 0x40, 0x0f, 0x38, 0xf0, 0xcb}, 1, 0, isa::CodeMode::Bits64},  // with REX
      {{0x66, 0xf2, 0x0f, 0x38, 0xf1, 0xcb}, 2, 0, isa::CodeMode::Bits64},  // BX
      {{0xf2, 0x0f, 0x38, 0xf1, 0xcb}, 4, 0, isa::CodeMode::Bits64},        // EBX
      {{0xf2, 0x48, 0x0f, 0x38, 0xf1, 0xcb}, 8, 0, isa::CodeMode::Bits64},  // RBX
      {{0xf2, 0x0f, 0x38, 0xf1, 0xcb}, 2, 0, isa::CodeMode::Bits16},        // BX by default
      {{0x66, 0xf2, 0x0f, 0x38, 0xf1, 0xcb}, 4, 0, isa::CodeMode::Bits16},
  };
  for (const Form& form : forms) {
    Guest guest;
    guest.mode = form.mode;
    guest.gpr[1] = 0x12345678;
    guest.gpr[3] = 0xfedcba9876543210;
    guest.run(form.bytes);
    EXPECT_EQ(guest.gpr[1], slowCrc32c(0x12345678, guest.gpr[3] >> form.shift, form.size)) << form.size;
  }
}

TEST(GprValues, MoveMaskZeroExtends) {
  Guest guest;
  guest.gpr[0] = ~u64{0};
  guest.setXmm<u32>(1, {0x80000000, 0, 0x80000000, 0x80000000});
  guest.run({0x0f, 0x50, 0xc1});  // MOVMSKPS eax, xmm1
  EXPECT_EQ(guest.gpr[0], 0xdu);
}

}  // namespace
}  // namespace duet::tcg::test
