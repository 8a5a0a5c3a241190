// Registers that arithmetic implies, and values for which it takes another path.
#include <algorithm>
#include <cstring>
#include <string_view>

#include "core/base/bits.h"
#include "tools/diff/generate/recipes.h"
#include "tools/diff/generate/values.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

// Dividends that mostly fit: a high half of 0 or of the sign.
bool divide(CaseBuilder& builder, Draft& draft) {
  Random& random = builder.random();
  if (builder.isFree(kRax)) {
    const bool fits = draft.insn.opSize == 1 && random.oneIn(2);
    builder.decide(kRax, fits ? static_cast<u64>(random.between(-128, 255)) : edgeInteger(random));
  }
  if (!builder.isFree(kRdx) || !builder.isKnown(kRax)) return true;
  const u64 sign = testBit(builder.gpr(kRax), 8u * draft.insn.opSize - 1) ? ~u64{0} : 0;
  const unsigned kind = random.below(4);
  builder.decide(kRdx, kind == 0 ? 0 : kind == 1 ? sign : kind == 2 ? random.below(64) : edgeInteger(random));
  return true;
}

// The accumulator equals the other operand half of the time.
bool compareExchange(CaseBuilder& builder, Draft& draft) {
  Random& random = builder.random();
  if (builder.isFree(kRax)) builder.decide(kRax, edgeInteger(random));
  const Operand& op = draft.insn.op[0];
  if (op.kind == OperandKind::Gpr && builder.isKnown(kRax) && builder.isFree(op.reg) && random.oneIn(2))
    builder.decide(op.reg, builder.gpr(kRax));
  return true;
}

void maybeAccumulator(CaseBuilder& builder, Draft&, std::span<u8> bytes) {
  if (builder.random().oneIn(2) || !builder.isKnown(kRax)) return fillMemory(bytes, builder.random());
  const u64 value = builder.gpr(kRax);
  std::memcpy(bytes.data(), &value, std::min<size_t>(bytes.size(), 8));
}

bool compareExchangePair(CaseBuilder& builder, Draft&) {
  for (const unsigned n : {kRax, kRdx})
    if (builder.isFree(n)) builder.decide(n, edgeInteger(builder.random()));
  return true;
}

void maybePair(CaseBuilder& builder, Draft&, std::span<u8> bytes) {
  fillMemory(bytes, builder.random());
  if (builder.random().oneIn(2)) return;
  const size_t half = std::min<size_t>(bytes.size() / 2, 8);
  const u64 low = builder.gpr(kRax), high = builder.gpr(kRdx);
  std::memcpy(bytes.data(), &low, half);
  std::memcpy(bytes.data() + half, &high, half);
}

// The bit's number in a register moves the operand in memory.
bool bitTest(CaseBuilder& builder, Draft& draft) {
  const Operand& number = draft.insn.op[1];
  if (!draft.insn.hasMemory() || number.kind != OperandKind::Gpr) return true;
  Random& random = builder.random();
  if (draft.mood == Mood::Calm)
    return builder.decide(number.reg, static_cast<u64>(random.between(-256, 256)), draft.insn.opSize);
  const u64 value = random.oneIn(4) ? edgeInteger(random) : static_cast<u64>(random.between(-0x4000, 0x4000));
  builder.decide(number.reg, value, draft.insn.opSize);
  return true;
}

bool shift(CaseBuilder& builder, Draft& draft) {
  const Row& row = *draft.insn.row;
  const OperandSpec& last = row.operands[row.operandCount - 1];
  if (last.slot == Slot::Fixed && builder.isFree(kRcx))
    builder.decide(kRcx, edgeImmediate(1, builder.random()) & 0xff, 1);
  return true;
}

// PCMPESTRx: lengths of both strings, which count up to 16. PCMPxSTRI writes ECX.
bool lengths(CaseBuilder& builder, Draft& draft) {
  const std::string_view name(draft.insn.row->mnemonic);
  if (name.find("pcmp") == std::string_view::npos) return true;
  if (name.ends_with("stri")) {
    if (builder.isFree(kRcx)) builder.decide(kRcx, edgeInteger(builder.random()));
    builder.lose(gprBit(kRcx));
  }
  if (name.find("pcmpestr") == std::string_view::npos) return true;
  for (const unsigned n : {kRax, kRdx})
    if (builder.isFree(n) && !builder.random().oneIn(4))
      builder.decide(n, static_cast<u64>(builder.random().between(-20, 20)));
  return true;
}

constexpr u16 kAx = gprBit(kRax), kAxDx = gprBit(kRax) | gprBit(kRdx);

constexpr Recipe kRecipes[] = {
    {"Div", divide, nullptr, kAxDx},
    {"Idiv", divide, nullptr, kAxDx},
    {"Mul", nullptr, nullptr, kAxDx},
    {"ImulWide", nullptr, nullptr, kAxDx},
    {"Cbw", nullptr, nullptr, kAx},
    {"Cwd", nullptr, nullptr, gprBit(kRdx)},
    {"Lahf", nullptr, nullptr, kAx},
    {"FnstswAx", nullptr, nullptr, kAx},
    {"Daa", nullptr, nullptr, kAx},
    {"Das", nullptr, nullptr, kAx},
    {"Aaa", nullptr, nullptr, kAx},
    {"Aas", nullptr, nullptr, kAx},
    {"Aam", nullptr, nullptr, kAx},
    {"Aad", nullptr, nullptr, kAx},
    {"Cmpxchg", compareExchange, maybeAccumulator, kAx},
    {"Cmpxchg8b", compareExchangePair, maybePair, kAxDx},
    {"Cmpxchg16b", compareExchangePair, maybePair, kAxDx},
    {"Bt", bitTest},
    {"Bts", bitTest},
    {"Btr", bitTest},
    {"Btc", bitTest},
    {"Rol", shift},
    {"Ror", shift},
    {"Rcl", shift},
    {"Rcr", shift},
    {"Shl", shift},
    {"Shr", shift},
    {"Sar", shift},
    {"Shld", shift},
    {"Shrd", shift},
    {"Native", lengths},
};

}  // namespace

std::span<const Recipe> arithmeticRecipes() { return kRecipes; }

}  // namespace duet::diff
