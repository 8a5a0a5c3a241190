// A decoded instruction as text, for traces and tests.
#pragma once

#include <string>
#include <string_view>

#include "cpu-tcg/isa/insn.h"

namespace duet::tcg::isa {

// Intel syntax: "lock add dword ptr [rbx+rcx*4+0x10], eax". `address` is where the instruction starts
// (branch targets are shown whole).
std::string format(const Insn& insn, u64 address);

// The manual's name, for this operand or address size. Valid as long as the program runs.
std::string_view mnemonicOf(const Insn& insn);

}  // namespace duet::tcg::isa
