#include "cpu-tcg/llvm/flags.h"

#include "core/base/assert.h"

namespace duet::tcg::region {
namespace {

// Where LAHF and SETO AL put them.
constexpr unsigned kPlace[kFlagCount] = {8, 10, 12, 14, 15, 0};
constexpr u8 kAll = (1u << kFlagCount) - 1;

Value* isNegative(Value* v) { return building->CreateICmpSLT(v, llvm::ConstantInt::get(v->getType(), 0)); }
Value* isNull(Value* v) { return building->CreateICmpEQ(v, llvm::ConstantInt::get(v->getType(), 0)); }

// The carry out of a + b + c = r, or the borrow of a - b - c = r: of the first step or the second, in the form that LLVM knows as its
// own add and subtract with carry, which become the processor's.
Value* carryOut(const Made& m, bool borrow) {
  Builder& b = *building;
  Value* c = b.CreateZExt(m.c, m.r->getType());
  if (borrow) return b.CreateOr(b.CreateICmpULT(m.a, m.b), b.CreateICmpULT(b.CreateSub(m.a, m.b), c));
  Value* sum = b.CreateAdd(m.a, m.b);
  return b.CreateOr(b.CreateICmpULT(sum, m.a), b.CreateICmpULT(m.r, sum));
}

Value* evenParity(Value* r) {
  Value* ones = building->CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, building->CreateTrunc(r, intType(8)));
  return building->CreateNot(building->CreateTrunc(ones, intType(1)));
}

Value* lowDigitIs(Value* r, u64 digit) {
  llvm::Type* t = r->getType();
  return building->CreateICmpEQ(building->CreateAnd(r, llvm::ConstantInt::get(t, 15)),
                                llvm::ConstantInt::get(t, digit));
}

Value* digitCarry(const Made& m) {
  Value* x = building->CreateXor(building->CreateXor(m.a, m.b), m.r);
  return building->CreateTrunc(building->CreateLShr(x, 4), intType(1));
}

Value* wide(Value* v) { return building->CreateZExt(v, intType(64)); }

}  // namespace

Flag flagOf(u32 mask) {
  switch (mask) {
    case kFlagCf:
      return kCf;
    case kFlagPf:
      return kPf;
    case kFlagAf:
      return kAf;
    case kFlagZf:
      return kZf;
    case kFlagSf:
      return kSf;
    default:
      DUET_ASSERT(mask == kFlagOf);
      return kOf;
  }
}

Value* bitOfThemselves(Value* word, Flag f) {
  return building->CreateTrunc(building->CreateLShr(word, kPlace[f]), intType(1));
}

Flags Flags::entering(FlagWords words) {
  Flags f;
  f.entry_ = words;
  return f;
}

void Flags::know(Flag f, Value* bit) {
  source_[f] = Source::Bit;
  bits_[f] = bit;
}

void Flags::set(const Made* made) {
  changed_ = kAll;
  const bool keepsCarry = made->op == FlagOp::Inc || made->op == FlagOp::Dec;
  for (unsigned f = keepsCarry ? kPf : kCf; f < kFlagCount; ++f) {
    source_[f] = Source::Op;
    made_[f] = made;
  }
  if (keepsCarry) know(kCf, made->c);
}

void Flags::setBit(Flag f, Value* bit) {
  changed_ |= static_cast<u8>(1u << f);
  know(f, bit);
}

void Flags::setBitWhen(Flag f, Value* condition, Value* bit) {
  Builder& b = *building;
  if (isKnown(f)) return setBit(f, b.CreateSelect(condition, bit, this->bit(f)));
  bits_[f] = when_[f] ? b.CreateSelect(condition, bit, bits_[f]) : bit;
  when_[f] = when_[f] ? b.CreateOr(condition, when_[f]) : condition;
  changed_ |= static_cast<u8>(1u << f);
}

Value* Flags::bit(Flag f) const {
  DUET_ASSERT(isKnown(f));
  return source_[f] == Source::Bit ? bits_[f] : fromOp(*made_[f], f);
}

Value* Flags::fromOp(const Made& m, Flag f) const {
  Builder& b = *building;
  if (f == kZf) return isNull(m.r);
  if (f == kSf) return isNegative(m.r);
  if (f == kPf) return evenParity(m.r);
  llvm::IntegerType* t = intType(m.width);
  Value* top = llvm::ConstantInt::get(t, llvm::APInt::getSignedMinValue(m.width));
  Value* high = llvm::ConstantInt::get(t, llvm::APInt::getSignedMaxValue(m.width));
  switch (m.op) {
    case FlagOp::Logic:
      return b.getFalse();
    case FlagOp::Inc:
      return f == kAf ? lowDigitIs(m.r, 0) : b.CreateICmpEQ(m.r, top);
    case FlagOp::Dec:
      return f == kAf ? lowDigitIs(m.r, 15) : b.CreateICmpEQ(m.r, high);
    case FlagOp::Add:
    case FlagOp::Adc:
      if (f == kAf) return digitCarry(m);
      if (f == kOf) return isNegative(b.CreateAnd(b.CreateXor(m.a, m.r), b.CreateXor(m.b, m.r)));
      return m.op == FlagOp::Add ? b.CreateICmpULT(m.r, m.a) : carryOut(m, false);
    default:
      if (f == kAf) return digitCarry(m);
      if (f == kOf) return isNegative(b.CreateAnd(b.CreateXor(m.a, m.b), b.CreateXor(m.a, m.r)));
      return m.op == FlagOp::Sub ? b.CreateICmpULT(m.a, m.b) : carryOut(m, true);
  }
}

