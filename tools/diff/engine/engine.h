// Whatever can carry out a case. The program's table (app/engine_table.cpp) lists them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/cpu/cpu_model.h"
#include "tools/diff/case/case.h"

namespace duet::diff {

// What an engine can be asked.
struct EngineAbilities {
  bool user64 = false, user32 = false, system = false;
  FeatureSet features;  // of the processor that the code runs on
  CpuVendor vendor = CpuVendor::Intel;
  // What of a processor's checks of accesses it makes. QEMU makes neither; cases of the system world are made accordingly.
  bool segmentChecks = true, alignmentChecks = true;
  bool longModeSwitch = true;  // code may change EFER.LME
  std::string
      processor;  // for people and for recorded vectors: CPU model and microcode, or the program's version
  bool can(World w) const { return w == World::User64 ? user64 : w == World::User32 ? user32 : system; }
};

// Threads: one at a time. Cases are independent of each other: an engine leaves nothing from one to the next.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::string_view name() const = 0;
  virtual const EngineAbilities& abilities() const = 0;
  // Carries out every case; `outcomes` has as many. What a case does is data, whatever it is; the error is that the engine
  // itself is gone (a child process that died and could not be started again).
  virtual Result<> run(std::span<const Case> cases, std::span<Outcome> outcomes) = 0;
};

}  // namespace duet::diff
