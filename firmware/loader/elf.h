// ELF kernels: with a PVH note, or plain.
#pragma once

#include <optional>

#include "firmware/loader/kernel.h"

namespace duet::firmware {

// With a PHYS32 note (Xen's PVH boot ABI, as Linux' vmlinux has it) the kernel is entered there; a plain ELF
// at its entry point. Both in 32-bit flat protected mode with EBX = hvm_start_info, which tells command
// line, initrd, memory map and ACPI root pointer.
Result<PreparedKernel> prepareElf(KernelFiles files, const MemoryLayout& layout);

// What loading the segments found out; shared with the Multiboot loader.
struct ElfLayout {
  u64 entry = 0;  // physical
  std::optional<u64> pvhEntry;
  u64 end = 0;  // highest address used
};
// Claims and fills every loadable segment at its physical address. Errors do not name the file.
Result<ElfLayout> placeElf(LoadPlan& plan, const SharedBytes& file);

}  // namespace duet::firmware
