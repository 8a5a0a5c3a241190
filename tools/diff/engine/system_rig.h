// Cases of the system world on a vCPU: the state and the physical pages as the case has them, nothing around.
#pragma once

#include <memory>

#include "tools/diff/engine/case_memory.h"
#include "tools/diff/engine/run_limit.h"
#include "tools/diff/engine/vcpu_rig.h"

namespace duet::diff {

class SystemRig {
 public:
  // For all cases that share `memory`.
  static Result<std::unique_ptr<SystemRig>> make(const BackendFactory& factory, std::string_view cpu,
                                                 std::shared_ptr<const Memory> memory);
  void run(const Case& in, RunLimit& limit, Outcome& out);
  const std::shared_ptr<const Memory>& memory() const { return pages_->memory(); }

 private:
  std::unique_ptr<VcpuRig> rig_;
  std::unique_ptr<CaseMemory> pages_;
};

}  // namespace duet::diff
