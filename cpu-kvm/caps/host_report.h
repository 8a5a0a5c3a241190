// What this host's KVM offers and what it can really do, for people and for scripts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cpu-kvm/caps/probes.h"

namespace duet::kvm {

struct Capability {
  std::string_view name;  // without KVM_CAP_
  int value;              // 0: not there
};

struct HostReport {
  std::string problem;  // why there is no KVM at all; the rest is empty then
  std::vector<Capability> capabilities;
  std::vector<ProbeResult> probes;
  std::vector<std::string_view> keptExits;  // instructions that need not leave guest mode
  bool wholePc = false;
  std::string verdict;  // one line
};

HostReport reportHost(const std::string& device = System::kDevice);

std::string reportText(const HostReport& report);
// {"kvm": {"usable": bool, "whole_pc": bool, "verdict": text, "problem": text, "capabilities": {name: number},
//  "disable_exits": [name], "probes": [{"name", "what", "works", "detail"}]}}
std::string reportJson(const HostReport& report);

}  // namespace duet::kvm
