// Control and debug registers, model-specific registers, translation, extended state.
#include <cstring>

#include "core/cpu/registers.h"
#include "tools/diff/generate/values.h"
#include "tools/diff/system/system_recipes.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;
using namespace stage;

u64 cr0Value(SystemBuilder& b) {
  static constexpr u64 kBits[] = {kCr0Pe, kCr0Mp, kCr0Em, kCr0Ts, kCr0Et,       kCr0Ne,
                                  kCr0Wp, kCr0Am, kCr0Nw, kCr0Cd, kCr0Pg,       kCr0Wp,
                                  kCr0Ts, kCr0Wp, kCr0Am, kCr0Ts, u64{1} << 28, u64{1} << 40};
  u64 value = b.start().cr0 ^ b.random().of(kBits);
  if (b.random().oneIn(2)) value ^= b.random().of(kBits);
  return value;
}

u64 cr3Value(SystemBuilder& b) {
  static constexpr u64 kExtra[] = {0, 0, 8, 0x18, 1, 0xfff, u64{1} << 63, u64{1} << 60};
  return (b.start().cr3 & ~u64{0xfff}) | b.random().of(kExtra);
}

u64 cr4Value(SystemBuilder& b) {
  u64 value = b.start().cr4;
  const auto bits = cr4Bits();
  for (unsigned n = 1 + b.random().below(2); n; --n) {
    const Cr4Bit& bit = bits[b.random().below(static_cast<unsigned>(bits.size()))];
    if (b.has(bit.feature)) value ^= bit.bit;
  }
  static constexpr u64 kUnusual[] = {kCr4Pae, kCr4Pcide, u64{1} << 30, u64{1} << 33};
  if (b.random().oneIn(5)) {
    const u64 bit = b.random().of(kUnusual);
    if (bit != kCr4Pcide || b.has(Feature::Pcid)) value ^= bit;
  }
  return value;
}

bool toControl(SystemBuilder& b, Draft& d) {
  const Insn& i = d.insn;
  u64 value = 0;
  switch (i.op[0].reg) {
    case 0:
      value = cr0Value(b);
      break;
    case 3:
      value = cr3Value(b);
      break;
    case 4:
      value = cr4Value(b);
      break;
    case 8:
      value = b.random().oneIn(4) ? b.random()() : b.random().below(17);
      break;
    default:
      value = edgeInteger(b.random());
  }
  return b.decide(i.op[1].reg, value);
}

// Breakpoints nowhere near the case's memory.
bool toDebug(SystemBuilder& b, Draft& d) {
  static constexpr u64 kControl[] = {0x400, 0, 0x2000, 0x700, 0x100000401, 0xffffffff00000400, 0xdc00};
  static constexpr u64 kStatus[] = {0xffff0ff0, 0, 0xffff0fff, 0xffffeff0, 0x1ffff0ff0, 0xf};
  static constexpr u64 kAddress[] = {0, 0x77770000, 0xffff888000000000};
  const unsigned reg = d.insn.op[0].reg;
  Random& r = b.random();
  return b.decide(d.insn.op[1].reg, reg < 4 ? r.of(kAddress) : reg % 2 ? r.of(kControl) : r.of(kStatus));
}

bool machineWord(SystemBuilder& b, Draft& d) {
  const Operand& op = d.insn.op[0];
  return op.kind != OperandKind::Gpr || b.decide(op.reg, b.start().cr0 ^ b.random().below(16)) ||
         b.isKnown(op.reg);
}
void machineWordContent(SystemBuilder& b, Draft&, std::span<u8> bytes) {
  const u64 value = b.start().cr0 ^ b.random().below(16);
  std::memcpy(bytes.data(), &value, std::min<size_t>(bytes.size(), 2));
}

u64 addressValue(SystemBuilder& b) {
  static constexpr u64 kValues[] = {kKernelCode + 0xe00, 0,          0x7fffffffffff,
                                    0x800000000000,      kHighAlias, 0xffff7fffffffffff};
  return b.random().oneIn(5) ? b.random()() : b.random().of(kValues);
}

u64 eferValue(SystemBuilder& b) {
  static constexpr u64 kBits[] = {kEferSce, kEferNxe, kEferLme, kEferLma, 2, u64{1} << 63};
  u64 value = b.start().msr.efer ^ b.random().of(kBits);
  if (!b.target().longModeSwitch) value ^= (value ^ b.start().msr.efer) & kEferLme;
  return value & (b.has(Feature::Nx) ? ~u64{0} : ~u64{kEferNxe});
}

