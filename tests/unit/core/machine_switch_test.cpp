// A machine that changes engines: what is called in which order, and that nothing is lost when an engine refuses. The
// engines are made of nothing but a state.
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "core/machine/machine_debugger.h"

namespace duet {
namespace {

using Calls = std::vector<std::string>;

// What both engines' vCPUs were told, in order.
class Journal {
 public:
  void add(std::string call) {
    const std::lock_guard lock(mutex_);
    calls_.push_back(std::move(call));
  }
  Calls take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(calls_, {});
  }

 private:
  std::mutex mutex_;
  Calls calls_;
};

// Each step adds one to RIP. RIP 0 is a halt.
class StepVcpu final : public Vcpu {
 public:
  StepVcpu(std::string name, VcpuMailbox& mailbox, Journal& journal, const bool& refuses)
      : name_(std::move(name)), mailbox_(mailbox), journal_(journal), refuses_(refuses) {}
  VcpuExit run(const RunBudget& budget) override {
    for (u64 n = 0;; ++n, ++state_.rip) {
      if (mailbox_.take(kMailExit)) return {.reason = ExitReason::Cancelled, .instructions = n, .steps = n};
      if (state_.rip == 0)
        return {.reason = ExitReason::Halt, .instructions = n, .steps = n, .wakeMask = kMailNmi};
      if (n == budget.steps) return {.reason = ExitReason::Budget, .instructions = n, .steps = n};
      for (const LinearAddr at : controls_.breakpoints)
        if (at.value == state_.rip)
          return {.reason = ExitReason::Debug,
                  .instructions = n,
                  .steps = n,
                  .debug = {DebugStop::Cause::Breakpoint, at, {}}};
      std::this_thread::yield();
    }
  }
  VcpuExit step(StepEvents) override {
    ++state_.rip;
    return {.reason = ExitReason::Budget, .instructions = 1, .steps = 1};
  }
  void requestExit() override { mailbox_.post(kMailExit); }
  void saveState(CpuState& out) override {
    journal_.add(name_ + " saves");
    out = state_;
  }
  Result<> loadState(const CpuState& in) override {
    journal_.add(name_ + " loads");
    if (refuses_) return fail("not this one");
    state_ = in;
    return {};
  }
  void setDebug(const DebugControls& controls) override { controls_ = controls; }
  std::optional<Gpa> translate(LinearAddr) override { return {}; }

 private:
  const std::string name_;
  VcpuMailbox& mailbox_;
  Journal& journal_;
  const bool& refuses_;
  CpuState state_;
  DebugControls controls_;
};

class StepEngine final : public CpuBackend {
 public:
  StepEngine(std::string name, Journal& journal) : name_(std::move(name)), journal_(journal) {}
  std::string_view name() const override { return name_; }
  EngineCaps caps() const override {
    EngineCaps caps;
    caps.countsInstructions = counts;
    return caps;
  }
  Result<std::unique_ptr<Vcpu>> createVcpu(const VcpuEnv& env) override {
    if (barren) return fail("no room");
    return std::make_unique<StepVcpu>(name_ + std::to_string(env.index), env.mailbox, journal_,
                                      env.index == refusing ? yes_ : no_);
  }
  void setActive(bool active) override { journal_.add(name_ + (active ? " on" : " off")); }
  void memoryMapChanged() override {}
  void codeModified(Gpa, u64) override {}
  DirtyTracker* dirtyTracker() override { return nullptr; }
  EngineEvents* events() override { return nullptr; }

  bool counts = true, barren = false;
  unsigned refusing = ~0u;

