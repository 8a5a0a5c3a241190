// The local APIC's registers as a value (SDM vol. 3 table 11-1).
#pragma once

#include <array>
#include <bit>

#include "core/base/types.h"
#include "core/state/fields.h"

namespace duet::hw {

// Register numbers: MMIO offset / 16 and MSR index - 800h are the same.
enum ApicRegister : unsigned {
  kApicId = 0x02,
  kApicVersion = 0x03,
  kApicTpr = 0x08,
  kApicApr = 0x09,
  kApicPpr = 0x0a,
  kApicEoi = 0x0b,
  kApicRrd = 0x0c,
  kApicLdr = 0x0d,
  kApicDfr = 0x0e,
  kApicSvr = 0x0f,
  kApicIsr = 0x10,
  kApicTmr = 0x18,
  kApicIrr = 0x20,
  kApicEsr = 0x28,
  kApicIcrLow = 0x30,
  kApicIcrHigh = 0x31,
  kApicLvtTimer = 0x32,
  kApicLvtThermal = 0x33,
  kApicLvtPerf = 0x34,
  kApicLvtLint0 = 0x35,
  kApicLvtLint1 = 0x36,
  kApicLvtError = 0x37,
  kApicInitialCount = 0x38,
  kApicCurrentCount = 0x39,
  kApicDivide = 0x3e,
  kApicSelfIpi = 0x3f
};

enum LvtIndex : unsigned { kLvtTimer, kLvtThermal, kLvtPerf, kLvtLint0, kLvtLint1, kLvtError, kLvtCount };

// Bits of the LVT entries that exist; those of them that software may write (not delivery status, remote IRR).
inline constexpr u32 kLvtBits[kLvtCount] = {0x710ff, 0x117ff, 0x117ff, 0x1f7ff, 0x1f7ff, 0x110ff};
inline constexpr u32 kLvtReadOnly = 0x5000;
inline constexpr u32 kLvtTimerDeadline = 1u << 18;  // without that mode reserved
inline constexpr u32 kTimerDivideBits = 0xb;
inline constexpr u32 kSvrBits = 0x13ff;
inline constexpr u32 kIcrLowWritable = 0xccfff;

inline constexpr u32 kLvtMasked = 1u << 16;
inline constexpr u32 kLvtLevel = 1u << 15;
inline constexpr u32 kLvtRemoteIrr = 1u << 14;
inline constexpr u32 kSvrEnable = 1u << 8;
inline constexpr u32 kSvrSuppressEoiBroadcast = 1u << 12;
inline constexpr u32 kEsrSendIllegalVector = 1u << 5;
inline constexpr u32 kEsrReceiveIllegalVector = 1u << 6;
inline constexpr u32 kEsrIllegalRegister = 1u << 7;
inline constexpr u64 kApicBaseBsp = 1u << 8;
inline constexpr u64 kApicBaseExtd = 1u << 10;
inline constexpr u64 kApicBaseEnable = 1u << 11;
inline constexpr u64 kApicDefaultPage = 0xfee00000;

// 256 bits, one a vector.
struct VectorBits {
  std::array<u32, 8> words{};

  bool test(u8 v) const { return (words[v >> 5] >> (v & 31)) & 1; }
  void set(u8 v) { words[v >> 5] |= 1u << (v & 31); }
  void clear(u8 v) { words[v >> 5] &= ~(1u << (v & 31)); }
  int highest() const {
    for (int i = 7; i >= 0; --i) {
      if (words[static_cast<size_t>(i)]) return i * 32 + 31 - std::countl_zero(words[static_cast<size_t>(i)]);
    }
    return -1;
  }
  static constexpr auto fields() { return duet::fields(field("words", &VectorBits::words)); }
};

struct LocalApicState {
  u64 base = 0;  // IA32_APIC_BASE
  u32 id = 0;    // all 32 bits in x2APIC mode, else the 8 of register 20h
  u8 taskPriority = 0;
  u32 ldr = 0;
  u32 dfr = 0xffffffff;
  u32 svr = 0xff;
  u32 esr = 0;         // as last latched by a write
  u32 esrPending = 0;  // collected since
  u32 icrLow = 0;
  u32 icrHigh = 0;
  std::array<u32, kLvtCount> lvt{};
  VectorBits isr, irr, tmr;
  bool extIntPending = false;  // an ExtINT message arrived (an IOAPIC pin in that mode)
  std::array<bool, 2> lint{};  // levels of LINT0 and LINT1
  u32 timerInitial = 0;
  u32 timerDivide = 0;
  i64 timerNext = 0;  // guest time at which it expires next; meaningful while timerRunning
  bool timerRunning = false;
  u64 tscDeadline = 0;  // 0: disarmed

  static constexpr auto fields() {
    using S = LocalApicState;
    return duet::fields(field("base", &S::base), field("id", &S::id), field("taskPriority", &S::taskPriority),
                        field("ldr", &S::ldr), field("dfr", &S::dfr), field("svr", &S::svr),
                        field("esr", &S::esr), field("esrPending", &S::esrPending),
                        field("icrLow", &S::icrLow), field("icrHigh", &S::icrHigh), field("lvt", &S::lvt),
                        field("isr", &S::isr), field("irr", &S::irr), field("tmr", &S::tmr),
                        field("extIntPending", &S::extIntPending), field("lint", &S::lint),
                        field("timerInitial", &S::timerInitial), field("timerDivide", &S::timerDivide),
                        field("timerNext", &S::timerNext), field("timerRunning", &S::timerRunning),
                        field("tscDeadline", &S::tscDeadline));
  }
};

}  // namespace duet::hw
