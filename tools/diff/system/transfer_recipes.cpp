// Transfers of control: far, by interrupt, to and from the system; and the flags that decide about them.
#include <cstring>

#include "core/cpu/registers.h"
#include "tools/diff/system/system_recipes.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;
using namespace stage;

// Real and virtual-8086 mode: any of these reaches the code.
u16 realSelector(SystemBuilder& b) {
  static constexpr u16 kSelectors[] = {0, 0x100, 0x700, 0x7c0};
  return b.random().of(kSelectors);
}
u16 targetSelector(SystemBuilder& b) {
  return isProtected(b.setting().mode) ? b.codeSelector() : realSelector(b);
}
u16 stackSelector(SystemBuilder& b, u16 code) {
  if (b.random().oneIn(6)) return b.dataSelector();
  return static_cast<u16>(selectorOf(code & 3, b.random().oneIn(4) ? kData16 : kData32) | (code & 3));
}
u64 stackPointer(u16 selector) { return (selector & 3) == 3 ? kUserData1 + 0xe00 : kStacks + 0x700; }

bool farImmediate(SystemBuilder& b, Draft& d) {
  if (d.insn.row->operands[0].slot != Slot::FarPointer) return true;
  const u16 selector = targetSelector(b);
  d.put(d.immediateAt, b.entryOf(selector), d.insn.opSize);
  d.put(d.immediateAt + d.insn.opSize, selector, 2);
  return true;
}
void farContent(SystemBuilder& b, Draft& d, std::span<u8> bytes) {
  const u16 selector = targetSelector(b);
  const u64 offset = b.entryOf(selector);
  std::memcpy(bytes.data(), &offset, std::min<size_t>(8, bytes.size()));
  if (bytes.size() >= d.insn.opSize + 2u) std::memcpy(bytes.data() + d.insn.opSize, &selector, 2);
}

bool farReturn(SystemBuilder& b, Draft& d) {
  const u16 selector = targetSelector(b), stack = stackSelector(b, selector);
  if (d.insn.row->opcode == 0xca) d.put(d.immediateAt, b.random().below(3) * 4, 2);
  const u64 slots[] = {b.entryOf(selector), selector, stackPointer(selector), stack};
  return b.addStack(slots, d.insn.opSize), true;
}

bool interruptReturn(SystemBuilder& b, Draft& d) {
  const u16 selector = targetSelector(b), stack = stackSelector(b, selector);
  u64 flags = b.anyFlags(), target = b.entryOf(selector), pointer = stackPointer(selector);
  u16 code = selector, top = stack;
  if (d.insn.opSize == 4 && b.setting().cpl == 0 && !isLong(b.setting().mode) && b.random().oneIn(3)) {
    flags |= kFlagVm;  // to virtual-8086 mode: five more selectors
    code = 0;
    top = 0;
    target = kUserCode + 0xe00;
    pointer = kUserData1 + 0xe00;
  }
  const u64 slots[] = {target, code, flags, pointer, top, 0x900, 0xa00, 0, 0x10};
  return b.addStack(slots, d.insn.opSize), true;
}

bool vector(SystemBuilder& b, Draft& d) {
  Random& r = b.random();
  u64 number = kFirstOddVector + r.below(kLastOddVector - kFirstOddVector + 1);
  if (r.oneIn(4)) number = r.oneIn(2) ? 0x80 : r.below(32);
  return d.put(d.immediateAt, number, 1), true;
}

bool popFlags(SystemBuilder& b, Draft& d) {
  const u64 flags = b.anyFlags();
  return b.addStack({&flags, 1}, d.insn.opSize), true;
}

// RCX (or RDX for SYSEXIT) is where it goes on.
u64 userTarget(SystemBuilder& b) {
  if (b.random().oneIn(6)) return b.random().oneIn(2) ? 0x0000800000000000 : b.random()();
  return kUserCode + 0xe00 + b.random().below(0x80);
}
bool systemReturn(SystemBuilder& b, Draft&) {
  b.decide(kR11, b.anyFlags() & ~u64{kFlagVm});
  return b.decide(kRcx, userTarget(b));
}
bool systemExit(SystemBuilder& b, Draft&) {
  return b.decide(kRdx, userTarget(b)) && b.decide(kRcx, kUserData1 + 0xe00);
}

void boundContent(SystemBuilder& b, Draft&, std::span<u8> bytes) {
  for (u8& byte : bytes) byte = b.random().oneIn(2) ? 0 : 0x7f;
}

constexpr SystemRecipe kRecipes[] = {
    {"FarJmp", farImmediate, farContent, true},
    {"FarCall", farImmediate, farContent, true},
    {"FarRet", farReturn, nullptr, true},
    {"Iret", interruptReturn, nullptr, true},
    {"IntN", vector, nullptr, true},
    {"Int3", nullptr, nullptr, true},
    {"Into", nullptr, nullptr, true},
    {"Icebp", nullptr, nullptr, true},
    {"Bound", nullptr, boundContent},
    {"Syscall", nullptr, nullptr, true},
    {"Sysret", systemReturn, nullptr, true},
    {"Sysenter", nullptr, nullptr, true},
    {"Sysexit", systemExit, nullptr, true},
    {"Rsm", nullptr, nullptr, true},
    {"Hlt", nullptr, nullptr, true},
    {"Popf", popFlags},
    {"Pushf"},
    {"Cli"},
    {"Sti"},
};

}  // namespace

std::span<const SystemRecipe> transferRecipes() { return kRecipes; }

}  // namespace duet::diff
