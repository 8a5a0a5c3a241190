#include "tools/diff/engine/vcpu_engine.h"

#include "core/base/assert.h"

namespace duet::diff {
namespace {

// A machine refused because of the case is the case's outcome, not the engine's end.
template <class Rig>
void runOn(std::unique_ptr<Rig>& rig, const BackendFactory& factory, const std::string& cpu, const Case& in,
           RunLimit& limit, Outcome& out) {
  if (!rig || rig->memory() != in.memory) {
    rig.reset();
    auto made = Rig::make(factory, cpu, in.memory);
    if (!made) {
      out = {};
      out.why = made.error().message;
      return;
    }
    rig = std::move(*made);
  }
  rig->run(in, limit, out);
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
  a.processor = fmt::format("duet {} -cpu {}", engine->options_.name, engine->options_.cpu);
  return engine;
}

Result<> VcpuEngine::run(std::span<const Case> cases, std::span<Outcome> outcomes) {
  DUET_ASSERT(cases.size() == outcomes.size());
  for (size_t i = 0; i < cases.size(); ++i) {
    const Case& in = cases[i];
    if (!abilities_.can(in.world)) {
      outcomes[i] = {};
      outcomes[i].why = fmt::format("{} does not run this world", options_.name);
    } else if (in.world == World::System) {
      runOn(system_, factory_, options_.cpu, in, limit_, outcomes[i]);
    } else {
      runOn(user_, factory_, options_.cpu, in, limit_, outcomes[i]);
    }
  }
  return {};
}

}  // namespace duet::diff
