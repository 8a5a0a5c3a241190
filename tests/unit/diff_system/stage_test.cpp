// The stage of the system world, one instruction in each mode.
#include <gtest/gtest.h>

#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "tools/diff/app/engine_table.h"
#include "tools/diff/case/system_stage.h"

namespace duet::diff::test {
namespace {

struct Ran {
  Case c;
  Outcome outcome;
  std::optional<SystemEnd> end;
};

Ran run(SystemMode mode, unsigned cpl, Paging paging, std::vector<u8> code,
        void (*change)(CpuState&) = nullptr) {
  static const auto engine = makeEngine("interp", {}).value();
  Ran r;
  r.c.world = World::System;
  r.c.memory = systemMemory();
  r.c.start = systemState(mode, cpl, paging);
  if (change) change(r.c.start);
  r.c.pieces = {{r.c.start.rip, std::move(code)}};
  EXPECT_TRUE(engine->run({&r.c, 1}, {&r.outcome, 1}));
  r.end = systemEnd(r.c, r.outcome);
  return r;
}

struct Setting {
  SystemMode mode;
  unsigned cpl;
  Paging paging;
};
constexpr Setting kAll[] = {
    {SystemMode::Real16, 0, Paging::None},      {SystemMode::Virtual8086, 3, Paging::Bits32},
    {SystemMode::Protected16, 0, Paging::None}, {SystemMode::Protected16, 3, Paging::Bits32},
    {SystemMode::Protected32, 1, Paging::Pae},  {SystemMode::Protected32, 3, Paging::Bits32},
    {SystemMode::Compat16, 0, Paging::Long},    {SystemMode::Compat32, 3, Paging::Long},
    {SystemMode::Long64, 0, Paging::Long},      {SystemMode::Long64, 3, Paging::Long}};

// UD2 is #UD without error code, at itself (SDM vol. 2, UD).
TEST(Stage, EveryModeTakesAnException) {
  for (const Setting& s : kAll) {
    const Ran r = run(s.mode, s.cpl, s.paging, {0x0f, 0x0b});
    ASSERT_TRUE(r.end) << systemModeName(s.mode);
    EXPECT_EQ(r.end->vector, kExcUD) << systemModeName(s.mode);
    EXPECT_EQ(r.end->rip, r.c.start.rip) << systemModeName(s.mode);
    EXPECT_FALSE(r.end->hasErrorCode);
  }
}

// HLT outside CPL 0 is #GP(0); in it the run ends (SDM vol. 2, HLT).
TEST(Stage, EveryCodeEndsInHlt) {
  for (const Setting& s : kAll) {
    const Ran r = run(s.mode, s.cpl, s.paging, {0x90});
    ASSERT_TRUE(r.end) << systemModeName(s.mode);
    EXPECT_EQ(r.end->vector.has_value(), s.cpl != 0) << systemModeName(s.mode);
    if (s.cpl == 0) continue;
    EXPECT_EQ(r.end->vector, kExcGP);
    EXPECT_TRUE(r.end->hasErrorCode);
    EXPECT_EQ(r.end->errorCode, 0u);
    EXPECT_EQ(r.end->rip, r.c.start.rip + 1);
  }
}

// A store to a page that is not there: W, and U at CPL 3 (SDM vol. 3 4.7).
TEST(Stage, ErrorCodesArePushed) {
  const std::vector<u8> store{0x88, 0x05, 0x00, 0xe0, 0x00, 0x00};  // MOV [E000h], AL
  for (const unsigned cpl : {0u, 3u}) {
    const Ran r = run(SystemMode::Protected32, cpl, Paging::Bits32, store);
    ASSERT_TRUE(r.end);
    EXPECT_EQ(r.end->vector, kExcPF);
    EXPECT_EQ(r.end->errorCode, cpl ? 6u : 2u);
    EXPECT_EQ(r.outcome.after.cr2, stage::kAbsent);
  }
}

// INT 13 pushes no error code, so what lies on the stack is not taken for one.
TEST(Stage, SoftwareInterruptsHaveNoErrorCode) {
  const Ran r = run(SystemMode::Protected32, 0, Paging::None, {0xcd, 0x0d});
  ASSERT_TRUE(r.end);
  EXPECT_EQ(r.end->vector, kExcGP);
  EXPECT_FALSE(r.end->hasErrorCode);
  EXPECT_EQ(r.end->rip, r.c.start.rip + 2);
}

// SGDT over pages that are not there names its first byte.
TEST(Stage, SgdtFaultsAtItsFirstByte) {
  const Ran r = run(SystemMode::Protected32, 0, Paging::Bits32, {0x0f, 0x01, 0x05, 0x10, 0xe0, 0x00, 0x00});
  ASSERT_TRUE(r.end);
  EXPECT_EQ(r.end->vector, kExcPF);
  EXPECT_EQ(r.outcome.after.cr2, stage::kAbsent + 0x10);
}

}  // namespace
}  // namespace duet::diff::test
