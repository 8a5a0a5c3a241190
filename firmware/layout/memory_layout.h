// What lies where in guest-physical memory, as firmware tells it to guests.
#pragma once

#include <vector>

#include "core/base/types.h"

namespace duet::firmware {

// Types of the BIOS memory map (ACPI 6.4 table 15.4).
enum class MemoryType : u32 { Ram = 1, Reserved = 2, AcpiReclaim = 3, AcpiNvs = 4 };

struct MemoryRange {
  u64 base = 0;
  u64 size = 0;
  MemoryType type = MemoryType::Reserved;
  bool operator==(const MemoryRange&) const = default;
};

// Filled in by whoever knows the board. RAM is [0, lowRam) and [4 GiB, 4 GiB + highRam).
struct MemoryLayout {
  u64 lowRam = 0;
  u64 highRam = 0;
  // Taken out of RAM and listed with their type: EBDA, firmware's own area, ACPI tables, ECAM, ...
  std::vector<MemoryRange> reserved;
  // Taken out of RAM and not listed at all: the VGA window.
  std::vector<MemoryRange> holes;
  // Where PCI devices are placed below 4 GiB: uncached, also when RAM ends far below.
  u64 mmioBase = 0;
  u64 rsdp = 0;                // address of the ACPI root pointer, 0 for none
  unsigned physicalBits = 40;  // of the processor model
};

// The BIOS memory map: ascending, without overlaps; a reserved range wins over RAM.
std::vector<MemoryRange> memoryMap(const MemoryLayout& layout);

// True when [base, base+size) is RAM that the map offers for use. False for sizes that wrap.
bool isUsableRam(const MemoryLayout& layout, u64 base, u64 size);

// The map as guests read it: 20-byte entries of base, size, type (little endian).
std::vector<u8> encodeMemoryMap(const std::vector<MemoryRange>& map);

}  // namespace duet::firmware
