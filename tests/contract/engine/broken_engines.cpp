#include "tests/contract/engine/broken_engines.h"

#include <algorithm>

namespace duet::test {
namespace {

// A vCPU that passes everything on; the broken ones override one method.
class Relay : public Vcpu {
 public:
  explicit Relay(std::unique_ptr<Vcpu> inner) : inner_(std::move(inner)) {}
  VcpuExit run(const RunBudget& budget) override { return inner_->run(budget); }
  VcpuExit step(StepEvents events) override { return inner_->step(events); }
  void requestExit() override { inner_->requestExit(); }
  void saveState(CpuState& out) override { inner_->saveState(out); }
  Result<> loadState(const CpuState& in) override { return inner_->loadState(in); }
  void setDebug(const DebugControls& controls) override { inner_->setDebug(controls); }
  std::optional<Gpa> translate(LinearAddr address) override { return inner_->translate(address); }

 protected:
  std::unique_ptr<Vcpu> inner_;
};

// Runs one instruction too many.
class Overrunning final : public Relay {
 public:
  using Relay::Relay;
  VcpuExit run(const RunBudget& budget) override {
    return Relay::run({budget.steps == ~u64{0} ? budget.steps : budget.steps + 1});
  }
};

class DoubleStepping final : public Relay {
 public:
  using Relay::Relay;
  VcpuExit step(StepEvents events) override {
    Relay::step(events);
    return Relay::step(events);
  }
};

class MiscountingBy1 final : public Relay {
 public:
  using Relay::Relay;
  VcpuExit run(const RunBudget& budget) override {
    VcpuExit exit = Relay::run(budget);
    ++exit.instructions;
    return exit;
  }
};

// Counts what retires, and nothing else, against the budget.
class CountingRetired final : public Relay {
 public:
  using Relay::Relay;
  VcpuExit run(const RunBudget& budget) override {
    VcpuExit exit = Relay::run(budget);
    u64 done = exit.instructions;
    for (int i = 0; i < 1000 && exit.reason == ExitReason::Budget && done < budget.steps; ++i) {
      exit = Relay::run({budget.steps - done});
      done += exit.instructions;
    }
    return exit;
  }
};

// Forgets one register when it is saved.
class Forgetful final : public Relay {
 public:
  using Relay::Relay;
  void saveState(CpuState& out) override {
    Relay::saveState(out);
    out.gpr[kRbx] = 0;
  }
};

class LeavingSmm final : public Relay {
 public:
  using Relay::Relay;
  void saveState(CpuState& out) override {
    Relay::saveState(out);
    out.inSmm = false;
  }
};

class ForgettingFlags final : public Relay {
 public:
  using Relay::Relay;
  Result<> loadState(const CpuState& in) override {
    CpuState changed = in;
    changed.rflags &= ~u64{1};
    return Relay::loadState(changed);
  }
};

class LosingShadow final : public Relay {
 public:
  using Relay::Relay;
  void saveState(CpuState& out) override {
    Relay::saveState(out);
    out.interruptShadow = InterruptShadow::None;
  }
};

class LosingPort final : public Relay {
 public:
  using Relay::Relay;
  void saveState(CpuState& out) override {
    Relay::saveState(out);
    out.portBefore = {};
  }
};

// Takes any state.
class Credulous final : public Relay {
 public:
  using Relay::Relay;
  Result<> loadState(const CpuState& in) override {
    (void)Relay::loadState(in);
    return {};
  }
};

// Hears a request to exit only while it runs.
class NotSticky final : public Relay {
 public:
  using Relay::Relay;
  VcpuExit run(const RunBudget& budget) override {
    VcpuExit exit = Relay::run(budget);
    if (exit.reason == ExitReason::Cancelled && exit.instructions == 0) exit = Relay::run(budget);
    return exit;
  }
};

class Sleepless final : public Relay {
 public:
  using Relay::Relay;
  VcpuExit run(const RunBudget& budget) override {
    VcpuExit exit = Relay::run(budget);
    if (exit.reason == ExitReason::Halt) exit.reason = ExitReason::Budget;
    return exit;
  }
};

// Delivers interrupts one instruction early: no shadow after STI.
class Shadowless final : public Relay {
 public:
  using Relay::Relay;
  VcpuExit run(const RunBudget& budget) override {
    VcpuExit exit;
    for (u64 n = 0; n < budget.steps; ++n) {
      exit = Relay::run({1});
      if (exit.reason != ExitReason::Budget) break;
      CpuState s;
      Relay::saveState(s);
      s.interruptShadow = InterruptShadow::None;
      (void)Relay::loadState(s);
    }
    return exit;
  }
};

// --- wrong towards a debugger

class MissingBreakpoints final : public Relay {
 public:
  using Relay::Relay;
  void setDebug(const DebugControls& c) override { Relay::setDebug({{}, c.watchpoints}); }
};

// Has what a processor has debug registers for.
class KeepingFour final : public Relay {
 public:
  using Relay::Relay;
  void setDebug(const DebugControls& c) override {
    DebugControls kept = c;
    kept.breakpoints.resize(std::min<size_t>(kept.breakpoints.size(), 4));
    kept.watchpoints.resize(std::min(kept.watchpoints.size(), 4 - kept.breakpoints.size()));
    Relay::setDebug(kept);
  }
};

class MissingWatchpoints final : public Relay {
 public:
  using Relay::Relay;
  void setDebug(const DebugControls& c) override { Relay::setDebug({c.breakpoints, {}}); }
};

// Looks for breakpoints only where a run begins or a jump lands, as if code were seen in whole blocks.
class BlockwiseBreakpoints final : public Relay {
 public:
  using Relay::Relay;
  void setDebug(const DebugControls& c) override {
    controls_ = c;
    Relay::setDebug(c);
  }
  VcpuExit run(const RunBudget& budget) override {
    VcpuExit exit = Relay::run(budget);
    if (exit.reason != ExitReason::Debug || exit.instructions == 0) return exit;
    Relay::setDebug({});
    exit = Relay::run(budget);
    Relay::setDebug(controls_);
    return exit;
  }

