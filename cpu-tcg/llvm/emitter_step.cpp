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
  if (when_) return path_.flags.setBitWhen(f, when_, bit);
  path_.flags.setBit(f, bit);
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

Value* Emitter::isCanonical(Value* address) {
  Builder& b = *building;
  const u64 shift = plan_.canonicalShift;
  return b.CreateICmpEQ(b.CreateAShr(b.CreateShl(address, shift), shift), address);
}

void Emitter::checkTargetOutside() {
  wrongTarget_ = restartBlock();
  std::ranges::copy(path_.registers, before_.begin());
}

void Emitter::jump(Value* target, Value* condition) {
  target_ = target;
  taken_ = condition;
}

}  // namespace duet::tcg::region
