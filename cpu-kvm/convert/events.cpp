#include "cpu-kvm/convert/events.h"

#include "core/cpu/exception.h"

namespace duet::kvm {
namespace {

void exceptionToKvm(const PendingEvent& event, kvm_vcpu_events& out) {
  // Pending, not injected: KVM then writes CR2 or DR6 from the payload at delivery.
  out.exception.pending = 1;
  out.exception.nr = event.vector;
  out.exception.has_error_code = event.hasErrorCode;
  out.exception.error_code = event.errorCode;
  out.exception_has_payload = event.vector == kExcPF || event.vector == kExcDB;
  out.exception_payload = out.exception_has_payload ? event.payload : 0;
}

PendingEvent exceptionFromKvm(const kvm_vcpu_events& in, u64 cr2) {
  PendingEvent event{EventType::Exception, in.exception.nr, in.exception.has_error_code != 0,
                     in.exception.error_code, 0};
  if (in.exception.pending && in.exception_has_payload)
    event.payload = in.exception_payload;
  else if (event.vector == kExcPF)
    event.payload = cr2;
  if (event.vector == kExcDB) event.payload &= 0xe00f;
  return event;
}

}  // namespace

kvm_vcpu_events eventsToKvm(const CpuState& in) {
  kvm_vcpu_events out{};
  out.flags = KVM_VCPUEVENT_VALID_NMI_PENDING | KVM_VCPUEVENT_VALID_SHADOW | KVM_VCPUEVENT_VALID_SMM |
              KVM_VCPUEVENT_VALID_PAYLOAD;
  switch (in.pending.type) {
    case EventType::None:
      break;
    case EventType::Exception:
      exceptionToKvm(in.pending, out);
      break;
    case EventType::Nmi:
      out.nmi.injected = 1;
      break;
    case EventType::ExternalInterrupt:
    case EventType::SoftwareInterrupt:
      out.interrupt.injected = 1;
      out.interrupt.nr = in.pending.vector;
      out.interrupt.soft = in.pending.type == EventType::SoftwareInterrupt;
      break;
  }
  if (in.interruptShadow == InterruptShadow::Sti) out.interrupt.shadow = KVM_X86_SHADOW_INT_STI;
  if (in.interruptShadow == InterruptShadow::MovSs) out.interrupt.shadow = KVM_X86_SHADOW_INT_MOV_SS;
  out.nmi.pending = in.nmiPending;
  out.nmi.masked = in.nmiBlocked;
  out.smi.smm = in.inSmm;
  out.smi.pending = in.smiPending;
  out.smi.latched_init = in.inSmm && in.initPending;
  return out;
}

InterruptShadow shadowOf(const kvm_vcpu_events& in, InterruptShadow known) {
  constexpr u8 kBoth = KVM_X86_SHADOW_INT_MOV_SS | KVM_X86_SHADOW_INT_STI;
  const u8 shadow = in.interrupt.shadow & kBoth;
  if (shadow == kBoth && known != InterruptShadow::None) return known;
  if (shadow & KVM_X86_SHADOW_INT_MOV_SS) return InterruptShadow::MovSs;
  return shadow ? InterruptShadow::Sti : InterruptShadow::None;
}

void eventsFromKvm(const kvm_vcpu_events& in, u64 cr2, CpuState& out, InterruptShadow known) {
  out.pending = {};
  if (in.exception.injected || in.exception.pending)
    out.pending = exceptionFromKvm(in, cr2);
  else if (in.nmi.injected)
    out.pending = {EventType::Nmi, kExcNMI, false, 0, 0};
  else if (in.interrupt.injected)
    out.pending = {in.interrupt.soft ? EventType::SoftwareInterrupt : EventType::ExternalInterrupt,
                   in.interrupt.nr, false, 0, 0};
  out.interruptShadow = shadowOf(in, known);
  out.nmiPending = in.nmi.pending != 0;
  out.nmiBlocked = in.nmi.masked != 0;
  out.inSmm = in.smi.smm != 0;
  out.smiPending = in.smi.pending != 0;
  out.initPending = in.smi.latched_init != 0;
}

}  // namespace duet::kvm
