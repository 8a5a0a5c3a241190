// CPUID on both sides: which features this KVM can run, and the table it is given.
#pragma once

#include <span>
#include <vector>

#include "core/cpu/cpu_model.h"
#include "cpu-kvm/api/kvm_abi.h"
#include "cpu-kvm/convert/kvm_state.h"

namespace duet::kvm {

// What KVM_GET_SUPPORTED_CPUID does not say of a machine.
struct OfferFacts {
  bool apicMsrs = false;     // the local APIC, whoever has it, provides x2APIC and the TSC deadline
  bool kernelApics = false;  // local APICs and halted vCPUs are the kernel's
  bool xcr0Seen =
      true;  // the kernel sees XSETBV; else its sizes in CPUID are of another XCR0 than the guest's
};

// What a guest may be offered, from KVM_GET_SUPPORTED_CPUID.
FeatureSet offeredFeatures(std::span<const kvm_cpuid_entry2> supported, const OfferFacts& facts);

// The host processor's places in the XSAVE area.
XsaveLayout hostXsaveLayout(std::span<const kvm_cpuid_entry2> supported);

// Everything the model shows on this vCPU, in the form KVM_SET_CPUID2 takes. KVM itself keeps up what changes at run
// time (OSXSAVE, OSPKE, the APIC bit, the size of the enabled XSAVE area).
std::vector<kvm_cpuid_entry2> guestCpuid(const CpuModel& model, unsigned vcpu, const XsaveLayout& layout);

}  // namespace duet::kvm
