// What KVM's guests find in the memory areas they name (Linux Documentation/virt/kvm/x86/msr.rst): writing them, with
// the version that is odd meanwhile, so that a reader on another processor knows when to read again.
#pragma once

#include "core/time/tsc_scale.h"

namespace duet::tcg {

inline constexpr u32 kClockPageSize = 32, kWallClockSize = 12, kStealTimeSize = 64, kPageReadySize = 64,
                     kClockPairingSize = 64;

// struct pvclock_vcpu_time_info
struct ClockPage {
  TscLine line;  // in the vCPU's own TSC
  TscScale scale;
  bool stable = false;   // the same on all vCPUs
  bool stopped = false;  // the guest stood still since it last looked; it clears the flag
};

// `area` is guest memory, aligned to 4 bytes.
void writeClockPage(u8* area, const ClockPage& page);
// struct pvclock_wall_clock: the calendar when paravirtual time was 0, in nanoseconds since 1970.
void writeWallClock(u8* area, u64 time);
// struct kvm_steal_time of a vCPU that begins to run: the time stolen stays, and it is not preempted.
void beginStealTime(u8* area);
// struct kvm_vcpu_pv_apf_data: "page ready" for `token`. False: an earlier one is there still.
bool writePageReady(u8* area, u32 token);
// struct kvm_clock_pairing
void writeClockPairing(u8* area, i64 calendar, u64 tsc);

}  // namespace duet::tcg
