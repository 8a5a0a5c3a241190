// Guest registers that lie in the processor's: handlers (CPUID), faults, and who looks at the state in between. Expected values
// are the sums and quotients by hand. Each test fails when one of the ways to C++ leaves out a unit, or brings back too much.
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "cpu-tcg/native/native_state.h"
#include "tests/unit/baseline/rig.h"

namespace duet::test {
namespace {

constexpr u64 kIdt = 0x9000, kGdt = 0xa000, kHandler = 0x2000, kPage = 0x300000, kRounds = 100;
constexpr u64 kA = 0x1111'2222'3333'4444, kB = 3, kUpper = 0x5555'6666'7777'8888;

class Units : public testing::Test {
 protected:
  Units() {
    s = m.longMode();
    s.cr4 |= kCr4Osfxsr | kCr4Osxsave | kCr4Osxmmexcpt;
    s.xcr0 = kXcr0X87 | kXcr0Sse | kXcr0Avx;
    s.gdtr = {kGdt, 15};
    s.idtr = {kIdt, 0xfff};
    m.putWord<u64>(kGdt + 8, 0x00af9b000000ffff);
    s.gpr[kR8] = kRounds;
    put<u64>(kXsaveLegacySize, s.xcr0);
    put<u32>(tcg::kXsMxcsr, 0x1f80);
    put<u16>(tcg::kXsFcw, 0x37f);
    put<u8>(tcg::kXsFtw, 0);
  }

  template <class T>
  void put(u32 offset, T value) {
    std::memcpy(&s.xsave[offset], &value, sizeof value);
  }
  template <class T>
  T get(u32 offset) const {
    T value;
    std::memcpy(&value, &s.xsave[offset], sizeof value);
    return value;
  }
  // Quadwords 0 and 1 of XMM n, 2 and 3 of its upper half.
  static u32 lane(unsigned n, unsigned q) {
    return (q < 2 ? u32{tcg::kXsXmm0} : u32{tcg::kXsYmmHigh - 16}) + 16 * n + 8 * q;
  }
  u64 get(unsigned n, unsigned q) const { return get<u64>(lane(n, q)); }
  void setAll(unsigned n, u64 value) {
    for (unsigned q = 0; q < 4; ++q) put(lane(n, q), value + q);
  }
  void expectSum(unsigned n, u64 value, u64 times, u64 step) {
    for (unsigned q = 0; q < 2; ++q) EXPECT_EQ(get(n, q), value + q + times * (step + q)) << n << "." << q;
  }
  void expectUpper(unsigned n, u64 low, u64 high) {
    EXPECT_EQ(get(n, 2), low) << n;
    EXPECT_EQ(get(n, 3), high) << n;
  }

  void handler(u8 vector, std::initializer_list<u8> code) {
    m.putWord<u64>(kIdt + 16u * vector, kHandler | 8 << 16 | u64{0x8e00} << 32);
    m.put(kHandler, code);
  }
  // #PF: paddq xmm5,xmm1 and the page is there.
  void mapOnFault() {
    handler(14, {0x50,                                            // push rax
                 0x0f, 0x20, 0xd0, 0x48, 0xc1, 0xe8, 0x0c,        // mov rax,cr2; shr rax,12
                 0x80, 0x0c, 0xc5, 0x00, 0x30, 0x01, 0x00, 0x01,  // or byte [rax*8 + 13000h],1
                 0x66, 0x0f, 0xd4, 0xe9, 0x58,                    // paddq xmm5,xmm1; pop rax
                 0x48, 0x83, 0xc4, 0x08, 0x48, 0xcf});            // add rsp,8; iretq
  }
  void run(std::initializer_list<u8> code) {
    m.put(kCode, code);
    m.load(s);
    EXPECT_EQ(m.run().reason, ExitReason::Halt);
    s = m.state();
    EXPECT_EQ(s.gpr[kR8], 0u);
    EXPECT_GE(m.tier->translated(), 2u);
  }

