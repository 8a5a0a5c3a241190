// Segment registers in the kernel's form.
#pragma once

#include "core/cpu/cpu_state.h"
#include "cpu-kvm/api/kvm_abi.h"

namespace duet::kvm {

kvm_segment toKvm(const SegmentRegister& in);
SegmentRegister fromKvm(const kvm_segment& in);
kvm_dtable toKvm(const DescriptorTableRegister& in);
DescriptorTableRegister fromKvm(const kvm_dtable& in);

}  // namespace duet::kvm
