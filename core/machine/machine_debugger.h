// The debugger's way into a Machine: every request is carried out on the machine's control thread.
#pragma once

#include "core/machine/debug_target.h"
#include "core/machine/machine.h"
#include "core/memory/guest_memory.h"

namespace duet {

// Lives no longer than the machine. Requests made before Machine::runUntilEnd() wait for it.
class MachineDebugger final : public DebugTarget {
 public:
  MachineDebugger(Machine& machine, GuestMemory& memory) : machine_(machine), memory_(memory) {}

  unsigned vcpuCount() const override;
  bool attach(Listener listener) override;
  void detach(bool goOn) override;
  void stop() override;
  void go(const DebugMotion& motion) override;
  void reset() override;
  void end() override;
  void setControls(const DebugControls& controls) override;
  CpuState readState(unsigned vcpu) override;
  Result<> writeState(unsigned vcpu, const CpuState& state) override;
  size_t readLinear(unsigned vcpu, LinearAddr address, std::span<u8> out) override;
  bool writeLinear(unsigned vcpu, LinearAddr address, std::span<const u8> data) override;
  size_t readPhysical(Gpa address, std::span<u8> out) override;
  bool writePhysical(Gpa address, std::span<const u8> data) override;

 private:
  // On the control thread, if the machine is stopped.
  bool whileStopped(const std::function<void()>& work);

  Machine& machine_;
  GuestMemory& memory_;
};

}  // namespace duet