 private:
  const std::string name_;
  Journal& journal_;
  const bool yes_ = true, no_ = false;
};

class NoInterrupts final : public LocalInterruptController, public IoHandler {
 public:
  bool deliverable() override { return false; }
  int acknowledge() override { return -1; }
  u8 taskPriority() override { return 0; }
  void setTaskPriority(u8) override {}
  MsrAccess readMsr(u32, u64&) override { return MsrAccess::NotMine; }
  MsrAccess writeMsr(u32, u64) override { return MsrAccess::NotMine; }
  std::optional<Gpa> mmioPage() override { return {}; }
  IoHandler& mmio() override { return *this; }
  u32 apicId() override { return 0; }
  bool sendIpi(u32, u32) override { return false; }
  bool unhalt(u32) override { return false; }
  void initReset() override {}
  u64 read(unsigned, u64, unsigned) override { return 0; }
  void write(unsigned, u64, unsigned, u64) override {}
};

class NoMemory final : public GuestMemory {
 public:
  bool read(Gpa, std::span<u8>) override { return false; }
  bool write(Gpa, std::span<const u8>) override { return false; }
  u8* hostPointer(Gpa, u64, bool) override { return nullptr; }
  void wrote(Gpa, u64) override {}
};

constexpr u64 kStart = 0x1000;

class MachineSwitch : public testing::Test {
 protected:
  void build(VirtualClock::Kind kind = VirtualClock::Kind::Host) {
    clock = std::make_unique<VirtualClock>(kind);
    timers = std::make_unique<TimerQueue>(*clock);
    machine = std::make_unique<Machine>(*clock, *timers, MachinePolicy{.startPaused = true});
    std::vector<VcpuEnv> envs;
    for (unsigned i = 0; i < 2; ++i) {
      envs.push_back({i, memory, space, space, interrupts, mailboxes[i], *clock, model});
      machine->addVcpu(std::move(*first.createVcpu(envs[i])), mailboxes[i]);
    }
    machine->setEngines(first, envs, [this]() -> Result<CpuBackend*> {
      ++finds;
      if (!absent.empty()) return fail("{}", absent);
      return &second;
    });
    machine->setBoot([this] {
      CpuState s = resetState(true);
      s.rip = start;
      return Result<std::vector<CpuState>>(std::vector<CpuState>{s, s});
    });
    ASSERT_TRUE(machine->start());
    journal.take();
  }
  u64 rip(size_t vcpu) {
    CpuState s;
    machine->vcpu(vcpu).saveState(s);
    journal.take();
    return s.rip;
  }
  // Until `condition`, looked at while the machine stands; false after half a minute.
  bool runUntil(const std::function<bool()>& condition) {
    for (const auto begin = std::chrono::steady_clock::now();
         std::chrono::steady_clock::now() - begin < std::chrono::seconds(30);) {
      machine->resume();
      std::this_thread::yield();
      machine->pause();
      if (condition()) return true;
    }
    return false;
  }

  Journal journal;
  NoMemory memory;
  AddressSpace space{"space", 0x10000};
  NoInterrupts interrupts;
  VcpuMailbox mailboxes[2];
  CpuModel model = *CpuModel::parse("max", FeatureSet::all());
  StepEngine first{"a", journal}, second{"b", journal};
  std::string absent;
  int finds = 0;
  u64 start = kStart;
  std::unique_ptr<VirtualClock> clock;
  std::unique_ptr<TimerQueue> timers;
  std::unique_ptr<Machine> machine;
};

TEST_F(MachineSwitch, AllAreSavedBeforeTheFirstIsLoaded) {
  build();
  ASSERT_TRUE(machine->switchEngine());
  const Calls there{"a0 saves", "a1 saves", "b off", "a off", "b on", "b0 loads", "b1 loads"};
  EXPECT_EQ(journal.take(), there);
  ASSERT_TRUE(machine->switchEngine());
  const Calls back{"b0 saves", "b1 saves", "b off", "a on", "a0 loads", "a1 loads"};
  EXPECT_EQ(journal.take(), back);
  EXPECT_EQ(finds, 1);
  EXPECT_TRUE(machine->paused());
  EXPECT_EQ(machine->switchTimes().count, 2u);
}

TEST_F(MachineSwitch, GoesOnWhereItWas) {
  build();
  ASSERT_TRUE(runUntil([this] { return rip(0) > kStart && rip(1) > kStart; }));
  for (int round = 0; round < 50; ++round) {
    const u64 before[] = {rip(0), rip(1)};
    ASSERT_TRUE(machine->switchEngine());
    EXPECT_EQ(rip(0), before[0]);
    EXPECT_EQ(rip(1), before[1]);
    ASSERT_TRUE(runUntil([&] { return rip(0) > before[0] && rip(1) > before[1]; })) << round;
  }
}

TEST_F(MachineSwitch, ChangesWhileItRuns) {
  build();
  machine->resume();
  for (int round = 0; round < 200; ++round) {
    ASSERT_TRUE(machine->switchEngine());
    EXPECT_FALSE(machine->paused());
    EXPECT_TRUE(clock->running());
  }
  machine->pause();
  EXPECT_GT(machine->switchTimes().worst, 0);
  EXPECT_LE(machine->switchTimes().median, machine->switchTimes().worst);
}

TEST_F(MachineSwitch, WhatOneRefusesTheOtherKeeps) {
  build();
  second.refusing = 1;
  ASSERT_TRUE(runUntil([this] { return rip(0) > kStart; }));
  const u64 before[] = {rip(0), rip(1)};
  const auto moved = machine->switchEngine();
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().message, "b refuses the state of vCPU 1: not this one");
  const Calls expected{"a0 saves", "a1 saves", "b off", "a off",    "b on",    "b0 loads",
                       "b1 loads", "b off",    "a on",  "a0 loads", "a1 loads"};
  EXPECT_EQ(journal.take(), expected);
  EXPECT_EQ(rip(0), before[0]);
  EXPECT_EQ(rip(1), before[1]);
  EXPECT_EQ(machine->switchTimes().count, 0u);
  EXPECT_TRUE(runUntil([&] { return rip(0) > before[0] && rip(1) > before[1]; })) << "it goes on";
}

