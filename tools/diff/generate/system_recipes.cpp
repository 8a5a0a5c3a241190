// Selectors, saved processor state, segment bases, software interrupts, gathers.
#include <cstring>

#include "core/base/bits.h"
#include "core/cpu/registers.h"
#include "tools/diff/case/user_world.h"
#include "tools/diff/generate/recipes.h"
#include "tools/diff/generate/values.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

bool selector(CaseBuilder& builder, Draft& draft) {
  for (unsigned i = 0; i < draft.insn.row->operandCount; ++i) {
    const Operand& op = draft.insn.op[i];
    const bool reads = draft.insn.row->operands[i].access != Access::Write;
    if (reads && op.kind == OperandKind::Gpr) {
      const u64 high = builder.random().oneIn(3) ? builder.random()() << 16 : 0;
      if (!builder.decide(op.reg, dataSelector(builder.random()) | high) && !builder.isKnown(op.reg))
        return false;
      // Decided before as something else: then it must not name the entry that is left out.
      if ((builder.gpr(op.reg) & 0xfffc) == 0x78) return false;
    }
  }
  return true;
}

void selectorContent(CaseBuilder& builder, Draft&, std::span<u8> bytes) {
  const u16 s = dataSelector(builder.random());
  std::memcpy(bytes.data(), &s, std::min<size_t>(bytes.size(), 2));
}

bool interrupt(CaseBuilder& builder, Draft& draft) {
  static constexpr u8 kKnown[] = {0, 1, 2, 3, 4, 5, 6, 8, 13, 14, 0x20, 0x7f, 0x81, 0xff};
  Random& random = builder.random();
  u64 vector = random.oneIn(2) ? random.of(kKnown) : random.below(256);
  if (vector == 0x80) vector = 0x81;
  draft.put(draft.immediateAt, vector, 1);
  return true;
}

bool writeBase(CaseBuilder& builder, Draft& draft) {
  static constexpr u64 kBases[] = {0,
                                   kData0,
                                   0x7fffffffffff,
                                   0x800000000000,
                                   0xffff7fffffffffff,
                                   0xffff800000000000,
                                   0xffffffffffffffff,
                                   0x8000000000000000};
  return builder.decide(draft.insn.op[0].reg, builder.random().of(kBases));
}

// EDX:EAX says what is saved: of x87, SSE and AVX, whatever more the processor has.
bool stateMask(CaseBuilder& builder, Draft&) {
  const u64 mask = builder.random().oneIn(2) ? 7 : builder.random().below(8);
  return builder.decide(kRax, mask) && builder.decide(kRdx, 0);
}

u32 saneMxcsr(Random& random) {
  u32 mxcsr = static_cast<u32>(random()) & 0xffff;
  if (!random.oneIn(4)) mxcsr |= 0x1f80;
  return random.oneIn(10) ? static_cast<u32>(random()) : mxcsr;
}

void mxcsrContent(CaseBuilder& builder, Draft&, std::span<u8> bytes) {
  const u32 mxcsr = saneMxcsr(builder.random());
  std::memcpy(bytes.data(), &mxcsr, std::min<size_t>(bytes.size(), 4));
}

u16 anyControl(Random& random) {
  return static_cast<u16>(random.oneIn(4) ? random() : 0x3f | (random() & 0x1f40));
}

void controlContent(CaseBuilder& builder, Draft&, std::span<u8> bytes) {
  const u16 control = anyControl(builder.random());
  std::memcpy(bytes.data(), &control, 2);
}

// FLDENV and FRSTOR: control, status and tag word in slots of 2 or 4 bytes, then pointers, then registers.
void environmentContent(CaseBuilder& builder, Draft& draft, std::span<u8> bytes) {
  Random& random = builder.random();
  fillMemory(bytes, random);
  const unsigned slot = draft.insn.opSize == 2 ? 2 : 4;
  const u16 control = anyControl(random);
  u16 status = static_cast<u16>(random());
  if (!random.oneIn(4)) status &= 0x7f00;
  std::memcpy(bytes.data(), &control, 2);
  std::memcpy(bytes.data() + slot, &status, 2);
  for (size_t at = size_t{7} * slot; at + 10 <= bytes.size(); at += 10) {
    u8 value[10];
    edgeExtended(value, random);
    std::memcpy(bytes.data() + at, value, 10);
  }
}

void legacyArea(Random& random, std::span<u8> bytes) {
  fillMemory(bytes, random);
  const u16 control = anyControl(random);
  u16 status = static_cast<u16>(random());
  if (!random.oneIn(4)) status &= 0x7f00;
  const u32 mxcsr = saneMxcsr(random);
  std::memcpy(bytes.data(), &control, 2);
  std::memcpy(bytes.data() + 2, &status, 2);
  std::memcpy(bytes.data() + 24, &mxcsr, 4);
  for (unsigned i = 0; i < 8; ++i) {
    u8 value[10];
    edgeExtended(value, random);
    std::memcpy(bytes.data() + 32 + size_t{16} * i, value, 10);
  }
}

