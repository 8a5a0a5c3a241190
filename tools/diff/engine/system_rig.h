// Cases of the system world on a vCPU: the state and the physical pages as the case has them, nothing around.
#pragma once

#include <memory>

#include "tools/diff/engine/case_memory.h"
#include "tools/diff/engine/run_limit.h"
#include "tools/diff/engine/vcpu_rig.h"

namespace duet::diff {

// What the processor below an engine cannot take as it stands.
struct SystemQuirks {
  // QEMU 7.2 ends itself when a task register that VMRUN loaded as busy, which is what processors hold, gives an inner stack,
  // and refuses it ports: it is loaded as available instead. KVM tells it as busy either way.
  bool taskAsAvailable = false;
  // Nor does it check segments' limits and types, or alignment, at an access.
  bool noAccessChecks = false;
  // It stands still, and the laboratory with it, when a guest without paging sets EFER.LME.
  bool noLongModeSwitch = false;
};

class SystemRig {
 public:
  // For all cases that share `memory`.
  static Result<std::unique_ptr<SystemRig>> make(const BackendFactory& factory, std::string_view cpu,
                                                 std::shared_ptr<const Memory> memory);
  void setQuirks(const SystemQuirks& quirks) { quirks_ = quirks; }
  void run(const Case& in, RunLimit& limit, Outcome& out);
  const std::shared_ptr<const Memory>& memory() const { return pages_->memory(); }

 private:
  std::unique_ptr<VcpuRig> rig_;
  SystemQuirks quirks_;
  std::unique_ptr<CaseMemory> pages_;
};

}  // namespace duet::diff
