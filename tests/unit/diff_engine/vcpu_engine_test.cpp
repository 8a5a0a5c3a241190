// Cases of each world on the interpreter, by the manual's values.
#include "tools/diff/engine/vcpu_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "tools/diff/case/user_world.h"

namespace duet::diff {
namespace {

constexpr u64 kCode = 0x20000000, kData = 0x30001000;

std::shared_ptr<const Memory> userMemory() {
  auto memory = std::make_shared<Memory>();
  Page code{kCode, PageAccess::ReadExecute, {}};
  code.bytes.fill(0xcc);
  memory->pages = {code,
                   {kData, PageAccess::ReadWrite, {}},
                   {kData + 0x1000, PageAccess::ReadWrite, {}},
                   {kData + 0x2000, PageAccess::Read, {}}};
  return memory;
}

class VcpuEngineTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made =
        VcpuEngine::make({.name = "interp"}, [](mmu::Ram& ram) -> Result<std::unique_ptr<CpuBackend>> {
          return std::make_unique<tcg::TcgBackend>(ram);
        });
    ASSERT_TRUE(made) << made.error().message;
    engine_ = std::move(*made);
  }

  Case user(World world, std::vector<u8> code, u64 at = kCode) {
    Case c;
    c.world = world;
    c.memory = memory_;
    c.pieces = {{at, std::move(code)}};
    c.start = userState(world);
    c.start.rip = at;
    c.start.gpr[kRsp] = kData + 0x800;
    return c;
  }

  Outcome run(const Case& c) {
    Outcome out;
    EXPECT_TRUE(engine_->run({&c, 1}, {&out, 1}));
    EXPECT_EQ(out.ending == Ending::Unsupported, !out.why.empty()) << out.why;
    return out;
  }

  std::shared_ptr<const Memory> memory_ = userMemory();
  std::unique_ptr<VcpuEngine> engine_;
};

TEST_F(VcpuEngineTest, EndsAtTheBreakpointBehindTheCode) {
  Case c = user(World::User64, {0x48, 0x01, 0xd8});  // ADD RAX, RBX
  c.start.gpr[kRax] = ~u64{0};
  c.start.gpr[kRbx] = 1;
  const Outcome out = run(c);
  EXPECT_EQ(out.ending, Ending::Exception);
  EXPECT_EQ(out.exception, (RaisedException{kExcBP, false, 0}));
  EXPECT_EQ(out.after.rip, kCode + 4);
  EXPECT_EQ(out.after.gpr[kRax], 0u);
  EXPECT_EQ(out.after.gpr[kRsp], c.start.gpr[kRsp]);
  EXPECT_EQ(out.after.rflags & kUserFlags, u64{kFlagZf | kFlagPf | kFlagAf | kFlagCf});
  EXPECT_EQ(out.after.segment, c.start.segment);
  EXPECT_TRUE(out.writes.empty());
}

TEST_F(VcpuEngineTest, TellsOfChangedMemoryAndForgetsIt) {
  Case c = user(World::User64, {0x48, 0x89, 0x03});  // MOV [RBX], RAX, over two pages
  c.start.gpr[kRbx] = kData + 0xffc;
  c.start.gpr[kRax] = 0x1122334455667788;
  c.pieces.push_back({kData + 0xffe, {0x66}});  // one byte has the value already
  EXPECT_THAT(run(c).writes,
              testing::ElementsAre(Piece{kData + 0xffc, {0x88, 0x77}}, Piece{kData + 0xfff, {0x55}},
                                   Piece{kData + 0x1000, {0x44, 0x33, 0x22, 0x11}}));
  Case load = user(World::User64, {0x48, 0x8b, 0x03});
  load.start.gpr[kRbx] = kData + 0xffc;
  EXPECT_EQ(run(load).after.gpr[kRax], 0u);
}

TEST_F(VcpuEngineTest, PageFaultsHaveCodeAndAddress) {
  Case c = user(World::User64, {0xc7, 0x03, 1, 0, 0, 0});  // MOV DWORD [RBX], 1
  c.start.gpr[kRbx] = kData + 0x2000;
  Outcome out = run(c);
  EXPECT_EQ(out.exception, (RaisedException{kExcPF, true, kPfPresent | kPfWrite | kPfUser}));
  EXPECT_EQ(out.after.cr2, kData + 0x2000);
  EXPECT_EQ(out.after.rip, kCode);
  EXPECT_EQ(out.after.rflags & kFlagRf, u64{kFlagRf});  // SDM vol. 3 17.3.1.1: a fault pushes RF
  c.start.gpr[kRbx] = kData + 0x2ffe;
  out = run(c);  // the second page is missing, but the first one is looked at first
  EXPECT_EQ(out.exception, (RaisedException{kExcPF, true, kPfPresent | kPfWrite | kPfUser}));
  c.start.gpr[kRbx] = kData + 0x4000;
  EXPECT_EQ(run(c).exception, (RaisedException{kExcPF, true, kPfWrite | kPfUser}));
}

