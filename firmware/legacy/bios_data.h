// The BIOS data area at 400h, as a PC's firmware leaves it: some systems read it without ever calling the BIOS.
#pragma once

#include <vector>

#include "core/base/types.h"

namespace duet::firmware {

inline constexpr u64 kBiosDataArea = 0x400;

struct BiosData {
  std::vector<u16> serialPorts;  // the first four count
  u64 extendedArea = 0;          // address of the extended data area, which ends conventional memory
};

// 256 bytes for kBiosDataArea.
std::vector<u8> buildBiosData(const BiosData& facts);

}  // namespace duet::firmware
