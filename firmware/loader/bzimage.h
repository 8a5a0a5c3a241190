// The Linux/x86 boot protocol (Documentation/arch/x86/boot.rst), versions 2.00 and up.
#pragma once

#include "firmware/loader/kernel.h"

namespace duet::firmware {

bool isLinuxKernel(const FileBytes& kernel);  // boot sector with the "HdrS" signature

// Entered in 64-bit mode when the kernel offers it (XLF_KERNEL_64), in 32-bit protected mode from protocol
// 2.12, else through its real-mode setup code on our own BIOS.
Result<PreparedKernel> prepareLinux(KernelFiles files, const MemoryLayout& layout);

}  // namespace duet::firmware
