// What this host's KVM can really do, found out by trying: names and capability numbers say little of a software KVM.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "cpu-kvm/api/system.h"

namespace duet::kvm {

struct ProbeResult {
  std::string_view name;  // as tests and reports name it
  std::string_view what;  // one line for people
  bool works = false;
  std::string detail;     // what came out when it does not work
  bool essential = true;  // for a whole PC
};

// Runs every probe on a machine of its own, in a few milliseconds of CPU time each, at most 200 on a KVM that hangs.
// Fails only when no guest can be made at all.
Result<std::vector<ProbeResult>> runProbes(const System& system);

// One of them alone. "exact-step": KVM_RUN stops with EFAULT, and the event still to be delivered, when a delivery or
// fetch needs a page that is closed to it.
ProbeResult runProbe(const System& system, std::string_view name);

// "addps, int3": the essential ones that do not work.
std::string failedProbes(std::span<const ProbeResult> probes);

// A whole PC can run on it when all essential probes work, since kernels and firmware depend on each; else why not.
Result<> runsWholePc(std::span<const ProbeResult> probes);
// The same for the choice of an engine: runs the essential probes until one fails.
Result<> runsWholePc(const System& system);

}  // namespace duet::kvm
