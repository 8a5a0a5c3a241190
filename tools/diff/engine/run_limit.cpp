#include "tools/diff/engine/run_limit.h"

namespace duet::diff {

RunLimit::RunLimit(bool countsSteps) : counts_(countsSteps) {
  if (!counts_) thread_ = std::thread([this] { watch(); });
}

RunLimit::~RunLimit() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

VcpuExit RunLimit::run(Vcpu& vcpu, u64 steps) {
  if (counts_) return vcpu.run({steps});
  {
    const std::lock_guard lock(mutex_);
    running_ = &vcpu;
    since_ = Clock::now();
    expired_ = false;
  }
  // A request that came too late for the run before ends this one at its start.
  for (;;) {
    VcpuExit exit = vcpu.run({});
    const std::lock_guard lock(mutex_);
    if (exit.reason == ExitReason::Cancelled && !expired_) continue;
    running_ = nullptr;
    if (exit.reason == ExitReason::Cancelled) exit.reason = ExitReason::Budget;
    return exit;
  }
}

// Looks around now and then instead of being told of every run, so that a run costs nothing.
void RunLimit::watch() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, kPatience / 4, [this] { return ending_; })) {
    if (!running_ || Clock::now() - since_ < kPatience) continue;
    expired_ = true;
    running_->requestExit();
  }
}

}  // namespace duet::diff
