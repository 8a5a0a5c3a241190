#include "cpu-tcg/llvm/emitter.h"

#include <llvm/IR/Function.h>
#include <llvm/IR/MDBuilder.h>

#include <algorithm>
#include <cstddef>

#include "cpu-tcg/llvm/host_step.h"
#include "cpu-tcg/llvm/semantics.h"

namespace duet::tcg::region {

using llvm::BasicBlock;

void leaveUnless(Bit good) { current->leaveUnless(good.v); }

Emitter::Emitter(const Plan& plan, llvm::Function& function, FlagNeeds& needs, WindowNeeds& windows,
                 std::vector<Exit>& exits)
    : plan_(plan),
      function_(function),
      needs_(needs),
      windowNeeds_(windows),
      exits_(exits),
      flow_(plan),
      nodes_(plan.nodes.size()),
      paths_(plan.nodes.size()) {
  needs_.resize(plan.nodes.size());
}

bool Emitter::run() {
  survey();
  makeEntry();
  std::vector<unsigned> waiting{0};
  while (!waiting.empty()) {
    const unsigned n = waiting.back();
    waiting.pop_back();
    if (nodes_[n].built) continue;
    makeNode(n);
    for (const u64 rip : flow_.targets(plan_.nodes[n]))
      if (const int to = flow_.nodeAt(rip); to >= 0) waiting.push_back(static_cast<unsigned>(to));
  }
  makeLeave();
  for (const NodeState& n : nodes_)
    if (!n.built) n.block->eraseFromParent();
  // Reads of a table that turned out to be shared have no windows of their own: the order of those is another.
  if (tablesChanged_) windowNeeds_.windows.clear();
  return !again_ && !tablesChanged_;
}

// --- the shape of the region

void Emitter::survey() {
  for (const Node& n : plan_.nodes)
    for (const u64 rip : flow_.targets(n))
      if (const int to = flow_.nodeAt(rip); to >= 0) ++nodes_[static_cast<unsigned>(to)].edges;
  for (unsigned i = 0; i < nodes_.size(); ++i) {
    const Node& n = plan_.nodes[i];
    nodes_[i].loopsAlone = std::ranges::count(flow_.targets(n), n.rip) != 0;
    nodes_[i].strides.add(n);
    strides_.add(n);
  }
  nodes_[0].edges += 2;  // never inherits
  nodes_[0].checked = true;
  std::vector<u8> colour(nodes_.size());
  surveyFrom(0, colour);
  for (unsigned i = 0; i < nodes_.size(); ++i)
    if (colour[i]) longestFrom(i);
}

// Depth first: an edge back into the path it came by closes a loop.
void Emitter::surveyFrom(unsigned node, std::vector<u8>& colour) {
  colour[node] = 1;
  for (const u64 rip : flow_.targets(plan_.nodes[node])) {
    const int to = flow_.nodeAt(rip);
    if (to < 0) continue;
    const unsigned t = static_cast<unsigned>(to);
    if (colour[t] == 1) nodes_[t].checked = true;
    if (colour[t] == 0) surveyFrom(t, colour);
  }
  colour[node] = 2;
}

u32 Emitter::longestFrom(unsigned node) {
  NodeState& s = nodes_[node];
  if (s.longest) return s.longest;
  u32 rest = 0;
  for (const u64 rip : flow_.targets(plan_.nodes[node]))
    if (const int to = flow_.nodeAt(rip); to >= 0 && !nodes_[static_cast<unsigned>(to)].checked)
      rest = std::max(rest, longestFrom(static_cast<unsigned>(to)));
  return s.longest = rest + static_cast<u32>(plan_.nodes[node].steps.size());
}

// --- the frame

Value* Emitter::at(i32 offset) {
  return building->CreatePtrAdd(frame_, number(64, static_cast<u64>(i64{offset})));
}

Value* Emitter::loadAt(i32 offset, unsigned width, bool constant) {
  auto* l = building->CreateLoad(intType(width), at(offset));
  if (constant)
    l->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(function_.getContext(), {}));
  return l;
}

void Emitter::storeAt(i32 offset, Value* v) { building->CreateStore(v, at(offset)); }

BasicBlock* Emitter::block(const char* name) {
  return BasicBlock::Create(function_.getContext(), name, &function_);
}

