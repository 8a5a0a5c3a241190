// What a single step holds back; the numbers are those of QEMU's "maintenance packet qqemu.sstepbits".
#pragma once

#include "core/base/types.h"

namespace duet::ui::gdb {

inline constexpr u32 kStepEnable = 1;   // always on
inline constexpr u32 kStepNoIrq = 2;    // interrupts, NMI and SMI wait
inline constexpr u32 kStepNoTimer = 4;  // guest time stands still while no vCPU runs freely
inline constexpr u32 kStepDefault = kStepEnable | kStepNoIrq;

}  // namespace duet::ui::gdb
