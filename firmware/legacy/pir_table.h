// The $PIR table: how PCI interrupt pins reach the 8259 pair, for systems that use neither ACPI nor the I/O APIC
// (Microsoft's PCI IRQ Routing Table Specification 1.0).
#pragma once

#include <vector>

#include "core/base/types.h"
#include "firmware/acpi/acpi_config.h"

namespace duet::firmware {

// PCI identity of a routing chip whose registers systems know.
struct PirRouter {
  u16 vendor = 0, device = 0;
};

// Goes to a multiple of 16 in F0000h-FFFFFh.
std::vector<u8> buildPirTable(const AcpiPciInterrupts& pci, const PirRouter& router);

}  // namespace duet::firmware
