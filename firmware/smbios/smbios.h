// SMBIOS 2.8 tables: who made the machine, its processors and memory (DMTF DSP0134).
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/base/types.h"
#include "firmware/layout/memory_layout.h"

namespace duet::firmware {

struct SmbiosConfig {
  std::string manufacturer = "duet", product = "Standard PC", version = "1";
  std::array<u8, 16> uuid{};
  unsigned processors = 1;
  std::string processorName;
  u32 processorSignature = 0;   // CPUID.1 EAX
  u32 processorFeatures = 0;    // CPUID.1 EDX
  u64 lowRam = 0, highRam = 0;  // as in MemoryLayout
};

struct SmbiosImage {
  std::vector<u8> tables;
  std::vector<u8> anchor;  // 31 bytes; table address and checksums are filled in by placeSmbios or firmware
};

SmbiosImage buildSmbios(const SmbiosConfig& config);
// For tables at `tablesAddress` (below 4 GiB). The anchor goes to a multiple of 16 in F0000h-FFFFFh.
void placeSmbios(SmbiosImage& image, u64 tablesAddress);

}  // namespace duet::firmware
