// The kernel's KVM interface for C++. Structures of <linux/kvm.h> that end in a flexible array have other sizes in C++ than in
// C (its array macro puts an empty struct in front, which takes a byte here), and with the size the ioctl's number
// changes. Those few are declared here; everything else is the header's.
#pragma once

#include <linux/kvm.h>

#include "core/base/types.h"

namespace duet::kvm::abi {

struct CpuidHeader {  // kvm_cpuid2; kvm_cpuid_entry2[count] follow
  u32 count, padding;
};
struct MsrsHeader {  // kvm_msrs; kvm_msr_entry[count] follow
  u32 count, padding;
};
struct MsrListHeader {  // kvm_msr_list; u32[count] follow
  u32 count;
};
struct IrqRoutingHeader {  // kvm_irq_routing; kvm_irq_routing_entry[count] follow
  u32 count, flags;
};
struct SignalMaskHeader {  // kvm_signal_mask; `length` bytes follow
  u32 length;
};
struct XsaveRegion {  // kvm_xsave without the tail that KVM_CAP_XSAVE2 adds
  u32 region[1024];
};
inline constexpr u32 kCoalescedMost = (4096 - 2 * sizeof(u32)) / sizeof(kvm_coalesced_mmio);
struct CoalescedRing {  // kvm_coalesced_mmio_ring; empty when both are equal, the kernel fills at `last`
  u32 first, last;
  kvm_coalesced_mmio writes[kCoalescedMost];
};
static_assert(sizeof(kvm_coalesced_mmio) == 24 && kCoalescedMost == 170);
static_assert(sizeof(CpuidHeader) == 8 && sizeof(MsrsHeader) == 8 && sizeof(MsrListHeader) == 4);
static_assert(sizeof(IrqRoutingHeader) == 8 && sizeof(SignalMaskHeader) == 4 && sizeof(XsaveRegion) == 4096);
static_assert(sizeof(kvm_cpuid_entry2) == 40 && sizeof(kvm_msr_entry) == 16 &&
              sizeof(kvm_irq_routing_entry) == 48);

inline constexpr unsigned long kGetMsrIndexList = _IOWR(KVMIO, 0x02, MsrListHeader);
inline constexpr unsigned long kGetSupportedCpuid = _IOWR(KVMIO, 0x05, CpuidHeader);
inline constexpr unsigned long kGetMsrFeatureIndexList = _IOWR(KVMIO, 0x0a, MsrListHeader);
inline constexpr unsigned long kSetGsiRouting = _IOW(KVMIO, 0x6a, IrqRoutingHeader);
inline constexpr unsigned long kGetMsrs = _IOWR(KVMIO, 0x88, MsrsHeader);
inline constexpr unsigned long kSetMsrs = _IOW(KVMIO, 0x89, MsrsHeader);
inline constexpr unsigned long kSetSignalMask = _IOW(KVMIO, 0x8b, SignalMaskHeader);
inline constexpr unsigned long kSetCpuid2 = _IOW(KVMIO, 0x90, CpuidHeader);
inline constexpr unsigned long kGetXsave = _IOR(KVMIO, 0xa4, XsaveRegion);
inline constexpr unsigned long kSetXsave = _IOW(KVMIO, 0xa5, XsaveRegion);
inline constexpr unsigned long kGetXsave2 = _IOR(KVMIO, 0xcf, XsaveRegion);
static_assert(kSetCpuid2 == 0x4008ae90 && kGetMsrs == 0xc008ae88 && kGetXsave == 0x9000aea4);

}  // namespace duet::kvm::abi
