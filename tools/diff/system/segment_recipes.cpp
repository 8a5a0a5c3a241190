// Selectors, descriptor tables, ports.
#include <cstring>

#include "core/cpu/registers.h"
#include "tools/diff/system/system_recipes.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;
using namespace stage;

// Of a segment register, or to be looked at: in the operand that is read.
bool selector(SystemBuilder& b, Draft& d) {
  for (unsigned i = 0; i < d.insn.row->operandCount; ++i) {
    const Operand& op = d.insn.op[i];
    if (d.insn.row->operands[i].access == Access::Write || op.kind != OperandKind::Gpr) continue;
    if (!b.decide(op.reg, b.dataSelector(), 2) && !b.isKnown(op.reg)) return false;
  }
  return true;
}
void selectorContent(SystemBuilder& b, Draft&, std::span<u8> bytes) {
  const u16 value = b.dataSelector();
  std::memcpy(bytes.data(), &value, std::min<size_t>(bytes.size(), 2));
}

u16 systemSelector(SystemBuilder& b) {
  static constexpr u16 kFit[] = {kLdtSelector, 52 * 8, 54 * 8, 56 * 8, 64 * 8};
  return b.random().oneIn(2) ? static_cast<u16>(b.random().of(kFit) | b.random().below(4)) : b.anySelector();
}
bool systemRegister(SystemBuilder& b, Draft& d) {
  const Operand& op = d.insn.op[0];
  return op.kind != OperandKind::Gpr || b.decide(op.reg, systemSelector(b), 2) || b.isKnown(op.reg);
}
void systemContent(SystemBuilder& b, Draft&, std::span<u8> bytes) {
  const u16 value = systemSelector(b);
  std::memcpy(bytes.data(), &value, std::min<size_t>(bytes.size(), 2));
}

bool popSelector(SystemBuilder& b, Draft& d) {
  const u64 slot = b.dataSelector() | (b.random().oneIn(4) ? b.random()() << 16 : 0);
  return b.addStack({&slot, 1}, d.insn.opSize), true;
}

// An offset of the operand's size, then the selector.
void pointerContent(SystemBuilder& b, Draft& d, std::span<u8> bytes) {
  const u64 offset = b.random()();
  const u16 value = b.dataSelector();
  std::memcpy(bytes.data(), &offset, std::min<size_t>(8, bytes.size()));
  if (bytes.size() >= d.insn.opSize + 2u) std::memcpy(bytes.data() + d.insn.opSize, &value, 2);
}

// The table that is in use, elsewhere or shorter.
void tableContent(SystemBuilder& b, Draft& d, std::span<u8> bytes) {
  const bool global = std::string_view(d.insn.row->semName) == "Lgdt";
  const DescriptorTableRegister& now = global ? b.start().gdtr : b.start().idtr;
  const u16 limit = static_cast<u16>(b.random().oneIn(2) ? now.limit : b.random()());
  u64 base = now.base;
  if (b.random().oneIn(3)) base = b.random().oneIn(2) ? b.random()() : 0x0000800000000000;
  std::memcpy(bytes.data(), &limit, 2);
  std::memcpy(bytes.data() + 2, &base, std::min<size_t>(8, bytes.size() - 2));
}

u64 anyPort(SystemBuilder& b) {
  static constexpr u64 kPorts[] = {0,    1,     2,     3,     0x43,  0x81,  0xfe,
                                   0xff, 0x1fd, 0x1fe, 0x1ff, 0x200, 0x3f8, 0xffff};
  return b.random().of(kPorts);
}
bool port(SystemBuilder& b, Draft& d) {
  for (unsigned i = 0; i < d.insn.row->operandCount; ++i) {
    const Operand& op = d.insn.op[i];
    if (op.kind == OperandKind::Immediate) d.put(d.immediateAt, anyPort(b), 1);
    if (op.kind == OperandKind::Gpr && op.reg == kRdx && !b.decide(kRdx, anyPort(b), 2)) return false;
  }
  return true;
}

bool portString(SystemBuilder& b, Draft& d) {
  const bool in = std::string_view(d.insn.row->semName) == "Ins";
  const unsigned size = d.insn.addrSize;
  const auto offset = b.reach(in ? kEs : d.insn.mem.segment, size, d.insn.opSize);
  return b.decide(kRdx, anyPort(b), 2) && b.decide(kRcx, b.random().below(3), size) && offset &&
         b.decide(in ? kRdi : kRsi, *offset, size);
}

constexpr SystemRecipe kRecipes[] = {
    {"MovToSeg", selector, selectorContent},
    {"MovFromSeg"},
    {"PushSeg"},
    {"PopSeg", popSelector},
    {"LoadFarPtr", nullptr, pointerContent},
    {"Lar", selector, selectorContent},
    {"Lsl", selector, selectorContent},
    {"Verr", selector, selectorContent},
    {"Verw", selector, selectorContent},
    {"Arpl", selector, selectorContent},
    {"Lldt", systemRegister, systemContent},
    {"Ltr", systemRegister, systemContent},
    {"Sldt"},
    {"Str"},
    {"Lgdt", nullptr, tableContent},
    {"Lidt", nullptr, tableContent},
    {"Sgdt"},
    {"Sidt"},
    {"In", port},
    {"Out", port},
    {"Ins", portString},
    {"Outs", portString},
};

}  // namespace

std::span<const SystemRecipe> segmentRecipes() { return kRecipes; }

}  // namespace duet::diff
