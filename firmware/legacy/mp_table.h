// The MP table: processors, buses and interrupt wires for systems that do not use ACPI (Intel MultiProcessor
// Specification 1.4, chapter 4).
#pragma once

#include <vector>

#include "core/base/types.h"
#include "firmware/acpi/acpi_config.h"

namespace duet::firmware {

struct MpProcessorFacts {
  u32 signature = 0;  // CPUID.1 EAX
  u32 features = 0;   // CPUID.1 EDX
};

// Floating pointer structure, then the table, for `address`: below 4 GiB, a multiple of 16, in the EBDA or in
// F0000h-FFFFFh, where systems look. Processors whose APIC ID needs more than eight bits are left out.
std::vector<u8> buildMpTable(const AcpiConfig& machine, const MpProcessorFacts& facts, u64 address);

}  // namespace duet::firmware
