// A piece of host memory that backs guest RAM or ROM.
#pragma once

#include <string>

#include "core/base/types.h"

namespace duet {

// Owned by mmu::Ram, never freed or moved while the machine exists, so raw pointers into it stay valid.
// Page metadata (dirty, code) is indexed by firstPage + offset / 4096 over all blocks of one Ram.
struct RamBlock {
  std::string name;
  u8* host = nullptr;
  u64 size = 0;       // bytes, a multiple of 4096
  u64 firstPage = 0;  // index of the first page in the Ram's page metadata
};

}  // namespace duet
