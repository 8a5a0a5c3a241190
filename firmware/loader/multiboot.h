// Multiboot 1 kernels (Multiboot specification 0.6.96).
#pragma once

#include "firmware/loader/kernel.h"

namespace duet::firmware {

bool hasMultibootHeader(const FileBytes& kernel);
bool hasMultiboot2Header(const FileBytes& kernel);

struct ModuleName {
  std::string path;
  std::string commandLine;  // path and arguments, as the kernel will see them
};
// "a x y,b" is two modules; ",," is a comma.
std::vector<ModuleName> splitModules(const std::string& initrd);

// ELF files, and any file with the address fields ("a.out kludge"). Entered in 32-bit protected mode with
// EAX = 2BADB002h and EBX = the information structure. A wish for a graphics mode is not fulfilled
// (the structure then says nothing about video).
Result<PreparedKernel> prepareMultiboot(KernelFiles files, const MemoryLayout& layout);

}  // namespace duet::firmware
