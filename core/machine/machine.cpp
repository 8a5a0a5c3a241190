#include "core/machine/machine.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "core/base/assert.h"
#include "core/base/log.h"
#include "core/machine/vcpu_thread.h"

namespace duet {
namespace {

constexpr u32 kCpuStateVersion = 2;  // 2: IA32_PKRS

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

}  // namespace

Machine::Machine(VirtualClock& clock, TimerQueue& timers, MachinePolicy policy)
    : clock_(clock), timers_(timers), policy_(policy) {}

Machine::~Machine() { joinThreads(); }

void Machine::addDevice(std::unique_ptr<Device> device) { devices_.push_back(std::move(device)); }

void Machine::addVcpu(std::unique_ptr<Vcpu> vcpu, VcpuMailbox& mailbox) {
  vcpus_.push_back(std::make_unique<VcpuThread>(*this, vcpus_.size(), std::move(vcpu), mailbox));
}

void Machine::setBoot(std::function<Result<std::vector<CpuState>>()> boot) { boot_ = std::move(boot); }

Result<> Machine::resetAll() {
  for (auto& device : devices_) device->reset();
  auto states = boot_();
  if (!states) return tl::unexpected(states.error());
  DUET_ASSERT(states->size() == vcpus_.size());
  for (size_t i = 0; i < vcpus_.size(); ++i) {
    // Events of the old life must not reach the new one.
    while (vcpus_[i]->mailbox().take(kMailInterrupt | kMailNmi | kMailSmi | kMailInit | kMailSipi)) {
    }
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
  for (auto& v : vcpus_) v->release();
}

bool Machine::paused() const { return paused_; }

void Machine::joinThreads() {
  for (auto& v : vcpus_) v->askToPark();
  for (auto& v : vcpus_) v->end();
  stopClock();
  paused_ = true;
}

MachineEnd Machine::runUntilEnd() {
  MachineEnd end;
  for (bool ended = false; !ended;) {
    Requests now;
    {
      std::unique_lock lock(requestMutex_);
      requestArrived_.wait(lock, [&] {
        return requests_.end || requests_.reset || requests_.pauseToggle || requests_.powerOff;
      });
      now = std::exchange(requests_, {});
    }
    if (now.powerOff && !now.end && policy_.noShutdown) {
      pause();
    } else if (now.powerOff && !now.end) {
      now.end = MachineEnd{EndReason::PowerOff, 0, {}};
    }
    if (now.reset && !now.end && policy_.noReboot) now.end = MachineEnd{EndReason::Reset, 0, {}};
    if (now.end) {
      end = *now.end;
      ended = true;
    } else if (now.reset) {
      log(LogChannel::Machine, "reset");
      pause();
      if (auto ok = resetAll(); !ok) {
        end = {EndReason::EngineFault, 1, ok.error().message};
        ended = true;
      } else {
        resume();
      }
    } else if (now.pauseToggle) {
      paused_ ? resume() : pause();
      log(LogChannel::Machine, "{}", paused_ ? "paused" : "running");
    }
  }
  joinThreads();
  return end;
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

void Machine::requestPauseToggle() {
  std::lock_guard lock(requestMutex_);
  requests_.pauseToggle = true;
  requestArrived_.notify_one();
}

Result<Snapshot> Machine::save() {
  DUET_ASSERT(paused_);
  Snapshot snapshot;
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
