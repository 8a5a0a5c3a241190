// Processor states in which loaded kernels are entered, as a BIOS and boot loader would leave them.
#pragma once

#include "core/base/result.h"
#include "core/cpu/cpu_state.h"
#include "firmware/layout/memory_layout.h"
#include "firmware/loader/load_plan.h"

namespace duet::firmware {

// What firmware sets up in every processor, application processors included: caches on, memory type
// ranges (RAM write-back, the VGA window and the PCI hole uncached). Guests warn when processors differ.
void applyFirmwareSetup(CpuState& state, const MemoryLayout& layout);

// Selectors of the descriptor table that the entries below place in guest RAM.
inline constexpr u16 kEntryCode = 0x10, kEntryData = 0x18, kEntryTask = 0x20;

// 32-bit protected mode, flat segments, no paging, interrupts off; RIP at `entry`. Other registers 0.
Result<CpuState> flat32State(LoadPlan& plan, u64 entry);
// 64-bit mode with the first 4 GiB mapped one to one.
Result<CpuState> long64State(LoadPlan& plan, u64 entry);
// Real mode at segment:offset.
CpuState realModeState(const LoadPlan& plan, u16 segment, u16 offset);

}  // namespace duet::firmware
