// One vCPU's state in the kernel's structures, and its conversion to and from CpuState. Values in, values out:
// nothing here makes a system call.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "core/base/types.h"
#include "core/cpu/cpu_state.h"
#include "cpu-kvm/api/kvm_abi.h"

namespace duet::kvm {

// Where the host's processor keeps what lies behind the legacy part of its XSAVE area (CPUID 0Dh). CpuState has
// Intel's places; AMD keeps PKRU elsewhere.
struct XsaveLayout {
  u32 avx = kXsaveAvxOffset;
  u32 pkru = kXsavePkruOffset;
  u32 size = sizeof(abi::XsaveRegion);  // bytes that KVM exchanges
};

struct KvmState {
  kvm_regs regs{};
  kvm_sregs2 sregs{};
  kvm_vcpu_events events{};
  kvm_debugregs debug{};
  kvm_xcrs xcrs{};
  std::vector<u8> xsave;            // XsaveLayout::size bytes
  std::vector<kvm_msr_entry> msrs;  // the ones this KVM knows
};

// Every MSR that CpuState holds (see msrs.h). A KVM need not keep all of them.
std::vector<u32> convertedMsrs();

// What is not in CpuState: `apicBase` (IA32_APIC_BASE is the local APIC's). The activity and the TSC offset are the
// vCPU's own business (mp_state needs an interrupt controller in the kernel). `out.msrs` gets an entry for each index
// in `msrs`.
void toKvm(const CpuState& in, u64 apicBase, std::span<const u32> msrs, const XsaveLayout& layout,
           KvmState& out);

// Leaves alone what the structures do not say: activity, TSC offset, MSRs that are not listed, the count of
// instructions. `known`: see shadowOf().
void fromKvm(const KvmState& in, const XsaveLayout& layout, CpuState& out,
             InterruptShadow known = InterruptShadow::None);

}  // namespace duet::kvm