TEST_F(MachineSwitch, WithoutAnotherEngineItRunsOn) {
  build();
  absent = "there is no KVM here";
  machine->resume();
  const auto moved = machine->switchEngine();
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().message, "there is no KVM here");
  EXPECT_FALSE(machine->paused());
  absent.clear();
  second.barren = true;
  EXPECT_EQ(machine->switchEngine().error().message, "no room");
  EXPECT_FALSE(machine->paused());
  second.barren = false;
  EXPECT_TRUE(machine->switchEngine()) << "it may come later";
}

TEST_F(MachineSwitch, ADeterministicMachineStaysWithItsEngine) {
  build(VirtualClock::Kind::Counted);
  const auto moved = machine->switchEngine();
  ASSERT_FALSE(moved);
  EXPECT_NE(moved.error().message.find("deterministic"), std::string::npos);
  EXPECT_FALSE(machine->switchEvery({.instructions = 5}));
}

TEST_F(MachineSwitch, MailStaysInTheBox) {
  build();
  mailboxes[1].post(kMailNmi | kMailInit);
  mailboxes[1].postSipi(0x42);
  ASSERT_TRUE(machine->switchEngine());
  EXPECT_EQ(mailboxes[1].peek() & ~u32{kMailExit}, u32{kMailNmi | kMailInit | kMailSipi});
  EXPECT_EQ(mailboxes[1].sipiVector(), 0x42);
}