TEST_F(VcpuEngineTest, PrivilegeIsTheUsers) {
  EXPECT_EQ(run(user(World::User64, {0xfa})).exception, (RaisedException{kExcGP, true, 0}));  // CLI
  EXPECT_EQ(run(user(World::User64, {0xec})).exception, (RaisedException{kExcGP, true, 0}));  // IN AL, DX
  EXPECT_EQ(run(user(World::User64, {0xcd, 0x21})).exception, (RaisedException{kExcGP, true, 0x21 * 8 + 2}));
  EXPECT_EQ(run(user(World::User32, {0xce})).exception.vector, kExcBP);  // INTO without OF
  Case c = user(World::User64, {0xff, 0x23});  // JMP [RBX]: to what is not canonical
  c.start.gpr[kRbx] = kData;
  c.pieces.push_back({kData, {0, 0, 0, 0, 0, 0, 0, 0x80}});
  EXPECT_EQ(run(c).exception, (RaisedException{kExcGP, true, 0}));
}

TEST_F(VcpuEngineTest, CompatibilityModeHasTheWorldsSegments) {
  Case c = user(World::User32, {0x64, 0x8a, 0x03});  // MOV AL, FS:[EBX]
  c.start.segment[kSegFs] = userSegment(kTlsLow);
  c.start.gpr[kRbx] = kTlsLimit;
  c.pieces.push_back({u64{kTlsBase} + kTlsLimit, {0x5a}});
  Outcome out = run(c);
  EXPECT_EQ(out.exception.vector, kExcBP);
  EXPECT_EQ(out.after.gpr[kRax], 0x5au);
  c.start.gpr[kRbx] = kTlsLimit + 1;
  EXPECT_EQ(run(c).exception, (RaisedException{kExcGP, true, 0}));
  c.start.segment[kSegFs] = userSegment(kTlsExpandDown);
  EXPECT_EQ(run(c).exception.vector, kExcBP);
  c.start.gpr[kRbx] = kTlsLimit;
  EXPECT_EQ(run(c).exception, (RaisedException{kExcGP, true, 0}));
  c = user(World::User32, {0x8e, 0xe0});  // MOV FS, AX
  c.start.gpr[kRax] = kTlsReadOnly;
  EXPECT_EQ(run(c).after.segment[kSegFs], userSegment(kTlsReadOnly));
  c.start.gpr[kRax] = 0x18;
  EXPECT_EQ(run(c).exception, (RaisedException{kExcGP, true, 0x18}));
}

TEST_F(VcpuEngineTest, AnEndlessLoopEndsBySteps) {
  EXPECT_EQ(run(user(World::User64, {0xeb, 0xfe})).ending, Ending::Steps);
}

TEST_F(VcpuEngineTest, PagesAboveFourGiBAreRefused) {
  Case c = user(World::User64, {0x90});
  auto memory = std::make_shared<Memory>(*memory_);
  memory->pages.push_back({u64{1} << 32, PageAccess::Read, {}});
  c.memory = memory;
  EXPECT_THAT(run(c).why, testing::HasSubstr("above 4 GiB"));
}

Case system(std::vector<u8> code) {
  Case c;
  c.world = World::System;
  auto memory = std::make_shared<Memory>();
  memory->pages = {
      {0, PageAccess::ReadWrite, {}}, {0x7000, PageAccess::ReadWrite, {}}, {0x8000, PageAccess::Read, {}}};
  c.memory = memory;
  c.pieces = {{0x7000, std::move(code)}};
  c.start = resetState(true);
  c.start.segment[kSegCs].selector = 0;
  c.start.segment[kSegCs].base = 0;
  c.start.rip = 0x7000;
  return c;
}

TEST_F(VcpuEngineTest, TheSystemWorldIsTheCasesOwn) {
  const Outcome out =
      run(system({0xb0, 0x42, 0xa2, 0xff, 0x7f, 0xa2, 0x00, 0x80, 0xf4}));  // MOV AL, to RAM, to ROM; HLT
  EXPECT_EQ(out.ending, Ending::Halt);
  EXPECT_EQ(out.after.rip, 0x7009u);
  EXPECT_THAT(out.writes, testing::ElementsAre(Piece{0x7fff, {0x42}}));
  EXPECT_EQ(run(system({0xa0, 0x00, 0x90, 0xf4})).after.gpr[kRax] & 0xff, 0xffu);  // nothing there: FFh
  Case c = system({0x0f, 0x0b});
  c.start.idtr = {0, 0};
  EXPECT_EQ(run(c).ending, Ending::Shutdown);
}

}  // namespace
}  // namespace duet::diff
