#include "core/cpu/kvm_registers.h"

#include "core/base/bits.h"
#include "core/cpu/registers.h"

namespace duet {
namespace {

using Registers = ModelSpecificRegisters;

#define DUET_FEATURE_ID(id, ...) Feature::id,
constexpr Feature kParavirtual[] = {DUET_KVM_FEATURES(DUET_FEATURE_ID)};
#undef DUET_FEATURE_ID

constexpr KvmRegister kRegisters[] = {
    {kMsrKvmWallClock, &Registers::kvmWallClock, Feature::Kvmclock},
    {kMsrKvmSystemTime, &Registers::kvmSystemTime, Feature::Kvmclock},
    {kMsrKvmAsyncPf, &Registers::kvmAsyncPf, Feature::KvmAsyncPf},
    {kMsrKvmStealTime, &Registers::kvmStealTime, Feature::KvmStealTime},
    {kMsrKvmPvEoi, &Registers::kvmPvEoi, Feature::KvmPvEoi},
    {kMsrKvmPollControl, &Registers::kvmPollControl, Feature::KvmPollControl},
    {kMsrKvmAsyncPfInt, &Registers::kvmAsyncPfInt, Feature::KvmAsyncPfInt},
    {kMsrKvmWallClockOld, &Registers::kvmWallClock, Feature::KvmclockOld},
    {kMsrKvmSystemTimeOld, &Registers::kvmSystemTime, Feature::KvmclockOld},
};

u64 reservedBits(const CpuModel& model, u32 index) {
  switch (index) {
    case kMsrKvmAsyncPf: {
      constexpr u64 kAsVmExit = bit(2), kAsInterrupt = bit(3);
      return bit(4) | bit(5) | kAsVmExit | (model.has(Feature::KvmAsyncPfInt) ? 0 : kAsInterrupt);
    }
    case kMsrKvmAsyncPfInt:
      return ~u64{0xff};
    case kMsrKvmStealTime:
      return 0x3e;
    case kMsrKvmPvEoi:
      return bit(1);
    case kMsrKvmPollControl:
      return ~u64{1};
    default:
      return 0;
  }
}

}  // namespace

std::span<const Feature> paravirtualFeatures() { return kParavirtual; }
std::span<const KvmRegister> kvmRegisters() { return kRegisters; }

const KvmRegister* findKvmRegister(const CpuModel& model, u32 index) {
  for (const KvmRegister& r : kRegisters)
    if (r.index == index && model.has(r.feature)) return &r;
  return nullptr;
}

bool kvmRegisterFits(const CpuModel& model, const KvmRegister& r, u64 value) {
  return !(value & reservedBits(model, r.index));
}

}  // namespace duet
