// Indirect jumps of regions to targets that are known, and to others.
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "cpu-tcg/plan/slot_hash.h"
#include "tests/unit/region/rig.h"

namespace duet::test {
namespace {

using tcg::region::SlotHash;
using tcg::region::slotHashOf;

TEST(SlotHash, TellsNumbersApart) {
  const std::vector<std::vector<u64>> sets = {
      {0, 16, 32, 48, 64, 80, 96, 112},                           // one shift does
      {0xe00, 0xe18, 0xe30, 0xe48, 0xe70, 0xe90, 0xea8, 0xec8},   // not here
      {1, 2, 4, 0x10000, ~u64{0}, ~u64{0} - 0x20000, 7, 9, 100},  // before the first page, too
      {5},
  };
  for (const auto& numbers : sets) {
    const auto hash = slotHashOf(numbers);
    ASSERT_TRUE(hash);
    EXPECT_LE(hash->slots(), 8 * numbers.size());
    std::set<u64> slots;
    for (const u64 n : numbers) {
      EXPECT_LT(hash->of(n), hash->slots());
      slots.insert(hash->of(n));
    }
    EXPECT_EQ(slots.size(), numbers.size());
  }
  EXPECT_EQ(slotHashOf(sets[0])->slots(), 8u);
  EXPECT_EQ(slotHashOf(sets[0])->factor, 1u);
  EXPECT_FALSE(slotHashOf(std::vector<u64>{3, 4, 3}));
}

// A machine of bytes: eight operations that make up most of its program, and two more that come once.
class ByteMachine {
 public:
  // `begin`: where the guest begins.
  void run(RegionRig& m, u64 begin) {
    const auto placeOf = [](u64 operation) { return kCode + 0x40 + 24 * operation; };
    // next: movzx edx,byte [rsi]; inc rsi; jmp [rdx*8 + kTable]
    m.put(kCode, {0x0f, 0xb6, 0x16, 0x48, 0xff, 0xc6, 0xff, 0x24, 0xd5, 0x00, 0x00, 0x20, 0x00});
    for (u64 i = 0; i <= kOperations; ++i) {  // lea rax,[rax+rax*2+i]; jmp next
      const u64 at = placeOf(i);
      m.put(at, {0x48, 0x8d, 0x44, 0x40, static_cast<u8>(i), 0xe9});
      m.putWord<u32>(at + 6, static_cast<u32>(kCode - (at + 10)));
      m.putWord<u64>(kTable + 8 * i, at);
    }
    m.put(placeOf(kOperations + 1), {0xf4});
    m.putWord<u64>(kTable + 8 * (kOperations + 1), placeOf(kOperations + 1));
    u64 expected = 1, random = 12345;
    for (u64 n = 0; n < kSteps; ++n) {
      random = random * 6364136223846793005 + 1442695040888963407;
      const u64 operation = n == kSteps - 100 ? kOperations : random >> 61;
      m.putWord<u8>(kProgram + n, static_cast<u8>(operation));
      expected = expected * 3 + operation;
    }
    m.putWord<u8>(kProgram + kSteps, kOperations + 1);
    CpuState s = m.longMode();
    s.rip = begin;
    s.gpr[kRax] = 1;
    s.gpr[kRsi] = kProgram;
    m.load(s);
    EXPECT_EQ(m.run(EngineRig::kNoBudget).reason, ExitReason::Halt);
    EXPECT_EQ(m.state().gpr[kRax], expected);
    EXPECT_GE(m.regions->counts().installed, 1u);
    u64 entries = 0;
    for (u32 r = 0; r < m.regions->counts().installed; ++r) entries += m.tier->runsOf(r).entries;
    EXPECT_LT(entries, kSteps / 10) << "regions are left for other reasons";
    const auto last = static_cast<u32>(m.regions->counts().installed - 1);
    EXPECT_GT(m.tier->runsOf(last).ran, 2 * kSteps) << "of some five a step";
    EXPECT_GT(m.regions->counts().instructions, 3 + 2 * kOperations - 1) << "all of it in one region";
  }

 private:
  static constexpr u64 kOperations = 8, kSteps = 30000, kTable = kData, kProgram = kData + kPageSize;
};

TEST(Region, JumpsToOneOfManyTargets) {
  RegionRig m({.synchronous = true, .slice = 500, .samples = 20});
  ByteMachine().run(m, kCode);
}

// Many loops in the page have run before, as another part of a program.
TEST(Region, JumpsToTargetsOfNow) {
  constexpr u64 kLoops = kCode + 0x400;
  constexpr unsigned kMany = 24;
  RegionRig m({.synchronous = true, .slice = 500, .samples = 20});
  for (unsigned i = 0; i <= kMany; ++i) {  // mov ecx,...; back: dec ecx; jnz back
    m.put(kLoops + 9 * i, {0xb9, 0, 0, 0, 0, 0xff, 0xc9, 0x75, 0xfc});
    m.putWord<u32>(kLoops + 9 * i + 1, i < kMany ? 5000 : 400'000);  // the last: for more than 1,000 samples
  }
  constexpr u64 kBehind = kLoops + 9 * (kMany + 1);
  m.put(kBehind, {0xe9});
  m.putWord<u32>(kBehind + 1, static_cast<u32>(kCode - (kBehind + 5)));
  ByteMachine().run(m, kLoops);
}

// A target that is not canonical faults at the branch (SDM vol. 2, JMP and RET: #GP(0)), before RSP moves.
TEST(Region, FaultsAtBranchesToNowhere) {
  for (const std::vector<u8>& branch : {std::vector<u8>{0xff, 0xe0}, {0xc3}, {0xc2, 0x10, 0}, {0xff, 0xd0}}) {
    for (const u64 target : {u64{1} << 47, ~u64{0} << 48, u64{1} << 63}) {
      RegionRig m;
      // back: inc rdx; push rbx; pop rbx; dec ecx; jnz back; so the TLB has the stack
      m.put(kCode, {0x48, 0xff, 0xc2, 0x53, 0x5b, 0xff, 0xc9, 0x75, 0xf7});
      for (size_t i = 0; i < branch.size(); ++i) m.putWord<u8>(kCode + 9 + i, branch[i]);
      CpuState s = m.longMode();
      s.gpr[kRax] = target;
      s.gpr[kRbx] = 0x1234;
      s.gpr[kRcx] = 5;
      s.gpr[kRsp] = kData + 8;
      m.putWord<u64>(kData + 8, target);
      m.load(s);
      EXPECT_EQ(m.run(1000).reason, ExitReason::Shutdown);
      EXPECT_GE(m.regions->counts().installed, 1u);
      EXPECT_EQ(m.state().rip, u64{kCode} + 9);
      EXPECT_EQ(m.state().gpr[kRdx], s.gpr[kRdx] + 5);
      EXPECT_EQ(m.state().gpr[kRsp], s.gpr[kRsp]);
      EXPECT_EQ(m.word<u64>(kData), 0x1234u) << "a CALL pushes nothing";
    }
  }
}

}  // namespace
}  // namespace duet::test
