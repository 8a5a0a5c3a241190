// What every guest device promises, as checks any device can be put through.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bus/address_space.h"
#include "core/bus/io_handler.h"
#include "core/bus/irq_line.h"
#include "core/device/device.h"
#include "core/memory/guest_memory.h"
#include "core/time/timer_queue.h"

namespace duet::contract {

// Everything a device may be given; one a device, so that two of a kind are strangers to each other.
struct World {
  VirtualClock clock{VirtualClock::Kind::Counted};
  TimerQueue timers{clock};
  AddressSpace memory{"memory", u64{1} << 40};
  AddressSpace ports{"ports", 0x10000};
  struct Sink : IrqSink {
    void setIrqLevel(unsigned, bool) override { ++calls; }
    std::atomic<u64> calls = 0;
  } irqs;
  virtual ~World() = default;
};

struct RangeInfo {
  unsigned range;
  u64 size;  // bytes the board maps
};

// One device with its world. `keep` owns what the device refers to.
struct Specimen {
  std::shared_ptr<World> world;
  std::shared_ptr<void> keep;
  Device* device = nullptr;
  StatefulDevice* stateful = nullptr;  // nullptr: has no state
  IoHandler* io = nullptr;             // nullptr: no registers
  std::vector<RangeInfo> ranges;
};

struct Candidate {
  std::string name;
  std::function<Specimen()> make;
};

// Each returns what was wrong, or nothing.
using Complaint = std::optional<std::string>;
Complaint checkResetIdempotent(const Candidate& candidate);
Complaint checkSaveLoadSave(const Candidate& candidate);
Complaint checkFreshDeviceAnswersAlike(const Candidate& candidate);
Complaint checkDamagedInputRefused(const Candidate& candidate);
Complaint checkAnySizeAnyOffset(const Candidate& candidate);
Complaint checkStormFromThreads(const Candidate& candidate);

struct Check {
  const char* name;
  Complaint (*run)(const Candidate&);
};
const std::vector<Check>& allChecks();

// All devices of the machine (device_list.cpp). A new device is one entry there.
const std::vector<Candidate>& allDevices();

}  // namespace duet::contract
