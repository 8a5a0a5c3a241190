// Which regions are worth a compiler's time.
#include "cpu-tcg/region/former.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/cpu/cpu_model.h"
#include "cpu-tcg/isa/decoder.h"

namespace duet::test {
namespace {

using tcg::region::Plan;

// One node of the instructions.
Plan planOf(std::vector<u8> bytes) {
  Plan plan;
  plan.nodes.emplace_back();
  std::span<const u8> rest(bytes);
  while (!rest.empty()) {
    tcg::region::Step step{.insn = {}};
    EXPECT_EQ(tcg::isa::decode(rest, tcg::isa::CodeMode::Bits64, true, hostFeatures(), step.insn),
              tcg::isa::DecodeStatus::Ok);
    rest = rest.subspan(step.insn.length);
    plan.nodes[0].steps.push_back(step);
  }
  return plan;
}

TEST(Former, KnowsChainsOfCarries) {
  // mov rax,[rsi]; adc rax,[rdi]; mov [rdi],rax; lea rsi,[rsi+8]; lea rdi,[rdi+8]; dec rcx; jnz
  EXPECT_TRUE(
      tcg::region::carries(planOf({0x48, 0x8b, 0x06, 0x48, 0x13, 0x07, 0x48, 0x89, 0x07, 0x48, 0x8d,
                                   0x76, 0x08, 0x48, 0x8d, 0x7f, 0x08, 0x48, 0xff, 0xc9, 0x75, 0xea})));
  std::vector<u8> one = {0x48, 0x11, 0xd0};                                // adc rax,rdx
  for (int i = 0; i < 20; ++i) one.insert(one.end(), {0x48, 0x01, 0xd0});  // add rax,rdx
  EXPECT_FALSE(tcg::region::carries(planOf(one))) << "one among many";
  EXPECT_FALSE(tcg::region::carries(planOf({0x48, 0x01, 0xd0, 0x75, 0xfb})));
}

TEST(Former, LooksForCarriesInInnerLoops) {
  Plan plan = planOf({0x48, 0x01, 0xd0});                                 // add rax,rdx
  plan.nodes.push_back(planOf({0x48, 0x11, 0xd0, 0x75, 0xfb}).nodes[0]);  // adc rax,rdx; jnz back
  plan.nodes[1].rip = 0x1003;
  plan.nodes[1].next = 0x1008;
  EXPECT_TRUE(tcg::region::carries(plan));
  plan.nodes[1].next = 0x1009;
  EXPECT_FALSE(tcg::region::carries(plan)) << "it goes on elsewhere";
}

}  // namespace
}  // namespace duet::test
