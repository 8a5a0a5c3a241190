// Where a guest wants to go on after S3 (ACPI 6.4 5.2.10, 16.3.2).
#pragma once

#include <optional>

#include "core/cpu/cpu_state.h"
#include "core/memory/guest_memory.h"

namespace duet::firmware {

struct WakingVector {
  u64 address = 0;
  bool flat = false;  // X_Firmware_Waking_Vector: protected mode, 4 GiB segments, no paging; else real mode
};

// What the guest left in the FACS at `facs`; nothing if there is no FACS any more or no vector in it.
std::optional<WakingVector> wakingVector(GuestMemory& memory, Gpa facs);

// Sets mode, CS and RIP on top of a reset state.
void applyWakingVector(CpuState& state, const WakingVector& vector);

}  // namespace duet::firmware
