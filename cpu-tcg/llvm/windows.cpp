// Emitter: how accesses find their place in the host's memory.
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/KnownBits.h>

#include <algorithm>
#include <optional>

#include "cpu-tcg/llvm/emitter.h"

namespace duet::tcg::region {

using llvm::BasicBlock;

namespace {

constexpr unsigned kStackSlots = 1u << 31;  // of Emitter::remembered(): for reads, and one more for writes
constexpr isa::MemoryRef kStackTop{.base = kRsp};

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

// Of two windows or tables, which go round too: whether all of the second lies in the first.
template <class Range>
bool holds(const Range& outer, const Range& inner) {
  const u64 span = static_cast<u64>(distance(outer.from, outer.to)),
            away = static_cast<u64>(distance(outer.from, inner.from)),
            size = static_cast<u64>(distance(inner.from, inner.to));
  return away <= span && size <= span - away;
}

Value* offsetBy(Value* base, i64 offset) {
  Value* n = number(64, static_cast<u64>(offset));
  return base ? building->CreateAdd(base, n) : n;
}

// Tlb::hits(), for all of a range that ends there.
Value* isIn(Value* tag, Value* last) {
  return building->CreateICmpULT(building->CreateAdd(last, tag), number(64, kPageSize));
}

}  // namespace

// The TLB's entry for the address. No C++ runs while a region does, so the TLB stays what it is.
Emitter::Entry Emitter::entryOf(Value* first, bool write) {
  Builder& b = *building;
  const Layout& l = plan_.layout;
  Value* index = b.CreateAnd(b.CreateLShr(first, 12), number(64, l.tlbMask));
  const auto entry = [&](i32 array) {
    auto* v = b.CreateLoad(intType(64), b.CreateGEP(intType(64), at(array), index));
    v->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(function_.getContext(), {}));
    return v;
  };
  Value* tag = entry(write ? l.tlbWrite : l.tlbRead);
  return {tag, entry(l.tlbAddend), nullptr};
}

Emitter::Entry Emitter::lookUp(Value* first, Value* last, bool write) {
  Entry found = entryOf(first, write);
  leaveUnless(isIn(found.tag, last));
  if (write) found.state = stateOf(building->CreateAdd(first, found.addend));
  return found;
}

Emitter::Open Emitter::open(Value* base, Window range) {
  Value *first = offsetBy(base, range.from), *last = offsetBy(base, plus(range.to, -1));
  const u64 span = static_cast<u64>(distance(range.from, range.to));
  const Entry found = isSteady() ? recall(first, last, span, range.write) : lookUp(first, last, range.write);
  return {base, windows_, found.addend, found.state};
}

// Whether the present instruction's operand lies, most of the time, in the same page as when the loop came by it last.
bool Emitter::isSteady() const {
  const Strides& strides = nodes_[node_].loopsAlone ? nodes_[node_].strides : strides_;
  return strides.areSmall(step_->insn.hasMemory() ? step_->insn.mem : kStackTop);
}

// Where accesses at RSP lay last is good for all of them: most are in the same page.
unsigned Emitter::slotsFor(bool write) const {
  const isa::MemoryRef& m = step_->insn.mem;
  const bool stack = !step_->insn.hasMemory() || (m.base == kRsp && m.index == isa::kNoReg);
  return stack ? kStackSlots + write : windows_;
}

// The longest range, in bytes, that the slots are used for, as far as is known.
u64 Emitter::spanOf(unsigned slots, u64 span) {
  if (slots < kStackSlots) return span;
  u64& longest = windowNeeds_.stackSpan;
  again_ |= span > longest;
  return longest = std::max(longest, span);
}

// What was found when control came by here last holds still if all of the range lies in the same page: who walks down has its first
// byte in the page below while the last is still there. Until then the limit is 0.
Emitter::Entry Emitter::recall(Value* first, Value* last, u64 span, bool write) {
  Builder& b = *building;
  const unsigned which = slotsFor(write);
  const Remembered& slots = remembered(which);
  const auto get = [&](llvm::AllocaInst* slot) { return b.CreateLoad(intType(64), slot); };
  BasicBlock *miss = block("miss"), *hit = block("hit");
  Value* inPage = b.CreateAdd(first, get(slots.tag));
  branch(b.CreateICmpULT(inPage, get(slots.limit)), hit, miss);
  b.SetInsertPoint(miss);
  const Entry found = lookUp(first, last, write);
  b.CreateStore(found.tag, slots.tag);
  b.CreateStore(number(64, kPageSize - spanOf(which, span) + 1), slots.limit);
  b.CreateStore(found.addend, slots.addend);
  if (write) b.CreateStore(found.state, slots.state);
  b.CreateBr(hit);
  b.SetInsertPoint(hit);
  return {nullptr, get(slots.addend), write ? get(slots.state) : nullptr};
}

const Emitter::Remembered& Emitter::remembered(unsigned which) {
  Remembered& r = remembered_[which];
  if (r.tag) return r;
  llvm::IRBuilderBase::InsertPointGuard guard(*building);
  building->SetInsertPoint(&function_.getEntryBlock(), function_.getEntryBlock().begin());
  for (auto** slot : {&r.tag, &r.limit, &r.addend, &r.state}) {
    *slot = building->CreateAlloca(intType(64));
    building->CreateStore(number(64, 0), *slot);
  }
  return r;
}

