// RAM in snapshots: a section a block, with the pages that are not all zero.
#pragma once

#include "core/state/snapshot.h"
#include "mmu/ram/ram.h"

namespace duet::mmu {

// Adds "ram:NAME" for every block. Nothing may write to it meanwhile.
Result<> saveRam(const Ram& ram, Snapshot& to);

// Every block becomes what it was; blocks of other names or sizes are refused, and so is whatever saveRam() does not make
// (the bytes may be hostile). All or nothing. While no vCPU runs; engines are told by noteWrite().
Result<> loadRam(Ram& ram, const Snapshot& from);

}  // namespace duet::mmu
