// Every exception that user code can raise: vector, error code, CR2 and the RIP that is pushed (SDM vol. 3 chapter 6: a
// fault's is the instruction's own, a trap's the next one's).
#include <gtest/gtest.h>

#include "tests/unit/diff_host/host.h"

namespace duet::diff::test {
namespace {

void set64(Case& c, GprIndex r, u64 value) { c.start.gpr[r] = value; }
Change with(GprIndex r, u64 value) {
  return [=](Case& c) { set64(c, r, value); };
}
Change withFlags(u64 flags) {
  return [=](Case& c) { c.start.rflags |= flags; };
}

TEST(HostException, DivideError) {
  EXPECT_EQ(say(run64({0xf7, 0xf1})), "#DE at 10000000");  // div ecx
  EXPECT_EQ(say(run32({0xd4, 0x00})), "#DE at 10000000");  // aam 0
}

TEST(HostException, DebugByTrapFlag) {
  const Outcome o = run64({0x90, 0x90}, withFlags(kFlagTf));
  EXPECT_EQ(say(o), "#DB at 10000001");
  EXPECT_EQ(o.after.rflags & (kFlagTf | kFlagRf), kFlagTf);  // a trap: RF stays 0
}

TEST(HostException, BreakpointAndOverflow) {
  EXPECT_EQ(say(run64({0xcc})), "#BP at 10000001");
  EXPECT_EQ(say(run64({0xcd, 0x03})), "#BP at 10000002");
  EXPECT_EQ(say(run64({0xcd, 0x04})), "#OF at 10000002");
  EXPECT_EQ(say(run32({0xce}, withFlags(kFlagOf))), "#OF at 10000001");  // into
  EXPECT_EQ(say(run32({0xce})), "#BP at 10000002");
}

TEST(HostException, BoundRange) {
  const Change change = [](Case& c) {
    set64(c, kRax, 7);
    set64(c, kRbx, kData);
    c.pieces.push_back({kData, {1, 0, 0, 0, 6, 0, 0, 0}});
  };
  EXPECT_EQ(say(run32({0x62, 0x03}, change)), "#BR at 10000000");  // bound eax, [ebx]: 1..6
}

TEST(HostException, InvalidOpcode) {
  const Outcome o = run64({0x0f, 0x0b});
  EXPECT_EQ(say(o), "#UD at 10000000");
  EXPECT_TRUE(o.after.rflags & kFlagRf);                         // a fault
  EXPECT_EQ(say(run64({0x06})), "#UD at 10000000");              // push es
  EXPECT_EQ(say(run64({0xf0, 0x01, 0xc0})), "#UD at 10000000");  // lock add eax, eax
}

TEST(HostException, GeneralProtection) {
  EXPECT_EQ(say(run64({0xf4})), "#GP(0) at 10000000");          // hlt
  EXPECT_EQ(say(run64({0xcd, 0x20})), "#GP(102) at 10000000");  // int 20h: gate 20h of the IDT
  EXPECT_EQ(say(run64({0x8a, 0x00}, with(kRax, u64{1} << 47))), "#GP(0) at 10000000");  // not canonical
  EXPECT_EQ(say(run64({0x8e, 0xd8}, with(kRax, 0x18))), "#GP(18) at 10000000");  // mov ds, the kernel's data
  EXPECT_EQ(say(run32({0x8e, 0xd0}, with(kRax, 0))), "#GP(0) at 10000000");      // mov ss, 0
}

TEST(HostException, StackSegment) {
  EXPECT_EQ(say(run64({0x8a, 0x45, 0x00}, with(kRbp, u64{1} << 47))), "#SS(0) at 10000000");  // mov al, [rbp]
}

TEST(HostException, PageFaults) {
  EXPECT_EQ(say(run64({0x8a, 0x00}, with(kRax, kDataEnd))), "#PF(4) at 10000000, CR2 20002000");
  EXPECT_EQ(say(run64({0x88, 0x00}, with(kRax, kDataEnd + 5))), "#PF(6) at 10000000, CR2 20002005");
  EXPECT_EQ(say(run64({0x88, 0x00}, with(kRax, kReadOnly))), "#PF(7) at 10000000, CR2 20004000");
  EXPECT_EQ(say(run64({0x8b, 0x00}, with(kRax, kDataEnd - 2))), "#PF(4) at 10000000, CR2 20002000");
  EXPECT_EQ(say(run64({0xff, 0xe0}, with(kRax, kData))), "#PF(15) at 20000000, CR2 20000000");
  EXPECT_EQ(say(run64({0xff, 0xe0}, with(kRax, kDataEnd))), "#PF(14) at 20002000, CR2 20002000");
  EXPECT_EQ(say(run64({0x8a, 0x00}, with(kRax, 0))), "#PF(4) at 10000000, CR2 0");
  // The world has no page in the kernel's half.
  EXPECT_EQ(say(run64({0x88, 0x00}, with(kRax, ~u64{0} << 47))), "#PF(6) at 10000000, CR2 ffff800000000000");
  EXPECT_EQ(say(run64({0x88, 0x00}, with(kRax, 0x7ffffffff008))), "#PF(6) at 10000000, CR2 7ffffffff008");
}

TEST(HostException, FetchAcrossAPage) {
  // The first byte of a MOV ends the page; the next one is not there.
  const Case c = makeCase(World::User64, {0xb8}, {}, kCode + 0xfff);
  EXPECT_EQ(say(run(c)), "#PF(14) at 10000fff, CR2 10001000");
}

TEST(HostException, ChangesCr2OnlyByPageFault) {
  const Outcome o = run64({0xf4}, [](Case& c) { c.start.cr2 = 0x1234; });
  EXPECT_EQ(o.after.cr2, 0x1234u);
}

TEST(HostException, X87) {
  // fld1; fldz; fdivp; fwait, with the zero divide unmasked: the fault is the FWAIT's (SDM vol. 1 8.7).
  const Change unmask = [](Case& c) {
    c.start.xsave[0] = 0x7b, c.start.xsave[1] = 3, c.start.xsave[512] |= 1;
  };
  const Bytes code{0xd9, 0xe8, 0xd9, 0xee, 0xde, 0xf9, 0x9b};
  EXPECT_EQ(say(run64(code, unmask)), "#MF at 10000006");
  EXPECT_EQ(say(run64(code)), ranThrough(code.size()));
}

TEST(HostException, Alignment) {
  const Change odd = [](Case& c) {
    c.start.rflags |= kFlagAc;
    set64(c, kRax, kData + 1);
  };
  const Outcome o = run64({0x8b, 0x00}, odd);
  EXPECT_EQ(say(o), "#AC(0) at 10000000");
  EXPECT_TRUE(o.after.rflags & kFlagAc);
}

TEST(HostException, Simd) {
  // divss xmm0, xmm1 of 0 by 0, invalid operation unmasked.
  const Change unmask = [](Case& c) {
    c.start.xsave[24] = 0x00, c.start.xsave[25] = 0x1f;
    c.start.xsave[512] |= 2;
  };
  const Outcome o = run64({0xf3, 0x0f, 0x5e, 0xc1}, unmask);
  EXPECT_EQ(say(o), "#XM at 10000000");
  EXPECT_EQ(o.after.xsave[24] | o.after.xsave[25] << 8, 0x1f01);
}

}  // namespace
}  // namespace duet::diff::test
