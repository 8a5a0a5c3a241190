// The names of what a processor state holds: for listings, comparisons and files.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "tools/diff/case/case.h"

namespace duet::diff {

// A little-endian number of `size` bytes somewhere in a state.
struct StateField {
  std::string name;  // "rax", "es.base", "xmm3", "ymm3h", "st0", "msr.lstar"
  unsigned size;
  bool user;  // what user code can see of itself
  u8* (*at)(CpuState& state, unsigned index);
  unsigned index;

  u8* in(CpuState& state) const { return at(state, index); }
  const u8* in(const CpuState& state) const { return at(const_cast<CpuState&>(state), index); }
};

std::span<const StateField> stateFields();
const StateField* findStateField(std::string_view name);

// Hexadecimal digits, all of them.
std::string fieldText(const StateField& field, const CpuState& state);
// Sets the field from hexadecimal digits, fewer than its size or as many.
Result<> setField(const StateField& field, CpuState& state, std::string_view digits);

// A flag of RFLAGS by name, in the order of bits.
struct FlagName {
  const char* name;
  u32 mask;
};
std::span<const FlagName> flagNames();

}  // namespace duet::diff
