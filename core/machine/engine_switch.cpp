#include "core/machine/engine_switch.h"

#include <algorithm>

namespace duet {
namespace {

constexpr size_t kKept = 1000;
constexpr u64 kNoLimit = ~u64{0};

}  // namespace

EngineSwitch::EngineSwitch(CpuBackend& running, std::vector<VcpuEnv> envs, FindEngine find)
    : running_(&running), envs_(std::move(envs)), find_(std::move(find)) {}

Result<CpuBackend*> EngineSwitch::other() {
  if (other_) return other_;
  auto found = find_();
  if (found) other_ = *found;
  return found;
}

Result<std::vector<std::unique_ptr<Vcpu>>> EngineSwitch::makeVcpus() {
  std::vector<std::unique_ptr<Vcpu>> vcpus;
  for (const VcpuEnv& env : envs_) {
    auto vcpu = other_->createVcpu(env);
    if (!vcpu) return tl::unexpected(vcpu.error());
    vcpus.push_back(std::move(*vcpu));
  }
  return vcpus;
}

void EngineSwitch::setPeriod(TimerQueue& timers, const SwitchPeriod& period, std::function<void()> request) {
  period_ = period;
  clock_ = &timers.clock();
  timer_ = std::make_unique<Timer>(timers, std::move(request));
}

u64 EngineSwitch::beginPeriod() {
  if (!period_.any()) return kNoLimit;
  const bool counts = period_.instructions && running_->caps().countsInstructions;
  if (counts) return period_.instructions;
  timer_->arm(clock_->now() + (period_.time ? period_.time : static_cast<Nanoseconds>(period_.instructions)));
  return kNoLimit;
}

void EngineSwitch::note(Nanoseconds pause) {
  if (pauses_.size() < kKept)
    pauses_.push_back(pause);
  else
    pauses_[count_ % kKept] = pause;
  ++count_;
  worst_ = std::max(worst_, pause);
}

SwitchTimes EngineSwitch::times() const {
  if (pauses_.empty()) return {};
  std::vector<Nanoseconds> sorted = pauses_;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return {count_, *middle, worst_};
}

}  // namespace duet
