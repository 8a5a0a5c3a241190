#include "cpu-tcg/baseline/code_writer.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "core/base/assert.h"
#include "cpu-tcg/baseline/jump_lookup.h"

namespace duet::tcg::baseline {

using namespace isa;

#define FRAME(member) offsetof(Frame, member)

CodeWriter::CodeWriter(const EmitterSetup& s, const BlockPlace& p, u64 address, x86::Assembler& assembler,
                       const std::vector<BlockLabels>& unit, size_t self)
    : a(assembler), setup(s), place(p), block_(*p.block), address_(address), unit_(unit), self_(self) {
  rips_.push_back(place.rip);
  for (unsigned i = 0; i < block_.count; ++i)
    rips_.push_back((rips_.back() + block_.insns[i].length) & place.ripMask);
  if (!place.plain) windows_.emplace(block_);
  records_ = a.newLabel();
  links_ = a.newLabel();
}

void CodeWriter::begin(unsigned index) {
  if (!staysHere(index)) flushStores(index_);
  index_ = index;
  slowUsed_ = false;
  slow_ = a.newLabel();
  next_ = a.newLabel();
  if (isLast()) settleX87();
  x87Before_ = x87_;
}

void CodeWriter::end() {
  if (isLast()) flushStores(index_);
  a.bind(next_);
  if (slowUsed_) slows_.push_back({index_, slow_, next_, x87Before_});
  if (isLast()) settleX87();
}

asmjit::Label CodeWriter::slowPath() {
  DUET_ASSERT(unchecked_.empty());
  slowUsed_ = true;
  return slow_;
}

void CodeWriter::recordTo(const x86::Gp& reg, unsigned index) {
  a.lea(reg, x86::ptr(records_, static_cast<i32>(index * sizeof(Record))));
}

void CodeWriter::takeInstructions(int count) {
  a.mov(kT0, frame(FRAME(remaining), 8));
  a.lea(kT0, x86::ptr(kT0, -count));
  a.mov(frame(FRAME(remaining), 8), kT0);
}

// Windows end with it: it may change rights, or where things are, and go on.
void CodeWriter::callHandler() {
  flushStores(index_ - 1);  // stores of before: this instruction is not done
  found_.fill({});
  settleX87();
  units_ = {};
  recordTo(kT1, index_);
  a.call(setup.thunksAt + setup.thunks.handlerAlone);
}

x86::Gp CodeWriter::host(const x86::Gp& reg, unsigned size) const {
  switch (size) {
    case 1:
      return reg.r8();
    case 2:
      return reg.r16();
    case 4:
      return reg.r32();
    default:
      return reg.r64();
  }
}

void CodeWriter::load(const x86::Gp& to, unsigned n) {
  if (isPinned(n)) return void(a.mov(to, x86::gpq(kHostOf[n])));
  a.mov(to, x86::Mem(x86::rsp, setup.places.gpr(n), 8));
}

void CodeWriter::store(unsigned n, const x86::Gp& from) {
  if (isPinned(n)) return void(a.mov(x86::gpq(kHostOf[n]), from));
  a.mov(x86::Mem(x86::rsp, setup.places.gpr(n), 8), from);
}

x86::Gp CodeWriter::use(unsigned n, unsigned size, const x86::Gp& temporary) {
  if (isPinned(n)) return host(x86::gpq(kHostOf[n]), size);
  load(temporary, n);
  return host(temporary, size);
}

// --- leaving

bool CodeWriter::samePage(u64 rip) const { return (rip ^ place.rip) >> 12 == 0; }

// Behind the whole block: who only jumps forwards soon leaves the page. Asked within the page alone.
bool CodeWriter::isForward(u64 rip) const { return rip >= rips_.back() && !place.exact; }

// From plain code the way goes back to code with windows.
const asmjit::Label* CodeWriter::inUnit(u64 rip) const {
  if (place.plain || setup.separate) return nullptr;
  for (const BlockLabels& b : unit_)
    if (b.rip == rip) return isForward(rip) ? &b.forward : &b.back;
  return nullptr;
}

void CodeWriter::addExit(const asmjit::Label& from, u64 rip, u64 site, u64 name) {
  exits_.push_back({from, rip, site, name, false});
}

// Within the page the code that follows is where the block itself is: it is valid as long, and in the same mode, so a plain jump
// will do once there is code. Other pages may come to lie elsewhere: their names tell.
void CodeWriter::exitTo(u64 rip) {
  if (!samePage(rip)) return exitToPage(rip);
  const bool adjoins = isLast() && self_ + 1 < unit_.size() && unit_[self_ + 1].rip == rip;
  if (adjoins && isForward(rip)) return;
  if (const asmjit::Label* there = inUnit(rip)) return void(a.jmp(*there));
  const asmjit::Label from = a.newLabel();
  a.jmp(from);
  addExit(from, rip, a.offset());
}

void CodeWriter::exitWithoutLink(u64 rip) {
  const asmjit::Label from = a.newLabel();
  a.jmp(from);
  addExit(from, rip);
}

void CodeWriter::exitWhen(x86::CondCode condition, u64 rip) {
  const asmjit::Label label = a.newLabel();
  if (samePage(rip)) {
    if (const asmjit::Label* there = inUnit(rip)) return void(a.j(condition, *there));
    a.j(condition, label);
    return addExit(label, rip, a.offset());
  }
  a.j(x86::negateCond(condition), label);
  exitToPage(rip);
  a.bind(label);
}

// To code that is known by the name of its page: name and jump are set together, once there is code.
void CodeWriter::exitToPage(u64 rip) {
  const asmjit::Label hit = a.newLabel(), miss = a.newLabel();
  a.mov(kT0.r32(), context(&codeTlb()[mmu::Tlb::execIndex(LinearAddr(rip))].name, 4));
  a.lea(kT0.r32(), x86::ptr(kT0, static_cast<i32>(u32{0} - PageNames::kNever)));
  const u64 name = a.offset();
  a.jecxz(kT0, hit);
  a.jmp(miss);
  a.bind(hit);
  a.jmp(miss);
  addExit(miss, rip, a.offset(), name);
}

// See JumpEntry for the sum.
void CodeWriter::lookUpTarget() {
  const asmjit::Label hit = a.newLabel();
  emitJumpLookup(a, setup.places, place.key & kUser);
  a.jecxz(kT0, hit);
  a.jmp(slowPath());
  a.bind(hit);
}

// --- cold code

void CodeWriter::finish() {
  for (const Slow& s : slows_) {
    a.bind(s.from);
    emitX87(s.x87);
    recordTo(kT1, s.index);
    a.call(setup.thunksAt + setup.thunks.handler);
    a.jmp(s.back);
  }
  for (const Store& s : stores_) {
    a.bind(s.from);
    emitX87(s.x87);
    recordTo(kT2, s.index);
    if (s.window >= 0) a.mov(kT1, stateSlot(s.window));
    a.mov(frame(FRAME(written), 4), s.size);
    a.call(setup.thunksAt + (s.window >= 0 ? setup.thunks.wroteWindow : setup.thunks.wrote));
    a.jmp(s.back);
  }
  for (const PlainExit& p : plainExits_) {
    a.bind(p.from);
    emitX87(p.x87);
    takeInstructions(-static_cast<int>(block_.count - p.index));
    const asmjit::Label from = a.newLabel();
    a.jmp(from);
    exits_.push_back({from, rips_[p.index], a.offset(), 0, true});
  }
  for (size_t i = 0; i < exits_.size(); ++i) {
    a.bind(exits_[i].from);
    a.lea(kT1, x86::ptr(links_, static_cast<i32>(i * sizeof(Link))));
    a.jmp(setup.thunksAt + setup.thunks.exit);
  }
  emitRecords();
}

void CodeWriter::emitRecords() {
  codeEnd_ = static_cast<u32>(a.offset());
  a.align(asmjit::AlignMode::kData, alignof(Record));
  a.bind(records_);
  for (unsigned i = 0; i < block_.count; ++i) {
    const BlockInsn& insn = block_.insns[i];
    Record record;
    std::memset(&record, 0, sizeof record);
    record.block = &block_;
    record.insn = &insn;
    record.nextRip = rips_[i] + insn.length;
    record.index = static_cast<u16>(i);
    record.ends = !insn.row || insn.row->has(kAttrEnd) || i + 1u == block_.count;
    record.lowered = std::any_of(slows_.begin(), slows_.end(), [&](const Slow& s) { return s.index == i; });
    a.embed(&record, sizeof record);
  }
  a.bind(links_);
  for (const Exit& e : exits_) {
    const Link link{e.rip,
                    block_.position >> 12,
                    e.site ? address_ + e.site : 0,
                    e.site && isForward(e.rip) && !e.plain,
                    e.plain,
                    e.name ? address_ + e.name : 0};
    a.embed(&link, sizeof link);
  }
}

}  // namespace duet::tcg::baseline
