// A machine under a debugger: what MachineDebugger promises, with vCPUs made of nothing but an instruction pointer.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <thread>

#include "core/machine/machine_debugger.h"

namespace duet {
namespace {

using Cause = DebugStop::Cause;
using Kind = StopEvent::Kind;

constexpr u64 kLoop = 0x1000;  // RIP counts up to here and starts again at 1
constexpr u64 kAsleep = 0;     // RIP of a vCPU that is halted

// Runs from address to address; each "touches" memory at its own RIP + 0x10000.
class CountingVcpu : public Vcpu {
 public:
  explicit CountingVcpu(VcpuMailbox& mailbox) : mailbox_(mailbox) {}
  VcpuExit run(const RunBudget&) override {
    for (u64 n = 0;; ++n) {
      if (mailbox_.take(kMailExit)) return {.instructions = n};
      if (state_.rip == kAsleep && !wake()) return {.reason = ExitReason::Halt, .wakeMask = kMailInterrupt};
      const auto& stops = controls_.breakpoints;
      if (std::find(stops.begin(), stops.end(), LinearAddr(state_.rip)) != stops.end())
        return debug(n, {Cause::Breakpoint, LinearAddr(state_.rip), {}});
      if (const VcpuExit exit = advance(); exit.reason == ExitReason::Debug) return exit;
      std::this_thread::yield();
    }
  }
  VcpuExit step(StepEvents events) override {
    if (mailbox_.take(kMailExit)) return {};
    if (state_.rip == kAsleep) {
      if (events == StepEvents::HoldBack || !wake())
        return {.reason = ExitReason::Halt, .wakeMask = kMailInterrupt};
      return {.reason = ExitReason::Budget};
    }
    lastEvents = events;
    return advance();
  }
  void requestExit() override { mailbox_.post(kMailExit); }
  void saveState(CpuState& out) override { out = state_; }
  Result<> loadState(const CpuState& in) override {
    if (in.cr0 == ~u64{0}) return fail("impossible");
    state_ = in;
    return {};
  }
  void setDebug(const DebugControls& controls) override { controls_ = controls; }
  // Pages at 0 and at 5000h, where 5000h is physical 0; nothing else.
  std::optional<Gpa> translate(LinearAddr a) override {
    if (a.value < kPageSize) return Gpa(a.value);
    if (a.pageBase().value == 0x5000) return Gpa(a.pageOffset());
    if (a.pageBase().value == 0x6000) return Gpa(0x100000 + a.pageOffset());  // no memory there
    return {};
  }
  StepEvents lastEvents = StepEvents::Take;

 private:
  VcpuExit advance() {
    state_.rip = state_.rip % kLoop + 1;
    const LinearAddr touched(state_.rip + 0x10000);
    for (const Watchpoint& w : controls_.watchpoints)
      if (touched - w.address < w.length) return debug(1, {Cause::Watchpoint, touched, w.kind});
    return {.reason = ExitReason::Budget, .instructions = 1};
  }
  static VcpuExit debug(u64 n, DebugStop stop) {
    return {.reason = ExitReason::Debug, .instructions = n, .debug = stop};
  }
  bool wake() {
    if (!mailbox_.take(kMailInterrupt)) return false;
    state_.rip = 0x100;
    return true;
  }

