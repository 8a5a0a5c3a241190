// hvm_start_info: what a PVH kernel is told (Xen public header arch-x86/hvm/start_info.h, version 1).
#pragma once

#include "firmware/loader/kernel.h"

namespace duet::firmware {

// Places command line, modules, memory map and the structure itself; its address. Takes the modules' bytes.
// Errors name the file.
Result<u64> placePvhStartInfo(LoadPlan& plan, KernelFiles& files);

}  // namespace duet::firmware
