// One look at the TLB for several accesses: right also where they lie on two pages, fault, or lose their rights in between.
#include <gtest/gtest.h>

#include "tests/unit/baseline/rig.h"

namespace duet::test {
namespace {

constexpr u64 kPageEnd = kData + 0x1000;

// Three loads and a store by one register that moves in between, at every place around a page's end, many times over.
TEST(Windows, MayLieOverTwoPages) {
  // L: mov rax,[rbx]; mov rdx,[rbx+8]; add rbx,16; add rax,[rbx]; mov [rbx-32],rax; sub rbx,16; dec rcx; jnz L; hlt
  static constexpr std::initializer_list<u8> kProgram = {
      0x48, 0x8b, 0x03, 0x48, 0x8b, 0x53, 0x08, 0x48, 0x83, 0xc3, 0x10, 0x48, 0x03, 0x03,
      0x48, 0x89, 0x43, 0xe0, 0x48, 0x83, 0xeb, 0x10, 0x48, 0xff, 0xc9, 0x75, 0xe5, 0xf4};
  for (u64 at = kPageEnd - 64; at <= kPageEnd + 64; at += 4) {
    BaselineRig m;
    m.put(kCode, kProgram);
    for (u64 i = 0; i < 64; ++i) m.putWord<u64>(kPageEnd - 256 + 8 * i, 0x1000 + i);
    const u64 first = m.word<u64>(at), second = m.word<u64>(at + 8), third = m.word<u64>(at + 16);
    CpuState s = m.longMode();
    s.gpr[kRbx] = at;
    s.gpr[kRcx] = 20;
    m.load(s);
    EXPECT_EQ(m.run().reason, ExitReason::Halt);
    EXPECT_EQ(m.state().gpr[kRax], first + third);
    EXPECT_EQ(m.state().gpr[kRdx], second);
    EXPECT_EQ(m.state().gpr[kRbx], at);
    EXPECT_EQ(m.word<u64>(at - 16), first + third);
  }
}

// push rax, rdx, rsi; pop rdi, r8, r9: the stack's end at every place around a page's end.
TEST(Windows, HoldTheStackToo) {
  for (u64 at = kPageEnd - 40; at <= kPageEnd + 40; at += 4) {
    BaselineRig m;
    m.put(kCode, {0x50, 0x52, 0x56, 0x5f, 0x41, 0x58, 0x41, 0x59, 0x48, 0xff, 0xc9, 0x75, 0xf3, 0xf4});
    CpuState s = m.longMode();
    s.gpr[kRsp] = at;
    s.gpr[kRax] = 0x1111111111111111;
    s.gpr[kRdx] = 0x2222222222222222;
    s.gpr[kRsi] = 0x3333333333333333;
    s.gpr[kRcx] = 20;
    m.load(s);
    EXPECT_EQ(m.run().reason, ExitReason::Halt);
    EXPECT_EQ(m.state().gpr[kRdi], s.gpr[kRsi]);
    EXPECT_EQ(m.state().gpr[8], s.gpr[kRdx]);
    EXPECT_EQ(m.state().gpr[9], s.gpr[kRax]);
    EXPECT_EQ(m.state().gpr[kRsp], at);
    EXPECT_EQ(m.word<u64>(at - 24), s.gpr[kRsi]);
  }
}

// The last page of the mapping: the first access is done before the second faults.
TEST(Windows, FaultWhereTheAccessIs) {
  constexpr u64 kMapped = 0x400000;
  BaselineRig m;
  m.put(kCode, {0x48, 0x8b, 0x03, 0x48, 0x8b, 0x53, 0x08, 0xf4});  // mov rax,[rbx]; mov rdx,[rbx+8]; hlt
  m.putWord<u64>(kMapped - 8, 0x77);
  CpuState s = m.longMode();
  s.gpr[kRbx] = kMapped - 8;
  s.gpr[kRdx] = 5;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Shutdown);
  EXPECT_EQ(m.state().gpr[kRax], 0x77u);
  EXPECT_EQ(m.state().gpr[kRdx], 5u);
  EXPECT_EQ(m.state().cr2, kMapped);
}

// Accesses by FS between stores to a window: their offsets are looked at, too, and one that is not canonical is refused
// after the stores (AMD's processors; Intel's take the sum alone).
TEST(Windows, StoresComeBeforeAnAccessThatIsRefused) {
  BaselineRig m;
  // mov [rbx],rax; mov [rbx+8],rax; mov rdx,fs:[rsi]; mov [rbx+16],rax; mov rdx,fs:[rsi+8]; dec rcx; jnz; hlt
  m.put(kCode, {0x48, 0x89, 0x03, 0x48, 0x89, 0x43, 0x08, 0x64, 0x48, 0x8b, 0x16, 0x48, 0x89,
                0x43, 0x10, 0x64, 0x48, 0x8b, 0x56, 0x08, 0x48, 0xff, 0xc9, 0x75, 0xe7, 0xf4});
  m.putWord<u64>(kData + 0x108, 0x99);
  CpuState s = m.longMode();
  s.segment[kSegFs].base = kData;
  s.gpr[kRsi] = 0x100;
  s.gpr[kRbx] = kData;
  s.gpr[kRax] = 0x77;
  s.gpr[kRcx] = 20;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRdx], 0x99u);
  EXPECT_EQ(m.word<u64>(kData + 16), 0x77u);
  s.segment[kSegFs].base = u64{0} - (u64{1} << 47) + kData;  // the sum is kData + 100h all the same
  s.gpr[kRsi] = (u64{1} << 47) + 0x100;
  s.gpr[kRax] = 0x78;
  m.load(s);
  const ExitReason reason = m.run().reason;
  EXPECT_EQ(reason == ExitReason::Shutdown, m.model->vendor() == CpuVendor::Amd);
  EXPECT_EQ(m.word<u64>(kData + 8), 0x78u);
  EXPECT_EQ(m.word<u64>(kData + 16), reason == ExitReason::Shutdown ? 0x77u : 0x78u);
}