  BaselineRig m;
  CpuState s;
};

// Legacy SSE keeps upper halves, VEX.128 zeroes them (SDM vol. 1 14.3); a handler of the guest's uses vectors, too.
TEST_F(Units, VectorsOutliveHandlersAndFaults) {
  for (const unsigned n : {0, 2, 4, 5}) setAll(n, kA);
  for (const unsigned n : {1, 3}) setAll(n, kB);
  setAll(15, kUpper);
  s.gpr[kRdi] = kPage;
  mapOnFault();
  run({0x66, 0x0f, 0xd4, 0xc1, 0xc5, 0xed, 0xd4, 0xd3,  // paddq xmm0,xmm1; vpaddq ymm2,ymm2,ymm3
       0x31, 0xc0, 0x0f, 0xa2, 0x66, 0x0f, 0xd4, 0xc1,  // xor eax,eax; cpuid; paddq xmm0,xmm1
       0x80, 0x24, 0x25, 0x00, 0x48, 0x01, 0x00, 0xfe,  // and byte [page's entry],~1
       0x0f, 0x01, 0x3f, 0xf3, 0x0f, 0x7f, 0x07,        // invlpg [rdi]; movdqu [rdi],xmm0
       0xc5, 0xd9, 0xd4, 0xe3,                          // vpaddq xmm4,xmm4,xmm3
       0x49, 0xff, 0xc8, 0x75, 0xd8, 0xf4});            // dec r8; jnz; hlt
  expectSum(0, kA, 2 * kRounds, kB);
  expectUpper(0, kA + 2, kA + 3);
  expectSum(2, kA, kRounds, kB);
  expectUpper(2, kA + 2 + kRounds * (kB + 2), kA + 3 + kRounds * (kB + 3));
  expectSum(4, kA, kRounds, kB);
  expectUpper(4, 0, 0);
  expectSum(5, kA, kRounds, kB);
  expectUpper(15, kUpper + 2, kUpper + 3);
  EXPECT_EQ(m.word<u64>(kPage), get(0, 0));
  EXPECT_EQ(m.word<u64>(kPage + 8), get(0, 1));
}

// Upper halves that were stored once and are 0 since do not come back from the XSAVE area.
TEST_F(Units, VzeroupperIsForGood) {
  for (const unsigned n : {0, 2, 4}) setAll(n, kA);
  for (const unsigned n : {1, 3}) setAll(n, kB);
  setAll(15, kUpper);
  run({0xc5, 0xed, 0xd4, 0xd3, 0xc5, 0xf8, 0x77,        // vpaddq ymm2,ymm2,ymm3; vzeroupper
       0x66, 0x0f, 0xd4, 0xc1, 0x31, 0xc0, 0x0f, 0xa2,  // paddq xmm0,xmm1; xor eax,eax; cpuid
       0xc5, 0xd9, 0xd4, 0xe1,                          // vpaddq xmm4,xmm4,xmm1
       0x49, 0xff, 0xc8, 0x75, 0xe8, 0xf4});            // dec r8; jnz; hlt
  expectSum(0, kA, kRounds, kB);
  expectSum(2, kA, kRounds, kB);
  expectSum(4, kA, kRounds, kB);
  for (unsigned n = 0; n < 16; ++n) expectUpper(n, 0, 0);
  EXPECT_EQ(get(15, 1), kUpper + 1);
}

// Upper halves that come to be while all others are 0.
TEST_F(Units, UppersThatComeToBeAreKept) {
  run({0xc5, 0xed, 0x76, 0xd2, 0x31, 0xc0, 0x0f, 0xa2,  // vpcmpeqd ymm2,ymm2,ymm2; xor eax,eax; cpuid
       0x49, 0xff, 0xc8, 0x75, 0xf3, 0xf4});            // dec r8; jnz; hlt
  expectUpper(2, ~u64{0}, ~u64{0});
  expectUpper(1, 0, 0);
}

// 1/3 rounded down and up; the flag of the inexact result is the guest's alone (SDM vol. 1 10.2.3).
TEST_F(Units, MxcsrIsTheGuests) {
  put(lane(3, 0), 1.0);
  put(lane(4, 0), 3.0);
  m.putWord<u32>(kData, 0x3f80);
  m.putWord<u32>(kData + 4, 0x5f80);
  s.gpr[kRdi] = kData;
  s.gpr[kRsi] = kData + 8;
  run({0x0f, 0xae, 0x17, 0x66, 0x0f, 0x28, 0xc3,  // ldmxcsr [rdi]; movapd xmm0,xmm3
       0xf2, 0x0f, 0x5e, 0xc4, 0x31, 0xc0,        // divsd xmm0,xmm4; xor eax,eax
       0x0f, 0xa2, 0x0f, 0xae, 0x1e,              // cpuid; stmxcsr [rsi]
       0x0f, 0xae, 0x57, 0x04,                    // ldmxcsr [rdi+4]
       0x66, 0x0f, 0x28, 0xd3,                    // movapd xmm2,xmm3
       0xf2, 0x0f, 0x5e, 0xd4,                    // divsd xmm2,xmm4
       0x49, 0xff, 0xc8, 0x75, 0xdd, 0xf4});      // dec r8; jnz; hlt
  EXPECT_EQ(get(0, 0), 0x3fd5555555555555u);
  EXPECT_EQ(get(2, 0), 0x3fd5555555555556u);
  EXPECT_EQ(m.word<u32>(kData + 8), 0x3fa0u);
  EXPECT_EQ(get<u32>(tcg::kXsMxcsr), 0x5fa0u);
}

// LDMXCSR masks and unmasks division by zero in turn: the unmasked one is #XM each time, and no quotient.
TEST_F(Units, UnmaskedExceptionsAreRaised) {
  put(lane(0, 0), 1.0);
  put(lane(2, 0), 1.0);
  m.putWord<u32>(kData, 0x1d80);
  m.putWord<u32>(kData + 4, 0x1f80);
  s.gpr[kRdi] = kData;
  handler(19,
          {0x49, 0xff, 0xc1, 0x48, 0x83, 0x04, 0x24, 0x04, 0x48, 0xcf});  // inc r9; add qword [rsp],4; iretq
  run({0x0f, 0xae, 0x17, 0xf2, 0x0f, 0x5e, 0xc1,                          // ldmxcsr [rdi]; divsd xmm0,xmm1
       0x0f, 0xae, 0x57, 0x04, 0xf2, 0x0f, 0x5e, 0xd1,                    // ldmxcsr [rdi+4]; divsd xmm2,xmm1
       0x49, 0xff, 0xc8, 0x75, 0xec, 0xf4});                              // dec r8; jnz; hlt
  EXPECT_EQ(s.gpr[kR9], kRounds);
  EXPECT_EQ(get<double>(lane(0, 0)), 1.0);
  EXPECT_EQ(get(2, 0), 0x7ff0000000000000u);
}

// Double precision, rounding down. FSTP faults each time; the last instruction and the last operand are not of one
// instruction (SDM vol. 1 8.1.8), and that operand is a device's.
TEST_F(Units, X87OutlivesHandlersAndFaults) {
  m.putWord<u16>(kData, 0x67f);
  m.putWord<double>(kData + 8, 3.0);
  s.gpr[kR9] = kData;
  s.gpr[kR10] = kData + 8;
  s.gpr[kRdi] = kPage;
  s.gpr[kRsi] = BaselineRig::kMmioBase;
  mapOnFault();
  run({0x41, 0xd9, 0x29, 0xd9, 0xe8, 0x41, 0xdc, 0x32,  // fldcw [r9]; fld1; fdiv qword [r10]
       0x31, 0xc0, 0x0f, 0xa2,                          // xor eax,eax; cpuid
       0x80, 0x24, 0x25, 0x00, 0x48, 0x01, 0x00, 0xfe,  // and byte [page's entry],~1
       0x0f, 0x01, 0x3f, 0xdd, 0x1f,                    // invlpg [rdi]; fstp qword [rdi]
       0xdf, 0xe0, 0x41, 0x09, 0xc4,                    // fnstsw ax; or r12d,eax
       0x41, 0xd9, 0x79, 0x02,                          // fnstcw [r9+2]
       0xd9, 0xe8, 0xd9, 0x16, 0xdd, 0xd8,              // fld1; fst dword [rsi]; fstp st0
       0x48, 0x83, 0xc7, 0x08,                          // add rdi,8
       0x49, 0xff, 0xc8, 0x75, 0xcf, 0xf4});            // dec r8; jnz; hlt
  constexpr u64 kLast = kPage + 8 * (kRounds - 1);
  EXPECT_EQ(m.word<u64>(kLast), 0x3fd5555555555555u);
  EXPECT_EQ(s.gpr[kR12], 0x20u);
  EXPECT_EQ(m.word<u16>(kData + 2), 0x67fu);
  EXPECT_EQ(get<u16>(tcg::kXsFcw), 0x67fu);
  EXPECT_EQ(get<u8>(tcg::kXsFtw), 0u);
  EXPECT_EQ(get<u64>(tcg::kXsFip), kCode + 0x26);
  EXPECT_TRUE(m.model->has(Feature::FdpExcptnOnly) || get<u64>(tcg::kXsFdp) == BaselineRig::kMmioBase);
}

// Accesses that share one look at the TLB (access_windows.h), 8 bytes further each round, over pages one of which is not there
// at first: each value as if they went one by one.
TEST_F(Units, WindowsMeetPageEndsAndFaults) {
  constexpr u64 kMany = 1500, kWords = kMany + 8;
  std::vector<u64> words(kWords);
  for (u64 i = 0; i < kWords; ++i) m.putWord(kPage + 8 * i, words[i] = i * i + kA);
  m.putWord<u64>(0x14808, (kPage + 0x1000) | 6);
  s.gpr[kR8] = kMany;
  s.gpr[kRdi] = kPage;
  mapOnFault();
  run({0xf3, 0x0f, 0x6f, 0x07,                // movdqu xmm0,[rdi]
       0xc5, 0xf9, 0xd4, 0x47, 0x10,          // vpaddq xmm0,xmm0,[rdi+16]
       0xf3, 0x0f, 0x7f, 0x47, 0x28,          // movdqu [rdi+40],xmm0
       0xc5, 0xf1, 0xd4, 0x4f, 0x28,          // vpaddq xmm1,xmm1,[rdi+40]
       0x48, 0x83, 0xc7, 0x08,                // add rdi,8
       0x49, 0xff, 0xc8, 0x75, 0xe4, 0xf4});  // dec r8; jnz; hlt
  u64 sum[2] = {};
  for (u64 i = 0; i < kMany; ++i) {
    const u64 value[2] = {words[i] + words[i + 2], words[i + 1] + words[i + 3]};
    for (unsigned q = 0; q < 2; ++q) sum[q] += words[i + 5 + q] = value[q];
  }
  for (u64 i = 0; i < kWords; ++i) ASSERT_EQ(m.word<u64>(kPage + 8 * i), words[i]) << i;
  EXPECT_EQ(get(1, 0), sum[0]);
  EXPECT_EQ(get(1, 1), sum[1]);
}

// One operand in a window must be aligned: every second round it is not, and is #GP (SDM vol. 2 2.4.4).
TEST_F(Units, WindowsCheckAlignment) {
  for (u64 i = 0; i < kRounds + 8; ++i) m.putWord(kPage + 8 * i, i);
  s.gpr[kRdi] = kPage;
  handler(13, {0x49, 0xff, 0xc1, 0x48, 0x83, 0xc4, 0x08,      // inc r9; add rsp,8
               0x48, 0x83, 0x04, 0x24, 0x05, 0x48, 0xcf});    // add qword [rsp],5; iretq
  run({0xf3, 0x0f, 0x6f, 0x07, 0x66, 0x0f, 0xd4, 0x4f, 0x10,  // movdqu xmm0,[rdi]; paddq xmm1,[rdi+16]
       0x66, 0x0f, 0xd4, 0xc8, 0x48, 0x83, 0xc7, 0x08,        // paddq xmm1,xmm0; add rdi,8
       0x49, 0xff, 0xc8, 0x75, 0xea, 0xf4});                  // dec r8; jnz; hlt
  EXPECT_EQ(s.gpr[kR9], kRounds / 2);
  u64 sum = 0;
  for (u64 i = 0; i < kRounds; ++i) sum += i + (i % 2 ? 0 : i + 2);
  EXPECT_EQ(get(1, 0), sum);
}

}  // namespace
}  // namespace duet::test
