// The engines by name. A new one is a file with its maker and a line here.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "tools/diff/engine/engine.h"
#include "tools/diff/engine/vcpu_rig.h"

namespace duet::diff {

struct EngineSettings {
  std::string cpu = "max";  // what duet's own engines show
  std::string vectors;      // the file that "recorded" answers from
};

struct EngineEntry {
  std::string_view name, help;
  // Fails with the reason where this host has no such engine.
  Result<std::unique_ptr<Engine>> (*make)(const EngineSettings& settings);
  // Of engines that can run whole machines and count steps; null: cannot go in lock step.
  Result<std::unique_ptr<CpuBackend>> (*backend)(mmu::Ram& ram) = nullptr;
};

std::span<const EngineEntry> engineTable();

// For lock step.
Result<BackendFactory> findBackend(std::string_view name);

Result<std::unique_ptr<Engine>> makeEngine(std::string_view name, const EngineSettings& settings);

}  // namespace duet::diff
