// Going on: c, s, vCont.
#include "ui/monitor/gdb/replies.h"
#include "ui/monitor/gdb/session.h"

namespace duet::ui::gdb {
namespace {

struct Action {
  VcpuMotion motion = VcpuMotion::Stay;
  std::optional<std::pair<u64, u64>> range;
};

// Eats c, Csig, s, Ssig, t or rFIRST,LAST. Signals are read and forgotten: a machine has none.
std::optional<Action> takeAction(std::string_view& text) {
  if (text.empty()) return {};
  const char verb = text.front();
  text.remove_prefix(1);
  if (verb == 't') return Action{};
  if (verb == 'r') {
    const auto first = takeHex(text);
    if (!first || !take(text, ",")) return {};
    const auto last = takeHex(text);
    if (!last) return {};
    return Action{VcpuMotion::Step, std::pair(*first, *last)};
  }
  if ((verb == 'C' || verb == 'S') && !takeHex(text)) return {};
  if (verb == 'c' || verb == 'C') return Action{VcpuMotion::Run, {}};
  if (verb == 's' || verb == 'S') return Action{VcpuMotion::Step, {}};
  return {};
}

}  // namespace

// c [ADDRESS], C SIG[;ADDRESS], s and S likewise, for the vCPU of Hc or all; a step leaves the others where they are.
Session::Reply Session::resume(std::string_view text) {
  const auto action = takeAction(text);
  if (!action) return kBad;
  take(text, ";");
  const unsigned chosen = toRun_.value_or(selected_);
  if (const auto address = takeHex(text)) {
    CpuState state = target_.readState(chosen);
    state.rip = *address;
    if (!target_.writeState(chosen, state)) return kBad;
  }
  const bool all = action->motion == VcpuMotion::Run && !toRun_;
  DebugMotion motion;
  motion.vcpus.assign(target_.vcpuCount(), all ? action->motion : VcpuMotion::Stay);
  motion.vcpus[chosen] = action->motion;
  ranges_.clear();
  return go(std::move(motion));
}

// The first action that names a vCPU is its own; one without a name is for all.
Session::Reply Session::resumeThreads(std::string_view text) {
  const unsigned count = target_.vcpuCount();
  std::vector<bool> taken(count);
  DebugMotion motion;
  motion.vcpus.assign(count, VcpuMotion::Stay);
  std::map<unsigned, Range> ranges;
  do {
    const auto action = takeAction(text);
    if (!action) return kBad;
    ThreadId id{.valid = true, .every = true};
    if (take(text, ":")) id = takeThread(text);
    if (!id.valid) return kBad;
    for (unsigned n = id.every ? 0 : id.vcpu; n < (id.every ? count : id.vcpu + 1); ++n) {
      if (taken[n]) continue;
      taken[n] = true;
      motion.vcpus[n] = action->motion;
      if (action->range) ranges[n] = {action->range->first, action->range->second};
    }
  } while (take(text, ";"));
  if (!text.empty()) return kBad;
  ranges_ = std::move(ranges);
  return go(std::move(motion));
}

Session::Reply Session::go(DebugMotion motion) {
  motion.stepEvents = stepBits_ & kStepNoIrq ? StepEvents::HoldBack : StepEvents::Take;
  motion.clockDuringSteps = !(stepBits_ & kStepNoTimer);
  motion_ = std::move(motion);
  state_ = State::Running;
  interrupted_ = false;
  target_.go(motion_);
  return {};
}

// Whether a step that has just ended is one of several that gdb asked for at once.
bool Session::stepsOn(const StopEvent& event) {
  if (interrupted_ || event.kind != StopEvent::Kind::Debug || event.stop.cause != DebugStop::Cause::Step)
    return false;
  const auto range = ranges_.find(event.vcpu);
  if (range == ranges_.end()) return false;
  const u64 rip = target_.readState(event.vcpu).rip;
  if (rip < range->second.first || rip >= range->second.last) return false;
  const LinearAddr here = codeAddress(target_.readState(event.vcpu));
  if (points_.count({0, here.value, 1}) || points_.count({1, here.value, 1})) return false;
  target_.go(motion_);
  return true;
}

}  // namespace duet::ui::gdb