 private:
  DebugControls controls_;
};

class SteppingOntoBreakpoints final : public Relay {
 public:
  using Relay::Relay;
  VcpuExit run(const RunBudget& budget) override {
    const VcpuExit exit = Relay::run(budget);
    if (exit.debug.cause == DebugStop::Cause::Breakpoint) Relay::step(StepEvents::Take);
    return exit;
  }
};

class OffsetBreakpoints final : public Relay {  // compares with RIP alone
 public:
  using Relay::Relay;
  VcpuExit run(const RunBudget& budget) override {
    CpuState s;
    Relay::saveState(s);
    if (s.segment[kSegCs].base) Relay::setDebug({});
    return Relay::run(budget);
  }
};

class WatchingWritesOnly final : public Relay {
 public:
  using Relay::Relay;
  void setDebug(const DebugControls& c) override {
    DebugControls changed = c;
    for (Watchpoint& w : changed.watchpoints) w.kind = WatchKind::Write;
    Relay::setDebug(changed);
  }
};

class HidingAddresses final : public Relay {
 public:
  using Relay::Relay;
  VcpuExit run(const RunBudget& budget) override {
    VcpuExit exit = Relay::run(budget);
    exit.debug.address = {};
    return exit;
  }
};

class TakingHeldEvents final : public Relay {
 public:
  using Relay::Relay;
  VcpuExit step(StepEvents) override { return Relay::step(StepEvents::Take); }
};

class ForgettingDebug final : public Relay {
 public:
  using Relay::Relay;
  Result<> loadState(const CpuState& in) override {
    Relay::setDebug({});
    return Relay::loadState(in);
  }
};

class MistranslatingAlways final : public Relay {
 public:
  using Relay::Relay;
  std::optional<Gpa> translate(LinearAddr address) override { return Gpa(address.value); }
};

// Puts INT3 into the guest's memory for a breakpoint.
class Planting final : public Relay {
 public:
  Planting(std::unique_ptr<Vcpu> inner, GuestMemory& memory) : Relay(std::move(inner)), memory_(memory) {}
  void setDebug(const DebugControls& c) override {
    for (const LinearAddr a : c.breakpoints) memory_.store(Gpa(a.value), u8{0xcc});
    Relay::setDebug(c);
  }

 private:
  GuestMemory& memory_;
};

// Splits every port access into bytes.
class ByteWise final : public IoHandler {
 public:
  explicit ByteWise(AddressSpace& target) : target_(target) {}
  u64 read(unsigned, u64 offset, unsigned size) override {
    u64 value = 0;
    for (unsigned i = 0; i < size; ++i) value |= target_.read(offset + i, 1) << (8 * i);
    return value;
  }
  void write(unsigned, u64 offset, unsigned size, u64 value) override {
    for (unsigned i = 0; i < size; ++i) target_.write(offset + i, 1, value >> (8 * i) & 0xff);
  }

