// Where a fuzzed guest begins: a processor mode with valid tables, handlers that step over what faulted, and
// registers picked by the input among values that lead somewhere.
#pragma once

#include "tests/fuzz/fuzz_machine.h"
#include "tests/fuzz/input.h"

namespace duet::fuzz {

// Memory map of the guest (linear = physical where paging maps it).
inline constexpr u64 kHandlers = 0x1000, kGdt = 0x2000, kIdt = 0x3000, kTss = 0x4000, kTss16 = 0x4400,
                     kTss2 = 0x4800, kLdt = 0x5000, kData = 0x6000, kStack = 0x7f00, kCode = 0x8000,
                     kStack0 = 0x11000, kStackIst = 0x12000, kUserStack = 0x13000, kEdge = 0x16ffff,
                     kTables = 0x180000;
// With paging on: the low 1.5 MiB one to one but for the page at 170000h, which is absent; then the same
// memory again at kAlias, and tables that no linear address reaches.
inline constexpr u64 kAlias = 0x200000;
inline constexpr u32 kGdtLimit = 0xff;

inline constexpr u16 kCode0 = 0x08, kData0 = 0x10, kCode3 = 0x1b, kData3 = 0x23, kCode64 = 0x28,
                     kCode64User = 0x33, kTssSel = 0x38, kCode16 = 0x48, kData16 = 0x50, kConforming = 0x58,
                     kTss16Sel = 0x60, kTss2Sel = 0x68, kCallGate = 0x73, kTaskGate = 0x7b, kLdtSel = 0x80,
                     kCallGate64 = 0x93, kCode16User = 0xa3, kDownData = 0xa8, kAbsent = 0xb0;

enum class Mode : u8 { Real, Virtual8086, Prot16, Prot32, Paged32, Pae, Compat, Long, Level5, kCount };

struct Start {
  Mode mode = Mode::Real;
  CpuState state;
  unsigned bits() const;  // of the code segment
  bool longMode() const { return mode >= Mode::Compat; }
};

// Writes tables and handlers, and takes the registers from the input.
Start makeStart(FuzzMachine& machine, Input& input);
// The program at kCode, and behind it a jump back to its beginning.
void putProgram(FuzzMachine& machine, const Start& start, std::span<const u8> code);
// A number that means something to this machine: addresses, selectors, edges; now and then any.
u64 takeValue(Input& input);

}  // namespace duet::fuzz
