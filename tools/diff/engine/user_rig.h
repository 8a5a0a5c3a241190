// Cases of the user worlds on a vCPU: page tables around the case's pages, and handlers that end the run at the first
// exception.
#pragma once

#include <memory>

#include "tools/diff/engine/case_memory.h"
#include "tools/diff/engine/run_limit.h"
#include "tools/diff/engine/vcpu_rig.h"

namespace duet::diff {

class UserRig {
 public:
  // For all cases that share `memory`.
  static Result<std::unique_ptr<UserRig>> make(const BackendFactory& factory, std::string_view cpu,
                                               std::shared_ptr<const Memory> memory);
  void run(const Case& in, RunLimit& limit, Outcome& out);
  const std::shared_ptr<const Memory>& memory() const { return pages_->memory(); }

 private:
  void begin(const Case& in, CpuState& state) const;
  void finish(const Case& in, const VcpuExit& exit, Outcome& out);
  void interrupted(const Case& in, Outcome& out);

  std::unique_ptr<VcpuRig> rig_;
  std::unique_ptr<CaseMemory> pages_;
};

}  // namespace duet::diff
