// Bytes to Insn, by the rows. Pure: no state, any thread.
#pragma once

#include <span>

#include "cpu-tcg/isa/insn.h"

namespace duet::tcg::isa {

// All rows, in table order; index equals Row::index. Built once, at first use.
std::span<const Row> allRows();

// Where the vendors' processors read the same bytes differently. To AMD's, 66 makes near branches 16 bits wide in 64-bit
// mode too, and rows marked `intel` do not exist (both seen on Zen 4).
enum class Dialect : u8 { Intel, Amd };

// Decodes one instruction. `features` says which CPUID features the guest CPU has: rows it lacks do
// not exist (TZCNT decodes as BSF, 0F 01 D0 as #UD, …). Real and virtual-8086 mode pass
// `protectedMode` false: rows marked `prot`, and every VEX encoding, are then invalid
// (LES/LDS/BOUND take their place).
// Illegal LOCK (row without `lock`, or register destination) is Invalid.
DecodeStatus decode(std::span<const u8> bytes, CodeMode mode, bool protectedMode, const FeatureSet& features,
                    Insn& out, Dialect dialect = Dialect::Intel);

}  // namespace duet::tcg::isa
