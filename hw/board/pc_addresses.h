// Where things are in the PC's two address spaces. The only place with such numbers: devices are told ranges and
// offsets, firmware tables are given these values.
#pragma once

#include "core/base/types.h"

namespace duet::hw::pc {

// --- memory
inline constexpr u64 kVgaHole = 0xa0000;     // to kShadow: no RAM is visible
inline constexpr u64 kShadow = 0xc0000;      // PAM segments up to 1 MiB
inline constexpr u64 kBiosWindow = 0xe0000;  // last 128 KiB of the firmware image
inline constexpr u64 kOneMiB = 0x100000;
inline constexpr u64 kLowRamLimit = 0x80000000;  // RAM beyond goes above 4 GiB
inline constexpr u64 kHighRam = 0x100000000;
inline constexpr u64 kEcamBase = 0xb0000000;  // 256 buses, 1 MiB each
inline constexpr u64 kEcamSize = 0x10000000;
inline constexpr u64 kPciWindow = 0xc0000000;  // 32-bit BARs
inline constexpr u64 kPciWindowEnd = 0xfec00000;
inline constexpr u64 kIoApic = 0xfec00000;
inline constexpr u64 kHpet = 0xfed00000;
inline constexpr u64 kLocalApic = 0xfee00000;
inline constexpr u64 kTestdevMemory = 0xff000000;
inline constexpr u64 kHighSmram = 0xfeda0000;  // where H_SMRAME moves kVgaHole in SMM
inline constexpr u64 kResetRom = 0x2000;  // without firmware: the end of the first MiB, seen below 4 GiB too
inline constexpr u64 kMaxBios = 16_MiB;   // ends at 4 GiB

// --- ports
inline constexpr u16 kPicMaster = 0x20, kPicSlave = 0xa0, kElcr = 0x4d0;
inline constexpr u16 kPit = 0x40, kPort61 = 0x61;
inline constexpr u16 kKeyboardData = 0x60, kKeyboardCommand = 0x64, kPort92 = 0x92;
inline constexpr u16 kRtc = 0x70, kPost = 0x80, kFpuError = 0xf0;
inline constexpr u16 kFwCfg = 0x510, kFwCfgDma = 0x514;
inline constexpr u16 kPciAddress = 0xcf8, kPciData = 0xcfc, kResetControl = 0xcf9;
inline constexpr u16 kApm = 0xb2;  // APM_CNT (the SMI command port) and APM_STS
inline constexpr u16 kPowerManagement = 0x600;
inline constexpr u16 kSerial[4] = {0x3f8, 0x2f8, 0x3e8, 0x2e8};
inline constexpr unsigned kSerialIrq[4] = {4, 3, 4, 3};

// --- ISA interrupts
inline constexpr unsigned kIrqTimer = 0, kIrqKeyboard = 1, kIrqRtc = 8, kIrqSci = 9, kIrqMouse = 12,
                          kIrqFpu = 13;

// --- PCI slots on bus 0
inline constexpr unsigned kSlotMch = 0, kSlotLpc = 31, kFirstFreeSlot = 1;

}  // namespace duet::hw::pc
