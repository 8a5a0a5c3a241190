#include "tools/diff/lockstep/replayer.h"

#include <fmt/format.h>

namespace duet::diff::lockstep {

void Replayer::begin(const Segment& segment) {
  segment_ = &segment;
  next_ = 0;
  standing_ = segment.standing;
  divergence_.clear();
  takeEffects();
}

void Replayer::end(bool whole) {
  if (whole && next_ < segment_->entries.size())
    diverge(fmt::format("does not do what the leading side does: it {}",
                        callText(std::get<CallEntry>(segment_->entries[next_]).call)));
  segment_ = nullptr;
}

void Replayer::takeEffects() {
  for (; next_ < segment_->entries.size(); ++next_) {
    const Entry& entry = segment_->entries[next_];
    if (const auto* written = std::get_if<RamWritten>(&entry))
      effects_.ram(*written);
    else if (const auto* changed = std::get_if<MapChanged>(&entry))
      effects_.map(*changed->map);
    else
      return;
  }
}

void Replayer::diverge(std::string how) {
  if (!divergence_.empty()) return;
  divergence_ = std::move(how);
  effects_.diverged();
}

Answer Replayer::call(const Call& call) {
  constexpr Answer kNothing{~u64{0}, MsrAccess::Done};  // as where no device is; no interrupt
  if (!segment_) {                                      // a state goes in
    if (call.kind == CallKind::SetTaskPriority) standing_.taskPriority = static_cast<u8>(call.value);
    return kNothing;
  }
  if (!divergence_.empty()) return kNothing;
  if (next_ >= segment_->entries.size()) {
    diverge(fmt::format("{}, the leading side does nothing of the kind", callText(call)));
    return kNothing;
  }
  const auto& entry = std::get<CallEntry>(segment_->entries[next_]);
  if (!(entry.call == call)) {
    diverge(fmt::format("{}, the leading side {}", callText(call), callText(entry.call)));
    return kNothing;
  }
  ++next_;
  standing_ = entry.after;
  takeEffects();
  return entry.answer;
}

}  // namespace duet::diff::lockstep
