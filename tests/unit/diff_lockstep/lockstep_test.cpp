#include <gtest/gtest.h>

#include "core/cpu/registers.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "tests/unit/diff_lockstep/small_machine.h"
#include "tools/diff/lockstep/report_text.h"

namespace duet::diff::lockstep::test {
namespace {

using tcg::Context;
using tcg::interp::Handler;
using tcg::isa::Insn;

template <Handler (*Choice)(const Insn&)>
Result<std::unique_ptr<CpuBackend>> planted(mmu::Ram& ram) {
  return std::make_unique<tcg::TcgBackend>(ram, tcg::TierFactory{}, Choice);
}

bool is(const Insn& insn, std::string_view mnemonic) { return insn.row->mnemonic == mnemonic; }

// Wrong from 1000 on only.
Handler incSkips(const Insn& insn) {
  if (!is(insn, "inc")) return tcg::interp::handlerFor(insn);
  return [](Context& ctx, const Insn& i) {
    tcg::interp::handlerFor(i)(ctx, i);
    if (ctx.arch.gpr[1] == 1000) ++ctx.arch.gpr[1];
  };
}

Handler outToNextPort(const Insn& insn) {
  if (!is(insn, "out")) return tcg::interp::handlerFor(insn);
  return [](Context& ctx, const Insn& i) {
    ++ctx.arch.gpr[2];
    tcg::interp::handlerFor(i)(ctx, i);
    --ctx.arch.gpr[2];
  };
}

Handler storesOther(const Insn& insn) {
  if (!is(insn, "stosb")) return tcg::interp::handlerFor(insn);
  return [](Context& ctx, const Insn& i) {
    ctx.arch.gpr[0] ^= 0x80;
    tcg::interp::handlerFor(i)(ctx, i);
    ctx.arch.gpr[0] ^= 0x80;
  };
}

unsigned calls = 0;  // of the one below
Handler differsOnce(const Insn& insn) {
  if (!is(insn, "inc")) return tcg::interp::handlerFor(insn);
  return [](Context& ctx, const Insn& i) {
    tcg::interp::handlerFor(i)(ctx, i);
    if (++calls == 1) ++ctx.arch.gpr[1];
  };
}

constexpr std::initializer_list<u8> kCountAndHalt = {0x41,                    // inc cx
                                                     0x81, 0xf9, 0xd0, 0x07,  // cmp cx, 2000
                                                     0x75, 0xf9,              // jne -7
                                                     0xf4};                   // hlt

TEST(Lockstep, EqualEnginesStayEqual) {
  SmallMachine machine(kCountAndHalt);
  EXPECT_EQ(machine.runToHalt().gpr[1], 2000u);
  EXPECT_EQ(machine.report.steps, 6001u);
  EXPECT_GE(machine.report.comparisons, 6001u / 7);
  EXPECT_GE(machine.report.checkpoints, 6001u / 63);
}

TEST(Lockstep, FollowerIsGivenWhatTheDeviceTold) {
  SmallMachine machine({0xba, 0x02, 0x05,  // mov dx, 502h
                        0xec,              // in al, dx
                        0x00, 0xc3,        // add bl, al
                        0x41,              // inc cx
                        0x83, 0xf9, 0x64,  // cmp cx, 100
                        0x75, 0xf7,        // jne -9
                        0xf4});
  u64 reads = 0;
  machine.device.onRead = [&](u64) { return reads++ * 37; };
  machine.runToHalt();
  EXPECT_EQ(reads, 100u);  // once each, not twice
  EXPECT_EQ(machine.report.calls, 100u);
}

TEST(Lockstep, DevicesMayMoveDataAndMemory) {
  SmallMachine machine({0xba, 0x00, 0x05,        // mov dx, 500h
                        0xee,                    // out dx, al        data comes to 0:2000h
                        0x8a, 0x1e, 0x00, 0x20,  // mov bl, [2000h]
                        0x42, 0xee,              // inc dx; out dx, al   0:3000h is other memory from now on
                        0x8a, 0x3e, 0x00, 0x30,  // mov bh, [3000h]
                        0xc6, 0x06, 0x00, 0x30, 0x77,  // mov byte [3000h], 77h
                        0xf4});
  const RamBlock& main = *machine.main;
  machine.device.onWrite = [&](u64 port, u64) {
    if (port == 0) {
      machine.memory.store(Gpa(0x2000), u8{0x5a});
    } else {
      machine.main->host[0x80000] = 0xa5;  // before it is seen
      machine.ram.noteWrite(machine.main->host + 0x80000, 1);
      EXPECT_TRUE(machine.physical.mapRam({.name = "over", .base = 0x3000, .size = 0x1000, .priority = 1},
                                          main, 0x80000, true));
    }
  };
  EXPECT_EQ(machine.runToHalt().gpr[3] & 0xffff, 0xa55au);
  EXPECT_EQ(main.host[0x80000], 0x77);
  EXPECT_EQ(machine.report.deviceWrites, 2u);
}

TEST(Lockstep, InterruptsComeAtTheSameInstruction) {
  SmallMachine machine({0xba, 0x00, 0x05,  // mov dx, 500h
                        0xfb,              // sti
                        0xee,              // out dx, al: raises one
                        0x41,              // inc cx
                        0x83, 0xf9, 0x64,  // cmp cx, 100
                        0x75, 0xf9,        // jne -7
                        0xf4});
  u8 vector = 0x40;
  machine.device.onWrite = [&](u64, u64) { machine.interrupts.raise(vector++); };
  machine.runToHalt();
  // 4 instructions in each turn, a delivery and its IRET, and 3 around.
  EXPECT_EQ(machine.report.steps, 100u * 6 + 3);
}

TEST(Lockstep, WakesFromHaltTogether) {
  SmallMachine machine({0xfb, 0xf4, 0x41, 0xf4});  // sti; hlt; inc cx; hlt
  EXPECT_EQ(machine.run().reason, ExitReason::Halt);
  machine.interrupts.raise(0x21);
  EXPECT_EQ(machine.runToHalt().gpr[1], 1u);
}

TEST(Lockstep, FindsTheStep) {
  SmallMachine machine(kCountAndHalt, planted<incSkips>);
  EXPECT_EQ(machine.run().reason, ExitReason::EngineFault);
  ASSERT_TRUE(machine.report.difference);
  const FirstDifference& d = machine.difference();
  EXPECT_EQ(d.step, 999u * 3 + 1);
  EXPECT_EQ(d.linear, 0x1000u);
  EXPECT_EQ(d.before.gpr[1], 999u);
  EXPECT_EQ(d.left.gpr[1], 1000u);
  EXPECT_EQ(d.right.gpr[1], 1001u);
  const std::string text = differenceText(d, machine.report.decoder, {"one", "two"});
  EXPECT_NE(text.find("inc cx"), std::string::npos) << text;
  EXPECT_NE(text.find("* rcx"), std::string::npos) << text;
}

TEST(Lockstep, FindsTheStepWithOneComparisonAnInterval) {
  for (const u64 every : {u64{1}, u64{10'000}}) {
    SmallMachine machine(kCountAndHalt, sound, planted<incSkips>, every, 1'000'000);
    machine.run();
    ASSERT_TRUE(machine.report.difference) << every;
    EXPECT_EQ(machine.difference().step, 999u * 3 + 1) << every;
  }
}

TEST(Lockstep, FindsOtherDeviceAccesses) {
  SmallMachine machine({0xba, 0x00, 0x05, 0xee, 0xf4}, planted<outToNextPort>);
  const VcpuExit exit = machine.run();
  ASSERT_TRUE(machine.report.difference);
  const FirstDifference& d = machine.difference();
  EXPECT_EQ(d.step, 2u);
  EXPECT_EQ(d.calls, std::vector<std::string>{"writes 0x0 (1 bytes) to port 0x500"});
  EXPECT_EQ(d.leftDivergence, "");
  EXPECT_EQ(d.rightDivergence,
            "writes 0x0 (1 bytes) to port 0x501, the leading side writes 0x0 (1 bytes) to port 0x500");
  EXPECT_NE(exit.message.find("port 0x501"), std::string::npos) << exit.message;
}

TEST(Lockstep, FindsOtherMemory) {
  SmallMachine machine({0xbf, 0x34, 0x12, 0xb0, 0x01, 0xaa, 0xf4},  // mov di, 1234h; mov al, 1; stosb; hlt
                       planted<storesOther>);
  machine.run();
  ASSERT_TRUE(machine.report.difference);
  const FirstDifference& d = machine.difference();
  EXPECT_EQ(d.step, 3u);
  EXPECT_EQ(d.leftMemory, (std::vector<Piece>{{0x1234, {0x01}}}));
  EXPECT_EQ(d.rightMemory, (std::vector<Piece>{{0x1234, {0x81}}}));
  EXPECT_FALSE(d.moreMemory);
}

TEST(Lockstep, SaysWhenADifferenceDoesNotComeAgain) {
  calls = 0;
  SmallMachine machine(kCountAndHalt, planted<differsOnce>);
  const VcpuExit exit = machine.run();
  EXPECT_EQ(exit.reason, ExitReason::EngineFault);
  EXPECT_FALSE(machine.report.difference);
  EXPECT_NE(exit.message.find("does not do the same twice"), std::string::npos) << exit.message;
}

TEST(Lockstep, KeepsBudgetsAndRequests) {
  SmallMachine machine(kCountAndHalt);
  EXPECT_EQ(machine.run(100).steps, 100u);
  EXPECT_EQ(machine.vcpu->step(StepEvents::Take).steps, 1u);
  machine.vcpu->requestExit();
  EXPECT_EQ(machine.run().reason, ExitReason::Cancelled);
  EXPECT_EQ(machine.report.steps, 101u);
  EXPECT_EQ(machine.runToHalt().gpr[1], 2000u);
}

// A machine that is reset asks its vCPU to stop, and that may come late.
TEST(Lockstep, RequestsBehindANewStateCompareNothing) {
  SmallMachine machine(kCountAndHalt);
  EXPECT_EQ(machine.run(100).steps, 100u);
  CpuState state;
  machine.vcpu->saveState(state);
  state.gpr[1] = 1990;
  ASSERT_TRUE(machine.vcpu->loadState(state));
  machine.vcpu->requestExit();
  EXPECT_EQ(machine.run().reason, ExitReason::Cancelled);
  EXPECT_EQ(machine.runToHalt().gpr[1], 2000u);
}

TEST(Lockstep, IsForOneProcessorAndCountedTime) {
  SmallMachine machine(kCountAndHalt);
  const auto again =
      machine.engine->createVcpu({1, machine.memory, machine.physical, machine.ports, machine.interrupts,
                                  machine.mailbox, machine.clock, *machine.model});
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().message.find("one processor"), std::string::npos);

  mmu::Ram ram;
  LockstepReport report;
  auto other =
      LockstepBackend::make(ram, {.leftName = "a", .rightName = "b", .left = sound, .right = sound}, report);
  VirtualClock host;
  const auto vcpu = (*other)->createVcpu({0, machine.memory, machine.physical, machine.ports,
                                          machine.interrupts, machine.mailbox, host, *machine.model});
  ASSERT_FALSE(vcpu);
  EXPECT_NE(vcpu.error().message.find("deterministic=on"), std::string::npos);
  EXPECT_FALSE((*other)->caps().features.has(Feature::Rdrand));
}

}  // namespace
}  // namespace duet::diff::lockstep::test
