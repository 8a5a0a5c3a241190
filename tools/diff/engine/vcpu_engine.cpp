#include "tools/diff/engine/vcpu_engine.h"

#include "core/base/assert.h"

namespace duet::diff {
namespace {

// A machine refused because of the case is the case's outcome, not the engine's end.
template <class Rig>
bool makeRig(std::unique_ptr<Rig>& rig, const BackendFactory& factory, const std::string& cpu, const Case& in,
             Outcome& out) {
  if (rig && rig->memory() == in.memory) return true;
  rig.reset();
  auto made = Rig::make(factory, cpu, in.memory);
  if (!made) {
    out = {};
    out.why = made.error().message;
    return false;
  }
  rig = std::move(*made);
  return true;
}

}  // namespace

Result<std::unique_ptr<VcpuEngine>> VcpuEngine::make(VcpuEngineOptions options, BackendFactory factory) {
  auto rig = VcpuRig::make(factory, options.cpu, sizeof(PageBytes));
  if (!rig) return tl::unexpected(rig.error());
  std::unique_ptr<VcpuEngine> engine(new VcpuEngine(std::move(options), std::move(factory)));
  const CpuModel& model = (*rig)->model();
  EngineAbilities& a = engine->abilities_;
  a.user64 = a.user32 = engine->options_.user;
  a.system = engine->options_.system;
  a.features = model.features();
  a.vendor = model.vendor();
  a.longModeSwitch = !engine->options_.quirks.noLongModeSwitch;
  a.segmentChecks = a.alignmentChecks = !engine->options_.quirks.noAccessChecks;
  a.processor = engine->options_.processor;
  if (a.processor.empty())
    a.processor = fmt::format("duet {} -cpu {}", engine->options_.name, engine->options_.cpu);
  return engine;
}

// A busy host may have held the engine up: only what takes as long a second time does not end.
bool VcpuEngine::ranOutOfTime(const Outcome& out) const {
  return !options_.countsSteps && out.ending == Ending::Steps;
}

// A machine that an engine's fault may have left in any state is not used again.
void VcpuEngine::runSystem(const Case& in, Outcome& out) {
  if (makeRig(system_, factory_, options_.cpu, in, out)) {
    system_->setQuirks(options_.quirks);
    system_->run(in, limit_, out);
    if (ranOutOfTime(out)) system_->run(in, limit_, out);
  }
  if (out.ending == Ending::Unsupported) system_.reset();
}

void VcpuEngine::runUser(const Case& in, Outcome& out) {
  if (makeRig(user_, factory_, options_.cpu, in, out)) {
    user_->run(in, limit_, out);
    if (ranOutOfTime(out)) user_->run(in, limit_, out);
  }
  if (out.ending == Ending::Unsupported) user_.reset();
}

Result<> VcpuEngine::run(std::span<const Case> cases, std::span<Outcome> outcomes) {
  DUET_ASSERT(cases.size() == outcomes.size());
  for (size_t i = 0; i < cases.size(); ++i) {
    const Case& in = cases[i];
    if (!abilities_.can(in.world)) {
      outcomes[i] = {};
      outcomes[i].why = fmt::format("{} does not run this world", options_.name);
    } else if (in.world == World::System) {
      runSystem(in, outcomes[i]);
    } else {
      runUser(in, outcomes[i]);
    }
  }
  return {};
}

}  // namespace duet::diff
