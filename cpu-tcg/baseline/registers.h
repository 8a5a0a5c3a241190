// Which host register holds what while compiled code runs.
//
//   guest  RAX RDX RBX RBP RSI RDI R8 R9 R10 R12   in the host's register of the same name
//   guest  RCX in R13, RSP in R15
//   guest  R11 R13 R14 R15                         in Context::arch.gpr: compilers use them last
//   host   RCX R11 R14                             temporaries (RCX is JRCXZ's and the shift count's)
//   host   RSP                                     the Frame, in front of the Context
//   host   status flags                            the guest's, between any two guest instructions
#pragma once

#include <asmjit/x86.h>

#include <array>

#include "core/base/types.h"
#include "core/cpu/cpu_state.h"

namespace duet::tcg::baseline {

namespace x86 = asmjit::x86;

inline constexpr u8 kInMemory = 0xff;
inline constexpr std::array<u8, 16> kHostOf = {0, 13, 2,  3,         15, 5,         6,         7,
                                               8, 9,  10, kInMemory, 12, kInMemory, kInMemory, kInMemory};
constexpr bool isPinned(unsigned guest) { return kHostOf[guest] != kInMemory; }

inline constexpr x86::Gp kT0 = x86::rcx, kT1 = x86::r11, kT2 = x86::r14;

}  // namespace duet::tcg::baseline
