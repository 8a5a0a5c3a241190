// CPUID on both sides: which features this KVM can run, and the table it is given.
#pragma once

#include <span>
#include <vector>

#include "core/cpu/cpu_model.h"
#include "cpu-kvm/api/kvm_abi.h"
#include "cpu-kvm/convert/kvm_state.h"

namespace duet::kvm {

// What a guest may be offered, from KVM_GET_SUPPORTED_CPUID. `userMsrs`: MSR accesses can be answered by the
// machine's own local APIC model, which then provides x2APIC and the TSC deadline.
FeatureSet offeredFeatures(std::span<const kvm_cpuid_entry2> supported, bool userMsrs);

// The host processor's places in the XSAVE area.
XsaveLayout hostXsaveLayout(std::span<const kvm_cpuid_entry2> supported);

// Everything the model shows on this vCPU, in the form KVM_SET_CPUID2 takes. KVM itself keeps up what changes at run
// time (OSXSAVE, OSPKE, the APIC bit, the size of the enabled XSAVE area).
std::vector<kvm_cpuid_entry2> guestCpuid(const CpuModel& model, unsigned vcpu, const XsaveLayout& layout);

}  // namespace duet::kvm