 private:
  AddressSpace& target_;
};

class Deaf final : public LocalInterruptController {
 public:
  explicit Deaf(LocalInterruptController& inner) : inner_(inner) {}
  bool deliverable() override { return false; }
  int acknowledge() override { return -1; }
  u8 taskPriority() override { return inner_.taskPriority(); }
  void setTaskPriority(u8 cr8) override { inner_.setTaskPriority(cr8); }
  MsrAccess readMsr(u32 i, u64& v) override { return inner_.readMsr(i, v); }
  MsrAccess writeMsr(u32 i, u64 v) override { return inner_.writeMsr(i, v); }
  std::optional<Gpa> mmioPage() override { return inner_.mmioPage(); }
  IoHandler& mmio() override { return inner_.mmio(); }
  u32 apicId() override { return inner_.apicId(); }
  bool sendIpi(u32, u32) override { return false; }
  bool unhalt(u32) override { return false; }
  void initReset() override {}

 private:
  LocalInterruptController& inner_;
};

using Wrap = std::function<std::unique_ptr<Vcpu>(std::unique_ptr<Vcpu>)>;

// An engine whose vCPUs are wrapped, or whose view of the machine is.
class BrokenBackend final : public CpuBackend {
 public:
  enum class Spoil : u8 {
    Nothing,
    Planted,
    Ports,
    Interrupts,
    CodeModified,
    MemoryMap,
    WritableRom,
    Clock,
    Rate
  };

  BrokenBackend(std::unique_ptr<CpuBackend> inner, Wrap wrap, Spoil spoil)
      : inner_(std::move(inner)), wrap_(std::move(wrap)), spoil_(spoil) {}
  std::string_view name() const override { return "broken"; }
  EngineCaps caps() const override { return inner_->caps(); }
  Result<std::unique_ptr<Vcpu>> createVcpu(const VcpuEnv& env) override {
    if (spoil_ == Spoil::WritableRom) exposeRom(env.physical);
    ports_ = std::make_unique<AddressSpace>("ports", 0x10000);
    splitter_ = std::make_unique<ByteWise>(env.ports);
    (void)ports_->mapIo({"split", 0, 0x10000, 0}, *splitter_, 0);
    deaf_ = std::make_unique<Deaf>(env.interrupts);
    clock_ = std::make_unique<VirtualClock>(spoil_ == Spoil::Rate ? VirtualClock::Kind::Counted
                                                                  : VirtualClock::Kind::Host);
    clock_->start();
    const bool ownClock = spoil_ == Spoil::Clock || spoil_ == Spoil::Rate;
    const VcpuEnv seen{env.index,
                       env.memory,
                       env.physical,
                       spoil_ == Spoil::Ports ? *ports_ : env.ports,
                       spoil_ == Spoil::Interrupts ? *deaf_ : env.interrupts,
                       env.mailbox,
                       ownClock ? *clock_ : env.clock,
                       env.model,
                       env.fpuError};
    auto made = inner_->createVcpu(seen);
    if (made && spoil_ == Spoil::Planted) return std::make_unique<Planting>(std::move(*made), env.memory);
    if (!made || !wrap_) return made;
    return wrap_(std::move(*made));
  }
  void setActive(bool active) override { inner_->setActive(active); }
  void memoryMapChanged() override {
    if (spoil_ != Spoil::MemoryMap) inner_->memoryMapChanged();
  }
  void codeModified(Gpa address, u64 length) override {
    if (spoil_ != Spoil::CodeModified) inner_->codeModified(address, length);
  }
  DirtyTracker* dirtyTracker() override { return inner_->dirtyTracker(); }
  EngineEvents* events() override { return inner_->events(); }

 private:
  static void exposeRom(AddressSpace& physical) {
    const Mapping rom = physical.lookup(EngineRig::kRomBase);
    (void)physical.mapRam({"writable rom", EngineRig::kRomBase, EngineRig::kRomSize, 5}, *rom.block, 0, true);
  }

