#include "tools/diff/lockstep/lockstep_backend.h"

#include "tools/diff/lockstep/lockstep_vcpu.h"

namespace duet::diff::lockstep {
namespace {

// Two processors draw two numbers; and one that is put back to a checkpoint would tell the guest of pages to wait for.
constexpr Feature kUnrepeatable[] = {Feature::Rdrand, Feature::Rdseed, Feature::KvmAsyncPf,
                                     Feature::KvmAsyncPfInt};

}  // namespace

LockstepBackend::LockstepBackend(mmu::Ram& ram, LockstepSettings settings, LockstepReport& report)
    : ram_(ram), settings_(std::move(settings)), report_(report) {}

LockstepBackend::~LockstepBackend() = default;

Result<std::unique_ptr<LockstepBackend>> LockstepBackend::make(mmu::Ram& ram, LockstepSettings settings,
                                                               LockstepReport& report) {
  std::unique_ptr<LockstepBackend> made(new LockstepBackend(ram, std::move(settings), report));
  auto left = made->settings_.left(ram);
  if (!left) return tl::unexpected(left.error());
  made->left_ = std::move(*left);
  mmu::Ram none;
  auto right = made->settings_.right(none);
  if (!right) return tl::unexpected(right.error());
  const EngineCaps other = (*right)->caps();
  made->caps_ = made->left_->caps();
  const auto counts = [](const EngineCaps& caps) { return caps.exactBudget && caps.countsInstructions; };
  if (!counts(made->caps_) || !counts(other))
    return fail("{} does not count steps, so nothing can go in step with it",
                counts(made->caps_) ? made->settings_.rightName : made->settings_.leftName);
  made->caps_.features = made->caps_.features & other.features;
  for (const Feature f : kUnrepeatable) made->caps_.features.remove(f);
  made->caps_.description =
      fmt::format("{} and {} in lock step", made->settings_.leftName, made->settings_.rightName);
  return made;
}

EngineCaps LockstepBackend::caps() const { return caps_; }

Result<std::unique_ptr<Vcpu>> LockstepBackend::createVcpu(const VcpuEnv& env) {
  if (vcpu_) return fail("-smp: lock step is for one processor");
  if (env.clock.kind() != VirtualClock::Kind::Counted)
    return fail("-accel: lock step needs deterministic=on");
  auto made = LockstepVcpu::make(env, ram_, *left_, settings_, report_);
  if (!made) return tl::unexpected(made.error());
  vcpu_ = made->get();
  return std::move(*made);
}

void LockstepBackend::memoryMapChanged() {
  if (vcpu_) vcpu_->memoryMapChanged();
}

}  // namespace duet::diff::lockstep