// Where Ram keeps what it knows of the page.
Value* Emitter::stateOf(Value* host) {
  Value* states = loadAt(plan_.layout.states, 64, true);
  return building->CreateAdd(states, building->CreateShl(building->CreateLShr(host, 12), 3));
}

// --- tables

namespace {

struct Indexed {
  Value* base;  // null: 0
  u64 most;     // that is added to it
};

// A base with a number added to it that is small whatever it is.
std::optional<Indexed> indexed(Value* v) {
  constexpr u64 kMost = 2048;  // entries of 8 bytes, by a byte
  const llvm::DataLayout& layout = building->GetInsertBlock()->getModule()->getDataLayout();
  const auto most = [&](Value* x) { return llvm::computeKnownBits(x, layout).getMaxValue().getZExtValue(); };
  if (const u64 n = most(v); n <= kMost) return Indexed{nullptr, n};
  auto* sum = llvm::dyn_cast<llvm::BinaryOperator>(v);
  if (!sum || sum->getOpcode() != llvm::Instruction::Add) return {};
  for (const unsigned i : {1u, 0u})
    if (const u64 n = most(sum->getOperand(i)); n <= kMost) return Indexed{sum->getOperand(1 - i), n};
  return {};
}

}  // namespace

// Of an access that is one of several to a table: where it lies in the host. Null: it is none.
Value* Emitter::addendOfTable(Value* linear, unsigned size) {
  const auto [sum, offset] = parts(linear);
  const auto place = sum ? indexed(sum) : std::nullopt;
  if (!place) return nullptr;
  const Table reach{offset, plus(offset, static_cast<i64>(place->most) + size)};
  const OpenTable* t = table(place->base, reach);
  if (!t->whole) return nullptr;
  // Half of it may lie in another page than the other.
  Builder& b = *building;
  BasicBlock *near = b.GetInsertBlock(), *far = block("apart"), *found = block("found");
  branch(t->whole, found, far);
  b.SetInsertPoint(far);
  Value* addend = lookUp(linear, offsetBy(linear, size - 1), false).addend;
  far = b.GetInsertBlock();
  b.CreateBr(found);
  b.SetInsertPoint(found);
  llvm::PHINode* either = b.CreatePHI(intType(64), 2);
  either->addIncoming(t->addend, near);
  either->addIncoming(addend, far);
  return either;
}

Emitter::OpenTable* Emitter::table(Value* base, Table reach) {
  for (OpenTable& t : path_.tables) {
    if (t.base != base) continue;
    Table& known = windowNeeds_.tables[t.number];
    const i64 low = std::min<i64>(distance(known.from, reach.from), 0),
              high = std::max(distance(known.from, reach.to), distance(known.from, known.to));
    if (high - low > static_cast<i64>(kPageSize)) continue;
    const Table wider{plus(known.from, low), plus(known.from, high), true};
    tablesChanged_ |= !known.shared || wider.from != known.from || wider.to != known.to;
    known = wider;
    return &t;
  }
  if (windowNeeds_.tables.size() == tables_) windowNeeds_.tables.push_back(reach);
  Table& known = windowNeeds_.tables[tables_];
  if (!holds(known, reach)) {  // as in window()
    known = {reach.from, reach.to, known.shared};
    tablesChanged_ = true;
  }
  path_.tables.push_back({base, tables_++});
  openTable(path_.tables.back(), known);
  return &path_.tables.back();
}

void Emitter::openTable(OpenTable& table, Table reach) {
  if (!reach.shared) return;
  Value *first = offsetBy(table.base, reach.from), *last = offsetBy(table.base, plus(reach.to, -1));
  const Entry found = entryOf(first, false);
  table.addend = found.addend;
  table.whole = isIn(found.tag, last);
}

// --- windows

const Emitter::Open& Emitter::window(Value* linear, unsigned size, bool write) {
  constexpr i64 kWidest = 512;
  const auto [base, offset] = parts(linear);
  const i64 end = plus(offset, size);
  for (const Open& w : path_.windows) {
    if (w.base != base) continue;
    Window& range = windowNeeds_.windows[w.number];
    const i64 away = distance(range.from, offset);
    if (away < -kWidest || away > kWidest) continue;
    const i64 low = std::min<i64>(away, 0), high = std::max(away + size, distance(range.from, range.to));
    if (high - low > kWidest) continue;
    const Window wider{plus(range.from, low), plus(range.from, high), range.write || write};
    again_ |= wider.from != range.from || wider.to != range.to || wider.write != range.write;
    range = wider;
    return w;
  }
  if (windowNeeds_.windows.size() == windows_) windowNeeds_.windows.push_back({offset, end, write});
  // What building before found to be opened here was another where a flag was not known then, which is 0 in addresses, too.
  Window& range = windowNeeds_.windows[windows_];
  if (!holds(range, {offset, end}) || (write && !range.write)) {
    range = {offset, end, write};
    again_ = true;
  }
  path_.windows.push_back(open(base, windowNeeds_.windows[windows_]));
  ++windows_;
  return path_.windows.back();
}

Value* Emitter::host(Value* linear, unsigned size, bool write) {
  if (!write)
    if (Value* addend = addendOfTable(linear, size)) return building->CreateAdd(linear, addend);
  const Open& w = window(linear, size, write);
  Value* host = building->CreateAdd(linear, w.addend);
  if (write) stateNow_ = w.state ? w.state : stateOf(host);
  return host;
}

}  // namespace duet::tcg::region
