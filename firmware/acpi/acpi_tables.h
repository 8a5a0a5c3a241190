// The machine's ACPI tables as one relocatable image: put in place by us, or by firmware through fw_cfg.
#pragma once

#include <string>
#include <vector>

#include "core/base/types.h"
#include "firmware/acpi/acpi_config.h"

namespace duet::firmware {

struct AcpiImage {
  std::vector<u8> tables;  // FACS first, so aligning the image to 64 bytes aligns it
  std::vector<u8> rsdp;

  // A field that holds an offset into `tables` until the image's address is added.
  struct Pointer {
    bool inRsdp;
    u32 offset;
    u8 size;
  };
  // The byte at `offset` makes bytes [start, start+length) sum to zero. Apply after the pointers, in order.
  struct Checksum {
    bool inRsdp;
    u32 offset, start, length;
  };
  std::vector<Pointer> pointers;
  std::vector<Checksum> checksums;

  struct Table {
    std::string signature;
    u32 offset, length;
  };
  std::vector<Table> directory;
};

inline constexpr u64 kAcpiImageAlignment = 64;
inline constexpr u64 kRsdpAlignment = 16;
inline constexpr u64 kFacsOffset = 0;  // in `tables`

AcpiImage buildAcpi(const AcpiConfig& config);

// Resolves pointers and checksums for tables at `tablesAddress` (below 4 GiB, aligned).
void placeAcpi(AcpiImage& image, u64 tablesAddress);

}  // namespace duet::firmware
