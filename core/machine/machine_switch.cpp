// How a running machine changes engines, on the control thread.
#include <algorithm>
#include <chrono>

#include "core/base/assert.h"
#include "core/base/log.h"
#include "core/machine/machine.h"
#include "core/machine/vcpu_thread.h"

namespace duet {
namespace {

std::vector<CpuState> savedStates(auto& vcpus) {
  std::vector<CpuState> states(vcpus.size());
  for (size_t i = 0; i < vcpus.size(); ++i) vcpus[i]->vcpu().saveState(states[i]);
  return states;
}

double milliseconds(Nanoseconds time) { return static_cast<double>(time) * 1e-6; }

}  // namespace

void Machine::setEngines(CpuBackend& running, std::vector<VcpuEnv> envs, FindEngine find) {
  DUET_ASSERT(envs.size() == vcpus_.size());
  engines_ = std::make_unique<EngineSwitch>(running, std::move(envs), std::move(find));
}

// Guest time that counts instructions is one engine's business.
Result<> Machine::checkSwitchable() const {
  if (!engines_) return fail("this machine has one engine");
  if (clock_.kind() == VirtualClock::Kind::Counted)
    return fail("a deterministic machine stays with its engine, whose instructions its clock counts");
  return {};
}

Result<> Machine::switchEvery(const SwitchPeriod& period) {
  if (auto ok = checkSwitchable(); !ok) return ok;
  if (auto found = engines_->other(); !found) return tl::unexpected(found.error());
  if (auto made = makeOtherVcpus(); !made) return made;
  engines_->setPeriod(timers_, period, [this] { requestSwitchEngine(); });
  beginSwitchPeriod();
  return {};
}

SwitchTimes Machine::switchTimes() const { return engines_ ? engines_->times() : SwitchTimes{}; }

void Machine::beginSwitchPeriod() {
  const u64 steps = engines_->beginPeriod();
  for (auto& v : vcpus_) v->setStepsToSwitch(steps);
}

void Machine::requestSwitchEngine() {
  std::lock_guard lock(requestMutex_);
  requests_.switchEngine = true;
  requestArrived_.notify_one();
}

void Machine::serveSwitch() {
  if (auto ok = switchEngine(); !ok)
    log(LogChannel::Warn, "the engine is not changed: {}", ok.error().message);
}

Result<> Machine::switchEngine() {
  if (auto ok = checkSwitchable(); !ok) return ok;
  if (auto found = engines_->other(); !found) return tl::unexpected(found.error());
  const auto start = std::chrono::steady_clock::now();
  std::vector<VcpuMotion> motions;
  for (auto& v : vcpus_) motions.push_back(v->motion());
  const bool wasPaused = paused_, clockRan = clock_.running();
  pause();
  const Result<> moved = handOver();
  beginSwitchPeriod();
  if (!wasPaused) goOnAfterSwitch(motions, clockRan);
  if (!moved) return moved;
  const Nanoseconds pause = (std::chrono::steady_clock::now() - start).count();
  engines_->note(pause);
  log(LogChannel::Warn, "engine {} goes on after a pause of {:.3f} ms", engines_->running().name(),
      milliseconds(pause));
  return {};
}

// All or nothing: the old engine keeps its state until the new one has taken it, and takes it again when that refuses.
Result<> Machine::handOver() {
  const std::vector<CpuState> states = savedStates(vcpus_);
  Result<> moved = makeOtherVcpus();
  if (moved) {
    engines_->running().setActive(false);
    (*engines_->other())->setActive(true);
    moved = loadOther(states);
    if (moved) {
      for (auto& v : vcpus_) v->changeEngine();
      engines_->changePlaces();
      return {};
    }
    (*engines_->other())->setActive(false);
    engines_->running().setActive(true);
  }
  for (size_t i = 0; i < vcpus_.size(); ++i) DUET_ASSERT(vcpus_[i]->vcpu().loadState(states[i]));
  return moved;
}

Result<> Machine::loadOther(const std::vector<CpuState>& states) {
  for (size_t i = 0; i < vcpus_.size(); ++i) {
    vcpus_[i]->other()->setDebug(controls_);
    if (auto ok = vcpus_[i]->other()->loadState(states[i]); !ok)
      return fail("{} refuses the state of vCPU {}: {}", (*engines_->other())->name(), i, ok.error().message);
  }
  return {};
}

Result<> Machine::makeOtherVcpus() {
  if (vcpus_.front()->other()) return {};
  auto made = engines_->makeVcpus();
  if (!made) return tl::unexpected(made.error());
  (*engines_->other())->setActive(false);
  for (size_t i = 0; i < vcpus_.size(); ++i) vcpus_[i]->addOther(std::move((*made)[i]));
  return {};
}

// Each vCPU does what it did before; where one has come upon something for the debugger, all stay as they are and it hears
// of that. What the guest asked for meanwhile and what stops it (sleep, reset) is not run past.
void Machine::goOnAfterSwitch(const std::vector<VcpuMotion>& motions, bool clockRan) {
  const auto stopped = [](auto& v) { return v->stopped().cause != DebugStop::Cause::None; };
  if (listener_ && std::any_of(vcpus_.begin(), vcpus_.end(), stopped)) return reportStop();
  paused_ = false;
  if (clockRan) startClock();
  {
    const std::lock_guard lock(requestMutex_);
    if (asleep_ || requests_.sleep || requests_.reset) return;
  }
  for (size_t i = 0; i < vcpus_.size(); ++i) vcpus_[i]->resumeMotion(motions[i]);
}

}  // namespace duet