// Constants at both ends of the address space: their distance is no offset, and each is looked for. Just half of it away the page's
// number has the same low bits, so that what is known of the one would pass for the other.
TEST(Windows, HoldNoConstantsFromFarAway) {
  for (const u64 far :
       {0x7fffffffffffffffu, 0x8000000000000000u, 0x7ffffffffffffffdu, kData + 0x7fffffffffffffffu,
        kData + 0x7ffffffffffffffdu, kData + 0x8000000000000000u, kData + 0x8000000000000002u}) {
    BaselineRig m;
    m.put(kCode, {0x8b, 0x0c, 0x25, 0x00, 0x00, 0x20, 0x00, 0xa1});  // mov ecx,[kData]; mov eax,[far]; hlt
    m.putWord<u64>(kCode + 8, far);
    m.put(kCode + 16, {0xf4});
    m.putWord<u32>(kData, 0x77);
    CpuState s = m.longMode();
    s.gpr[kRax] = 5;
    m.load(s);
    EXPECT_EQ(m.run(100000).reason, ExitReason::Shutdown);  // #GP: not canonical
    EXPECT_EQ(m.state().gpr[kRcx], 0x77u);
    EXPECT_EQ(m.state().gpr[kRax], 5u);
  }
}

// Between stores to a window, accesses that are in none: their addresses, or what they push, are of another size.
TEST(Windows, StoresComeBeforeAccessesOfOtherSizes) {
  BaselineRig m;
  // mov [rbx],rax; mov [rbx+8],rax; mov rdx,[esi]; mov [rbx+16],rax; push ax; mov [rbx+24],rax; pop di; dec rcx; jnz; hlt
  m.put(kCode, {0x48, 0x89, 0x03, 0x48, 0x89, 0x43, 0x08, 0x67, 0x48, 0x8b, 0x16, 0x48, 0x89, 0x43, 0x10,
                0x66, 0x50, 0x48, 0x89, 0x43, 0x18, 0x66, 0x5f, 0x48, 0xff, 0xc9, 0x75, 0xe4, 0xf4});
  m.putWord<u64>(kData + 0x100, 0x99);
  CpuState s = m.longMode();
  s.gpr[kRbx] = kData;
  s.gpr[kRsi] = kData + 0x100;
  s.gpr[kRax] = 0x77;
  s.gpr[kRcx] = 20;
  m.load(s);
  EXPECT_EQ(m.run(100000).reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRdx], 0x99u);
  EXPECT_EQ(m.state().gpr[kRdi] & 0xffff, 0x77u);
  for (const u64 at : {0, 8, 16, 24}) EXPECT_EQ(m.word<u64>(kData + at), 0x77u);
}

// CLAC between two accesses to a user page under SMAP (SDM vol. 3 4.6.1): the second is refused.
TEST(Windows, EndWithTheRightsTheyWereSeenUnder) {
  BaselineRig m;
  // stac; mov rax,[rbx]; clac; mov rdx,[rbx+8]; hlt
  m.put(kCode, {0x0f, 0x01, 0xcb, 0x48, 0x8b, 0x03, 0x0f, 0x01, 0xca, 0x48, 0x8b, 0x53, 0x08, 0xf4});
  m.putWord<u64>(kData, 0x77);
  CpuState s = m.longMode();
  // Code, stack and tables belong to the supervisor.
  for (u64 i = 0; i < 0x100; ++i) m.putWord<u64>(0x13000 + 8 * i, i << 12 | 3);
  s.cr4 |= kCr4Smap;
  s.gpr[kRbx] = kData;
  s.gpr[kRdx] = 5;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Shutdown);
  EXPECT_EQ(m.state().gpr[kRax], 0x77u);
  EXPECT_EQ(m.state().gpr[kRdx], 5u);
  EXPECT_EQ(m.state().cr2, kData + 8);
}

}  // namespace
}  // namespace duet::test
