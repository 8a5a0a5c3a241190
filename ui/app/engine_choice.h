// Which engine runs the guest.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/cpu/cpu_backend.h"
#include "mmu/ram/ram.h"
#include "ui/app/options.h"

namespace duet::ui {

// What -accel's words stand for on this host; tests put others in its place.
struct EngineMakers {
  std::function<Result<std::unique_ptr<CpuBackend>>()> kvm;  // fails where KVM cannot run a whole PC
  std::function<Result<std::unique_ptr<CpuBackend>>()> tcg;
  std::function<std::string()> statistics = {};  // of the translator, while no vCPU runs; none: nobody counts
};
EngineMakers hostEngines(mmu::Ram& ram, const AccelOption& option);
using HostEngines = std::function<EngineMakers(mmu::Ram&, const AccelOption&)>;

struct EngineChoice {
  std::unique_ptr<CpuBackend> engine;
  std::string line;  // which engine and why; empty when the user named it and got it
};

// The first of the named engines that works here; when none does, the reasons.
Result<EngineChoice> chooseEngine(const AccelOption& option, const EngineMakers& makers);

}  // namespace duet::ui
