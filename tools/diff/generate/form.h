// What an instruction looked like and how it went: the unit that coverage counts.
#pragma once

#include <compare>
#include <vector>

#include "core/cpu/cpu_model.h"
#include "cpu-tcg/isa/decoder.h"
#include "tools/diff/case/case.h"
#include "tools/diff/case/system_stage.h"

namespace duet::diff {

// What code is written for: which rows exist, and how their bytes are read.
struct Target {
  World world = World::User64;
  FeatureSet features;
  CpuVendor vendor = CpuVendor::Intel;
  SystemMode systemMode = SystemMode::Long64;  // in the system world
  // Whether the witness checks segments' limits and types, and alignment, at every access.
  bool segmentChecks = true, alignmentChecks = true;
  bool longModeSwitch = true;  // EFER.LME may change

  bool wide() const { return mode() == tcg::isa::CodeMode::Bits64; }
  tcg::isa::CodeMode mode() const;
  tcg::isa::Dialect dialect() const {
    return vendor == CpuVendor::Amd ? tcg::isa::Dialect::Amd : tcg::isa::Dialect::Intel;
  }
  tcg::isa::DecodeStatus decode(std::span<const u8> bytes, tcg::isa::Insn& out) const {
    return tcg::isa::decode(bytes, mode(), world != World::System || isProtected(systemMode), features, out,
                            dialect());
  }
};

enum class OperandShape : u8 { Register, Memory };  // Register: also without operands

// Optional prefixes in groups; operand and address size stand for themselves.
enum class PrefixGroup : u8 { None, Rex, Segment, Rep, Repne, Lock, Several };

// How an instruction ended.
inline constexpr u8 kNotRun = 0, kDone = 1, kRaised = 2;  // kRaised + vector

inline constexpr u16 kInvalidRow = 0xffff;  // bytes that no row decodes

struct FormKey {
  u16 row = kInvalidRow;
  OperandShape shape = OperandShape::Register;
  u8 operandSize = 0;  // bytes; 0 where it changes nothing
  u8 addressSize = 0;  // bytes; 0 without address
  PrefixGroup prefixes = PrefixGroup::None;
  u8 ending = kNotRun;
  World world = World::User64;
  SystemMode mode = SystemMode::Real16;  // in the system world
  u8 cpl = 0;                            // the same

  u64 packed() const;
  static FormKey unpack(u64 packed);
  // The same, ending, prefixes and privilege aside: what the tables alone call for.
  FormKey plain() const;
  auto operator<=>(const FormKey&) const = default;
};

FormKey formOf(const tcg::isa::Insn& insn, const Target& target);

// Which forms a row has in a world, from the tables: operand shapes by operand sizes by address sizes.
std::vector<FormKey> formsOf(const tcg::isa::Row& row, const Target& target);

}  // namespace duet::diff
