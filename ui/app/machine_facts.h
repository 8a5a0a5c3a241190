// What the firmware tables say about this machine, filled in from the board's addresses.
#pragma once

#include "core/cpu/cpu_model.h"
#include "firmware/acpi/acpi_config.h"
#include "firmware/layout/memory_layout.h"
#include "firmware/legacy/bios_data.h"
#include "firmware/legacy/mp_table.h"
#include "firmware/legacy/pir_table.h"
#include "firmware/smbios/smbios.h"
#include "ui/app/options.h"

namespace duet::ui {

// Where the tables go when no firmware places them: in the shadow area, which is RAM then.
inline constexpr u64 kRsdpAddress = 0xe0000;
inline constexpr u64 kAcpiAddress = 0xe0040;
inline constexpr u64 kAcpiEnd = 0xf5000;
inline constexpr u64 kSmbiosAnchor = 0xf5000;
inline constexpr u64 kSmbiosTables = 0xf5020;
inline constexpr u64 kSmbiosEnd = 0xfb000;
inline constexpr u64 kPirTable = 0xfb000;
inline constexpr u64 kMpTable = 0xfb400;
inline constexpr u64 kMpTableEnd = 0xfe000;  // the tiny BIOS of firmware/guest begins here

// `directBoot`: tables are in place at the addresses above; else firmware finds memory for them.
firmware::MemoryLayout memoryLayout(const Options& options, bool directBoot);
firmware::AcpiConfig acpiConfig(const Options& options, const CpuModel& model, unsigned serialPorts);
firmware::MpProcessorFacts mpProcessorFacts(const CpuModel& model);
firmware::PirRouter pirRouter();
firmware::BiosData biosData(unsigned serialPorts);
firmware::SmbiosConfig smbiosConfig(const Options& options, const CpuModel& model);

}  // namespace duet::ui