void fxrstorContent(CaseBuilder& builder, Draft&, std::span<u8> bytes) {
  legacyArea(builder.random(), bytes);
}

// The header after the legacy area: XSTATE_BV, XCOMP_BV, zeros (SDM vol. 1 13.4.2).
void xsaveContent(CaseBuilder& builder, Draft&, std::span<u8> bytes) {
  Random& random = builder.random();
  legacyArea(random, bytes);
  u64 header[8] = {random.oneIn(2) ? 7 : random.below(8)};
  if (random.oneIn(4) && builder.target().features.has(Feature::Xsavec)) header[1] = u64{1} << 63 | 7;
  if (random.oneIn(12)) header[random.below(8)] |= u64{1} << random.below(64);
  std::memcpy(bytes.data() + kXsaveLegacySize, header, sizeof header);
}

// Indices are small, so that the elements lie about one place, and some of them perhaps over its edge.
bool gather(CaseBuilder& builder, Draft& draft) {
  Random& random = builder.random();
  const Row& row = *draft.insn.row;
  const unsigned size = row.opcode & 1 ? 8 : 4;
  const unsigned reg = draft.insn.mem.index;
  const i64 reach = draft.mood == Mood::Calm || random.oneIn(2) ? 7 : 200;
  for (unsigned at = 0; at < 32; at += size) {
    const i64 index = random.oneIn(draft.mood == Mood::Calm ? 1000 : 40) ? static_cast<i64>(random())
                                                                         : random.between(-reach, reach);
    const unsigned half = at < 16 ? 160 : kXsaveAvxOffset - 16;
    std::memcpy(builder.start().xsave.data() + half + 16 * reg + at, &index, size);
  }
  return true;
}

constexpr Recipe kRecipes[] = {
    {"MovToSeg", selector, selectorContent, 0, Recipe::Last},
    {"Lar", selector, selectorContent, 0, Recipe::First},
    {"Lsl", selector, selectorContent, 0, Recipe::First},
    {"Verr", selector, selectorContent, 0, Recipe::First},
    {"Verw", selector, selectorContent, 0, Recipe::First},
    {"Arpl", selector, selectorContent, 0},
    {"IntN", interrupt, nullptr, 0, Recipe::Last},
    {"Wrfsbase", writeBase, nullptr, 0, Recipe::Last},
    {"Wrgsbase", writeBase, nullptr, 0, Recipe::Last},
    {"Xsave", stateMask, xsaveContent, 0, Recipe::First},
    {"Xsavec", stateMask, xsaveContent, 0, Recipe::First},
    {"Xrstor", stateMask, xsaveContent, 0, Recipe::First},
    {"Fxrstor", nullptr, fxrstorContent, 0, Recipe::Anywhere},
    {"Ldmxcsr", nullptr, mxcsrContent, 0, Recipe::Anywhere},
    {"Fldcw", nullptr, controlContent, 0, Recipe::Anywhere},
    {"Fldenv", nullptr, environmentContent, 0, Recipe::Anywhere},
    {"Frstor", nullptr, environmentContent, 0, Recipe::Anywhere},
    {"Gather", gather, nullptr, 0, Recipe::First},
    // These always fault, or end the case another way.
    {"In", nullptr, nullptr, 0, Recipe::Last},
    {"Out", nullptr, nullptr, 0, Recipe::Last},
    {"Cli", nullptr, nullptr, 0, Recipe::Last},
    {"Sti", nullptr, nullptr, 0, Recipe::Last},
};

}  // namespace

u16 dataSelector(Random& random) {
  static constexpr u16 kLoadable[] = {kUserData, kTlsLow, kTlsExpandDown, kTlsReadOnly, 0};
  static constexpr u16 kOther[] = {1,    2,    3,    kUserCode32, kUserCode64, 0x28,   0x29,
                                   0x2a, 0x60, 0x08, 0x10,        0x18,        0x1b,   0x13,
                                   0x40, 0x43, 0x07, 0x0c,        0x83,        0xffff, 0x2f};
  return random.oneIn(3) ? random.of(kOther) : random.of(kLoadable);
}

u16 codeSelector(CaseBuilder& builder, Mood mood) {
  const u16 own = builder.target().wide() ? kUserCode64 : kUserCode32;
  Random& random = builder.random();
  if (mood == Mood::Calm || random.oneIn(2)) return own;
  static constexpr u16 kOther[] = {kUserCode32, kUserCode64, kUserCode32, kUserCode64, 0x20,      0x30,
                                   0x10,        0x13,        0,           3,           kUserData, kTlsLow,
                                   0x40,        0x0c,        0xffff,      0x83};
  return random.of(kOther);
}

std::span<const Recipe> systemRecipes() { return kRecipes; }

}  // namespace duet::diff
