// Our own tiny BIOS when no firmware was given: it starts kernels that must be entered in real mode, and is what the
// processor finds at its reset vector after INIT.
#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"
#include "firmware/layout/memory_layout.h"

namespace duet::firmware {

// Where it lies and where the CPU enters it: F000:E000. The last 16 bytes hold the reset vector.
inline constexpr u64 kGuestBiosAddress = 0xfe000;
inline constexpr u64 kGuestBiosSize = 0x2000;
inline constexpr u16 kGuestBiosSegment = 0xf000;
inline constexpr u16 kGuestBiosEntry = 0xe000;
inline constexpr u16 kGuestBiosRestart = 0xe004;  // where the reset vector leads

// What it starts once it has set up vectors, data area and interrupt controllers.
struct RealModeStart {
  u16 codeSegment = 0;  // 0: nothing
  u16 offset = 0;
  u16 dataSegment = 0;  // DS, ES, FS, GS, SS
  u16 stackPointer = 0;
};

// The kGuestBiosSize bytes to place as ROM. Services: INT 10h (teletype to the debug port), 11h, 12h, 13h (no
// drives), 15h E820h/E801h/88h/24h/C0h, 16h (no keys), 1Ah. Error: the memory map is too long.
Result<std::vector<u8>> buildGuestBios(const RealModeStart& start, const MemoryLayout& layout);

}  // namespace duet::firmware
