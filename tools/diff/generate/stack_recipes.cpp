// Pushes, pops, calls, returns, branches.
#include <cstring>

#include "core/base/bits.h"
#include "core/cpu/registers.h"
#include "tools/diff/case/user_world.h"
#include "tools/diff/generate/recipes.h"
#include "tools/diff/generate/values.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

// Sends RSP so that `size` bytes below it (push) or from it on (pop) lie in a chosen place. Returns RSP, or 0 when an
// instruction before has changed it.
u64 sendStack(CaseBuilder& builder, Draft& draft, bool push, unsigned size) {
  if (!builder.isKnown(kRsp)) return 0;
  const unsigned width = builder.target().wide() ? 8 : 4;
  if (builder.isFree(kRsp)) {
    const auto reached = builder.reach(kSs, width, size, draft.mood);
    u64 address = reached.offset;
    // Stacks are mostly aligned, and there is mostly more of them below.
    if (draft.mood == Mood::Calm || builder.random().oneIn(2)) address &= ~u64{width - 1};
    if (draft.mood == Mood::Calm && reached.place.address < kData0 + 0x800) address += 0x800;
    builder.decide(kRsp, push ? address + size : address, width);
  }
  return builder.gpr(kRsp);
}

bool pushOne(CaseBuilder& b, Draft& d) { return sendStack(b, d, true, d.insn.opSize), true; }
bool pushAll(CaseBuilder& b, Draft& d) { return sendStack(b, d, true, 8u * d.insn.opSize), true; }
bool popOne(CaseBuilder& b, Draft& d) { return sendStack(b, d, false, d.insn.opSize), true; }
bool popAll(CaseBuilder& b, Draft& d) { return sendStack(b, d, false, 8u * d.insn.opSize), true; }

// What a return finds: slots of the operand's size.
void fillStack(CaseBuilder& builder, Draft& draft, std::initializer_list<u64> slots) {
  const unsigned size = draft.insn.opSize, count = static_cast<unsigned>(slots.size());
  const u64 top = sendStack(builder, draft, false, size * count);
  u8 bytes[40];
  unsigned at = 0;
  for (const u64 slot : slots) {
    std::memcpy(bytes + at, &slot, 8);
    at += size;
  }
  if (top) builder.addData(top + builder.segmentBase(kSs, draft.mood, false), {bytes, at});
}

u64 anyFlags(CaseBuilder& builder) {
  Random& random = builder.random();
  u64 flags = random.oneIn(4) ? random() : (random() & (kUserFlags & ~(kFlagTf | kFlagAc))) | 0x202;
  if (!random.oneIn(8)) flags &= ~u64{kFlagTf};
  return flags;
}

bool popFlags(CaseBuilder& b, Draft& d) { return fillStack(b, d, {anyFlags(b)}), true; }
bool popSelector(CaseBuilder& b, Draft& d) {
  return fillStack(b, d, {dataSelector(b.random()) | (b.random().oneIn(4) ? b.random()() << 16 : 0)}), true;
}
bool returnNear(CaseBuilder& b, Draft& d) { return fillStack(b, d, {b.branchTarget(d.mood)}), true; }
bool returnFar(CaseBuilder& b, Draft& d) {
  const u64 target = b.branchTarget(d.mood), selector = codeSelector(b, d.mood);
  return fillStack(b, d, {target, selector, edgeInteger(b.random()), dataSelector(b.random())}), true;
}

bool returnInterrupt(CaseBuilder& b, Draft& d) {
  const u64 target = b.branchTarget(d.mood), selector = codeSelector(b, d.mood), flags = anyFlags(b);
  const u64 stack = kData1 + 8 * b.random().below(512);
  const u16 stackSelector = b.random().oneIn(6) ? dataSelector(b.random()) : kUserData;
  return fillStack(b, d, {target, selector, flags, stack, stackSelector}), true;
}

bool leave(CaseBuilder& builder, Draft& draft) {
  const unsigned width = builder.target().wide() ? 8 : 4;
  if (builder.isFree(kRbp))
    builder.decide(kRbp, builder.reach(kSs, width, draft.insn.opSize, draft.mood).offset, width);
  return true;
}

// ENTER: the frame's size, then how many frame pointers are copied (modulo 32).
bool enter(CaseBuilder& builder, Draft& draft) {
  Random& random = builder.random();
  const unsigned levels = random.oneIn(2) ? 0 : random.oneIn(3) ? random.below(256) : random.below(4);
  const unsigned frame = random.oneIn(6) ? random.below(0x10000) : 8 * random.below(32);
  draft.put(draft.immediateAt, frame, 2);
  draft.put(draft.immediateAt + 2, levels, 1);
  sendStack(builder, draft, true, (levels % 32 + 1) * draft.insn.opSize);
  if (builder.isFree(kRbp)) builder.decide(kRbp, kData1 + 8 * random.below(512));
  return true;
}

// A relative target outside the case's own code, which would run again.
void putRelative(CaseBuilder& builder, Draft& draft) {
  Random& random = builder.random();
  const Insn& insn = draft.insn;
  const u64 next = builder.here() + insn.length;
  if (insn.row->operands[0].size != SizeRule::B1) {
    const u64 target =
        random.oneIn(4) ? next + static_cast<u64>(random.between(0, 64)) : builder.branchTarget(draft.mood);
    draft.put(draft.immediateAt, target - next, insn.length - draft.immediateAt);
    return;
  }
  const i64 own = static_cast<i64>(next - builder.codeStart());
  const bool back = own < 120 && random.oneIn(3) && !builder.touchesFirst();
  draft.put(draft.immediateAt,
            static_cast<u64>(back ? -own - random.between(1, 128 - own) : random.between(0, 127)), 1);
}

