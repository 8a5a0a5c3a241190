// What differs when the local APIC is the kernel's.
#include <algorithm>
#include <bit>
#include <cstring>

#include "core/base/log.h"
#include "core/cpu/registers.h"
#include "cpu-kvm/vcpu/kvm_vcpu.h"

namespace duet::kvm {

// The timer counts against the guest's TSC, so the kernel must have that first.
void KvmVcpu::giveApic() {
  updateTscOffset();
  if (auto ok = apic_->give(tscOffset_); !ok)
    log(LogChannel::Error, "vcpu {}: {}", env_.index, ok.error().message);
}

void KvmVcpu::takeApic() {
  readTscOffset();
  if (auto ok = apic_->take(tscOffset_); !ok)
    log(LogChannel::Error, "vcpu {}: {}", env_.index, ok.error().message);
}

// Asking makes the kernel take INITs and SIPIs that wait; so before the registers are read.
Activity KvmVcpu::activity() {
  if (!apic_ || activity_ == Activity::Shutdown) return activity_;
  kvm_mp_state state{};
  if (auto ok = fd_.get(state); !ok) log(LogChannel::Error, "vcpu {}: {}", env_.index, ok.error().message);
  switch (state.mp_state) {
    case KVM_MP_STATE_HALTED:
      return Activity::Halted;
    case KVM_MP_STATE_UNINITIALIZED:
    case KVM_MP_STATE_INIT_RECEIVED:
      return Activity::WaitForSipi;
    default:
      return Activity::Running;
  }
}

// A halted processor with an event decided is on its way; the kernel would let it sleep.
void KvmVcpu::setActivity(Activity activity, bool eventDecided) {
  activity_ = activity;
  if (!apic_) return;
  kvm_mp_state state{KVM_MP_STATE_RUNNABLE};
  if (activity == Activity::Halted && !eventDecided) state.mp_state = KVM_MP_STATE_HALTED;
  if (activity == Activity::WaitForSipi) state.mp_state = KVM_MP_STATE_INIT_RECEIVED;
  if (auto ok = fd_.set(state); !ok) log(LogChannel::Error, "vcpu {}: {}", env_.index, ok.error().message);
  if (activity != Activity::Shutdown) activity_ = Activity::Running;
}

// Without what other processors may change meanwhile: NMI, SMI, INIT.
kvm_vcpu_events KvmVcpu::ownEvents() {
  kvm_vcpu_events now = events();
  now.flags &= KVM_VCPUEVENT_VALID_PAYLOAD;
  return now;
}

void KvmVcpu::lookAgain() {
  lookAgain_ = true;
  env_.mailbox.post(kMailInterrupt);
}

// Setting the events makes the kernel look at its 8259 again.
void KvmVcpu::serveInterruptMail() {
  interruptPending_ = true;
  if (!apic_) return;
  if (lookAgain_.exchange(false)) (void)fd_.set(ownEvents());
  if (const u32 mail = apic_->serveRisenPins(*chips_)) env_.mailbox.post(mail);
}

bool KvmVcpu::interruptWaits() { return apic_ ? apic_->externalWaits() : env_.interrupts.deliverable(); }

// Acknowledges the interrupt and puts it where the processor takes it at the next entry.
void KvmVcpu::takeInterrupt() {
  const int vector = apic_ ? apic_->acknowledgeExternal() : env_.interrupts.acknowledge();
  if (vector < 0) return;
  log(LogChannel::Int, "vcpu {}: interrupt {:#04x}", env_.index, vector);
  if (!apic_) {
    (void)fd_.interrupt(static_cast<u8>(vector));
    return;
  }
  kvm_vcpu_events now = ownEvents();
  now.interrupt.injected = 1;
  now.interrupt.nr = static_cast<u8>(vector);
  now.interrupt.soft = 0;
  if (auto ok = fd_.set(now); !ok) log(LogChannel::Error, "vcpu {}: {}", env_.index, ok.error().message);
  if (activity() == Activity::Halted) setActivity(Activity::Running, false);
}

// What the kernel's APIC would interrupt with now (SDM vol. 3 11.8.3: the class above the processor priority's); steps have to
// know before the processor does.
std::optional<unsigned> KvmVcpu::kernelInterrupt() {
  constexpr unsigned kTpr = 0x80, kSvr = 0xf0, kIsr = 0x100, kIrr = 0x200;
  kvm_lapic_state page{};
  if (!apic_ || !fd_.get(page)) return {};
  const auto word = [&](unsigned offset) {
    u32 value;
    std::memcpy(&value, page.regs + offset, sizeof value);
    return value;
  };
  const auto highest = [&](unsigned table) -> int {
    for (int i = 7; i >= 0; --i)
      if (const u32 bits = word(table + 0x10 * static_cast<unsigned>(i)))
        return 32 * i + std::bit_width(bits) - 1;
    return -1;
  };
  const int wanted = highest(kIrr), served = highest(kIsr);
  constexpr u32 kSoftwareEnabled = 1u << 8;
  if (wanted < 16 || !(word(kSvr) & kSoftwareEnabled)) return {};
  const int priority = std::max<int>(served, static_cast<int>(word(kTpr) & 0xff)) >> 4;
  return wanted >> 4 > priority ? std::optional<unsigned>(wanted) : std::nullopt;
}

// A KVM_HC_KICK_CPU that came before its HLT is in the kernel alone, which does not show it. It is said of every vCPU that
// may be about to wait for one: a kick too many ends a HLT early, after which such a guest looks again.
bool KvmVcpu::mayBeKicked(const CpuState& state) const {
  const bool guestOfKvm = env_.model.has(Feature::KvmPvUnhalt) && (state.msr.kvmSystemTime & 1);
  return apic_ && guestOfKvm && state.activity == Activity::Running && !(state.rflags & kFlagIf);
}

// The message by which the kernel itself kicks: "remote read", a delivery mode that no processor has any more.
void KvmVcpu::kickSelf() {
  constexpr u32 kRemoteRead = 3u << 8;
  if (chips_ && env_.model.has(Feature::KvmPvUnhalt))
    chips_->deliver({0xfee00000 | u64{env_.model.apicId(env_.index)} << 12, kRemoteRead});
}

// What the shared page says of IF and the injection window is of the last exit; after a loadState() it is of another life,
// and a halted vCPU would sleep on it.
void KvmVcpu::refreshRunPage() {
  if (!apic_ || !interruptPending_) return;
  fd_.setImmediateExit(true);
  (void)fd_.enter();
}

}  // namespace duet::kvm
