// Starting a kernel without firmware: -kernel, -append, -initrd.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/cpu/cpu_state.h"
#include "core/memory/guest_memory.h"
#include "firmware/files/file_bytes.h"
#include "firmware/layout/memory_layout.h"
#include "firmware/loader/load_plan.h"

namespace duet::firmware {

struct KernelOptions {
  std::string kernel;  // path
  std::string append;  // command line
  // A path; for a Multiboot kernel "file arguments,file arguments" (a comma in a name is written twice).
  std::string initrd;
};

enum class KernelFormat : u8 { Linux, Multiboot, Elf };

struct RomPiece {
  u64 address = 0;
  std::vector<u8> bytes;
};

// Everything about the start of a kernel, decided; nothing written yet.
// start: plan.commit(memory); put `rom` in place (ROM below 1 MiB: write through the host pointer of its
// block); load `state` into vCPU 0. The same again after each reset. A20 must be open; application
// processors wait for SIPI with applyFirmwareSetup (entry_state.h) done to them.
struct PreparedKernel {
  LoadPlan plan;
  CpuState state;
  std::vector<RomPiece> rom;
  std::string description;  // "Linux 6.1 (64-bit entry)", for the log
};

// Reads the files and decides. Errors are one line that names the file, what is wrong and what to try.
Result<PreparedKernel> prepareKernel(const KernelOptions& options, const MemoryLayout& layout);

// prepareKernel and plan.commit in one.
Result<PreparedKernel> loadKernel(const KernelOptions& options, const MemoryLayout& layout,
                                  GuestMemory& memory);

// --- the parts, for tests and fuzzing

struct KernelModule {
  FileBytes file;
  std::string commandLine;  // as given, name included (Multiboot)
};
struct KernelFiles {
  FileBytes kernel;
  std::string append;
  std::vector<KernelModule> modules;  // for Linux and PVH at most one: the initrd
};

Result<KernelFormat> kernelFormat(const FileBytes& kernel);
Result<PreparedKernel> prepareKernel(KernelFormat format, KernelFiles files, const MemoryLayout& layout);

}  // namespace duet::firmware
