#include "tests/guest/runner/guest_machine.h"

#include "tests/guest/layout.h"
#include "tests/guest/runner/pc_rig.h"

namespace duet::test {
namespace {

// A byte written to the port raises that interrupt, once the instruction is over.
class InterruptPort final : public IoHandler {
 public:
  explicit InterruptPort(FakeInterrupts& target) : target_(target) {}
  u64 read(unsigned, u64, unsigned) override { return 0; }
  void write(unsigned, u64, unsigned, u64 value) override { target_.raise(static_cast<u8>(value)); }

 private:
  FakeInterrupts& target_;
};

// The machine of the engine contract: one CPU, no devices but the interrupt port.
class ContractMachine final : public GuestMachine {
 public:
  ContractMachine(std::string_view cpu, const EngineFactory& factory)
      : rig_(factory, cpu), port_(rig_.interrupts) {}
  Result<> build() {
    auto mapped = rig_.ports.mapIo({"interrupt", INTERRUPT_PORT, 1, 0}, port_, 0);
    if (!mapped) return tl::unexpected(mapped.error());
    rig_.engine->memoryMapChanged();
    return {};
  }
  GuestMemory& memory() override { return rig_.memory; }
  const CpuModel& model() override { return *rig_.model; }
  Result<> load(const CpuState& state) override { return rig_.vcpu->loadState(state); }
  GuestEnd run(u64 budget) override { return {nameOf(rig_.run(budget).reason)}; }
  CpuState state() override { return rig_.state(); }

 private:
  EngineRig rig_;
  InterruptPort port_;
};

}  // namespace

std::string nameOf(ExitReason reason) {
  static constexpr const char* kNames[] = {
      "halt",      "wait for SIPI", "shutdown",    "the instruction budget ran out",
      "cancelled", "debug",         "engine fault"};
  return kNames[static_cast<unsigned>(reason)];
}

Result<std::unique_ptr<GuestMachine>> makeGuestMachine(const GuestCase& c, const EngineFactory& factory) {
  if (c.machine == "pc") return PcRig::create(c.cpus, c.cpu, factory);
  auto machine = std::make_unique<ContractMachine>(c.cpu, factory);
  if (auto ok = machine->build(); !ok) return tl::unexpected(ok.error());
  return machine;
}

}  // namespace duet::test
