#include "tests/contract/engine/broken_engines.h"

namespace duet::test {
namespace {

// A vCPU that passes everything on; the broken ones override one method.
class Relay : public Vcpu {
 public:
  explicit Relay(std::unique_ptr<Vcpu> inner) : inner_(std::move(inner)) {}
  VcpuExit run(const RunBudget& budget) override { return inner_->run(budget); }
  VcpuExit step() override { return inner_->step(); }
  void requestExit() override { inner_->requestExit(); }
  void saveState(CpuState& out) override { inner_->saveState(out); }
  Result<> loadState(const CpuState& in) override { return inner_->loadState(in); }

 protected:
  std::unique_ptr<Vcpu> inner_;
};

// Runs one instruction too many.
class Overrunning final : public Relay {
 public:
  using Relay::Relay;
  VcpuExit run(const RunBudget& budget) override {
    return Relay::run({budget.instructions == ~u64{0} ? budget.instructions : budget.instructions + 1});
  }
};

class DoubleStepping final : public Relay {
 public:
  using Relay::Relay;
  VcpuExit step() override {
    Relay::step();
    return Relay::step();
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

// Forgets one register when it is saved.
class Forgetful final : public Relay {
 public:
  using Relay::Relay;
  void saveState(CpuState& out) override {
    Relay::saveState(out);
    out.gpr[kRbx] = 0;
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
    for (u64 n = 0; n < budget.instructions; ++n) {
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
  void initReset() override {}

 private:
  LocalInterruptController& inner_;
};

using Wrap = std::function<std::unique_ptr<Vcpu>(std::unique_ptr<Vcpu>)>;

// An engine whose vCPUs are wrapped, or whose view of the machine is.
class BrokenBackend final : public CpuBackend {
 public:
  enum class Spoil : u8 { Nothing, Ports, Interrupts, CodeModified, MemoryMap, WritableRom };

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
    const VcpuEnv seen{env.index,
                       env.memory,
                       env.physical,
                       spoil_ == Spoil::Ports ? *ports_ : env.ports,
                       spoil_ == Spoil::Interrupts ? *deaf_ : env.interrupts,
                       env.mailbox,
                       env.clock,
                       env.model};
    auto made = inner_->createVcpu(seen);
    if (!made || !wrap_) return made;
    return wrap_(std::move(*made));
  }
  void memoryMapChanged() override {
    if (spoil_ != Spoil::MemoryMap) inner_->memoryMapChanged();
  }
  void codeModified(Gpa address, u64 length) override {
    if (spoil_ != Spoil::CodeModified) inner_->codeModified(address, length);
  }

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
      {"forgets a register", {"stateRoundTrip", "handOver"}, make(wrapIn<Forgetful>())},
      {"forgets a flag", {"stateRoundTrip", "handOver"}, make(wrapIn<ForgettingFlags>())},
      {"loses the interrupt shadow", {"stateRoundTrip"}, make(wrapIn<LosingShadow>())},
      {"accepts any state", {"impossibleStateIsRefused"}, make(wrapIn<Credulous>())},
      {"forgets a request to exit", {"cancelIsSticky"}, make(wrapIn<NotSticky>())},
      {"does not halt", {"adder", "haltThenInterrupt"}, make(wrapIn<Sleepless>())},
      {"has no shadow after STI", {"stiShadow"}, make(wrapIn<Shadowless>())},
      {"splits port accesses", {"portSizes"}, make({}, Spoil::Ports)},
      {"never takes interrupts", {"haltThenInterrupt", "stiShadow"}, make({}, Spoil::Interrupts)},
      {"misses modified code", {"codeChangedFromOutside"}, make({}, Spoil::CodeModified)},
      {"misses a new memory map", {"memoryMapChange"}, make({}, Spoil::MemoryMap)},
      {"writes to ROM", {"romWrite"}, make({}, Spoil::WritableRom)},
  };
}

}  // namespace duet::test
