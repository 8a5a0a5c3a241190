// The descriptors that the worlds promise are those of this host, and they limit as the manual says (SDM vol. 3 5.3).
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/diff_host/host.h"

namespace duet::diff::test {
namespace {

// What LAR and LSL find behind a selector, by RCX, RDX and ZF: rights (bits 19:16 are undefined) and limit as the
// descriptor has them.
TEST(HostDescriptor, TableIsTheHosts) {
  // lar ecx, eax; lsl edx, eax
  const Bytes code{0x0f, 0x02, 0xc8, 0x0f, 0x03, 0xd0};
  for (u64 selector = 3; selector < 0x80; selector += 8) {
    if (selector == 0x7b) continue;  // the processor's number: not of the world
    const Outcome o = run64(code, [&](Case& c) { c.start.gpr[kRax] = selector; });
    ASSERT_EQ(say(o), ranThrough(code.size()));
    const auto found = std::ranges::find(userDescriptors(), selector, &Descriptor::selector);
    ASSERT_EQ(bool(o.after.rflags & kFlagZf), found != userDescriptors().end()) << selector;
    if (found == userDescriptors().end()) continue;
    EXPECT_EQ(o.after.gpr[kRcx] & 0x00f0ff00, found->value >> 32 & 0x00f0ff00) << selector;
    EXPECT_EQ(o.after.gpr[kRdx], userSegment(found->selector).limit) << selector;
  }
}

Outcome readFs32(u16 selector, u64 offset) {
  // mov al, fs:[ebx]
  return run32({0x64, 0x8a, 0x03}, [=](Case& c) {
    c.start.segment[kSegFs] = userSegment(selector);
    c.start.gpr[kRbx] = offset;
  });
}

TEST(HostDescriptor, LimitEndsTheSegment) {
  EXPECT_EQ(say(readFs32(kTlsLow, kTlsLimit)), ranThrough(3));
  EXPECT_EQ(say(readFs32(kTlsLow, kTlsLimit + 1)), "#GP(0) at 10000000");
  EXPECT_EQ(readFs32(kTlsLow, 0x17f).after.gpr[kRax], 0x7fu);
}

TEST(HostDescriptor, ExpandDownBeginsAfterTheLimit) {
  EXPECT_EQ(say(readFs32(kTlsExpandDown, kTlsLimit)), "#GP(0) at 10000000");
  EXPECT_EQ(say(readFs32(kTlsExpandDown, kTlsLimit + 1)), ranThrough(3));
  EXPECT_EQ(readFs32(kTlsExpandDown, 0x1812).after.gpr[kRax], 0x12u);
}

TEST(HostDescriptor, ReadOnlySegmentTakesNoWrite) {
  // mov fs:[ebx], al
  const Change change = [](Case& c) {
    c.start.segment[kSegFs] = userSegment(kTlsReadOnly);
    c.start.gpr[kRbx] = kData;
  };
  EXPECT_EQ(say(run32({0x64, 0x88, 0x03}, change)), "#GP(0) at 10000000");
  EXPECT_EQ(say(run64({0x64, 0x88, 0x03}, change)), ranThrough(3));  // 64-bit mode does not look
}

TEST(HostDescriptor, StackSegmentLimits) {
  // push eax with SS the small segment and ESP at its end + 8 (#SS), at its end + 1 (fits)
  const auto push = [](u64 esp) {
    return run32({0x50}, [=](Case& c) {
      c.start.segment[kSegSs] = userSegment(kTlsLow);
      c.start.gpr[kRsp] = esp;
    });
  };
  EXPECT_EQ(say(push(kTlsLimit + 1)), ranThrough(1));
  EXPECT_EQ(say(push(kTlsLimit + 9)), "#SS(0) at 10000000");
}

TEST(HostDescriptor, NullSegmentCannotBeUsedIn32Bits) {
  EXPECT_EQ(say(run32({0x64, 0x8a, 0x03}, [](Case& c) { c.start.gpr[kRbx] = kData; })), "#GP(0) at 10000000");
}

}  // namespace
}  // namespace duet::diff::test
