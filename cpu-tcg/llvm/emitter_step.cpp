// Emitter: what the instruction being built reads and changes.
#include <algorithm>

#include "cpu-tcg/llvm/emitter.h"

namespace duet::tcg::region {

Value* Emitter::reg(unsigned n) {
  if (!path_.registers[n]) path_.registers[n] = building->CreateLoad(intType(64), gpr_[n]);
  return path_.registers[n];
}

void Emitter::setReg(unsigned n, Value* v) {
  if (when_) v = building->CreateSelect(when_, v, reg(n));
  path_.registers[n] = v;
  changed_ |= 1u << n;
  written_ |= 1u << n;
}

Value* Emitter::flag(Flag f) {
  if (path_.flags.isKnown(f)) return path_.flags.bit(f);
  want(f);
  return building->getFalse();
}

Value* Emitter::condition(unsigned code) {
  Flag missing{};
  if (!path_.flags.conditionNeeds(code, missing)) return path_.flags.condition(code);
  want(missing);
  return building->getFalse();
}

void Emitter::setFlagBit(Flag f, Value* bit) {
  path_.flags.setBit(f, when_ ? building->CreateSelect(when_, bit, flag(f)) : bit);
}

void Emitter::setFlags(FlagOp op, unsigned width, Value* a, Value* b, Value* c, Value* r) {
  made_.push_back({op, width, a, b, c, r});
  if (!when_) return path_.flags.set(&made_.back());
  Flags all = path_.flags;
  all.set(&made_.back());
  for (unsigned f = 0; f < kFlagCount; ++f) setFlagBit(static_cast<Flag>(f), all.bit(static_cast<Flag>(f)));
}

Value* Emitter::sum(Value* base, Value* index, unsigned scale) {
  Value*& known = path_.sums[{base, index, scale}];
  if (known) return known;
  Value* scaled = index && scale ? building->CreateShl(index, scale) : index;
  return known = !scaled ? base : !base ? scaled : building->CreateAdd(base, scaled);
}

Value* Emitter::guestAddress(u64 address, Value* plus) {
  if (hasOrigin()) return building->CreateAdd(sum(origin_, plus, 0), number(64, address - plan_.origin()));
  return plus ? building->CreateAdd(plus, number(64, address)) : number(64, address);
}

Value* Emitter::linear(isa::SegReg segment, Value* offset) {
  if (segment < isa::kFs || segment == isa::kNoSegment) return offset;
  return building->CreateAdd(loadAt(plan_.layout.segmentBase[segment], 64, true), offset);
}

namespace {

// v as a value and a number added to it; the value is null where all is known.
std::pair<Value*, i64> parts(Value* v) {
  u64 offset = 0;
  for (;;) {
    if (auto* c = llvm::dyn_cast<llvm::ConstantInt>(v))
      return {nullptr, static_cast<i64>(offset + c->getZExtValue())};
    auto* op = llvm::dyn_cast<llvm::BinaryOperator>(v);
    auto* c = op ? llvm::dyn_cast<llvm::ConstantInt>(op->getOperand(1)) : nullptr;
    if (!c) break;
    if (op->getOpcode() == llvm::Instruction::Add) {
      offset += c->getZExtValue();
    } else if (op->getOpcode() == llvm::Instruction::Sub) {
      offset -= c->getZExtValue();
    } else {
      break;
    }
    v = op->getOperand(0);
  }
  return {v, static_cast<i64>(offset)};
}

// Offsets go round as addresses do: those of constants may lie anywhere.
i64 plus(i64 offset, i64 n) { return static_cast<i64>(static_cast<u64>(offset) + static_cast<u64>(n)); }
i64 distance(i64 from, i64 to) { return static_cast<i64>(static_cast<u64>(to) - static_cast<u64>(from)); }

}  // namespace

// Tlb::hits(), for all of the range. No C++ runs while a region does, so the TLB stays what it is.
Emitter::Open Emitter::open(Value* base, Window range) {
  Builder& b = *building;
  const Layout& l = plan_.layout;
  const auto from = [&](i64 offset) {
    Value* number64 = number(64, static_cast<u64>(offset));
    return base ? b.CreateAdd(base, number64) : number64;
  };
  Value* first = from(range.from);
  Value* index = b.CreateAnd(b.CreateLShr(first, 12), number(64, l.tlbMask));
  const auto entry = [&](i32 array) {
    auto* v = b.CreateLoad(intType(64), b.CreateGEP(intType(64), at(array), index));
    v->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(function_.getContext(), {}));
    return v;
  };
  Value* distance = b.CreateAdd(from(plus(range.to, -1)), entry(range.write ? l.tlbWrite : l.tlbRead));
  leaveUnless(b.CreateICmpULT(distance, number(64, 4096)));
  Value* addend = entry(l.tlbAddend);
  return {base, windows_, addend, range.write ? stateOf(b.CreateAdd(first, addend)) : nullptr};
}

// Where Ram keeps what it knows of the page.
Value* Emitter::stateOf(Value* host) {
  Value* states = loadAt(plan_.layout.states, 64, true);
  return building->CreateAdd(states, building->CreateShl(building->CreateLShr(host, 12), 3));
}

const Emitter::Open& Emitter::window(Value* linear, unsigned size, bool write) {
  constexpr i64 kWidest = 512;
  const auto [base, offset] = parts(linear);
  const i64 end = plus(offset, size);
  for (const Open& w : path_.windows) {
    if (w.base != base) continue;
    Window& range = windowNeeds_[w.number];
    const i64 away = distance(range.from, offset);
    if (away < -kWidest || away > kWidest) continue;
    const i64 low = std::min<i64>(away, 0), high = std::max(away + size, distance(range.from, range.to));
    if (high - low > kWidest) continue;
    const Window wider{plus(range.from, low), plus(range.from, high), range.write || write};
    again_ |= wider.from != range.from || wider.to != range.to || wider.write != range.write;
    range = wider;
    return w;
  }
  if (windowNeeds_.size() == windows_) windowNeeds_.push_back({offset, end, write});
  path_.windows.push_back(open(base, windowNeeds_[windows_]));
  ++windows_;
  return path_.windows.back();
}

Value* Emitter::host(Value* linear, unsigned size, bool write) {
  const Open& w = window(linear, size, write);
  Value* host = building->CreateAdd(linear, w.addend);
  if (write) stateNow_ = w.state ? w.state : stateOf(host);
  return host;
}

// Volatile: guests see the order of accesses, and none is invented or left out.
Value* Emitter::load(Value* host, unsigned size) {
  Builder& b = *building;
  return b.CreateAlignedLoad(intType(8 * size), b.CreateIntToPtr(host, b.getPtrTy()), llvm::Align(1), true);
}

void Emitter::store(Value* host, unsigned size, Value* v) {
  Builder& b = *building;
  b.CreateAlignedStore(v, b.CreateIntToPtr(host, b.getPtrTy()), llvm::Align(1), true);
  stored(host, size);
}

void Emitter::jump(Value* target, Value* condition) {
  target_ = target;
  taken_ = condition;
}

}  // namespace duet::tcg::region
