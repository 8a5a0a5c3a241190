// LOCK and XCHG in regions: two vCPUs change the same memory, and nothing is lost.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "cpu-tcg/isa/decoder.h"
#include "tests/unit/baseline/several.h"
#include "tests/unit/region/rig.h"

namespace duet::test {
namespace {

constexpr u64 kRounds = 100000;

struct Form {
  const char* name;
  std::vector<u8>
      code;  // rbx: the memory. Adds 1 to [rbx] or, below a lock at [rbx], to [rbx + 64]; leaves rcx alone
  u64 counter = kData;
};

// The form again and again: the state to begin with.
CpuState putRounds(BaselineRig& m, const Form& form, u64 rounds) {
  std::vector<u8> code = form.code;
  const u8 back = static_cast<u8>(-static_cast<int>(code.size()) - 5);
  code.insert(code.end(), {0x48, 0xff, 0xc9, 0x75, back, 0xf4});  // dec rcx; jnz back; hlt
  for (size_t i = 0; i < code.size(); ++i) m.putWord<u8>(kCode + i, code[i]);
  CpuState s = m.longMode();
  s.gpr[kRbx] = kData;
  s.gpr[kRcx] = rounds;
  return s;
}

class RegionAtomics : public testing::TestWithParam<Form> {};

TEST_P(RegionAtomics, LoseNothing) {
  const Form& form = GetParam();
  Several<RegionRig> m(2);
  const CpuState s = putRounds(m, form, kRounds);
  m.runAll({s, s});
  EXPECT_EQ(m.word<u64>(form.counter), 2 * kRounds);
  u64 inRegions = 0;
  for (u32 cpu = 0; cpu < 2; ++cpu)
    for (u32 n = 0; n < m.regions->counts().installed; ++n) inRegions += m.tierOf(cpu).runsOf(n).ran;
  EXPECT_GT(inRegions, 2 * kRounds);  // and regions did it
}

INSTANTIATE_TEST_SUITE_P(
    Forms, RegionAtomics,
    testing::Values(
        Form{"inc", {0xf0, 0x48, 0xff, 0x03}}, Form{"add", {0xf0, 0x48, 0x83, 0x03, 0x01}},
        Form{"sub", {0xf0, 0x48, 0x83, 0x2b, 0xff}},
        // mov eax,1; lock xadd [rbx],rax
        Form{"xadd", {0xb8, 1, 0, 0, 0, 0xf0, 0x48, 0x0f, 0xc1, 0x03}},
        // clc; lock adc qword [rbx],1: no one instruction in IR
        Form{"adc", {0xf8, 0xf0, 0x48, 0x83, 0x13, 0x01}},
        // back: mov rax,[rbx]; lea rdx,[rax+1]; lock cmpxchg [rbx],rdx; jnz back
        Form{"cmpxchg", {0x48, 0x8b, 0x03, 0x48, 0x8d, 0x50, 0x01, 0xf0, 0x48, 0x0f, 0xb1, 0x13, 0x75, 0xf2}},
        // back: mov eax,1; xchg [rbx],eax; test eax,eax; jnz back; inc qword [rbx+64]; mov dword [rbx],0
        Form{"xchg",
             {0xb8, 1,    0,    0,    0,    0x87, 0x03, 0x85, 0xc0, 0x75, 0xf5,
              0x48, 0xff, 0x43, 0x40, 0xc7, 0x03, 0,    0,    0,    0},
             kData + 64},
        // back: lock bts dword [rbx],0; jc back; inc qword [rbx+64]; lock btr dword [rbx],0
        Form{"bts",
             {0xf0, 0x0f, 0xba, 0x2b, 0, 0x72, 0xf9, 0x48, 0xff, 0x43, 0x40, 0xf0, 0x0f, 0xba, 0x33, 0},
             kData + 64}),
    [](const auto& form) { return form.param.name; });

// The tiers that have made code with LOCK in it. In cold code there is data.
struct Locks : tcg::CodeSink {
  void added(const tcg::CompiledCode& made) override {
    std::span<const u8> code = made.code;
    while (!made.cold && !code.empty()) {
      tcg::isa::Insn insn;
      const auto status = tcg::isa::decode(code.first(std::min<size_t>(code.size(), 15)),
                                           tcg::isa::CodeMode::Bits64, true, hostFeatures(), insn);
      if (status == tcg::isa::DecodeStatus::Ok && insn.has(tcg::isa::kPrefixLock)) tiers.insert(made.tier);
      code = code.subspan(std::clamp<size_t>(insn.length, 1, code.size()));
    }
  }
  void dropped(unsigned) override {}
  std::set<std::string> tiers;
};

TEST_P(RegionAtomics, KeepLockWhereSomebodyCanTell) {
  for (const bool alone : {false, true}) {
    Locks locks;
    RegionRig m(tcg::region::everything(), &locks, alone);
    m.load(putRounds(m, GetParam(), 1000));
    EXPECT_EQ(m.run().reason, ExitReason::Halt);
    EXPECT_EQ(m.word<u64>(GetParam().counter), 1000u);
    EXPECT_GE(m.regions->counts().installed, 1u);
    const bool plain = alone || GetParam().name == std::string_view("xchg");
    EXPECT_EQ(locks.tiers.contains("baseline"), !plain);
    // Beside a region's code there are host addresses, any of which may look like it: what is there is seen for sure, not what is not.
    EXPECT_TRUE(plain || locks.tiers.contains("llvm"));
  }
}

// or [rbx],0 leaves all as it was, and is told from nothing by flags alone.
TEST(RegionFence, IsNothingButFlags) {
  RegionRig m;
  m.put(kCode,
        {0xf0, 0x83, 0x0b, 0x00, 0x75, 0x02, 0xff, 0xc0, 0xf4});  // lock or [rbx],0; jnz +2; inc eax; hlt
  CpuState s = m.longMode();
  s.gpr[kRbx] = kData;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax], 1u);
  EXPECT_EQ(m.word<u32>(kData), 0u);
  EXPECT_GE(m.regions->counts().installed, 1u);
}

}  // namespace
}  // namespace duet::test
