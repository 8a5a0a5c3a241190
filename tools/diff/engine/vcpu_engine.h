// duet's own engines as witnesses: everything behind CpuBackend.
#pragma once

#include <memory>

#include "tools/diff/engine/engine.h"
#include "tools/diff/engine/system_rig.h"
#include "tools/diff/engine/user_rig.h"

namespace duet::diff {

struct VcpuEngineOptions {
  std::string name;
  std::string cpu = "max";  // as -cpu takes it
  bool user = true, system = true;
  bool countsSteps = true;  // cheaply; else a time limit ends a run
  SystemQuirks quirks = {};
  std::string processor = {};  // for people; empty: the engine and its model
};

// Keeps the machine of the last memory of either kind, so cases that share their memory should come one after the other.
class VcpuEngine final : public Engine {
 public:
  static Result<std::unique_ptr<VcpuEngine>> make(VcpuEngineOptions options, BackendFactory factory);

  std::string_view name() const override { return options_.name; }
  const EngineAbilities& abilities() const override { return abilities_; }
  Result<> run(std::span<const Case> cases, std::span<Outcome> outcomes) override;

 private:
  bool ranOutOfTime(const Outcome& out) const;
  void runUser(const Case& in, Outcome& out);
  void runSystem(const Case& in, Outcome& out);
  VcpuEngine(VcpuEngineOptions options, BackendFactory factory)
      : options_(std::move(options)), factory_(std::move(factory)), limit_(options_.countsSteps) {}

  VcpuEngineOptions options_;
  BackendFactory factory_;
  EngineAbilities abilities_;
  RunLimit limit_;
  std::unique_ptr<UserRig> user_;
  std::unique_ptr<SystemRig> system_;
};

}  // namespace duet::diff
