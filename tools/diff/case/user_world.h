// The surroundings that code of the user worlds sees, the same on every engine: those of a process of 64-bit Linux, since
// the host's own processor is one of the engines.
#pragma once

#include <span>

#include "tools/diff/case/case.h"

namespace duet::diff {

// Selectors of Linux's GDT (arch/x86/include/asm/segment.h): what a process begins with, and the three entries it may fill
// itself (set_thread_area(2)).
inline constexpr u16 kUserCode32 = 0x23, kUserData = 0x2b, kUserCode64 = 0x33;
inline constexpr u16 kTlsLow = 0x63, kTlsExpandDown = 0x6b, kTlsReadOnly = 0x73;
// The first two are 32-bit data segments with these (the last byte inside, the last byte outside); the third is flat and
// may only be read.
inline constexpr u32 kTlsBase = 0x30001000, kTlsLimit = 0x17ff;

// A descriptor of the world: what LAR, LSL, VERR and segment loads find behind a selector.
struct Descriptor {
  u16 selector;  // RPL as in the names above
  u64 value;
};

// Every present descriptor that user code may name. The system's own ones (DPL 0) are there too: VERR says no to them.
std::span<const Descriptor> userDescriptors();

// What loading the selector of a descriptor puts into a segment register; `selector` must be one of userDescriptors().
SegmentRegister userSegment(u16 selector);

// User mode before the first instruction: registers 0, x87 and SSE initial (MXCSR 1F80h), interrupts on, IOPL 0. 64-bit: null
// DS, ES, FS and GS; FS and GS bases are the case's. 32-bit: flat DS, ES and SS. CR4 and XCR0 hold what every processor
// with long mode has; an engine adds OSXSAVE, FSGSBASE and UMIP, and AVX's XCR0 bit, where its processor has them (Linux
// does). Of CpuState a case of the user worlds changes GPRs, RIP, RFLAGS (kUserFlags), data segments (userSegment() or
// null, in 64-bit mode with any canonical FS and GS base), and the x87, SSE and AVX parts of the XSAVE area.
CpuState userState(World world);

// RFLAGS bits that user code can see and change: everything else is fixed.
inline constexpr u32 kUserFlags = 0x254dd5;  // CF PF AF ZF SF TF DF OF NT RF AC ID

}  // namespace duet::diff
