#include "tools/diff/generate/draft.h"

#include <algorithm>
#include <string_view>

#include "core/base/bits.h"
#include "tools/diff/generate/values.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

constexpr unsigned kMostBytes = 15;

bool hasMoffs(const Row& row) {
  return std::ranges::any_of(row.operands, [](const OperandSpec& o) { return o.slot == Slot::Moffs; });
}

// Values that decide nothing: recipes put their own over them.
void fillImmediates(Draft& draft, Random& random) {
  if (hasMoffs(*draft.insn.row)) {
    draft.displacementAt = draft.immediateAt;
    draft.displacementSize = draft.insn.addrSize;
    return;
  }
  const unsigned size = draft.insn.length - draft.immediateAt;
  if (size) draft.put(draft.immediateAt, edgeImmediate(size, random), size);
}

// base + index * 2^scale + displacement = offset, for the parts that are still free.
class Equation {
 public:
  Equation(RegisterChoice& registers, Draft& draft, u64 next, u64 offset)
      : registers_(registers),
        draft_(draft),
        mem_(draft.insn.mem),
        bytes_(draft.insn.addrSize),
        need_(offset) {
    const bool vsib = draft.insn.row->attrs & (kAttrVsibX | kAttrVsibY);
    hasIndex_ = mem_.index != kNoReg && !vsib;
    hasBase_ = mem_.base != kNoReg && mem_.base != kRipBase;
    if (mem_.base == kRipBase) need_ -= next;
    // POP computes the address after it has popped (SDM vol. 2, POP).
    if (mem_.base == kRsp && std::string_view(draft.insn.row->semName) == "Pop") need_ -= draft.insn.opSize;
  }

  bool solve() {
    if (hasBase_ && hasIndex_ && mem_.base == mem_.index) return solveTwice();
    if (hasBase_ && registers_.isFree(mem_.base)) return solveBase();
    if (hasBase_) need_ -= registers_.gpr(mem_.base);
    if (hasIndex_ && registers_.isFree(mem_.index)) return solveIndex();
    if (hasIndex_) need_ -= registers_.gpr(mem_.index) << mem_.scale;
    return putDisplacement(need_);
  }

 private:
  u64 mask() const { return lowMask(8 * bytes_); }

  u64 anyDisplacement() {
    Random& random = registers_.random();
    switch (draft_.displacementSize) {
      case 0:
        return 0;
      case 1:
        return signExtend(random() & 0xff, 8);
      case 2:
        return signExtend(random() & 0xffff, 16);
      default:
        return signExtend(edgeInteger(random) & 0xffffffff, 32);
    }
  }

  bool putDisplacement(u64 value) {
    const unsigned size = draft_.displacementSize;
    const u64 reached = size ? signExtend(value & lowMask(8 * size), 8 * size) : 0;
    draft_.put(draft_.displacementAt, value, size);
    return ((reached ^ value) & mask()) == 0;
  }

  // One register as base and index: it counts 3, 5 or 9 times, and odd numbers have inverses.
  bool solveTwice() {
    const u64 times = 1 + bit(mem_.scale);
    if (!registers_.isFree(mem_.base)) return putDisplacement(need_ - registers_.gpr(mem_.base) * times);
    const u64 displacement = anyDisplacement();
    u64 inverse = times;  // Newton: each step doubles the bits that are right
    for (unsigned i = 0; i < 5; ++i) inverse *= 2 - times * inverse;
    registers_.decide(mem_.base, (need_ - displacement) * inverse, bytes_);
    return putDisplacement(displacement);
  }

  bool solveBase() {
    if (hasIndex_) {
      if (registers_.isFree(mem_.index))
        registers_.decide(mem_.index, edgeInteger(registers_.random()), bytes_);
      need_ -= registers_.gpr(mem_.index) << mem_.scale;
    }
    const u64 displacement = anyDisplacement();
    registers_.decide(mem_.base, need_ - displacement, bytes_);
    return putDisplacement(displacement);
  }

  bool solveIndex() {
    const u64 low = lowMask(mem_.scale);
    u64 displacement = anyDisplacement();
    if (draft_.displacementSize) displacement = (displacement & ~low) | (need_ & low);
    const u64 rest = (need_ - displacement) & mask();
    const u64 value =
        bytes_ == 8 ? static_cast<u64>(static_cast<i64>(rest) >> mem_.scale) : rest >> mem_.scale;
    registers_.decide(mem_.index, value, bytes_);
    return putDisplacement(displacement) && (rest & low) == 0;
  }

  RegisterChoice& registers_;
  Draft& draft_;
  const MemoryRef& mem_;
  const unsigned bytes_;
  u64 need_;
  bool hasBase_, hasIndex_;
};

}  // namespace

bool hasMemoryOperand(const Insn& insn) { return insn.hasMemory() || hasMoffs(*insn.row); }

bool draftBytes(const Row& row, const Target& target, const ShapeWish& wish, Random& random, Draft& draft) {
  const Shape shape = chooseShape(row, target, wish, random);
  const unsigned head = assemble(shape, draft.bytes);
  if (head > kMostBytes) return false;
  if (target.decode({draft.bytes, kMostBytes}, draft.insn) != DecodeStatus::Ok) return false;
  if (draft.insn.row != &row) return false;
  draft.displacementSize = shape.displacementSize;
  draft.displacementAt = head - shape.displacementSize;
  draft.immediateAt = head;
  fillImmediates(draft, random);
  return true;
}

bool solveAddress(RegisterChoice& registers, Draft& draft, u64 next, u64 offset) {
  return Equation(registers, draft, next, offset).solve();
}

bool sendOperand(CaseBuilder& builder, Draft& draft, unsigned size) {
  const Insn& insn = draft.insn;
  // Without a register a displacement of 4 bytes reaches 2 GiB only.
  const bool near = insn.addrSize == 8 && draft.displacementSize == 4 &&
                    (insn.mem.base == kNoReg || insn.mem.base == kRipBase) && insn.mem.index == kNoReg;
  const auto [place, offset] = builder.reach(insn.mem.segment, near ? 4 : insn.addrSize, size, draft.mood);
  const bool sent =
      place.kind != PlaceKind::Anywhere && solveAddress(builder, draft, builder.here() + insn.length, offset);
  draft.operand = sent ? place : Place{};
  return sent;
}

}  // namespace duet::diff
