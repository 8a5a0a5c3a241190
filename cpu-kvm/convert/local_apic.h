// A local APIC in the kernel's form: a page of registers, IA32_APIC_BASE, IA32_TSC_DEADLINE.
#pragma once

#include <chrono>

#include "core/cpu/interrupt_chips.h"
#include "cpu-kvm/api/kvm_abi.h"

namespace duet::kvm {

struct KvmLocalApic {
  kvm_lapic_state page{};
  u64 base = 0;
  u64 tscDeadline = 0;  // in the guest's TSC; 0: disarmed
};

// `tscOffset`: the guest's TSC minus the clock's. `wideIds`: KVM_CAP_X2APIC_API with 32-bit IDs is on; without it the kernel
// shows an x2APIC ID in bits 31:24.
KvmLocalApic toKvm(const LocalApicImage& in, u64 tscOffset, bool wideIds);
LocalApicImage fromKvm(const KvmLocalApic& in, u64 tscOffset, bool wideIds);

// A one-shot timer that has run out: its interrupt may have been delivered, or be on its way inside the kernel, and no register
// shows which. So it comes once more rather than never.
void requestSpentTimer(LocalApicImage& image);
void requestTimer(LocalApicImage& image);  // makes an interrupt request of its tick

// It counts in turns and interrupts; how long a turn takes.
bool isPeriodic(const LocalApicImage& image);
std::chrono::nanoseconds timerPeriod(const LocalApicImage& image);

}  // namespace duet::kvm
