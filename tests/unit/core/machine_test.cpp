#include "core/machine/machine.h"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <thread>

namespace duet {
namespace {

// A vCPU that follows a script of exits, then runs until somebody asks it to stop.
class ScriptedVcpu : public Vcpu {
 public:
  explicit ScriptedVcpu(VcpuMailbox& mailbox) : mailbox_(mailbox) {}
  VcpuExit run(const RunBudget&) override {
    ++runs;
    if (mailbox_.take(kMailExit)) return {};
    if (!script.empty()) {
      VcpuExit next = script.front();
      script.pop_front();
      return next;
    }
    mailbox_.wait(kMailExit);
    mailbox_.take(kMailExit);
    return {};
  }
  VcpuExit step(StepEvents) override { return {}; }
  void requestExit() override { mailbox_.post(kMailExit); }
  void saveState(CpuState& out) override { out = state; }
  Result<> loadState(const CpuState& in) override {
    if (refuse) return fail("refused");
    state = in;
    ++loads;
    return {};
  }
  void setDebug(const DebugControls&) override {}
  std::optional<Gpa> translate(LinearAddr) override { return {}; }
  std::deque<VcpuExit> script;
  CpuState state;
  bool refuse = false;
  std::atomic<int> loads{0}, runs{0};

 private:
  VcpuMailbox& mailbox_;
};

class CountingDevice : public StatefulDevice {
 public:
  std::string_view name() const override { return "counter"; }
  void reset() override {
    ++resets;
    value = 0;
  }
  std::vector<u8> saveState() const override { return {value}; }
  Result<> loadState(std::span<const u8> data, u32 version) override {
    if (version != 1 || data.size() != 1) return fail("counter: damaged");
    value = data[0];
    return {};
  }
  void wake() override { ++wakes; }
  u8 value = 0;
  int resets = 0;
  std::atomic<int> wakes{0};
};

class MachineTest : public testing::Test {
 protected:
  void build(MachinePolicy policy = {}) {
    machine = std::make_unique<Machine>(clock, timers, policy);
    auto v = std::make_unique<ScriptedVcpu>(mailbox);
    vcpu = v.get();
    machine->addVcpu(std::move(v), mailbox);
    auto d = std::make_unique<CountingDevice>();
    device = d.get();
    machine->addDevice(std::move(d));
    machine->setBoot([] {
      CpuState s = resetState(true);
      s.rip = 0x1234;
      return Result<std::vector<CpuState>>(std::vector<CpuState>{s});
    });
  }
  VirtualClock clock;
  TimerQueue timers{clock};
  VcpuMailbox mailbox;
  std::unique_ptr<Machine> machine;
  ScriptedVcpu* vcpu = nullptr;
  CountingDevice* device = nullptr;
};

TEST_F(MachineTest, PowerOffEndsWithStatusZero) {
  build();
  ASSERT_TRUE(machine->start());
  machine->requestPowerOff();
  const MachineEnd end = machine->runUntilEnd();
  EXPECT_EQ(end.reason, EndReason::PowerOff);
  EXPECT_EQ(end.status, 0);
  EXPECT_EQ(vcpu->state.rip, 0x1234u);
}

TEST_F(MachineTest, TripleFaultResets) {
  build();
  vcpu->script.push_back({.reason = ExitReason::Shutdown});
  vcpu->script.push_back({.reason = ExitReason::EngineFault, .message = "stop here"});
  ASSERT_TRUE(machine->start());
  const MachineEnd end = machine->runUntilEnd();
  EXPECT_EQ(device->resets, 2);
  EXPECT_EQ(vcpu->loads, 2);
  EXPECT_EQ(end.reason, EndReason::EngineFault);
  EXPECT_NE(end.message.find("stop here"), std::string::npos);
  EXPECT_EQ(end.status, 1);
}

TEST_F(MachineTest, NoRebootEndsInsteadOfResetting) {
  build({.noReboot = true});
  vcpu->script.push_back({.reason = ExitReason::Shutdown});
  ASSERT_TRUE(machine->start());
  EXPECT_EQ(machine->runUntilEnd().reason, EndReason::Reset);
  EXPECT_EQ(device->resets, 1);
}

TEST_F(MachineTest, FirstEndCounts) {
  build();
  ASSERT_TRUE(machine->start());
  machine->requestEnd({EndReason::GuestStatus, 7, {}});
  machine->requestEnd({EndReason::GuestStatus, 9, {}});
  EXPECT_EQ(machine->runUntilEnd().status, 7);
}

TEST_F(MachineTest, RefusedBootStateStartsNothing) {
  build();
  vcpu->refuse = true;
  EXPECT_FALSE(machine->start());
  EXPECT_EQ(vcpu->runs, 0);
}

TEST_F(MachineTest, PausedMachineStandsStillAndRoundTripsItsState) {
  build();
  ASSERT_TRUE(machine->start());
  machine->pause();
  const Nanoseconds then = clock.now();
  const int runs = vcpu->runs;
  device->value = 42;
  auto snapshot = machine->save();
  ASSERT_TRUE(snapshot);
  device->value = 1;
  ASSERT_TRUE(machine->load(*snapshot));
  EXPECT_EQ(device->value, 42);
  EXPECT_EQ(vcpu->runs, runs);
  EXPECT_EQ(clock.now(), then);
  machine->resume();
  machine->requestPowerOff();
  machine->runUntilEnd();
}

TEST_F(MachineTest, LoadIsAllOrNothing) {
  build();
  ASSERT_TRUE(machine->start());
  machine->pause();
  device->value = 3;
  const auto own = machine->save();
  ASSERT_TRUE(own);
  Snapshot foreign;
  ASSERT_TRUE(foreign.add(*own->find("clock")));
  ASSERT_TRUE(foreign.add({"counter", 1, {9}}));
  EXPECT_FALSE(machine->load(foreign)) << "it has no cpu0";
  EXPECT_EQ(device->value, 3);
}

TEST_F(MachineTest, LoadsGuestTimeWithTheRest) {
  build();
  ASSERT_TRUE(machine->start());
  machine->pause();
  clock.setParavirtualLine({11, 12});
  const auto then = machine->save();
  ASSERT_TRUE(then);
  const Nanoseconds time = clock.now();
  machine->resume();
  clock.setParavirtualLine({21, 22});
  while (clock.now() == time) std::this_thread::yield();
  machine->pause();
  ASSERT_TRUE(machine->load(*then));
  EXPECT_EQ(clock.now(), time);
  EXPECT_EQ(clock.paravirtualLine(), (TscLine{11, 12}));
  for (const u8 topByte : {u8{0x80}, u8{0x7f}}) {  // before the start; past what timers can add to
    Snapshot damaged;
    SnapshotSection section = *then->find("clock");
    section.data[7] = topByte;
    ASSERT_TRUE(damaged.add(section));
    EXPECT_FALSE(machine->load(damaged));
  }
  EXPECT_EQ(clock.now(), time);
}

// S3: the vCPU stands still while time goes on; a wake starts it where setWake() says, without a reset.
TEST_F(MachineTest, SleepsUntilWoken) {
  build();
  machine->setWake([] {
    CpuState s = resetState(true);
    s.rip = 0x5678;
    return Result<std::vector<CpuState>>(std::vector<CpuState>{s});
  });
  ASSERT_TRUE(machine->start());
  machine->requestWake();  // nobody sleeps: nothing
  Timer alarm(timers, [&] { machine->requestWake(); });
  std::thread later([&] {
    while (vcpu->runs == 0) std::this_thread::yield();
    machine->requestSleep();
    alarm.arm(clock.now() + 50'000'000);
    while (device->wakes == 0) std::this_thread::yield();
    machine->requestPowerOff();
  });
  EXPECT_EQ(machine->runUntilEnd().reason, EndReason::PowerOff);
  later.join();
  EXPECT_EQ(device->wakes, 1);
  EXPECT_EQ(device->resets, 1);
  EXPECT_EQ(vcpu->loads, 2);
  EXPECT_EQ(vcpu->state.rip, 0x5678u);
}

TEST_F(MachineTest, ResetEndsASleep) {
  build();
  ASSERT_TRUE(machine->start());
  std::thread later([&] {
    machine->requestSleep();
    machine->requestReset();
    while (vcpu->loads < 2) std::this_thread::yield();
    machine->requestPowerOff();
  });
  EXPECT_EQ(machine->runUntilEnd().reason, EndReason::PowerOff);
  later.join();
  EXPECT_EQ(device->wakes, 0);
  EXPECT_EQ(vcpu->state.rip, 0x1234u);
}

TEST_F(MachineTest, NoShutdownPausesOnPowerOff) {
  build({.noShutdown = true});
  ASSERT_TRUE(machine->start());
  machine->requestPowerOff();
  std::thread later([&] {
    while (clock.running()) std::this_thread::yield();
    machine->requestEnd({});
  });
  EXPECT_EQ(machine->runUntilEnd().reason, EndReason::Quit);
  later.join();
}

}  // namespace
}  // namespace duet
