// Exits that a guest can do without (KVM API 7.13: bit 0 MWAIT, 1 HLT, 2 PAUSE, 3 C-state MSRs).
#include "cpu-kvm/caps/kept_exits.h"

#include <gtest/gtest.h>

namespace duet::kvm {
namespace {

using Names = std::vector<std::string_view>;

TEST(KeptExits, HaveNames) {
  EXPECT_EQ(exitNames(0), Names{});
  EXPECT_EQ(exitNames(0xf), (Names{"mwait", "hlt", "pause", "cstate"}));
  EXPECT_EQ(exitNames(0xfffffff0 | 4), Names{"pause"});
}

TEST(KeptExits, ByName) {
  EXPECT_EQ(*exitMask({.names = {"hlt", "cstate"}}, 0xe), 0xau);
  const auto refused = exitMask({.names = {"hlt", "mwait"}}, 0xe);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("mwait"), std::string::npos);
  EXPECT_NE(refused.error().message.find("hlt, pause, cstate"), std::string::npos);
  EXPECT_FALSE(exitMask({.names = {"hlt"}}, 0));
}

TEST(KeptExits, AllThatTheHostHas) {
  EXPECT_EQ(*exitMask({.all = true}, 0xf), 0xfu);
  EXPECT_EQ(*exitMask({.all = true}, 0x16), 6u) << "bits that nobody knows yet are not asked for";
  EXPECT_FALSE(exitMask({.all = true}, 0));
}

}  // namespace
}  // namespace duet::kvm