void Emitter::branch(Value* condition, BasicBlock* likely, BasicBlock* unlikely) {
  llvm::MDBuilder md(function_.getContext());
  building->CreateCondBr(condition, likely, unlikely, md.createBranchWeights(4000, 1));
}

// --- nodes

void Emitter::makeEntry() {
  Builder& b = *building;
  b.SetInsertPoint(block("entry"));
  Value* above = b.CreateIntrinsic(llvm::Intrinsic::addressofreturnaddress, {b.getPtrTy()}, {});
  frame_ = b.CreatePtrAdd(above, number(64, 8));
  const auto slot = [&](unsigned width) { return b.CreateAlloca(intType(width)); };
  for (auto*& g : gpr_) g = slot(64);
  for (auto*& f : bit_) f = slot(1);
  for (auto** s : {&kind_, &a_, &b_, &c_, &over_, &left_}) *s = slot(64);
  exit_ = slot(32);
  origin_ = hasOrigin() ? loadAt(plan_.layout.origin, 64, true) : number(64, plan_.origin());
  for (unsigned n = 0; n < 16; ++n) b.CreateStore(loadAt(plan_.layout.gpr[n]), gpr_[n]);
  Value* flags = b.CreateZExt(loadAt(plan_.layout.flags, 32), intType(64));
  b.CreateStore(number(64, kFlagsThemselves), kind_);
  b.CreateStore(flags, a_);
  b.CreateStore(number(64, 0), over_);
  for (unsigned f = 0; f < kFlagCount; ++f)
    if (needs_[0] >> f & 1) b.CreateStore(bitOfThemselves(flags, static_cast<Flag>(f)), bit_[f]);
  b.CreateStore(number(64, 0), left_);
  leave_ = block("leave");
  for (NodeState& n : nodes_) n.block = block("node");
  b.CreateBr(nodes_[0].block);
}

// Whether addresses of the guest's code are distances: where it is to move, or its addresses are no immediates of 32 bits.
bool Emitter::hasOrigin() const {
  constexpr u64 kReach = u64{1} << 31;
  return plan_.moves || plan_.origin() + kReach >= 2 * kReach - kPageSize;
}

void Emitter::makeNode(unsigned index) {
  NodeState& state = nodes_[index];
  state.built = true;
  node_ = index;
  building->SetInsertPoint(state.block);
  changed_ = 0;
  enterNode(index);
  if (state.checked) check(index);
  leftNow_ = building->CreateSub(building->CreateLoad(intType(64), left_),
                                 number(64, plan_.nodes[index].steps.size()));
  building->CreateStore(leftNow_, left_);
  target_ = taken_ = nullptr;
  wrongTarget_ = nullptr;
  for (index_ = 0; index_ < plan_.nodes[index].steps.size(); ++index_)
    makeStep(plan_.nodes[index].steps[index_]);
  finishNode();
}

void Emitter::enterNode(unsigned index) {
  path_ = {};
  if (nodes_[index].edges == 1) {
    path_ = std::move(paths_[index]);
    return;
  }
  const auto get = [](llvm::AllocaInst* slot) {
    return building->CreateLoad(slot->getAllocatedType(), slot);
  };
  path_.flags = Flags::entering({get(kind_), get(a_), get(b_), get(c_), get(over_)});
  for (unsigned f = 0; f < kFlagCount; ++f)
    if (needs_[index] >> f & 1) path_.flags.know(static_cast<Flag>(f), get(bit_[f]));
}

// Whether as many instructions are left as run until the next check; else looks for more, and whether mail has come or
// the code changed, which it does now and then for that reason.
void Emitter::check(unsigned index) {
  constexpr u64 kSlice = 4096;
  Builder& b = *building;
  BasicBlock *body = block("body"), *refill = block("refill"), *out = block("out"), *more = block("more");
  Value* need = number(64, nodes_[index].longest);
  Value* left = b.CreateLoad(intType(64), left_);
  branch(b.CreateICmpSGE(left, need), body, refill);

  b.SetInsertPoint(refill);
  Value* total = b.CreateAdd(loadAt(plan_.layout.remaining), left);
  Value* mailWord = b.CreateLoad(b.getPtrTy(), at(plan_.layout.mail));
  Value* mail = b.CreateLoad(intType(32), mailWord, true);
  Value* goes = b.CreateAnd(b.CreateICmpSGE(total, need), b.CreateICmpEQ(mail, number(32, 0)));
  branch(b.CreateAnd(goes, isCurrent()), more, out);

  b.SetInsertPoint(more);
  Value* most = number(64, kSlice + nodes_[index].longest);
  Value* take = b.CreateSelect(b.CreateICmpSLT(total, most), total, most);
  storeAt(plan_.layout.remaining, b.CreateSub(total, take));
  b.CreateStore(take, left_);
  b.CreateBr(body);

  b.SetInsertPoint(out);
  leftNow_ = left;
  exitHere({.rip = plan_.nodes[index].rip, .restarts = index == 0}, 0, path_.flags);
  b.SetInsertPoint(body);
}

