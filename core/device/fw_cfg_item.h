// One item of the firmware configuration device: firmware builds the list, hw/misc/fw_cfg shows it to the guest.
#pragma once

#include <string>
#include <vector>

#include "core/base/types.h"

namespace duet {

struct FwCfgItem {
  u16 key = 0;       // fixed selector, or 0 for a named file (which gets one from 0x20 up)
  std::string name;  // files only; at most 55 characters
  std::vector<u8> data;
};

}  // namespace duet
