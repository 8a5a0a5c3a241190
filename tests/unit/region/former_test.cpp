// Which regions are worth a compiler's time.
#include "cpu-tcg/region/former.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/cpu/cpu_model.h"
#include "cpu-tcg/isa/decoder.h"
#include "cpu-tcg/plan/flow.h"
#include "cpu-tcg/plan/strides.h"

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
  // mul rdx; add rax,rsi; adc rdx,0; add rax,rdi; adc rdx,0
  std::vector<u8> product = {0x48, 0xf7, 0xe2, 0x48, 0x01, 0xf0, 0x48, 0x83, 0xd2,
                             0,    0x48, 0x01, 0xf8, 0x48, 0x83, 0xd2, 0};
  EXPECT_FALSE(tcg::region::carries(planOf(product))) << "each is of an addition";
  product.insert(product.end(), {0x48, 0x83, 0xd3, 0});  // adc rbx,0
  EXPECT_TRUE(tcg::region::carries(planOf(product)));
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

// A node of the instructions at an address.
void addNode(Plan& plan, u64 rip, std::vector<u8> bytes) {
  tcg::region::Node node = planOf(bytes).nodes[0];
  node.rip = rip;
  node.next = rip + bytes.size();
  plan.nodes.push_back(std::move(node));
}

// A loop that calls: only with the function does control come back.
TEST(Flow, CallsComeBackThroughTheirFunction) {
  Plan plan;
  addNode(plan, 0x1000, {0xe8, 0xfb, 0x0f, 0, 0});  // call 0x2000
  addNode(plan, 0x1005, {0xeb, 0xf9});              // jmp 0x1000
  EXPECT_FALSE(tcg::region::Flow(plan).loops());
  addNode(plan, 0x2000, {0xc3});  // ret
  EXPECT_TRUE(tcg::region::Flow(plan).loops());
}

TEST(Flow, FollowsWhatIndirectJumpsAreTakenToDo) {
  Plan plan;
  addNode(plan, 0x1000, {0xff, 0xe0});  // jmp rax
  addNode(plan, 0x2000, {0x75, 0x0e});  // jne 0x2010
  addNode(plan, 0x2002, {0xf4});        // hlt
  addNode(plan, 0x2010, {0xff, 0xe0});
  EXPECT_FALSE(tcg::region::Flow(plan).loops());
  plan.indirect = {0x2000, 0x5000};
  EXPECT_FALSE(tcg::region::Flow(plan).loops());
  plan.indirect.push_back(0x1000);
  EXPECT_TRUE(tcg::region::Flow(plan).loops());
  EXPECT_EQ(tcg::region::Flow(plan).targets(plan.nodes[1]), (std::vector<u64>{0x2010, 0x2002}));
}

TEST(Flow, KnowsFromWhereControlComesBack) {
  Plan plan;
  addNode(plan, 0x1000, {0x75, 0x0e});              // jne 0x1010
  addNode(plan, 0x1002, {0x75, 0x1c});              // jne 0x1020
  addNode(plan, 0x1004, {0x74, 0xfc});              // je 0x1002: round and round, and then away
  addNode(plan, 0x1006, {0xf4});                    // hlt
  addNode(plan, 0x1010, {0xe8, 0xeb, 0x0f, 0, 0});  // call 0x2000
  addNode(plan, 0x1015, {0x90, 0xeb, 0xe8});        // nop; jmp 0x1000
  addNode(plan, 0x1020, {0xeb, 0xe2});              // jmp 0x1004
  addNode(plan, 0x2000, {0xc3});                    // ret
  const std::vector<bool> back = {true, false, false, false, true, true, false, true};
  EXPECT_EQ(tcg::region::Flow(plan).comesBack(), back);
  addNode(plan, 0x3000, {0xeb, 0x00});  // jmp 0x3002
  addNode(plan, 0x3002, {0xff, 0xe0});  // jmp rax
  EXPECT_FALSE(tcg::region::Flow(plan).comesBack()[8]);
  plan.indirect = {0x2000};
  EXPECT_TRUE(tcg::region::Flow(plan).comesBack()[8]);
  EXPECT_EQ(tcg::region::Flow(plan).loops(), true);
}

// Whether [rsi + rcx * 8] moves by little in a loop of the instructions.
bool movesLittle(std::vector<u8> bytes) {
  tcg::region::Strides strides;
  strides.add(planOf(std::move(bytes)).nodes[0]);
  return strides.areSmall({.base = 6, .index = 1, .scale = 3});
}

TEST(Strides, AreSmallWhereConstantsAreAdded) {
  EXPECT_TRUE(movesLittle({0x90}));
  EXPECT_TRUE(movesLittle({0x48, 0x83, 0xc6, 0x08})) << "add rsi,8";
  EXPECT_TRUE(movesLittle({0x48, 0x83, 0xee, 0x10})) << "sub rsi,16";
  EXPECT_TRUE(movesLittle({0xff, 0xc9, 0x48, 0x8d, 0x76, 0xf0})) << "dec ecx; lea rsi,[rsi-16]";
  EXPECT_TRUE(movesLittle({0x48, 0x39, 0xce})) << "cmp rsi,rcx changes nothing";
  EXPECT_TRUE(movesLittle({0x48, 0xf7, 0xe2})) << "mul rdx changes RAX and RDX";
  EXPECT_FALSE(movesLittle({0x48, 0x81, 0xc6, 0, 0x10, 0, 0})) << "add rsi,4096";
  EXPECT_FALSE(movesLittle({0x48, 0x01, 0xc6})) << "add rsi,rax";
  EXPECT_FALSE(movesLittle({0x48, 0x8b, 0x36})) << "mov rsi,[rsi]";
  EXPECT_FALSE(movesLittle({0x48, 0x8d, 0x74, 0x0e, 0x08})) << "lea rsi,[rsi+rcx+8]";
}

}  // namespace
}  // namespace duet::test