TEST_F(MachineSwitch, AHaltedProcessorStaysHalted) {
  start = 0;
  build();
  machine->resume();
  for (int round = 0; round < 20; ++round) {
    ASSERT_TRUE(machine->switchEngine());
    if (round % 2) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  machine->pause();
  EXPECT_EQ(rip(0), 0u);
}

// Asleep the vCPUs do not run, and the wake reaches those of the engine that is then active.
TEST_F(MachineSwitch, AsleepToo) {
  build();
  machine->setWake([] {
    CpuState s = resetState(true);
    s.rip = 0x70000;
    return Result<std::vector<CpuState>>(std::vector<CpuState>{s, s});
  });
  machine->resume();
  std::thread later([&] {
    machine->requestSleep();
    machine->call([] {});
    machine->call([&] {
      EXPECT_TRUE(machine->switchEngine());
      EXPECT_TRUE(clock->running());
      EXPECT_EQ(machine->vcpuCount(), 2u);
    });
    const auto ripAsleep = [this] {
      machine->pause();
      const u64 at = rip(0);
      machine->resume();
      return at;
    };
    u64 asleepAt = 0;
    machine->call([&] { asleepAt = ripAsleep(); });
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    machine->call([&] { EXPECT_EQ(ripAsleep(), asleepAt); });
    machine->requestWake();
    machine->call([] {});
    machine->call([&] {
      machine->pause();
      EXPECT_GE(rip(0), 0x70000u);
    });
    machine->requestEnd({});
  });
  machine->runUntilEnd();
  later.join();
}

// Every five steps of a vCPU; an engine that cannot count takes five nanoseconds.
TEST_F(MachineSwitch, AgainAndAgainByItself) {
  build();
  second.counts = false;
  ASSERT_TRUE(machine->switchEvery({.instructions = 5}));
  journal.take();
  std::thread later([&] {
    u64 count = 0;
    while (count < 20) machine->call([&] { count = machine->switchTimes().count; });
    machine->requestEnd({});
  });
  machine->resume();
  machine->runUntilEnd();
  later.join();
  EXPECT_GE(machine->switchTimes().count, 20u);
}

TEST_F(MachineSwitch, StepsAreCountedExactly) {
  build();
  std::vector<u64> stops;
  ASSERT_TRUE(machine->switchEvery({.instructions = 7}));
  std::thread later([&] {
    u64 count = 0;
    while (count < 10) machine->call([&] { count = machine->switchTimes().count; });
    machine->requestEnd({});
  });
  machine->resume();
  machine->runUntilEnd();
  later.join();
  // No vCPU has run more than seven steps a period, the one under way included.
  const u64 most = kStart + 7 * (machine->switchTimes().count + 1);
  EXPECT_LE(rip(0), most);
  EXPECT_LE(rip(1), most);
  EXPECT_GE(std::max(rip(0), rip(1)), kStart + 7 * (machine->switchTimes().count / 2));
}

// --- a debugger

class SwitchUnderDebugger : public MachineSwitch {
 protected:
  void attach() {
    build();
    machine->attachDebugger([this](const StopEvent& e) { events.push_back(e); });
  }
  std::vector<StopEvent> events;
};

TEST_F(SwitchUnderDebugger, BreakpointsMoveAlong) {
  attach();
  machine->setDebugControls({.breakpoints = {LinearAddr(kStart + 50)}, .watchpoints = {}});
  ASSERT_TRUE(machine->switchEngine());
  std::thread later([&] {
    machine->call([&] { machine->go({.vcpus = {VcpuMotion::Run, VcpuMotion::Stay}}); });
    bool stopped = false;
    while (!stopped) machine->call([&] { stopped = !events.empty(); });
    machine->call([&] {
      ASSERT_EQ(events.size(), 1u);
      EXPECT_EQ(events[0].kind, StopEvent::Kind::Debug);
      EXPECT_EQ(rip(0), kStart + 50);
      EXPECT_EQ(rip(1), kStart) << "it was told to stay";
      // What was shown is passed under the other engine as well.
      EXPECT_TRUE(machine->switchEngine());
      machine->go({.vcpus = {VcpuMotion::Step, VcpuMotion::Stay}});
    });
    for (bool stepped = false; !stepped;) machine->call([&] { stepped = events.size() == 2; });
    machine->call([&] { EXPECT_EQ(rip(0), kStart + 51); });
    machine->requestEnd({});
  });
  machine->runUntilEnd();
  later.join();
}

TEST_F(SwitchUnderDebugger, OneThatStaysIsNotLetGo) {
  attach();
  machine->go({.vcpus = {VcpuMotion::Stay, VcpuMotion::Run}});
  for (int round = 0; round < 20; ++round) ASSERT_TRUE(machine->switchEngine());
  EXPECT_FALSE(machine->paused());
  machine->pause();
  EXPECT_EQ(rip(0), kStart);
}

// The vCPU has stopped and left its note; the switch comes before the note is served.
TEST_F(SwitchUnderDebugger, AStopThatNobodyHasHeardOfYetIsReported) {
  attach();
  machine->setDebugControls({.breakpoints = {LinearAddr(kStart + 5)}, .watchpoints = {}});
  machine->go({.vcpus = {VcpuMotion::Run, VcpuMotion::Stay}});
  while (events.empty()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ASSERT_TRUE(machine->switchEngine());
  }
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, StopEvent::Kind::Debug);
  EXPECT_TRUE(machine->paused());
  EXPECT_EQ(rip(0), kStart + 5);
}

}  // namespace
}  // namespace duet
