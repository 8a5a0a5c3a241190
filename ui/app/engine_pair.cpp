#include "ui/app/engine_pair.h"

namespace duet::ui {
namespace {

struct NamedFeature {
  Feature feature;
  const char* name;
};
constexpr NamedFeature kFeatures[] = {
#define DUET_NAMED_FEATURE(id, name, ...) {Feature::id, name},
    DUET_FEATURES(DUET_NAMED_FEATURE)
#undef DUET_NAMED_FEATURE
};

// Says what runs the guest and how many there are; no engine has to do anything for it.
bool needsNoEngine(Feature f) { return f == Feature::Hypervisor || f == Feature::Ht; }

std::string missing(const FeatureSet& wanted, const FeatureSet& offered) {
  std::string names;
  for (const auto& [feature, name] : kFeatures) {
    if (!wanted.has(feature) || offered.has(feature) || needsNoEngine(feature)) continue;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return names;
}

}  // namespace

EnginePair::EnginePair(EngineChoice choice, EngineMakers makers)
    : makers_(std::move(makers)), line_(std::move(choice.line)), first_(std::move(choice.engine)) {}

Result<std::unique_ptr<EnginePair>> EnginePair::choose(const AccelOption& option, EngineMakers makers,
                                                       bool both) {
  auto choice = chooseEngine(option, makers);
  if (!choice) return tl::unexpected(choice.error());
  std::unique_ptr<EnginePair> pair(new EnginePair(std::move(*choice), std::move(makers)));
  // The translator is there for the asking; a KVM has to be tried first, and that is for those who want one.
  if (!both && pair->first().name() == "tcg") return pair;
  if (auto found = pair->findOther(); !found) return fail("-accel switch-after: {}", found.error().message);
  return pair;
}

Result<> EnginePair::findOther() {
  if (second_) return {};
  auto engine = first_->name() == "tcg" ? makers_.kvm() : makers_.tcg();
  if (!engine) return tl::unexpected(engine.error());
  second_ = std::move(*engine);
  listener_ = second_.get();
  return {};
}

Result<CpuModel> EnginePair::guestCpu(const std::optional<std::string>& cpu) const {
  const FeatureSet features = first_->caps().features;
  if (cpu) return CpuModel::parse(*cpu, features);
  return CpuModel::parse("max", second_ ? features & second_->caps().features : features);
}

Result<CpuBackend*> EnginePair::other(const CpuModel& model) {
  if (auto found = findOther(); !found) return tl::unexpected(found.error());
  const std::string names = missing(model.features(), second_->caps().features);
  if (names.empty()) return second_.get();
  return fail(
      "{} cannot run what the guest's CPU has: {}; start with -accel kvm and no -cpu, or leave it out",
      second_->name(), names);
}

std::string EnginePair::statistics() const {
  return makers_.statistics ? makers_.statistics() : std::string();
}

void EnginePair::memoryMapChanged() {
  first_->memoryMapChanged();
  if (CpuBackend* second = listener_.load()) second->memoryMapChanged();
}

}  // namespace duet::ui
