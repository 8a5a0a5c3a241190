// CodeWriter: addresses of memory operands, the TLB probe, what a store has to look at.
#include <cstddef>

#include "cpu-tcg/baseline/code_writer.h"

namespace duet::tcg::baseline {

using namespace isa;

#define FRAME(member) offsetof(Frame, member)

namespace {

bool isConstant(const MemoryRef& m) { return m.base == kRipBase || (m.base == kNoReg && m.index == kNoReg); }

bool inHalves(u64 offset) { return (offset + (u64{1} << 47)) >> 48 == 0; }

}  // namespace

u64 CodeWriter::constantOffset() const {
  const MemoryRef& m = insn().mem;
  return static_cast<u64>(m.disp) + (m.base == kRipBase ? nextRip() : 0);
}

bool CodeWriter::offset(const x86::Gp& out, unsigned size) {
  const MemoryRef& m = insn().mem;
  const bool narrow = size == 4;
  const i32 disp = static_cast<i32>(m.disp);
  if (insn().addrSize == 2) return false;
  if (isConstant(m)) return a.mov(out, narrow ? constantOffset() & 0xffffffff : constantOffset()), true;
  const x86::Gp base = m.base == kNoReg ? x86::Gp() : use(m.base, 8, kT1);
  const x86::Gp index = m.index == kNoReg ? x86::Gp() : use(m.index, 8, kT2);
  const x86::Mem mem = m.base == kNoReg    ? x86::Mem(static_cast<u64>(i64{disp}), index, m.scale)
                       : m.index == kNoReg ? x86::ptr(base, disp)
                                           : x86::ptr(base, index, m.scale, disp);
  check(a.lea(narrow ? out.r32() : out, mem));
  return true;
}

bool CodeWriter::canAddress(unsigned size) const {
  const MemoryRef& m = insn().mem;
  if (insn().addrSize == 2) return false;
  if (!wide() && (m.segment == kCs || m.segment >= kFs)) return false;  // CS may be there to execute alone
  if (!wide() || m.segment < kFs || insn().addrSize == 4 || !isConstant(m)) return true;
  return inHalves(constantOffset()) && inHalves(constantOffset() + size - 1);
}

bool CodeWriter::address(unsigned size) {
  const MemoryRef& m = insn().mem;
  const bool narrow = insn().addrSize == 4;
  if (!canAddress(size)) return false;
  offset(kT1, narrow ? 4 : 8);
  if (!wide() || m.segment < kFs) return true;
  if (!narrow && !isConstant(m)) checkOffset(size);
  a.mov(kT2, context(&setup.places.ctx->arch.segment[m.segment].base, 8));
  a.lea(kT1, x86::ptr(kT1, kT2));
  return true;
}

// AMD's processors want the offset itself canonical where a base is added to it (runtime's checkOffset): whether the first and the
// last byte are in the 48-bit halves, else the handler decides.
void CodeWriter::checkOffset(unsigned size) {
  const asmjit::Label good = a.newLabel();
  a.mov(kT2, u64{1} << 47);
  a.lea(kT0, x86::ptr(kT1, kT2));
  a.pext(kT0, kT0, frame(FRAME(highMask), 8));
  a.lea(kT2, x86::ptr(kT1, kT2, 0, static_cast<i32>(size - 1)));
  a.pext(kT2, kT2, frame(FRAME(highMask), 8));
  a.lea(kT0, x86::ptr(kT0, kT2));
  a.jecxz(kT0, good);
  a.jmp(slowPath());
  a.bind(good);
}

// Tlb::hits(). What is aligned lies in one page, so its first byte will do, and the low bits are looked at by the way.
void CodeWriter::probe(unsigned size, bool write, unsigned alignMask) {
  const asmjit::Label hit = a.newLabel();
  const mmu::Tlb::Bank& bank = *setup.bank;
  static_assert(mmu::Tlb::kEntries == 65536);
  a.rorx(kT2, kT1, 12);
  a.movzx(kT2.r32(), kT2.r16());
  a.mov(kT0, x86::Mem(x86::rsp, kT2, 3, setup.places.of(write ? bank.write : bank.read), 8));
  const size_t which = alignMask == 15 ? 0 : alignMask == 31 ? 1 : 2;
  a.lea(kT0, x86::ptr(kT0, kT1, 0, alignMask ? 0 : static_cast<i32>(size - 1)));
  a.pext(kT0, kT0, frame(alignMask ? FRAME(alignedPageMask) + 8 * which : FRAME(pageMask), 8));
  a.jecxz(kT0, hit);
  a.jmp(slowPath());
  a.bind(hit);
  a.mov(kT2, x86::Mem(x86::rsp, kT2, 3, setup.places.of(bank.addend), 8));
}

void CodeWriter::checkStore() {
  a.lea(kT1, x86::ptr(kT2, kT1));
  checkStoreAt();
}

// Ram::isQuiet().
void CodeWriter::checkStoreAt() {
  const asmjit::Label quiet = a.newLabel(), look = a.newLabel();
  a.pext(kT2, kT1, frame(FRAME(pageMask), 8));
  a.mov(kT0, frame(FRAME(states), 8));
  a.mov(kT0.r32(), x86::Mem(kT0, kT2, 2, 0, 4));
  a.lea(kT0.r32(), x86::ptr(kT0, static_cast<i32>(mmu::Ram::kDirty)));
  a.jecxz(kT0, quiet);
  a.jmp(look);
  a.bind(quiet);
  stores_.push_back({index_, look, quiet, x87_});
}

}  // namespace duet::tcg::baseline