  std::unique_ptr<CpuBackend> inner_;
  Wrap wrap_;
  Spoil spoil_;
  std::unique_ptr<AddressSpace> ports_;
  std::unique_ptr<ByteWise> splitter_;
  std::unique_ptr<Deaf> deaf_;
  std::unique_ptr<VirtualClock> clock_;
};

template <class V>
Wrap wrapIn() {
  return [](std::unique_ptr<Vcpu> inner) { return std::make_unique<V>(std::move(inner)); };
}

}  // namespace

std::vector<BrokenEngine> brokenEngines(const EngineFactory& real) {
  using Spoil = BrokenBackend::Spoil;
  const auto make = [&](Wrap wrap, Spoil spoil = Spoil::Nothing) -> EngineFactory {
    return [=](mmu::Ram& ram) { return std::make_unique<BrokenBackend>(real(ram), wrap, spoil); };
  };
  return {
      {"runs past its budget", {"exactBudget"}, make(wrapIn<Overrunning>())},
      {"steps twice", {"step"}, make(wrapIn<DoubleStepping>())},
      {"miscounts", {"adder", "exactBudget"}, make(wrapIn<MiscountingBy1>())},
      {"counts no deliveries", {"faultLoop", "stepsAreTheBudget"}, make(wrapIn<CountingRetired>())},
      {"forgets a register", {"stateRoundTrip", "handOver"}, make(wrapIn<Forgetful>())},
      {"forgets SMM", {"handOverInSmm"}, make(wrapIn<LeavingSmm>())},
      {"forgets a flag", {"stateRoundTrip", "handOver"}, make(wrapIn<ForgettingFlags>())},
      {"loses the interrupt shadow", {"stateRoundTrip"}, make(wrapIn<LosingShadow>())},
      {"loses the port access before", {"smiAfterPort"}, make(wrapIn<LosingPort>())},
      {"accepts any state", {"impossibleStateIsRefused"}, make(wrapIn<Credulous>())},
      {"forgets a request to exit", {"cancelIsSticky"}, make(wrapIn<NotSticky>())},
      {"does not halt", {"adder", "haltThenInterrupt"}, make(wrapIn<Sleepless>())},
      {"has no shadow after STI", {"stiShadow"}, make(wrapIn<Shadowless>())},
      {"splits port accesses", {"portSizes"}, make({}, Spoil::Ports)},
      {"never takes interrupts", {"haltThenInterrupt", "stiShadow"}, make({}, Spoil::Interrupts)},
      {"misses modified code", {"codeChangedFromOutside"}, make({}, Spoil::CodeModified)},
      {"misses a new memory map", {"memoryMapChange"}, make({}, Spoil::MemoryMap)},
      {"keeps time of its own",
       {"paravirtualTimeStopsInPauses", "paravirtualTimeHandedOver"},
       make({}, Spoil::Clock)},
      {"keeps time at another rate", {"paravirtualTime"}, make({}, Spoil::Rate)},
      {"writes to ROM", {"romWrite"}, make({}, Spoil::WritableRom)},
      {"misses breakpoints",
       {"breakpointInKnownCode", "breakpointInLoop", "breakpointOnLoopToItself", "breakpointIsNoByte",
        "breakpointAddresses", "int3IsTheGuests", "guestBreakpointBeside", "breakpointOnRepetition"},
       make(wrapIn<MissingBreakpoints>())},
      {"keeps four of them", {"breakpointsBeyondFour"}, make(wrapIn<KeepingFour>())},
      {"misses watchpoints",
       {"watchpointKinds", "watchpointStopsStep", "watchpointImplicit"},
       make(wrapIn<MissingWatchpoints>())},
      {"sees breakpoints at the start of blocks alone",
       {"breakpointInKnownCode", "breakpointInLoop"},
       make(wrapIn<BlockwiseBreakpoints>())},
      {"stops behind breakpoints", {"breakpointInKnownCode"}, make(wrapIn<SteppingOntoBreakpoints>())},
      {"compares breakpoints with RIP", {"breakpointAddresses"}, make(wrapIn<OffsetBreakpoints>())},
      {"plants breakpoints in memory", {"breakpointIsNoByte"}, make({}, Spoil::Planted)},
      {"watches writes only", {"watchpointKinds"}, make(wrapIn<WatchingWritesOnly>())},
      {"does not say where it stopped",
       {"breakpointInKnownCode", "watchpointKinds"},
       make(wrapIn<HidingAddresses>())},
      {"interrupts every step", {"heldInterrupts"}, make(wrapIn<TakingHeldEvents>())},
      {"forgets breakpoints with a new state", {"debugOutlivesState"}, make(wrapIn<ForgettingDebug>())},
      {"does not look at page tables", {"translation"}, make(wrapIn<MistranslatingAlways>())},
  };
}

}  // namespace duet::test
