// What a machine does for a debugger, on the control thread.
#include <algorithm>

#include "core/base/assert.h"
#include "core/machine/machine.h"
#include "core/machine/vcpu_thread.h"

namespace duet {

using Cause = DebugStop::Cause;

void Machine::attachDebugger(DebugTarget::Listener listener) {
  pause();
  for (auto& v : vcpus_) v->forgetStop();
  listener_ = std::move(listener);
}

void Machine::detachDebugger(bool goOn) {
  const bool wasRunning = !paused_;
  pause();
  setDebugControls({});
  for (auto& v : vcpus_) v->forgetStop();
  listener_ = {};
  if (wasRunning || goOn) resume();
}

void Machine::stopForDebugger() {
  if (paused_) return;
  pause();
  reportStop();
}

void Machine::setDebugControls(const DebugControls& controls) {
  DUET_ASSERT(paused_);
  controls_ = controls;
  for (auto& v : vcpus_) v->vcpu().setDebug(controls);
}

Vcpu& Machine::vcpu(size_t index) {
  DUET_ASSERT(paused_);
  return vcpus_.at(index)->vcpu();
}

Result<> Machine::writeVcpuState(size_t index, const CpuState& state) {
  CpuState before;
  vcpu(index).saveState(before);
  if (auto ok = vcpu(index).loadState(state); !ok) return ok;
  if (codeAddress(before) != codeAddress(state)) vcpus_[index]->setShown(false);
  return {};
}

void Machine::go(const DebugMotion& motion) {
  DUET_ASSERT(paused_ && motion.vcpus.size() == vcpus_.size());
  const auto moves = [](VcpuMotion m) { return m != VcpuMotion::Stay; };
  if (reportUnseenStop() || std::none_of(motion.vcpus.begin(), motion.vcpus.end(), moves))
    return reportStop();
  paused_ = false;
  const bool runs =
      std::find(motion.vcpus.begin(), motion.vcpus.end(), VcpuMotion::Run) != motion.vcpus.end();
  if (runs || motion.clockDuringSteps) startClock();
  for (size_t i = 0; i < vcpus_.size(); ++i) {
    if (motion.vcpus[i] == VcpuMotion::Run) vcpus_[i]->release();
    if (motion.vcpus[i] == VcpuMotion::Step) vcpus_[i]->releaseStep(motion.stepEvents);
  }
}

void Machine::noteDebugStop() {
  std::lock_guard lock(requestMutex_);
  requests_.debugStop = true;
  requestArrived_.notify_one();
}

void Machine::serveDebugStop() {
  const auto hasStopped = [](auto& v) { return v->stopped().cause != Cause::None; };
  if (paused_ || std::none_of(vcpus_.begin(), vcpus_.end(), hasStopped)) return;  // reported already
  pause();
  reportStop();
}

// Several vCPUs may have come upon something before all stood still; gdb hears of one. A breakpoint will be met
// again and a step asked for again, but a watched access has happened: it is kept for the next go().
void Machine::reportStop() {
  if (!listener_) return;
  StopEvent event;
  for (size_t i = 0; i < vcpus_.size(); ++i) {
    const DebugStop stop = vcpus_[i]->stopped();
    const bool first = event.kind == StopEvent::Kind::Paused && stop.cause != Cause::None;
    if (first)
      event = {.kind = StopEvent::Kind::Debug, .vcpu = static_cast<unsigned>(i), .stop = stop, .status = 0};
    if (first || stop.cause != Cause::Watchpoint) vcpus_[i]->forgetStop();
    if (first) vcpus_[i]->setShown(true);
  }
  listener_(event);
}

// Whether a watched access waits to be reported; one that nobody watches any more does not.
bool Machine::reportUnseenStop() {
  bool waits = false;
  for (auto& v : vcpus_) {
    const DebugStop stop = v->stopped();
    if (stop.cause != Cause::Watchpoint) continue;
    const bool watched = std::any_of(
        controls_.watchpoints.begin(), controls_.watchpoints.end(),
        [&](const Watchpoint& w) { return w.kind == stop.kind && stop.address - w.address < w.length; });
    if (!watched) v->forgetStop();
    waits |= watched;
  }
  return waits;
}

}  // namespace duet