bool jumpRelative(CaseBuilder& b, Draft& d) { return putRelative(b, d), true; }

bool countDown(CaseBuilder& builder, Draft& draft) {
  static constexpr u64 kCounts[] = {0, 1, 2, 0x10000, 0x100000000, 0xffffffffffffffff};
  builder.decide(kRcx, builder.random().of(kCounts), draft.insn.addrSize);
  return jumpRelative(builder, draft);
}

// Back to the first instruction a few times: nobody in between writes rCX, or it would be lost.
bool loopBack(CaseBuilder& builder, Draft& draft) {
  const i64 distance = static_cast<i64>(builder.here() + draft.insn.length - builder.codeStart());
  if (builder.count() == 0 || distance > 128 || !builder.isFree(kRcx) || builder.random().oneIn(2))
    return false;
  builder.decide(kRcx, 1 + builder.random().below(6), draft.insn.addrSize);
  draft.put(draft.immediateAt, static_cast<u64>(-distance), 1);
  return true;
}

bool loop(CaseBuilder& builder, Draft& draft) {
  if (loopBack(builder, draft)) return true;
  return countDown(builder, draft);
}

// Jumps and calls that name a register; with memory, content() says where to.
bool jump(CaseBuilder& builder, Draft& draft) {
  const Operand& op = draft.insn.op[0];
  if (op.kind == OperandKind::Relative) return jumpRelative(builder, draft);
  if (op.kind == OperandKind::Gpr) return builder.decide(op.reg, builder.branchTarget(draft.mood), op.size);
  return true;
}

bool call(CaseBuilder& b, Draft& d) { return pushOne(b, d) && jump(b, d); }

void nearTarget(CaseBuilder& builder, Draft& draft, std::span<u8> bytes) {
  const u64 target = builder.branchTarget(draft.mood);
  std::memcpy(bytes.data(), &target, std::min<size_t>(bytes.size(), 8));
}

// A far pointer in the instruction: offset, then selector.
bool jumpFar(CaseBuilder& builder, Draft& draft) {
  if (draft.insn.op[0].kind != OperandKind::FarPointer) return true;
  draft.put(draft.immediateAt, builder.branchTarget(draft.mood), draft.insn.opSize);
  draft.put(draft.immediateAt + draft.insn.opSize, codeSelector(builder, draft.mood), 2);
  return true;
}

bool callFar(CaseBuilder& b, Draft& d) {
  sendStack(b, d, true, 2u * d.insn.opSize);
  return jumpFar(b, d);
}

void farTarget(CaseBuilder& builder, Draft& draft, std::span<u8> bytes) {
  nearTarget(builder, draft, bytes);
  const u16 selector = codeSelector(builder, draft.mood);
  std::memcpy(bytes.data() + draft.insn.opSize, &selector, 2);
}

void farData(CaseBuilder& builder, Draft& draft, std::span<u8> bytes) {
  fillMemory(bytes, builder.random());
  const u16 selector = dataSelector(builder.random());
  std::memcpy(bytes.data() + draft.insn.opSize, &selector, 2);
}

constexpr u16 kSp = gprBit(kRsp), kBp = gprBit(kRbp), kCount = gprBit(kRcx);

constexpr Recipe kRecipes[] = {
    {"Push", pushOne, nullptr, kSp},
    {"PushSeg", pushOne, nullptr, kSp},
    {"Pushf", pushOne, nullptr, kSp},
    {"Pusha", pushAll, nullptr, kSp},
    {"Enter", enter, nullptr, kSp | kBp},
    {"Pop", popOne, nullptr, kSp},
    {"PopSeg", popSelector, nullptr, kSp, Recipe::Last},
    {"Popf", popFlags, nullptr, kSp, Recipe::Last},
    {"Popa", popAll, nullptr, 0xffff},
    {"Leave", leave, nullptr, kSp | kBp},
    {"Ret", returnNear, nullptr, kSp, Recipe::Last},
    {"FarRet", returnFar, nullptr, kSp, Recipe::Last},
    {"Iret", returnInterrupt, nullptr, kSp, Recipe::Last},
    {"Call", call, nearTarget, kSp, Recipe::Last},
    {"Jmp", jump, nearTarget, 0, Recipe::Last},
    {"Jcc", jumpRelative, nullptr, 0, Recipe::Last},
    {"Loop", loop, nullptr, kCount, Recipe::Last},
    {"Loope", loop, nullptr, kCount, Recipe::Last},
    {"Loopne", loop, nullptr, kCount, Recipe::Last},
    {"Jcxz", countDown, nullptr, 0, Recipe::Last},
    {"FarCall", callFar, farTarget, kSp, Recipe::Last},
    {"FarJmp", jumpFar, farTarget, 0, Recipe::Last},
    {"LoadFarPtr", nullptr, farData, 0, Recipe::Last},
};

}  // namespace

std::span<const Recipe> stackRecipes() { return kRecipes; }

}  // namespace duet::diff
