#include "core/machine/machine.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>

#include "core/base/assert.h"
#include "core/base/log.h"
#include "core/machine/vcpu_thread.h"

namespace duet {
namespace {

constexpr u32 kCpuStateVersion = 4;  // 2: IA32_PKRS; 3: latched NMI, SMI, INIT; 4: KVM's registers

static_assert(std::is_trivially_copyable_v<CpuState>);

SnapshotSection cpuSection(size_t index, const CpuState& state) {
  SnapshotSection section;
  section.name = fmt::format("cpu{}", index);
  section.version = kCpuStateVersion;
  section.data.resize(sizeof state);
  std::memcpy(section.data.data(), &state, sizeof state);
  return section;
}

Result<CpuState> cpuFromSection(const Snapshot& snapshot, size_t index) {
  const SnapshotSection* section = snapshot.find(fmt::format("cpu{}", index));
  if (!section) return fail("snapshot: it has no vCPU {}", index);
  if (section->version != kCpuStateVersion || section->data.size() != sizeof(CpuState))
    return fail("snapshot: state of vCPU {} is of another version", index);
  CpuState state;
  std::memcpy(static_cast<void*>(&state), section->data.data(), sizeof state);
  return state;
}

// Guest time, which is every vCPU's and every device's: what they hold are moments of it.
constexpr u32 kClockVersion = 1;
struct ClockState {
  Nanoseconds time = 0;
  u64 tsc = 0;
  TscLine paravirtual;
};

SnapshotSection clockSection(const VirtualClock& clock) {
  const ClockState state{clock.now(), clock.tsc(), clock.paravirtualLine()};
  SnapshotSection section{"clock", kClockVersion, std::vector<u8>(sizeof state)};
  std::memcpy(section.data.data(), &state, sizeof state);
  return section;
}

Result<ClockState> clockFromSection(const Snapshot& snapshot) {
  constexpr Nanoseconds kLongest = Nanoseconds{1} << 60;  // 36 years: sums with deadlines stay within 63 bits
  const SnapshotSection* section = snapshot.find("clock");
  ClockState state;
  if (!section || section->version != kClockVersion || section->data.size() != sizeof state)
    return fail("snapshot: it has no guest time of this version");
  std::memcpy(&state, section->data.data(), sizeof state);
  if (state.time < 0 || state.time > kLongest)
    return fail("snapshot: the guest time {} ns is not possible", state.time);
  return state;
}

}  // namespace

Machine::Machine(VirtualClock& clock, TimerQueue& timers, MachinePolicy policy)
    : clock_(clock), timers_(timers), policy_(policy) {}

Machine::~Machine() { joinThreads(); }

void Machine::addDevice(std::unique_ptr<Device> device) { devices_.push_back(std::move(device)); }

void Machine::addVcpu(std::unique_ptr<Vcpu> vcpu, VcpuMailbox& mailbox) {
  vcpus_.push_back(std::make_unique<VcpuThread>(*this, vcpus_.size(), std::move(vcpu), mailbox));
}

void Machine::setBoot(StartStates boot) { boot_ = std::move(boot); }

void Machine::setWake(StartStates wake) { wake_ = std::move(wake); }

Result<> Machine::resetAll() {
  asleep_ = false;
  for (auto& device : devices_) device->reset();
  return startVcpus(boot_);
}

Result<> Machine::startVcpus(const StartStates& start) {
  auto states = start();
  if (!states) return tl::unexpected(states.error());
  DUET_ASSERT(states->size() == vcpus_.size());
  for (size_t i = 0; i < vcpus_.size(); ++i) {
    // Events of the old life must not reach the new one.
    while (vcpus_[i]->mailbox().take(kMailInterrupt | kMailNmi | kMailSmi | kMailInit | kMailSipi |
                                     kMailUnhalt)) {
    }
    vcpus_[i]->forgetStop();
    if (auto ok = vcpus_[i]->vcpu().loadState((*states)[i]); !ok) return ok;
  }
  return {};
}

Result<> Machine::start() {
  DUET_ASSERT(!vcpus_.empty() && boot_);
  if (auto ok = resetAll(); !ok) return ok;
  for (auto& v : vcpus_) v->start();
  if (!policy_.startPaused) resume();
  return {};
}

void Machine::startClock() {
  clock_.start();
  timers_.start();
}

void Machine::stopClock() {
  timers_.stop();
  clock_.stop();
}

void Machine::pause() {
  if (paused_) return;
  for (auto& v : vcpus_) v->askToPark();
  for (auto& v : vcpus_) v->waitParked();
  stopClock();
  paused_ = true;
}

void Machine::resume() {
  if (!paused_) return;
  paused_ = false;
  startClock();
  if (asleep_) return;
  for (auto& v : vcpus_) v->release();
}

void Machine::fallAsleep() {
  if (asleep_) return;
  log(LogChannel::Machine, "asleep");
  for (auto& v : vcpus_) v->askToPark();
  for (auto& v : vcpus_) v->waitParked();
  asleep_ = true;
  if (clock_.kind() == VirtualClock::Kind::Counted) passTimeAsleep();
}

// Counted time stands still without instructions: go from timer to timer until one asks for something.
void Machine::passTimeAsleep() {
  for (;;) {
    {
      const std::lock_guard lock(requestMutex_);
      if (requests_.any()) return;
    }
    const Nanoseconds next = timers_.nextDeadline();
    if (next == std::numeric_limits<Nanoseconds>::max()) return;
    clock_.advanceTo(next);
    timers_.runDue();
  }
}

Result<> Machine::wakeUp() {
  if (!asleep_) return {};
  log(LogChannel::Machine, "awake");
  const bool wasPaused = paused_;
  pause();
  asleep_ = false;
  for (auto& device : devices_) device->wake();
  if (auto ok = startVcpus(wake_); !ok) return ok;
  if (!wasPaused) resume();
  return {};
}

bool Machine::paused() const { return paused_; }

void Machine::joinThreads() {
  for (auto& v : vcpus_) v->askToPark();
  for (auto& v : vcpus_) v->end();
  stopClock();
  paused_ = true;
}

MachineEnd Machine::runUntilEnd() {
  std::optional<MachineEnd> end;
  while (!end) {
    Requests now;
    {
      std::unique_lock lock(requestMutex_);
      requestArrived_.wait(lock, [&] { return requests_.any(); });
      now = std::exchange(requests_, {});
    }
    serveCalls(now);
    end = std::move(now.end);
    if (now.powerOff && !end && policy_.noShutdown) {
      pause();
      reportStop();
    } else if (now.powerOff && !end) {
      end = MachineEnd{EndReason::PowerOff, 0, {}};
    }
    if (now.reset && !end) serveReset(end);
    if ((now.sleep || now.wake) && !now.reset && !end) serveSleep(now, end);
    if (now.switchEngine && !end) serveSwitch();
    if (now.pauseToggle && !end) servePauseToggle();
    if (now.debugStop && !end) serveDebugStop();
  }
  joinThreads();
  if (listener_) listener_({.kind = StopEvent::Kind::Ended, .vcpu = 0, .stop = {}, .status = end->status});
  endCalls();
  return *end;
}

void Machine::serveReset(std::optional<MachineEnd>& end) {
  if (policy_.noReboot) {
    end = MachineEnd{EndReason::Reset, 0, {}};
    return;
  }
  log(LogChannel::Machine, "reset");
  const bool goOn = !paused_ || !listener_;
  pause();
  if (auto ok = resetAll(); !ok) {
    end = MachineEnd{EndReason::EngineFault, 1, ok.error().message};
  } else if (goOn) {
    resume();
  }
}

void Machine::serveSleep(const Requests& requests, std::optional<MachineEnd>& end) {
  if (requests.sleep) fallAsleep();
  if (!requests.wake) return;
  if (auto ok = wakeUp(); !ok) end = MachineEnd{EndReason::EngineFault, 1, ok.error().message};
}

void Machine::servePauseToggle() {
  if (!paused_) {
    pause();
    reportStop();
  } else if (listener_) {
    log(LogChannel::Warn, "a debugger holds the machine; let it go on from there");
    return;
  } else {
    resume();
  }
  log(LogChannel::Machine, "{}", paused_ ? "paused" : "running");
}

void Machine::serveCalls(Requests& requests) {
  for (PendingCall* call : requests.calls) {
    (*call->work)();
    const std::lock_guard lock(requestMutex_);
    call->done = call->ran = true;
    callDone_.notify_all();
  }
}

// Nobody will serve them any more.
void Machine::endCalls() {
  const std::lock_guard lock(requestMutex_);
  ended_ = true;
  for (PendingCall* call : requests_.calls) call->done = true;
  requests_.calls.clear();
  callDone_.notify_all();
}

bool Machine::call(const std::function<void()>& work) {
  PendingCall call{&work};
  std::unique_lock lock(requestMutex_);
  if (ended_) return false;
  requests_.calls.push_back(&call);
  requestArrived_.notify_one();
  callDone_.wait(lock, [&] { return call.done; });
  return call.ran;
}

void Machine::requestReset() {
  std::lock_guard lock(requestMutex_);
  requests_.reset = true;
  requestArrived_.notify_one();
}

void Machine::requestEnd(MachineEnd end) {
  std::lock_guard lock(requestMutex_);
  if (!requests_.end) requests_.end = std::move(end);
  requestArrived_.notify_one();
}

void Machine::requestPowerOff() {
  std::lock_guard lock(requestMutex_);
  requests_.powerOff = true;
  requestArrived_.notify_one();
}

void Machine::requestSleep() {
  for (auto& v : vcpus_) v->askToPark();
  std::lock_guard lock(requestMutex_);
  requests_.sleep = true;
  requestArrived_.notify_one();
}

void Machine::requestWake() {
  std::lock_guard lock(requestMutex_);
  requests_.wake = true;
  requestArrived_.notify_one();
}

void Machine::requestPauseToggle() {
  std::lock_guard lock(requestMutex_);
  requests_.pauseToggle = true;
  requestArrived_.notify_one();
}

Result<Snapshot> Machine::save() {
  DUET_ASSERT(paused_);
  Snapshot snapshot;
  if (auto ok = snapshot.add(clockSection(clock_)); !ok) return tl::unexpected(ok.error());
  for (size_t i = 0; i < vcpus_.size(); ++i) {
    CpuState state;
    vcpus_[i]->vcpu().saveState(state);
    if (auto ok = snapshot.add(cpuSection(i, state)); !ok) return tl::unexpected(ok.error());
  }
  for (auto& device : devices_) {
    auto* stateful = dynamic_cast<StatefulDevice*>(device.get());
    if (!stateful) continue;
    SnapshotSection section{std::string(device->name()), stateful->stateVersion(), stateful->saveState()};
    if (auto ok = snapshot.add(std::move(section)); !ok) return tl::unexpected(ok.error());
  }
  return snapshot;
}

// All or nothing: what was there before is kept aside and put back when a part refuses.
Result<> Machine::load(const Snapshot& snapshot) {
  DUET_ASSERT(paused_);
  auto before = save();
  if (!before) return tl::unexpected(before.error());
  auto apply = [this](const Snapshot& from) -> Result<> {
    auto time = clockFromSection(from);
    if (!time) return tl::unexpected(time.error());
    clock_.restore(time->time, time->tsc);
    clock_.setParavirtualLine(time->paravirtual);
    for (auto& device : devices_) {
      auto* stateful = dynamic_cast<StatefulDevice*>(device.get());
      if (!stateful) continue;
      const SnapshotSection* section = from.find(device->name());
      if (!section) return fail("snapshot: it has no device '{}'", device->name());
      if (auto ok = stateful->loadState(section->data, section->version); !ok) return ok;
    }
    for (size_t i = 0; i < vcpus_.size(); ++i) {
      auto state = cpuFromSection(from, i);
      if (!state) return tl::unexpected(state.error());
      if (auto ok = vcpus_[i]->vcpu().loadState(*state); !ok) return ok;
    }
    return {};
  };
  Result<> loaded = apply(snapshot);
  if (!loaded) DUET_ASSERT(apply(*before));
  return loaded;
}

}  // namespace duet