  VcpuMailbox& mailbox_;
  CpuState state_;
  DebugControls controls_;
};

class OnePage : public GuestMemory {
 public:
  bool read(Gpa a, std::span<u8> out) override {
    if (a.value + out.size() > sizeof bytes) return false;
    std::copy_n(bytes + a.value, out.size(), out.begin());
    return true;
  }
  bool write(Gpa a, std::span<const u8> data) override {
    if (a.value + data.size() > sizeof bytes) return false;
    std::copy(data.begin(), data.end(), bytes + a.value);
    return true;
  }
  u8* hostPointer(Gpa a, u64 n, bool) override {
    return a.value + n <= sizeof bytes ? bytes + a.value : nullptr;
  }
  void wrote(Gpa, u64) override {}
  u8 bytes[kPageSize] = {};
};

class MachineDebug : public testing::Test {
 protected:
  void start(unsigned vcpus, MachinePolicy policy = {}, std::vector<u64> rips = {1, 1}) {
    machine = std::make_unique<Machine>(clock, timers, policy);
    for (unsigned i = 0; i < vcpus; ++i) {
      auto v = std::make_unique<CountingVcpu>(mailbox[i]);
      vcpu[i] = v.get();
      machine->addVcpu(std::move(v), mailbox[i]);
    }
    machine->setBoot([=] {
      std::vector<CpuState> states(vcpus);
      for (unsigned i = 0; i < vcpus; ++i) states[i].rip = rips[i];
      return Result<std::vector<CpuState>>(states);
    });
    ASSERT_TRUE(machine->start());
    debugger = std::make_unique<MachineDebugger>(*machine, memory);
    control = std::thread([this] { end = machine->runUntilEnd(); });
  }
  void attach() {
    ASSERT_TRUE(debugger->attach([this](const StopEvent& e) {
      const std::lock_guard lock(mutex);
      events.push_back(e);
      arrived.notify_all();
    }));
  }
  StopEvent event() {
    std::unique_lock lock(mutex);
    if (!arrived.wait_for(lock, std::chrono::seconds(20), [&] { return !events.empty(); })) {
      ADD_FAILURE() << "no event";
      return {};
    }
    const StopEvent e = events.front();
    events.pop_front();
    return e;
  }
  void expectSilence() {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    const std::lock_guard lock(mutex);
    EXPECT_TRUE(events.empty());
  }
  u64 rip(unsigned i) { return debugger->readState(i).rip; }
  void go(std::vector<VcpuMotion> motions) { debugger->go({.vcpus = std::move(motions)}); }
  void TearDown() override {
    machine->requestEnd({});
    if (control.joinable()) control.join();
  }