// Whether no page's code has been written to.
Value* Emitter::isCurrent() {
  Builder& b = *building;
  Value* guards = b.CreateLoad(b.getPtrTy(), at(plan_.layout.guards));
  Value* changes = number(32, 0);
  const auto of = [&](size_t page, size_t member) {
    return b.CreatePtrAdd(guards, number(64, page * sizeof(Guard) + member));
  };
  for (size_t i = 0; i < plan_.pages.size(); ++i) {
    Value* word = b.CreateLoad(b.getPtrTy(), of(i, offsetof(Guard, word)));
    Value* state = b.CreateLoad(intType(32), word, true);
    Value* version = b.CreateLoad(intType(32), of(i, offsetof(Guard, version)));
    changes = b.CreateOr(changes, b.CreateXor(state, version));
  }
  return b.CreateICmpEQ(changes, number(32, 0));
}

u32 Emitter::stepsLeft() const { return static_cast<u32>(plan_.nodes[node_].steps.size() - index_); }

void Emitter::makeStep(const Step& step) {
  step_ = &step;
  restart_ = nullptr;
  when_ = nullptr;
  stores_.clear();
  if (step.host.count) {
    buildHostStep(*this);
  } else {
    buildMeaning(*this, step.insn);
  }
  if (!stores_.empty()) finishStores();
}

// Ram::isQuiet(): C++ has to look at a store into a page with code, or one that is not known to be dirty.
void Emitter::finishStores() {
  Builder& b = *building;
  for (const Store& s : stores_) {
    BasicBlock *quiet = block("quiet"), *look = block("look");
    Value* state = b.CreateLoad(intType(32), b.CreateIntToPtr(s.state, b.getPtrTy()), true);
    branch(b.CreateICmpEQ(state, number(32, plan_.layout.quiet)), quiet, look);
    b.SetInsertPoint(look);
    storeAt(plan_.layout.wroteHost, s.host);
    storeAt(plan_.layout.wroteSize, number(64, s.size));
    Exit exit{.rip = step_->next, .wrote = true};
    if (auto* known = llvm::dyn_cast_or_null<llvm::ConstantInt>(target_)) {
      exit.rip = known->getZExtValue();
    } else if (target_) {
      exit.dynamic = true;
    }
    exitHere(exit, stepsLeft() - 1, path_.flags);
    b.SetInsertPoint(quiet);
  }
}

void Emitter::finishNode() {
  Builder& b = *building;
  for (unsigned n = 0; n < 16; ++n)
    if (changed_ >> n & 1) b.CreateStore(path_.registers[n], gpr_[n]);
  index_ = static_cast<unsigned>(plan_.nodes[node_].steps.size());
  const u64 next = plan_.nodes[node_].next;
  auto* known = llvm::dyn_cast_or_null<llvm::ConstantInt>(target_);
  BasicBlock* here = b.GetInsertBlock();
  if (!target_) {
    BasicBlock* to = edgeTo(next);
    b.SetInsertPoint(here);
    b.CreateBr(to);
  } else if (known) {
    BasicBlock* to = edgeTo(known->getZExtValue());
    BasicBlock* on = taken_ ? edgeTo(next) : nullptr;
    b.SetInsertPoint(here);
    if (taken_) {
      b.CreateCondBr(taken_, to, on);
    } else {
      b.CreateBr(to);
    }
  } else {
    BasicBlock* out = block("dynamic");
    b.SetInsertPoint(out);
    if (wrongTarget_) leaveBeforeUnless(isCanonical(target_));
    exitHere({.dynamic = true}, 0, path_.flags);
    b.SetInsertPoint(here);
    dispatch(out);
  }
}

