// What generated cases of the system world stand on: memory with the tables of every mode, and the states a case begins in.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "tools/diff/case/case.h"

namespace duet::diff {

enum class SystemMode : u8 { Real16, Virtual8086, Protected16, Protected32, Compat16, Compat32, Long64 };

std::string_view systemModeName(SystemMode mode);
constexpr bool isProtected(SystemMode m) { return m != SystemMode::Real16 && m != SystemMode::Virtual8086; }
constexpr bool isLong(SystemMode m) { return m >= SystemMode::Compat16; }

// How a protected mode without long mode translates addresses.
enum class Paging : u8 { None, Bits32, Pae, Long };

namespace stage {

// Physical addresses. Every paging maps the low 128 KiB onto themselves; the tables of all modes lie side by side, so that
// one memory serves all cases.
enum : u32 {
  kVectors = 0,  // real mode's
  kIdt32 = 0x1000,
  kIdt16 = 0x1800,  // the same gates for 16 bits
  kIdt64 = 0x2000,
  kGdt = 0x3000,
  kLdt = 0x3800,
  kHandlers = 0x4000,  // HLT; vector v enters at kHandlers + v
  kTss32 = 0x5000,     // the current task; each with an I/O permission map
  kTss16 = 0x5400,
  kTss64 = 0x5800,
  kOtherTss32 = 0x5c00,  // tasks to switch to
  kOtherTss16 = 0x5e00,
  kStacks = 0x6000,  // a page of them, each 400h bytes below its end
  kKernelCode = 0x7000,
  kUserCode = 0x8000,
  kUserData0 = 0x9000,
  kUserData1 = 0xa000,
  kUserReadOnly = 0xb000,
  kKernelData = 0xc000,  // not accessed yet
  kKernelReadOnly = 0xd000,
  kAbsent = 0xe000,
  kUserNoExecute = 0xf000,  // not accessed yet
  kDirectory32 = 0x10000,
  kTable32 = 0x11000,
  kPointersPae = 0x12000,
  kDirectoryPae = 0x13000,  // long mode's, too
  kTablePae = 0x14000,
  kLevel4 = 0x15000,
  kPointersLong = 0x16000,
  kAliases = 0x20000,  // eight pages, mapped with unusual entries (stage.cpp)
  kAliasesEnd = 0x28000,
};
inline constexpr u32 kLargeAlias32 = 0x400000, kLargeAliasPae = 0x200000;  // a large page onto physical 0
inline constexpr u64 kHighAlias = 0xffff800000000000;  // long mode: what is below 512 GiB once more

// Selectors of the GDT without RPL. Of each privilege there are eight code and data segments.
enum Kind : u8 { kCode32, kData32, kCode64, kCode16, kData16, kConforming, kExpandDown, kReadOnlyData };
constexpr u16 selectorOf(unsigned dpl, Kind kind) { return static_cast<u16>((1 + dpl * 8 + kind) << 3); }
inline constexpr u16 kLdtSelector = 48 * 8, kTss32Selector = 50 * 8, kTss64Selector = 58 * 8,
                     kTss16Selector = 106 * 8;
inline constexpr u32 kGdtLimit = 110 * 8 - 1, kLdtLimit = 5 * 8 - 1;
inline constexpr u32 kTss32Limit = 0xc8, kTss16Limit = 0x2b, kTss64Limit = 0xc8;
// Every selector that names something.
std::span<const u16> selectors();
// Those of call gates, task gates and TSSs.
std::span<const u16> gateSelectors();
u64 descriptorAt(u16 selector);

// Vectors of software interrupts whose gates are each wrong or unusual in another way.
inline constexpr unsigned kFirstOddVector = 0x20, kLastOddVector = 0x37;

}  // namespace stage

std::shared_ptr<const Memory> systemMemory();

// The processor in a mode, ready to run there: all that the mode needs, general registers 0, RIP and RSP in code and stack of
// the privilege. `paging` is Long exactly where the mode is.
CpuState systemState(SystemMode mode, unsigned cpl, Paging paging);

// Where a case's run over systemMemory() ended: in the handler of an exception or interrupt, raised at `rip`; or at a HLT
// of its own.
struct SystemEnd {
  std::optional<u8> vector;
  u64 rip = 0;
  bool hasErrorCode = false;
  u64 errorCode = 0;
  // With a vector: where the pushed flags lie, and their bytes.
  u64 flagsAt = 0, flags = 0;
  unsigned flagsSize = 0;
};
// Nothing where the state does not say.
std::optional<SystemEnd> systemEnd(const Case& c, const Outcome& outcome);

}  // namespace duet::diff
