// Offsets in the boot sector and setup header of a Linux kernel, the same in struct boot_params.
#pragma once

#include "core/base/types.h"

namespace duet::firmware::setup {

inline constexpr u64 kSetupSectors = 0x1f1, kSysSize = 0x1f4, kBootFlag = 0x1fe, kJumpLength = 0x201,
                     kSignature = 0x202, kVersion = 0x206, kKernelVersion = 0x20e, kTypeOfLoader = 0x210,
                     kLoadFlags = 0x211, kCode32Start = 0x214, kRamdiskImage = 0x218, kRamdiskSize = 0x21c,
                     kHeapEnd = 0x224, kCommandLine = 0x228, kInitrdMax = 0x22c, kAlignment = 0x230,
                     kRelocatable = 0x234, kMinAlignment = 0x235, kXLoadFlags = 0x236,
                     kCommandLineSize = 0x238, kPreferred = 0x258, kInitSize = 0x260;
inline constexpr u64 kHeaderStart = 0x1f1, kHeaderBase = 0x202, kHeaderLimit = 0x290;

inline constexpr u16 kBootFlagValue = 0xaa55;
inline constexpr u32 kSignatureValue = 0x53726448;  // "HdrS"
inline constexpr u8 kLoadedHigh = 1, kCanUseHeap = 0x80;
inline constexpr u16 kXKernel64 = 1;
inline constexpr u8 kUnknownLoader = 0xff;

// Only in boot_params.
inline constexpr u64 kAltMemoryKib = 0x1e0, kMapEntries = 0x1e8, kMap = 0x2d0, kRsdpAddress = 0x070;
inline constexpr u64 kMostMapEntries = 128;
inline constexpr u64 kBootParamsSize = 4096;

}  // namespace duet::firmware::setup
