// String instructions and others whose memory operands are registers by name.
#include <algorithm>
#include <cstring>

#include "core/base/bits.h"
#include "core/cpu/registers.h"
#include "tools/diff/generate/recipes.h"
#include "tools/diff/generate/values.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

constexpr unsigned kMostBytes = 256;

struct Run {
  unsigned element, count;
  bool down;
  unsigned bytes() const { return std::max(1u, element * count); }
  // Where the first element lies when the run occupies memory from `lowest` on.
  u64 first(u64 lowest) const { return down && count ? lowest + u64{element} * (count - 1) : lowest; }
};

unsigned elementSize(const Insn& insn) {
  for (const Operand& op : insn.op)
    if (op.kind == OperandKind::StringSrc || op.kind == OperandKind::StringDst) return op.size;
  return 1;
}

Run chooseRun(CaseBuilder& builder, const Draft& draft) {
  Run run{.element = elementSize(draft.insn), .count = 1, .down = (builder.start().rflags & kFlagDf) != 0};
  if (!(draft.insn.prefixes & (kPrefixRep | kPrefixRepne))) return run;
  Random& random = builder.random();
  run.count = random.oneIn(8)   ? 0
              : random.oneIn(8) ? random.below(kMostBytes / run.element)
                                : random.below(13);
  builder.decide(kRcx, run.count, draft.insn.addrSize);
  return run;
}

u64 sendPointer(CaseBuilder& builder, Draft& draft, unsigned gpr, SegReg segment, const Run& run) {
  const unsigned size = draft.insn.addrSize;
  if (!builder.isFree(gpr)) return 0;
  const auto reached = builder.reach(segment, size, run.bytes(), draft.mood);
  builder.decide(gpr, run.first(reached.offset), size);
  return reached.place.address;
}

bool source(CaseBuilder& builder, Draft& draft) {
  const Run run = chooseRun(builder, draft);
  sendPointer(builder, draft, kRsi, draft.insn.mem.segment, run);
  return true;
}

bool destination(CaseBuilder& builder, Draft& draft) {
  const Run run = chooseRun(builder, draft);
  sendPointer(builder, draft, kRdi, kEs, run);
  return true;
}

// Over or beside each other a quarter of the time.
void sendBoth(CaseBuilder& builder, Draft& draft, const Run& run, u64& from, u64& to) {
  Random& random = builder.random();
  from = sendPointer(builder, draft, kRsi, draft.insn.mem.segment, run);
  const bool overlap = from && random.oneIn(4) && builder.isFree(kRdi);
  to = overlap ? from + static_cast<u64>(random.between(-20, 20)) : 0;
  if (overlap)
    builder.decide(kRdi, run.first(to) - builder.segmentBase(kEs, draft.mood, false), draft.insn.addrSize);
  else
    to = sendPointer(builder, draft, kRdi, kEs, run);
}

bool copy(CaseBuilder& builder, Draft& draft) {
  u64 from = 0, to = 0;
  sendBoth(builder, draft, chooseRun(builder, draft), from, to);
  return true;
}

// Equal bytes, but for one place perhaps: REPE runs that far.
void addEqual(CaseBuilder& builder, u64 a, u64 b, const Run& run, u8 (&bytes)[kMostBytes]) {
  const unsigned size = std::min(run.bytes(), kMostBytes);
  if (a) builder.addData(a, {bytes, size});
  if (builder.random().oneIn(2)) bytes[builder.random().below(size)] ^= 0x80;
  if (b) builder.addData(b, {bytes, size});
}

bool compare(CaseBuilder& builder, Draft& draft) {
  u64 from = 0, to = 0;
  u8 bytes[kMostBytes];
  const Run run = chooseRun(builder, draft);
  sendBoth(builder, draft, run, from, to);
  if (builder.random().oneIn(3)) return true;
  fillMemory({bytes, std::min(run.bytes(), kMostBytes)}, builder.random());
  addEqual(builder, from, to, run, bytes);
  return true;
}

bool scan(CaseBuilder& builder, Draft& draft) {
  const Run run = chooseRun(builder, draft);
  const u64 at = sendPointer(builder, draft, kRdi, kEs, run);
  if (builder.isFree(kRax)) builder.decide(kRax, edgeInteger(builder.random()));
  if (!at || builder.random().oneIn(3)) return true;
  u8 bytes[kMostBytes + 8];
  const u64 value = builder.gpr(kRax);
  for (unsigned i = 0; i < run.bytes() && i < kMostBytes; i += run.element) std::memcpy(bytes + i, &value, 8);
  const unsigned size = std::min(run.bytes(), kMostBytes);
  if (builder.random().oneIn(2)) bytes[builder.random().below(size)] ^= 1;
  builder.addData(at, {bytes, size});
  return true;
}

// One operand behind a register that the instruction implies.
void sendImplied(CaseBuilder& builder, Draft& draft, unsigned gpr, unsigned size, u64 minus) {
  if (!builder.isFree(gpr)) return;
  const auto reached = builder.reach(draft.insn.mem.segment, draft.insn.addrSize, size, draft.mood);
  builder.decide(gpr, reached.offset - minus, draft.insn.addrSize);
}

bool xlat(CaseBuilder& builder, Draft& draft) {
  if (builder.isFree(kRax)) builder.decide(kRax, edgeInteger(builder.random()));
  if (builder.isKnown(kRax)) sendImplied(builder, draft, kRbx, 1, builder.gpr(kRax) & 0xff);
  return true;
}

bool maskMove(CaseBuilder& builder, Draft& draft) {
  sendImplied(builder, draft, kRdi, draft.insn.op[0].size, 0);
  return true;
}

bool zeroLine(CaseBuilder& builder, Draft& draft) {
  sendImplied(builder, draft, kRax, 1, 0);
  return true;
}

constexpr u16 kCount = gprBit(kRcx), kFrom = gprBit(kRsi), kTo = gprBit(kRdi);

constexpr Recipe kRecipes[] = {
    {"Movs", copy, nullptr, kCount | kFrom | kTo},
    {"Cmps", compare, nullptr, kCount | kFrom | kTo},
    {"Lods", source, nullptr, kCount | kFrom | gprBit(kRax)},
    {"Outs", source, nullptr, kCount | kFrom, Recipe::Last},
    {"Stos", destination, nullptr, kCount | kTo},
    {"Ins", destination, nullptr, kCount | kTo, Recipe::Last},
    {"Scas", scan, nullptr, kCount | kTo},
    {"Xlat", xlat, nullptr, gprBit(kRax)},
    {"Maskmov", maskMove, nullptr, 0},
    {"Clzero", zeroLine, nullptr, 0},
};

}  // namespace

std::span<const Recipe> stringRecipes() { return kRecipes; }

}  // namespace duet::diff