bool registerIndex(SystemBuilder& b, Draft&) {
  static constexpr u32 kIndices[] = {kMsrEfer,   kMsrStar,       kMsrLstar,       kMsrCstar,
                                     kMsrSfmask, kMsrFsBase,     kMsrGsBase,      kMsrKernelGsBase,
                                     kMsrPat,    kMsrSysenterCs, kMsrSysenterEsp, kMsrSysenterEip,
                                     kMsrEfer,   0xc00000ff,     0x12345};
  return b.decide(kRcx, b.random().of(kIndices), 4);
}

bool writeRegister(SystemBuilder& b, Draft& d) {
  registerIndex(b, d);
  if (!b.isKnown(kRcx)) return false;
  u64 value = addressValue(b);
  const u32 index = static_cast<u32>(b.gpr(kRcx));
  if (index == kMsrEfer) value = eferValue(b);
  if (index == kMsrPat) value = b.random().oneIn(3) ? b.random()() : 0x0007040600070406 ^ b.random().below(8);
  if (index == kMsrStar || index == kMsrSfmask) value = b.random()();
  if (index == kMsrSysenterCs) value = b.random()() & 0xffff;
  return b.decide(kRax, value & 0xffffffff, 4) && b.decide(kRdx, value >> 32, 4);
}

bool pageType(SystemBuilder& b, Draft& d) {
  return b.decide(d.insn.op[0].reg, b.random().oneIn(6) ? b.random()() : b.random().below(5));
}
void pageDescriptor(SystemBuilder& b, Draft&, std::span<u8> bytes) {
  const u64 identifier = b.random().oneIn(4) ? b.random()() : b.random().below(3);
  const u64 address = b.random().oneIn(4) ? addressValue(b) : u64{kUserData0};
  std::memcpy(bytes.data(), &identifier, 8);
  std::memcpy(bytes.data() + 8, &address, 8);
}

bool extendedControl(SystemBuilder& b, Draft&) {
  static constexpr u64 kValues[] = {1, 3, 7, 5, 0, 2, 4, 0x10007};
  return b.decide(kRcx, b.random().oneIn(6) ? 1 : 0, 4) && b.decide(kRax, b.random().of(kValues), 4) &&
         b.decide(kRdx, b.random().oneIn(8) ? 1 : 0, 4);
}
bool extendedIndex(SystemBuilder& b, Draft&) { return b.decide(kRcx, b.random().oneIn(3) ? 2 : 0, 4); }

bool stateMask(SystemBuilder& b, Draft&) {
  return b.decide(kRax, b.random().oneIn(2) ? 7 : b.random().below(8), 4) && b.decide(kRdx, 0, 4);
}
// The header alone counts here: XSTATE_BV, XCOMP_BV, zeros.
void stateContent(SystemBuilder& b, Draft&, std::span<u8> bytes) {
  std::memset(bytes.data(), 0, bytes.size());
  bytes[24] = 0x80;
  bytes[25] = 0x1f;
  u64 header[8] = {b.random().below(8), b.random().oneIn(3) ? 0 : u64{1} << 63 | 7};
  if (b.random().oneIn(6)) header[b.random().below(8)] |= u64{1} << b.random().below(64);
  if (bytes.size() >= kXsaveLegacySize + 64) std::memcpy(bytes.data() + kXsaveLegacySize, header, 64);
}

bool key(SystemBuilder& b, Draft&) {
  b.decide(kRax, b.random().oneIn(2) ? 0xc0 : b.random()(), 4);
  return b.decide(kRcx, b.random().oneIn(8), 4) && b.decide(kRdx, b.random().oneIn(8), 4);
}

bool writeBase(SystemBuilder& b, Draft& d) { return b.decide(d.insn.op[0].reg, addressValue(b)); }

constexpr SystemRecipe kRecipes[] = {
    {"MovToCr", toControl},
    {"MovFromCr"},
    {"MovToDr", toDebug},
    {"MovFromDr"},
    {"Lmsw", machineWord, machineWordContent},
    {"Smsw"},
    {"Clts"},
    {"Invlpg"},
    {"Invpcid", pageType, pageDescriptor},
    {"Invd"},
    {"Wbinvd"},
    {"Rdmsr", registerIndex},
    {"Wrmsr", writeRegister},
    {"Xsetbv", extendedControl},
    {"Xgetbv", extendedIndex},
    {"Xsaves", stateMask, stateContent},
    {"Xrstors", stateMask, stateContent},
    {"Rdpkru", key},
    {"Wrpkru", key},
    {"Clac"},
    {"Stac"},
    {"Swapgs"},
    {"Rdfsbase"},
    {"Rdgsbase"},
    {"Wrfsbase", writeBase},
    {"Wrgsbase", writeBase},
};

}  // namespace

std::span<const SystemRecipe> controlRecipes() { return kRecipes; }

}  // namespace duet::diff
