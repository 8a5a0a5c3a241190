// What gdb calls registers: one fixed list for every CPU mode, in the order of the 'g' packet.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/cpu/cpu_state.h"

namespace duet::ui::gdb {

struct Register {
  std::string name;
  unsigned bits = 64;
  std::string type;     // as the target description names it
  std::string feature;  // gdb's name of the set it belongs to
  std::string group;    // for `info registers GROUP`; empty: gdb's choice by type
  unsigned index = 0;   // handed to read and write
  // The value's bytes, low one first; `bits` / 8 of them. Writing what the processor cannot change does nothing.
  void (*read)(const CpuState&, unsigned index, u8* out) = nullptr;
  void (*write)(CpuState&, unsigned index, const u8* in) = nullptr;

  unsigned bytes() const { return bits / 8; }
};

const std::vector<Register>& registers();

// Target description (gdb manual, appendix G.2) of registers().
const std::string& targetXml();

}  // namespace duet::ui::gdb