// As before the node's last instruction, which has been built.
void Emitter::leaveBeforeUnless(Value* good) {
  Builder& b = *building;
  BasicBlock *on = block("on"), *wrong = block("wrong");
  branch(good, on, wrong);
  b.SetInsertPoint(wrong);
  for (unsigned n = 0; n < 16; ++n)
    if ((changed_ >> n & 1) && before_[n]) b.CreateStore(before_[n], gpr_[n]);
  b.CreateBr(wrongTarget_);
  b.SetInsertPoint(on);
}

BasicBlock* Emitter::edgeTo(u64 rip) {
  BasicBlock* edge = block("edge");
  building->SetInsertPoint(edge);
  const int to = flow_.nodeAt(rip);
  if (to < 0) {
    exitHere({.rip = rip}, 0, path_.flags);
    return edge;
  }
  NodeState& state = nodes_[static_cast<unsigned>(to)];
  if (state.edges == 1) {
    paths_[static_cast<unsigned>(to)] = path_;
  } else {
    passFlags(static_cast<unsigned>(to));
  }
  building->CreateBr(state.block);
  return edge;
}

void Emitter::want(Flag f) {
  // Who hands it over is whoever entered the first of the nodes that inherited the state.
  unsigned n = node_;
  while (nodes_[n].edges == 1) {
    const auto leadsHere = [&](const Node& from) {
      return std::ranges::count(flow_.targets(from), plan_.nodes[n].rip) != 0;
    };
    n = static_cast<unsigned>(std::ranges::find_if(plan_.nodes, leadsHere) - plan_.nodes.begin());
  }
  needs_[n] |= static_cast<u8>(1 << f);
  again_ = true;
}

void Emitter::passFlags(unsigned node) {
  keepWords(path_.flags);
  for (unsigned f = 0; f < kFlagCount; ++f)
    if (needs_[node] >> f & 1) building->CreateStore(flag(static_cast<Flag>(f)), bit_[f]);
}

void Emitter::keepWords(const Flags& flags) {
  const FlagWords w = flags.words();
  building->CreateStore(w.kind, kind_);
  building->CreateStore(w.a, a_);
  building->CreateStore(w.b, b_);
  building->CreateStore(w.c, c_);
  building->CreateStore(w.over, over_);
}

// --- ways out

void Emitter::exitHere(const Exit& exit, u32 notRun, const Flags& flags) {
  Builder& b = *building;
  for (unsigned n = 0; n < 16; ++n)
    if (changed_ >> n & 1) b.CreateStore(path_.registers[n], gpr_[n]);
  b.CreateStore(b.CreateAdd(leftNow_, number(64, notRun)), left_);
  keepWords(flags);
  if (exit.dynamic) storeAt(plan_.layout.exitRip, target_);
  b.CreateStore(number(32, exits_.size()), exit_);
  exits_.push_back(exit);
  b.CreateBr(leave_);
}

BasicBlock* Emitter::restartBlock() {
  if (restart_) return restart_;
  BasicBlock* here = building->GetInsertBlock();
  restart_ = block("restart");
  building->SetInsertPoint(restart_);
  exitHere({.rip = step_->rip, .restarts = node_ == 0 && index_ == 0}, stepsLeft(), path_.flags);
  building->SetInsertPoint(here);
  return restart_;
}

void Emitter::leaveUnless(Value* good) {
  if (auto* c = llvm::dyn_cast<llvm::ConstantInt>(good); c && c->isOne()) return;
  BasicBlock* on = block("on");
  branch(good, on, restartBlock());
  building->SetInsertPoint(on);
}

void Emitter::makeLeave() {
  Builder& b = *building;
  b.SetInsertPoint(leave_);
  const auto get = [&](llvm::AllocaInst* slot) { return b.CreateLoad(slot->getAllocatedType(), slot); };
  for (unsigned n = 0; n < 16; ++n)
    if (written_ >> n & 1) storeAt(plan_.layout.gpr[n], get(gpr_[n]));
  const Layout& l = plan_.layout;
  storeAt(l.flagKind, get(kind_));
  storeAt(l.flagA, get(a_));
  storeAt(l.flagB, get(b_));
  storeAt(l.flagC, get(c_));
  storeAt(l.flagOver, get(over_));
  storeAt(l.remaining, b.CreateAdd(loadAt(l.remaining), get(left_)));
  b.CreateRet(b.CreateZExt(get(exit_), intType(64)));
}

}  // namespace duet::tcg::region
