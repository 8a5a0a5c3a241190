// The guest state that one-instruction host stubs touch. Embedded in the vCPU's context; one thread.
//
// The x87 registers (and MMX, which are the same) live in one of two places:
//
//            x87Acquire() (done by Stub::run)
//   area  ───────────────────────────────────►  resident
//   (XSAVE area is current)                      (the host's x87 unit holds ST0-7, TOP, tags, FSW)
//         ◄───────────────────────────────────
//            x87Release()
//
// Compiled code never uses the host's x87 unit unless it computes with `long double` (or calls fmod and
// the like), so the guest's values can stay there between instructions. Whoever reads or replaces the
// legacy area's x87 part (FXSAVE, XSAVE, export, import), and whoever leaves run(), calls x87Release()
// first; it leaves the host's x87 unit as after FNINIT. FCW, the pointers and the opcode are always
// current in the area.
#pragma once

#include "core/base/types.h"

namespace duet::tcg {

// Offsets in the XSAVE area's legacy part (SDM vol. 1 table 10-2, the 64-bit layout: FIP and FDP have 64
// bits). The selectors, which that layout has no room for, are kept in bytes it leaves to software.
enum XsaveOffset : u32 {
  kXsFcw = 0,
  kXsFsw = 2,
  kXsFtw = 4,
  kXsFop = 6,
  kXsFip = 8,
  kXsFdp = 16,
  kXsMxcsr = 24,
  kXsMxcsrMask = 28,
  kXsSt0 = 32,
  kXsXmm0 = 160,
  kXsFcs = 464,
  kXsFds = 466,
  kXsYmmHigh = 576
};

inline constexpr u32 kMxcsrFlags = 0x3f;      // IE DE ZE OE UE PE
inline constexpr u32 kMxcsrMasks = 0x1f80;    // of the same
inline constexpr u32 kMxcsrDefault = 0x1f80;  // all masked, round to nearest
inline constexpr u32 kMxcsrMm = 1u << 17;     // AMD: misaligned operands of packed instructions allowed

// What CPU models do in their own ways (helpers' updateFpuRules() fills it in).
struct FpuRules {
  // FOP, FIP and FDP in FXSAVE and XSAVE images: always; as zeros unless an unmasked exception is pending
  // (AMD with RstrFpErrPtrs); neither saved nor restored then (AMD without).
  enum class ErrorPointers : u8 { Always, ZeroUnlessPending, OnlyPending };

  u32 mxcsrMask = 0xffff;      // bits of MXCSR that may be 1
  bool fopOnUnmasked = false;  // FOP is recorded by instructions with an unmasked exception only
  bool fdpOnUnmasked = false;  // likewise FDP (CPUID.7.EBX[6])
  bool zeroSelectors = false;  // FCS and FDS are saved as 0 (CPUID.7.EBX[13])
  ErrorPointers saved = ErrorPointers::Always;
};

struct NativeState {
  // `gpr`: 16 registers; `xsave`: standard format, 64-byte aligned, 832 bytes or more. Both outlive this.
  NativeState(u64* gprs, u8* xsaveArea);
  NativeState(const NativeState&) = delete;
  NativeState& operator=(const NativeState&) = delete;

  u64* gpr;
  u8* xsave;
  u32 flags = 0;  // CF PF AF ZF SF OF at their EFLAGS positions: read and written by rows that say so
  bool x87Resident = false;
  bool ignoreX87Errors = false;  // IGNNE#: waiting instructions execute with an exception pending
  FpuRules rules;

  // --- used by the stubs only
  u16 hostControl = 0;  // x87 control word a stub loads
  u32 hostMxcsr;        // what compiled code runs with
  u32 mxcsr = 0;        // loaded before and read after the instruction
  u32 raised = 0;       // SIMD exception flags of an instruction that trapped
  u64 trapReturn = 0;   // where in the stub a trap goes on
  u8 environment[28] = {};

  template <class T>
  T area(u32 offset) const {
    T v;
    __builtin_memcpy(&v, xsave + offset, sizeof v);
    return v;
  }
  template <class T>
  void setArea(u32 offset, T v) {
    __builtin_memcpy(xsave + offset, &v, sizeof v);
  }

  // The x87 registers are in the host's unit and the guest masks every x87 exception.
  bool x87QuietlyResident() const { return x87Resident && (area<u16>(kXsFcw) & 0x3f) == 0x3f; }

  u32 guestMxcsr() const { return area<u32>(kXsMxcsr); }
  void setGuestMxcsr(u32 v) { setArea<u32>(kXsMxcsr, v); }
  bool simdMasked() const { return (guestMxcsr() & kMxcsrMasks) == kMxcsrMasks; }
  u8* xmm(unsigned n) { return xsave + kXsXmm0 + 16 * n; }
  u8* ymmHigh(unsigned n) { return xsave + kXsYmmHigh + 16 * n; }
};

}  // namespace duet::tcg
