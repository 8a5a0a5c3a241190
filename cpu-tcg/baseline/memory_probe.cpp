// CodeWriter: addresses of memory operands, the TLB probe, what a store has to look at.
#include <algorithm>
#include <bit>
#include <cstddef>

#include "core/base/assert.h"
#include "cpu-tcg/baseline/code_writer.h"

namespace duet::tcg::baseline {

using namespace isa;

#define FRAME(member) offsetof(Frame, member)

namespace {

bool isConstant(const MemoryRef& m) { return m.base == kRipBase || (m.base == kNoReg && m.index == kNoReg); }

// Which of the frame's masks for aligned operands.
size_t forAlignment(unsigned mask) { return mask == 15 ? 0 : mask == 31 ? 1 : 2; }

bool inHalves(u64 offset) { return (offset + (u64{1} << 47)) >> 48 == 0; }

}  // namespace

u64 CodeWriter::constantOffset() const {
  const MemoryRef& m = insn().mem;
  return static_cast<u64>(m.disp) + (m.base == kRipBase ? nextRip() : 0);
}

void CodeWriter::offset(const x86::Gp& out, unsigned size) {
  const MemoryRef& m = insn().mem;
  const bool narrow = size < 8;
  const i32 disp = static_cast<i32>(m.disp);
  if (isConstant(m)) return void(a.mov(out, constantOffset() & (~u64{0} >> (64 - 8 * size))));
  const x86::Gp base = m.base == kNoReg ? x86::Gp() : use(m.base, 8, kT1);
  const x86::Gp index = m.index == kNoReg ? x86::Gp() : use(m.index, 8, kT2);
  const x86::Mem mem = m.base == kNoReg    ? x86::Mem(static_cast<u64>(i64{disp}), index, m.scale)
                       : m.index == kNoReg ? x86::ptr(base, disp)
                                           : x86::ptr(base, index, m.scale, disp);
  check(a.lea(narrow ? out.r32() : out, mem));
  if (size == 2) a.movzx(out.r32(), out.r16());
}

bool CodeWriter::canAddress(unsigned size) const {
  const MemoryRef& m = insn().mem;
  if (!wide() || m.segment < kFs || insn().addrSize == 4 || !isConstant(m)) return true;
  return inHalves(constantOffset()) && inHalves(constantOffset() + size - 1);
}

bool CodeWriter::address(unsigned size) {
  const MemoryRef& m = insn().mem;
  if (!canAddress(size)) return false;
  offset(kT1, insn().addrSize);
  if (!wide()) return toLinear(m.segment, size, writesOperand()), true;
  if (m.segment < kFs) return true;
  if (insn().addrSize == 8 && !isConstant(m)) checkOffset(size);
  a.mov(kT2, context(&setup.places.ctx->arch.segment[m.segment].base, 8));
  a.lea(kT1, x86::ptr(kT1, kT2));
  return true;
}

// Whether the row writes its memory operand.
bool CodeWriter::writesOperand() const {
  const BlockInsn& i = insn();
  if (i.native.size) return i.native.writes;
  for (unsigned n = 0; n < i.row->operandCount; ++n)
    if (i.op[n].kind == OperandKind::Memory) return i.row->operands[n].access != Access::Read;
  return false;
}

// offset + size - 1 - reach is below 0 where all is well: of its complement the upper half is 0.
void CodeWriter::toLinear(SegReg segment, unsigned size, bool write) {
  if (wide() || !checksSegment(segment)) return;
  const Label good = a.label();
  a.mov(kT2, frame(FRAME(reach) + 8 * (6 * write + segment), 8));
  a.lea(kT0, x86::ptr(kT1, kT2, 0, static_cast<i32>(size - 1)));
  a.not_(kT0);
  a.rorx(kT0, kT0, 32);
  a.jecxz(kT0.r32(), good);
  a.jmp(windows_ ? plainPath() : slowPath());
  a.bind(good);
  a.mov(kT2, context(&setup.places.ctx->arch.segment[segment].base, 8));
  a.lea(kT1.r32(), x86::ptr(kT1, kT2));
}

// AMD's processors want the offset itself canonical where a base is added to it (runtime's checkOffset): whether the first and the
// last byte are in the 48-bit halves, else the handler decides.
void CodeWriter::checkOffset(unsigned size) {
  const Label good = a.label();
  a.mov(kT2, u64{1} << 47);
  a.lea(kT0, x86::ptr(kT1, kT2));
  a.pext(kT0, kT0, frame(FRAME(highMask), 8));
  a.lea(kT2, x86::ptr(kT1, kT2, 0, static_cast<i32>(size - 1)));
  a.pext(kT2, kT2, frame(FRAME(highMask), 8));
  a.lea(kT0, x86::ptr(kT0, kT2));
  a.jecxz(kT0, good);
  a.jmp(windows_ ? plainPath() : slowPath());
  a.bind(good);
}

// A window is looked for once, when the first of its accesses comes; then its addend lies in the frame.
void CodeWriter::probe(unsigned size, bool write, unsigned alignMask, AccessKind kind) {
  stored_ = size;
  storedIn_ = -1;
  const WindowAccess access = windows_ ? windows_->of(index_, kind) : WindowAccess{};
  if (access.window < 0) return probeOne(size, write, alignMask);
  Found& found = foundIn(access.window);
  // Who comes by the slow path has not been here.
  if (found.window != access.window && slowUsed_) return probeOne(size, write, alignMask);
  const bool aligned = found.window == access.window && found.alignMask >= alignMask &&
                       ((access.offset - found.alignedAt) & alignMask) == 0;
  if (alignMask && !aligned) checkAligned(alignMask);
  if (found.window == access.window) {
    a.mov(kT2, addendSlot(access.window));
  } else {
    findWindow(access, size, write);
  }
  if (alignMask && !aligned) {
    found.alignMask = alignMask;
    found.alignedAt = access.offset;
  }
  if (found.quiet && write) storedIn_ = access.window;
}

void CodeWriter::findWindow(const WindowAccess& access, unsigned size, bool write) {
  const Window& w = windows_->window(access.window);
  DUET_ASSERT(w.holds(access.offset, size) && (w.stores || !write));
  const i32 low = static_cast<i32>(Window::distance(access.offset, w.low));
  const i32 high = static_cast<i32>(Window::distance(access.offset, w.high));
  if (low) a.lea(kT2, x86::ptr(kT1, low));
  lookUp(low ? kT2 : kT1, w.stores, high - 1, FRAME(pageMask), plainPath());
  a.mov(addendSlot(access.window), kT2);
  foundIn(access.window) = {access.window};
  if (w.stores > 1) rememberState(access.window);
}

// The window is quiet now (Ram::isQuiet()), so no store to it is one into the code that runs, and a look after several of them
// is early enough for others.
void CodeWriter::rememberState(int window) {
  a.lea(kT2, x86::ptr(kT2, kT1));
  stateOfPage();
  a.mov(stateSlot(window), kT0);
  checkState(plainPath());
  a.mov(kT2, addendSlot(window));
  foundIn(window).quiet = true;
}

CodeWriter::Found& CodeWriter::foundIn(int window) {
  return found_[static_cast<unsigned>(window) % kWindowSlots];
}
x86::Mem CodeWriter::addendSlot(int window) const {
  return frame(FRAME(windows) + 8 * (static_cast<unsigned>(window) % kWindowSlots), 8);
}
x86::Mem CodeWriter::stateSlot(int window) const { return frame(stateAt(window), 8); }
size_t CodeWriter::stateAt(int window) {
  return FRAME(windowStates) + 8 * (static_cast<unsigned>(window) % kWindowSlots);
}

Label CodeWriter::plainPath() {
  DUET_ASSERT(unchecked_.empty());
  plainExits_.push_back({index_, a.label(), x87Before_});
  return plainExits_.back().from;
}

// What is aligned lies in one page, so its first byte will do, and the low bits are looked at by the way.
void CodeWriter::probeOne(unsigned size, bool write, unsigned alignMask) {
  if (!alignMask) return lookUp(kT1, write, static_cast<i32>(size - 1), FRAME(pageMask), slowPath());
  lookUp(kT1, write, 0, FRAME(alignedPageMask) + 8 * forAlignment(alignMask), slowPath());
}

// Tlb::hits(): the entry is that of `first`, T1 + last lies in the page where `mask` is all that matters. The addend to T2.
void CodeWriter::lookUp(const x86::Gp& first, bool write, i32 last, size_t mask, Label miss) {
  findEntry(first, write);
  a.lea(kT0, x86::ptr(kT0, kT1, 0, last));
  takeAddend(mask, miss);
}

// The number of the address's entry to T2, its negated tag to T0.
void CodeWriter::findEntry(const x86::Gp& address, bool write) {
  const mmu::Tlb::Bank& bank = *setup.bank;
  static_assert(mmu::Tlb::kEntries == 65536);
  a.rorx(kT2, address, 12);
  a.movzx(kT2.r32(), kT2.r16());
  a.mov(kT0, x86::Mem(x86::rsp, kT2, 3, setup.places.of(write ? bank.write : bank.read), 8));
}

// Of entry T2 to T2, where T0 under the mask is 0.
void CodeWriter::takeAddend(size_t mask, Label miss) {
  const Label hit = a.label();
  a.pext(kT0, kT0, frame(mask, 8));
  a.jecxz(kT0, hit);
  a.jmp(miss);
  a.bind(hit);
  a.mov(kT2, x86::Mem(x86::rsp, kT2, 3, setup.places.of(setup.bank->addend), 8));
}

// Nobody wants to know of a store into the page, so far. Where that is known from is kept for checkRun().
void CodeWriter::probeRun(unsigned size, bool write) {
  const Label few = a.label();
  const x86::Gp count = x86::gpq(kHostOf[kRcx]);
  a.pext(kT0, count, frame(FRAME(pageMask), 8));  // so large that bytes might be more than a word can count?
  a.jecxz(kT0, few);
  a.jmp(slowPath());
  a.bind(few);
  findEntry(kT1, write);
  a.lea(kT0, x86::ptr(kT0, kT1));
  a.lea(kT0, x86::ptr(kT0, count, static_cast<u32>(std::countr_zero(size)), -1));
  takeAddend(FRAME(pageMask), slowPath());
  a.lea(kT1, x86::ptr(kT2, kT1));
  if (!write) return;
  a.mov(kT2, kT1);
  stateOfPage();
  a.mov(frame(FRAME(scratch), 8), kT0);
  checkState(slowPath());
}

void CodeWriter::checkRun() {
  a.mov(kT0, frame(FRAME(scratch), 8));
  lookAfter(index_, FRAME(scratch));
}

// In code with windows, which found them by T1.
void CodeWriter::checkAligned(unsigned mask) {
  const Label good = a.label();
  a.pext(kT0, kT1, frame(FRAME(alignMasks) + 8 * forAlignment(mask), 8));
  a.jecxz(kT0, good);
  a.jmp(plainPath());
  a.bind(good);
}

// Whether a segment is looked at before an access of instruction `index`.
bool CodeWriter::checksAny(unsigned index) const {
  const BlockInsn& insn = place.block->insns[index];
  const bool wide = insn.mode == CodeMode::Bits64;
  const auto accesses = [&](AccessKind kind) { return windows_->has(index, kind); };
  if (accesses(AccessKind::Operand) && (wide ? insn.mem.segment >= kFs : checksSegment(insn.mem.segment)))
    return true;
  return accesses(AccessKind::Stack) && (place.key & kSegmented);
}

// Whether what instruction `index` does cannot leave compiled code: looks at stores before it may wait. (Where a segment has a base
// the offset is checked, too.)
bool CodeWriter::staysHere(unsigned index) {
  const BlockInsn& insn = place.block->insns[index];
  if (!windows_ || !windows_->isSimple(index) || insn.native.alignMask || checksAny(index)) return false;
  for (const AccessKind kind : {AccessKind::Operand, AccessKind::Stack}) {
    const WindowAccess access = windows_->of(index, kind);
    if (access.window >= 0 ? foundIn(access.window).window != access.window : windows_->has(index, kind))
      return false;
  }
  return true;
}

// Where the upper half of the word of host address T2's page is, to T0.
void CodeWriter::stateOfPage() {
  a.pext(kT2, kT2, frame(FRAME(pageMask), 8));
  a.mov(kT0, frame(FRAME(states), 8));
  a.lea(kT0, x86::ptr(kT0, kT2, 3));
}

// Ram::isQuiet() by the half of a word at T0.
void CodeWriter::checkState(Label look) {
  const Label quiet = a.label();
  a.mov(kT0.r32(), x86::dword_ptr(kT0));
  a.lea(kT0.r32(), x86::ptr(kT0, static_cast<i32>(kQuiet)));
  a.jecxz(kT0, quiet);
  a.jmp(look);
  a.bind(quiet);
}

void CodeWriter::checkStore() {
  if (storedIn_ < 0) {
    a.lea(kT1, x86::ptr(kT2, kT1));
    a.mov(kT2, kT1);
    stateOfPage();
    return lookAfter(index_, 0);
  }
  if (std::find(unchecked_.begin(), unchecked_.end(), storedIn_) == unchecked_.end())
    unchecked_.push_back(storedIn_);
  if (isLast()) flushStores(index_);
}

// `insn`: the last that is done. `state`: what of the frame says where the word of the page is; 0: one access was at T1.
void CodeWriter::lookAfter(unsigned insn, size_t state) {
  DUET_ASSERT(state || stored_ <= 64);  // emitLook()
  const Label look = a.label(), back = a.label();
  checkState(look);
  a.bind(back);
  stores_.push_back({insn, stored_, state, look, back, x87_});
}

void CodeWriter::flushStores(unsigned done) {
  for (const int window : unchecked_) {
    a.mov(kT0, stateSlot(window));
    lookAfter(done, stateAt(window));
  }
  unchecked_.clear();
}

}  // namespace duet::tcg::baseline
