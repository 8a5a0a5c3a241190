// Bits of RFLAGS, CR0, CR4, EFER by the manual's names, and MSR numbers.
#pragma once

#include "core/base/types.h"

namespace duet {

enum : u32 {
  kFlagCf = 1u << 0,
  kFlagPf = 1u << 2,
  kFlagAf = 1u << 4,
  kFlagZf = 1u << 6,
  kFlagSf = 1u << 7,
  kFlagTf = 1u << 8,
  kFlagIf = 1u << 9,
  kFlagDf = 1u << 10,
  kFlagOf = 1u << 11,
  kFlagIopl = 3u << 12,
  kFlagNt = 1u << 14,
  kFlagRf = 1u << 16,
  kFlagVm = 1u << 17,
  kFlagAc = 1u << 18,
  kFlagVif = 1u << 19,
  kFlagVip = 1u << 20,
  kFlagId = 1u << 21,
  kFlagsArithmetic = kFlagCf | kFlagPf | kFlagAf | kFlagZf | kFlagSf | kFlagOf
};

inline constexpr u64 kRflagsKnown = 0x3f7fd7;  // every flag there is, and bit 1

inline constexpr u64 kDr6Fixed = 0xffff0ff0, kDr6Writable = 0xe00f;
inline constexpr u64 kDebugCtlLbr = 1, kDebugCtlBtf = 2;
inline constexpr u64 kDr7Fixed = 0x400, kDr7Writable = 0xffff23ff;

enum : u64 {
  kCr0Pe = 1u << 0,
  kCr0Mp = 1u << 1,
  kCr0Em = 1u << 2,
  kCr0Ts = 1u << 3,
  kCr0Et = 1u << 4,
  kCr0Ne = 1u << 5,
  kCr0Wp = 1u << 16,
  kCr0Am = 1u << 18,
  kCr0Nw = 1u << 29,
  kCr0Cd = 1u << 30,
  kCr0Pg = 1u << 31
};

enum : u64 {
  kCr4Vme = 1u << 0,
  kCr4Pvi = 1u << 1,
  kCr4Tsd = 1u << 2,
  kCr4De = 1u << 3,
  kCr4Pse = 1u << 4,
  kCr4Pae = 1u << 5,
  kCr4Mce = 1u << 6,
  kCr4Pge = 1u << 7,
  kCr4Pce = 1u << 8,
  kCr4Osfxsr = 1u << 9,
  kCr4Osxmmexcpt = 1u << 10,
  kCr4Umip = 1u << 11,
  kCr4La57 = 1u << 12,
  kCr4Vmxe = 1u << 13,
  kCr4Smxe = 1u << 14,
  kCr4Fsgsbase = 1u << 16,
  kCr4Pcide = 1u << 17,
  kCr4Osxsave = 1u << 18,
  kCr4Smep = 1u << 20,
  kCr4Smap = 1u << 21,
  kCr4Pke = 1u << 22,
  kCr4Pks = 1u << 24
};

enum : u64 {
  kEferSce = 1u << 0,
  kEferLme = 1u << 8,
  kEferLma = 1u << 10,
  kEferNxe = 1u << 11,
  kEferFfxsr = 1u << 14
};

// Of IA32_MISC_ENABLE.
enum : u64 {
  kMiscFastStrings = 1u << 0,
  kMiscPerformanceCounters = 1u << 7,
  kMiscNoBranchTraceStore = 1u << 11,
  kMiscNoPebs = 1u << 12,
  kMiscMonitor = 1u << 18,
  kMiscLimitCpuid = 1u << 22,
  kMiscXdDisable = u64{1} << 34
};

enum MsrIndex : u32 {
  kMsrTsc = 0x10,
  kMsrPlatformId = 0x17,
  kMsrApicBase = 0x1b,
  kMsrFeatureControl = 0x3a,
  kMsrTscAdjust = 0x3b,
  kMsrSpecCtrl = 0x48,
  kMsrBiosUpdate = 0x79,
  kMsrBiosSignId = 0x8b,
  kMsrSmbase = 0x9e,
  kMsrMtrrCap = 0xfe,
  kMsrArchCapabilities = 0x10a,
  kMsrSysenterCs = 0x174,
  kMsrSysenterEsp = 0x175,
  kMsrSysenterEip = 0x176,
  kMsrMcgCap = 0x179,
  kMsrMcgStatus = 0x17a,
  kMsrMcgCtl = 0x17b,
  kMsrMiscEnable = 0x1a0,
  kMsrDebugCtl = 0x1d9,
  kMsrLastBranchFrom = 0x1db,
  kMsrLastBranchTo = 0x1dc,
  kMsrLastExceptionFrom = 0x1dd,
  kMsrLastExceptionTo = 0x1de,
  kMsrMtrrPhysBase0 = 0x200,
  kMsrMtrrFix64k = 0x250,
  kMsrPat = 0x277,
  kMsrMtrrDefType = 0x2ff,
  kMsrMc0Ctl = 0x400,
  kMsrTscDeadline = 0x6e0,
  kMsrPkrs = 0x6e1,
  kMsrX2apicFirst = 0x800,
  kMsrX2apicLast = 0x8ff,
  kMsrXss = 0xda0,
  kMsrKvmWallClockOld = 0x11,
  kMsrKvmSystemTimeOld = 0x12,
  kMsrKvmWallClock = 0x4b564d00,
  kMsrKvmSystemTime = 0x4b564d01,
  kMsrKvmAsyncPf = 0x4b564d02,
  kMsrKvmStealTime = 0x4b564d03,
  kMsrKvmPvEoi = 0x4b564d04,
  kMsrKvmPollControl = 0x4b564d05,
  kMsrKvmAsyncPfInt = 0x4b564d06,
  kMsrKvmAsyncPfAck = 0x4b564d07,
  kMsrEfer = 0xc0000080,
  kMsrStar = 0xc0000081,
  kMsrLstar = 0xc0000082,
  kMsrCstar = 0xc0000083,
  kMsrSfmask = 0xc0000084,
  kMsrFsBase = 0xc0000100,
  kMsrGsBase = 0xc0000101,
  kMsrKernelGsBase = 0xc0000102,
  kMsrTscAux = 0xc0000103
};

}  // namespace duet
