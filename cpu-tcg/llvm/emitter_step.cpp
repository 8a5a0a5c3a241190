// Emitter: what the instruction being built reads and changes.
#include "cpu-tcg/llvm/emitter.h"

namespace duet::tcg::region {

Value* Emitter::reg(unsigned n) {
  if (!now_[n]) now_[n] = building->CreateLoad(intType(64), gpr_[n]);
  return now_[n];
}

void Emitter::setReg(unsigned n, Value* v) {
  if (when_) v = building->CreateSelect(when_, v, reg(n));
  now_[n] = v;
  changed_ |= 1u << n;
  written_ |= 1u << n;
}

Value* Emitter::flag(Flag f) {
  if (flags_.isKnown(f)) return flags_.bit(f);
  want(f);
  return building->getFalse();
}

Value* Emitter::condition(unsigned code) {
  Flag missing{};
  if (!flags_.conditionNeeds(code, missing)) return flags_.condition(code);
  want(missing);
  return building->getFalse();
}

void Emitter::setFlagBit(Flag f, Value* bit) {
  flags_.setBit(f, when_ ? building->CreateSelect(when_, bit, flag(f)) : bit);
}

void Emitter::setFlags(FlagOp op, unsigned width, Value* a, Value* b, Value* c, Value* r) {
  made_.push_back({op, width, a, b, c, r});
  if (!when_) return flags_.set(&made_.back());
  Flags all = flags_;
  all.set(&made_.back());
  for (unsigned f = 0; f < kFlagCount; ++f) setFlagBit(static_cast<Flag>(f), all.bit(static_cast<Flag>(f)));
}

Value* Emitter::linear(isa::SegReg segment, Value* offset) {
  if (segment < isa::kFs || segment == isa::kNoSegment) return offset;
  return building->CreateAdd(offset, loadAt(plan_.layout.segmentBase[segment], 64, true));
}

// Tlb::hits(). No C++ runs while a region does, so the TLB stays what it is.
Value* Emitter::host(Value* linear, unsigned size, bool write) {
  Builder& b = *building;
  const Layout& l = plan_.layout;
  Value* index = b.CreateAnd(b.CreateLShr(linear, 12), number(64, l.tlbMask));
  const auto entry = [&](i32 array) {
    auto* v = b.CreateLoad(intType(64), b.CreateGEP(intType(64), at(array), index));
    v->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(function_.getContext(), {}));
    return v;
  };
  Value* last = b.CreateAdd(linear, number(64, size - 1));
  Value* distance = b.CreateAdd(last, entry(write ? l.tlbWrite : l.tlbRead));
  leaveUnless(b.CreateICmpULT(distance, number(64, 4096)));
  return b.CreateAdd(linear, entry(l.tlbAddend));
}

// Volatile: guests see the order of accesses, and none is invented or left out.
Value* Emitter::load(Value* host, unsigned size) {
  Builder& b = *building;
  return b.CreateAlignedLoad(intType(8 * size), b.CreateIntToPtr(host, b.getPtrTy()), llvm::Align(1), true);
}

void Emitter::store(Value* host, unsigned size, Value* v) {
  Builder& b = *building;
  b.CreateAlignedStore(v, b.CreateIntToPtr(host, b.getPtrTy()), llvm::Align(1), true);
  stores_.push_back({host, size});
}

void Emitter::jump(Value* target, Value* condition) {
  target_ = target;
  taken_ = condition;
}

}  // namespace duet::tcg::region