  VirtualClock clock;
  TimerQueue timers{clock};
  VcpuMailbox mailbox[2];
  OnePage memory;
  std::unique_ptr<Machine> machine;
  std::unique_ptr<MachineDebugger> debugger;
  CountingVcpu* vcpu[2] = {};
  std::thread control;
  MachineEnd end;
  std::mutex mutex;
  std::condition_variable arrived;
  std::deque<StopEvent> events;
};

constexpr auto kRun = VcpuMotion::Run;
constexpr auto kStep = VcpuMotion::Step;
constexpr auto kStay = VcpuMotion::Stay;

TEST_F(MachineDebug, AttachStopsWithoutAnEvent) {
  start(2);
  attach();
  const u64 before = rip(0);
  expectSilence();
  EXPECT_EQ(rip(0), before);
  EXPECT_FALSE(clock.running());
}

TEST_F(MachineDebug, BreakpointStopsAllAndIsPassed) {
  start(2, {.startPaused = true});
  attach();
  debugger->setControls({{LinearAddr(0x20)}, {}});
  go({kRun, kStay});
  StopEvent e = event();
  EXPECT_EQ(e.kind, Kind::Debug);
  EXPECT_EQ(e.vcpu, 0u);
  EXPECT_EQ(e.stop.cause, Cause::Breakpoint);
  EXPECT_EQ(rip(0), 0x20u);
  EXPECT_EQ(rip(1), 1u) << "it was to stay";
  EXPECT_FALSE(clock.running());
  // Once more: a whole turn of the loop, not the same stop again.
  debugger->setControls({{LinearAddr(0x20), LinearAddr(0x21)}, {}});
  go({kRun, kStay});
  EXPECT_EQ(event().stop.address, LinearAddr(0x21));
}

TEST_F(MachineDebug, MovedByHandItStopsWhereItWasPut) {
  start(1, {.startPaused = true});
  attach();
  debugger->setControls({{LinearAddr(0x20), LinearAddr(0x30)}, {}});
  go({kRun});
  event();
  CpuState state = debugger->readState(0);
  state.rip = 0x30;
  ASSERT_TRUE(debugger->writeState(0, state));
  go({kRun});
  EXPECT_EQ(event().stop.address, LinearAddr(0x30));
  state.cr0 = ~u64{0};
  EXPECT_FALSE(debugger->writeState(0, state));
}

TEST_F(MachineDebug, StepMovesOneVcpu) {
  start(2, {.startPaused = true});
  attach();
  go({kStay, kStep});
  const StopEvent e = event();
  EXPECT_EQ(e.vcpu, 1u);
  EXPECT_EQ(e.stop.cause, Cause::Step);
  EXPECT_EQ(rip(0), 1u);
  EXPECT_EQ(rip(1), 2u);
  EXPECT_EQ(vcpu[1]->lastEvents, StepEvents::HoldBack);
  debugger->go({.vcpus = {kStay, kStep}, .stepEvents = StepEvents::Take});
  event();
  EXPECT_EQ(vcpu[1]->lastEvents, StepEvents::Take);
}

TEST_F(MachineDebug, StepWhileAnotherRuns) {
  start(2, {.startPaused = true});
  attach();
  go({kStep, kRun});
  EXPECT_EQ(event().vcpu, 0u);
  EXPECT_EQ(rip(0), 2u);
  const u64 other = rip(1);
  expectSilence();
  EXPECT_EQ(rip(1), other);
}

TEST_F(MachineDebug, StepOfAHaltedVcpuWaitsForItsInterrupt) {
  start(1, {.startPaused = true}, {kAsleep});
  attach();
  go({kStep});
  expectSilence();
  mailbox[0].post(kMailInterrupt);
  EXPECT_EQ(event().stop.cause, Cause::Step);
  EXPECT_EQ(rip(0), 0x100u);
}

TEST_F(MachineDebug, StepOfAHaltedVcpuCanBeGivenUp) {
  start(1, {.startPaused = true}, {kAsleep});
  attach();
  go({kStep});
  debugger->stop();
  EXPECT_EQ(event().kind, Kind::Paused);
}

TEST_F(MachineDebug, StopAnswersOnce) {
  start(2);
  attach();
  go({kRun, kRun});
  debugger->stop();
  debugger->stop();
  EXPECT_EQ(event().kind, Kind::Paused);
  expectSilence();
}

TEST_F(MachineDebug, NothingToMoveIsAnsweredAtOnce) {
  start(1);
  attach();
  go({kStay});
  EXPECT_EQ(event().kind, Kind::Paused);
}

TEST_F(MachineDebug, SecondWatchedAccessIsKept) {
  start(2, {.startPaused = true});
  attach();
  const Watchpoint w{LinearAddr(0x10003), 1, WatchKind::Write};
  debugger->setControls({{}, {w}});
  go({kStep, kStep});  // 2
  event();
  while (rip(0) != 2 || rip(1) != 2) {  // the other step may have been cut off
    go({rip(0) == 2 ? kStay : kStep, rip(1) == 2 ? kStay : kStep});
    event();
  }
  go({kRun, kRun});  // both touch 3
  std::vector<unsigned> seen;
  for (int i = 0; i < 2; ++i) {
    const StopEvent e = event();
    EXPECT_EQ(e.stop.cause, Cause::Watchpoint);
    EXPECT_EQ(e.stop.address, w.address);
    seen.push_back(e.vcpu);
    EXPECT_LE(rip(e.vcpu), 3u);
    if (i == 0) go({kRun, kRun});
  }
  EXPECT_NE(seen[0], seen[1]);
}

TEST_F(MachineDebug, OnlyTheDebuggerGoesOn) {
  start(1);
  attach();
  machine->requestPauseToggle();
  const u64 before = rip(0);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(rip(0), before);
  go({kRun});
  machine->requestPauseToggle();
  EXPECT_EQ(event().kind, Kind::Paused);
  EXPECT_NE(rip(0), 0u);
}

TEST_F(MachineDebug, ResetKeepsAStoppedMachineStoppedAndItsBreakpoints) {
  start(1);
  attach();
  debugger->setControls({{LinearAddr(0x20)}, {}});
  go({kRun});
  event();
  debugger->reset();
  EXPECT_EQ(rip(0), 1u) << "it has happened";
  expectSilence();
  EXPECT_EQ(rip(0), 1u);
  go({kRun});
  EXPECT_EQ(event().stop.address, LinearAddr(0x20));
}

TEST_F(MachineDebug, EndIsAnEventAndNothingWorksAfterIt) {
  start(1);
  attach();
  go({kRun});
  machine->requestEnd({EndReason::GuestStatus, 7, {}});
  const StopEvent e = event();
  EXPECT_EQ(e.kind, Kind::Ended);
  EXPECT_EQ(e.status, 7);
  control.join();
  EXPECT_EQ(debugger->readState(0).rip, 0u);
  EXPECT_FALSE(debugger->writeState(0, {}));
  EXPECT_FALSE(debugger->attach([](const StopEvent&) {}));
  u8 byte;
  EXPECT_EQ(debugger->readPhysical(Gpa(0), {&byte, 1}), 0u);
}

TEST_F(MachineDebug, DetachTakesBreakpointsAway) {
  start(1);
  attach();
  debugger->setControls({{LinearAddr(0x20)}, {}});
  debugger->detach(true);
  expectSilence();
  attach();  // reading needs a stopped machine
  const u64 before = rip(0);
  debugger->detach(false);
  attach();
  EXPECT_EQ(rip(0), before);
  debugger->detach(false);
  machine->requestPauseToggle();  // nobody holds it now
  while (!clock.running()) std::this_thread::yield();
}

TEST_F(MachineDebug, RunningMachineAnswersNothing) {
  start(1);
  attach();
  go({kRun});
  u8 byte = 0x55;
  EXPECT_EQ(debugger->readPhysical(Gpa(0), {&byte, 1}), 0u);
  EXPECT_EQ(byte, 0x55);
  EXPECT_FALSE(debugger->writeState(0, {}));
}

TEST_F(MachineDebug, MemoryByEitherAddress) {
  start(1);
  attach();
  for (unsigned i = 0; i < kPageSize; ++i) memory.bytes[i] = static_cast<u8>(i * 7);
  u8 out[32];
  EXPECT_EQ(debugger->readLinear(0, LinearAddr(0x5010), out), 32u);
  EXPECT_EQ(out[3], static_cast<u8>(0x13 * 7));
  EXPECT_EQ(debugger->readLinear(0, LinearAddr(0xff0), out), 16u) << "then nothing is mapped";
  EXPECT_EQ(debugger->readLinear(0, LinearAddr(0x5ff0), out), 16u) << "then no memory";
  EXPECT_EQ(debugger->readLinear(0, LinearAddr(0x9000), out), 0u);
  EXPECT_EQ(debugger->readPhysical(Gpa(0xff0), out), 16u);
  const u8 data[4] = {1, 2, 3, 4};
  EXPECT_TRUE(debugger->writeLinear(0, LinearAddr(0x5020), data));
  EXPECT_EQ(memory.bytes[0x21], 2);
  EXPECT_FALSE(debugger->writeLinear(0, LinearAddr(0x5ffe), data));
  EXPECT_EQ(memory.bytes[0xffe], static_cast<u8>(0xffe * 7)) << "all or nothing";
  EXPECT_TRUE(debugger->writePhysical(Gpa(0), data));
  EXPECT_FALSE(debugger->writePhysical(Gpa(0xffe), data));
}

}  // namespace
}  // namespace duet
