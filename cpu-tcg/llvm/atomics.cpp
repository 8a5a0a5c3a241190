// Emitter: atomic accesses. The host's are atomic wherever the guest's are, over two cache lines too; those over two pages leave the
// region (host()). They are volatile besides, to keep their place among other accesses.
#include <llvm/IR/Instructions.h>

#include <optional>

#include "cpu-tcg/llvm/emitter.h"

namespace duet::tcg::region {

using llvm::AtomicOrdering;
using llvm::AtomicRMWInst;
using llvm::BasicBlock;
using Operation = AtomicRMWInst::BinOp;

namespace {

// What LLVM takes for aligned it makes one instruction of, and that needs no alignment.
llvm::Align naturally(llvm::Type* type) { return llvm::Align(type->getIntegerBitWidth() / 8); }

Value* makeRmw(Operation op, Value* place, Value* v) {
  AtomicRMWInst* rmw = building->CreateAtomicRMW(op, place, v, naturally(v->getType()),
                                                 AtomicOrdering::SequentiallyConsistent);
  rmw->setVolatile(true);
  return rmw;
}

llvm::AtomicCmpXchgInst* makeCmpxchg(Value* place, Value* expected, Value* desired) {
  auto* made = building->CreateAtomicCmpXchg(place, expected, desired, naturally(desired->getType()),
                                             AtomicOrdering::SequentiallyConsistent,
                                             AtomicOrdering::SequentiallyConsistent);
  made->setVolatile(true);
  return made;
}

std::optional<Operation> operationOf(unsigned opcode) {
  switch (opcode) {
    case llvm::Instruction::Add:
      return AtomicRMWInst::Add;
    case llvm::Instruction::Sub:
      return AtomicRMWInst::Sub;
    case llvm::Instruction::And:
      return AtomicRMWInst::And;
    case llvm::Instruction::Or:
      return AtomicRMWInst::Or;
    case llvm::Instruction::Xor:
      return AtomicRMWInst::Xor;
    default:
      return {};
  }
}

}  // namespace

Value* Emitter::exchange(Value* host, Value* v) {
  Value* old = makeRmw(AtomicRMWInst::Xchg, building->CreateIntToPtr(host, building->getPtrTy()), v);
  stored(host, v->getType()->getIntegerBitWidth() / 8);
  return old;
}

// One instruction of the host's where the change, tried on something that stands for the old value, turns out to be what it has.
std::pair<Value*, Value*> Emitter::modifyAtomically(Value* host, llvm::Type* type, Change change) {
  Builder& b = *building;
  Value* place = b.CreateIntToPtr(host, b.getPtrTy());
  auto* stand = llvm::cast<llvm::Instruction>(b.CreateFreeze(llvm::PoisonValue::get(type)));
  auto made = modifyInOne(stand, change(stand), place);
  stand->replaceAllUsesWith(llvm::Constant::getNullValue(type));  // of what was only tried
  stand->eraseFromParent();
  if (!made.first) made = modifyUntilKept(place, type, change);
  stored(host, type->getIntegerBitWidth() / 8);
  return made;
}

// Null: there is no such instruction.
std::pair<Value*, Value*> Emitter::modifyInOne(llvm::Instruction* stand, Value* now, Value* place) {
  Builder& b = *building;
  if (auto* op = llvm::dyn_cast<llvm::BinaryOperator>(now); op && stand->hasOneUse()) {
    const auto operation = operationOf(op->getOpcode());
    const bool swapped = op->getOperand(1) == stand;
    if (!operation || stand->user_back() != op || (swapped && !op->isCommutative())) return {};
    Value* by = op->getOperand(swapped ? 0 : 1);
    Value* old = makeRmw(*operation, place, by);
    return {old, b.CreateBinOp(op->getOpcode(), old, by)};
  }
  auto* choice = llvm::dyn_cast<llvm::SelectInst>(now);  // CMPXCHG
  auto* same = choice ? llvm::dyn_cast<llvm::ICmpInst>(choice->getCondition()) : nullptr;
  if (!same || same->getPredicate() != llvm::CmpInst::ICMP_EQ || same->getOperand(0) != stand ||
      choice->getFalseValue() != stand || !stand->hasNUses(2))
    return {};
  Value *expected = same->getOperand(1), *desired = choice->getTrueValue();
  Value* old = b.CreateExtractValue(makeCmpxchg(place, expected, desired), 0);
  return {old, b.CreateSelect(b.CreateICmpEQ(old, expected), desired, old)};
}

std::pair<Value*, Value*> Emitter::modifyUntilKept(Value* place, llvm::Type* type, Change change) {
  Builder& b = *building;
  BasicBlock *before = b.GetInsertBlock(), *tried = block("try"), *kept = block("kept");
  Value* first = b.CreateAlignedLoad(type, place, llvm::Align(1), true);
  b.CreateBr(tried);
  b.SetInsertPoint(tried);
  llvm::PHINode* seen = b.CreatePHI(type, 2);
  seen->addIncoming(first, before);
  Value* now = change(seen);
  Value* result = makeCmpxchg(place, seen, now);
  seen->addIncoming(b.CreateExtractValue(result, 0), b.GetInsertBlock());
  b.CreateCondBr(b.CreateExtractValue(result, 1), kept, tried);
  b.SetInsertPoint(kept);
  return {seen, now};
}

}  // namespace duet::tcg::region
