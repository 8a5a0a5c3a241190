// Which interrupt chips are the kernel's.
#pragma once

#include "core/base/types.h"

namespace duet::kvm {

enum class IrqchipMode : u8 {
  Off,    // none: every chip is the machine's model
  Split,  // the local APICs
  On,     // those, the 8259 pair and the I/O APIC
};

}  // namespace duet::kvm
