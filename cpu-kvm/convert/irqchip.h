// The 8259 pair and the I/O APIC in the kernel's form.
#pragma once

#include "core/cpu/interrupt_chips.h"
#include "cpu-kvm/api/kvm_abi.h"

namespace duet::kvm {

// `elcrMask`: the inputs that can be level-triggered.
kvm_pic_state toKvm(const PicChipImage& in, u8 elcrMask);
PicChipImage fromKvm(const kvm_pic_state& in);

// An edge-triggered pin has no request in the kernel's form, whatever its wire: the kernel would send it anew.
kvm_ioapic_state toKvm(const IoApicImage& in);
IoApicImage fromKvm(const kvm_ioapic_state& in);

}  // namespace duet::kvm