// A condition of two or three flags that one comparison says; else null.
Value* Flags::byOne(const Made& m, unsigned code) const {
  Builder& b = *building;
  if (m.op == FlagOp::Sub) {
    if (code == 6) return b.CreateICmpULE(m.a, m.b);
    if (code == 12) return b.CreateICmpSLT(m.a, m.b);
    if (code == 14) return b.CreateICmpSLE(m.a, m.b);
  } else if (m.op == FlagOp::Logic) {
    if (code == 6) return isNull(m.r);
    if (code == 12) return isNegative(m.r);
    if (code == 14) return b.CreateICmpSLE(m.r, llvm::ConstantInt::get(m.r->getType(), 0));
  }
  return nullptr;
}

namespace {

// Flags that a condition reads (SDM vol. 1 appendix B), by its upper three bits.
constexpr unsigned kReads[8] = {1 << kOf,
                                1 << kCf,
                                1 << kZf,
                                1 << kCf | 1 << kZf,
                                1 << kSf,
                                1 << kPf,
                                1 << kSf | 1 << kOf,
                                1 << kSf | 1 << kOf | 1 << kZf};

}  // namespace

bool Flags::conditionNeeds(unsigned code, Flag& missing) const {
  for (unsigned f = 0; f < kFlagCount; ++f) {
    if (!(kReads[code >> 1] >> f & 1) || isKnown(static_cast<Flag>(f))) continue;
    missing = static_cast<Flag>(f);
    return true;
  }
  return false;
}

Value* Flags::condition(unsigned code) const {
  Builder& b = *building;
  const unsigned positive = code & 14;
  Value* v = nullptr;
  const bool sameOp = source_[kZf] == Source::Op && made_[kZf] == made_[kSf] && made_[kZf] == made_[kOf] &&
                      source_[kOf] == Source::Op && source_[kSf] == Source::Op;
  const bool carryToo = source_[kCf] == Source::Op && made_[kCf] == made_[kZf];
  if (sameOp && (positive != 6 || carryToo)) v = byOne(*made_[kZf], positive);
  if (!v) {
    switch (positive) {
      case 0:
        v = bit(kOf);
        break;
      case 2:
        v = bit(kCf);
        break;
      case 4:
        v = bit(kZf);
        break;
      case 6:
        v = b.CreateOr(bit(kCf), bit(kZf));
        break;
      case 8:
        v = bit(kSf);
        break;
      case 10:
        v = bit(kPf);
        break;
      case 12:
        v = b.CreateXor(bit(kSf), bit(kOf));
        break;
      default:
        v = b.CreateOr(bit(kZf), b.CreateXor(bit(kSf), bit(kOf)));
    }
  }
  return code & 1 ? b.CreateNot(v) : v;
}

const Made* Flags::uniform() const {
  const Made* m = made_[kZf];
  for (unsigned f = kPf; f < kFlagCount; ++f)
    if (source_[f] != Source::Op || made_[f] != m) return nullptr;
  if (m->op == FlagOp::Inc || m->op == FlagOp::Dec)
    return source_[kCf] == Source::Bit && bits_[kCf] == m->c ? m : nullptr;
  return source_[kCf] == Source::Op && made_[kCf] == m ? m : nullptr;
}

FlagWords Flags::words() const {
  if (!changed_) return entry_;
  Value* none = llvm::UndefValue::get(intType(64));
  Value* zero = number(64, 0);
  if (const Made* m = uniform()) {
    Value* a = m->op == FlagOp::Logic ? m->r : m->a;
    return {number(64, flagKind(m->op, m->width)), wide(a), m->b ? wide(m->b) : none,
            m->c ? wide(m->c) : none, zero};
  }
  for (unsigned f = 0; f < kFlagCount; ++f)
    if (!isKnown(static_cast<Flag>(f)) || !(changed_ >> f & 1)) return changedWords();
  Value* all = zero;
  for (unsigned f = 0; f < kFlagCount; ++f)
    all = building->CreateOr(all, building->CreateShl(wide(bit(static_cast<Flag>(f))), kPlace[f]));
  return {number(64, kFlagsThemselves), all, none, none, zero};
}

// What was at the node's start, with what has changed since put over it.
FlagWords Flags::changedWords() const {
  Builder& b = *building;
  Value *mask = number(64, 0), *bits = mask;
  const auto add = [&](Value*& to, Value* bit, unsigned f) {
    to = b.CreateOr(to, b.CreateShl(wide(bit), kPlace[f]));
  };
  for (unsigned f = 0; f < kFlagCount; ++f) {
    if (!(changed_ >> f & 1)) continue;
    const bool known = isKnown(static_cast<Flag>(f));
    add(mask, known ? b.getTrue() : when_[f], f);
    add(bits, known ? bit(static_cast<Flag>(f)) : b.CreateAnd(when_[f], bits_[f]), f);
  }
  Value* masks = b.CreateShl(mask, kOverMaskShift);
  Value* rest = b.CreateAnd(entry_.over, b.CreateNot(b.CreateOr(mask, masks)));
  FlagWords out = entry_;
  out.over = b.CreateOr(rest, b.CreateOr(bits, masks));
  return out;
}

}  // namespace duet::tcg::region
