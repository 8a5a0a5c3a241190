// What the fw_cfg device offers to SeaBIOS, OVMF and kernels, built from the machine's tables.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/device/fw_cfg_item.h"
#include "firmware/acpi/acpi_tables.h"
#include "firmware/layout/memory_layout.h"
#include "firmware/smbios/smbios.h"

namespace duet::firmware {

// A kernel handed to firmware that loads it itself (-kernel together with -bios). OVMF reads these items; an
// option ROM can do it for a BIOS.
struct FwCfgKernel {
  std::vector<u8> kernel;  // the file
  std::vector<u8> initrd;
  std::string commandLine;
};

struct FwCfgConfig {
  unsigned processors = 1;   // present at start
  unsigned apicIdLimit = 1;  // highest APIC ID + 1
  bool graphics = true;      // false: -nographic
  std::string bootOrder;     // device paths, one a line; empty: firmware's choice
  bool bootMenu = false;
  MemoryLayout memory;
  const AcpiImage* acpi = nullptr;  // not placed; firmware does that by the loader script
  const SmbiosImage* smbios = nullptr;
  std::optional<FwCfgKernel> kernel;
};

// Signature, interface version and directory belong to the device and are not among the items.
std::vector<FwCfgItem> buildFwCfg(const FwCfgConfig& config);

// The table-loader script: allocate, add pointers, add checksums; 128 bytes a command.
std::vector<u8> acpiLoaderScript(const AcpiImage& image);

}  // namespace duet::firmware
