// BT, BTS, BTR, BTC of a bit anywhere in memory; CMPXCHG8B and CMPXCHG16B.
#include <cstddef>

#include "core/cpu/cpu_model.h"
#include "core/cpu/registers.h"
#include "cpu-tcg/baseline/lowering.h"

namespace duet::tcg::baseline {

using namespace isa;
namespace Inst = x86::Inst;

namespace {

#define FRAME(member) offsetof(Frame, member)

// The word that the bit is in, from the one the operand names, in bytes, to T2: by the offset's upper bits, with its sign.
void wordOfBit(CodeWriter& w) {
  const unsigned size = w.insn().opSize;
  const x86::Gp offset = w.use(w.insn().op[1].reg, 8, kT2);
  if (size == 2) w.a.movsx(kT2, offset.r16());
  if (size == 4) w.a.movsxd(kT2, offset.r32());
  w.a.mov(kT0.r32(), size == 2 ? 4 : size == 4 ? 5 : 6);
  w.a.sarx(kT2, size == 8 ? offset : kT2, kT0);
}

// Its offset there to T0.
x86::Gp bitInWord(CodeWriter& w) {
  const unsigned size = w.insn().opSize;
  const x86::Gp offset = w.use(w.insn().op[1].reg, 8, kT0);
  w.a.pext(kT0, offset, w.frame(FRAME(bitMasks) + (size == 2 ? 0 : size == 4 ? 8 : 16), 8));
  return w.host(kT0, size);
}

void lowerBitString(CodeWriter& w, asmjit::InstId instruction, bool write) {
  const unsigned size = w.insn().opSize, addrSize = w.insn().addrSize;
  w.offset(kT1, addrSize);
  wordOfBit(w);
  w.a.lea(w.host(kT1, addrSize == 8 ? 8 : 4), x86::ptr(kT1, kT2, size == 2 ? 1 : size == 4 ? 2 : 3));
  if (addrSize == 2) w.a.movzx(kT1.r32(), kT1.r16());
  w.toLinear(w.insn().mem.segment, size, write);
  w.probe(size, write);
  const x86::Gp bit = bitInWord(w);
  if (w.locks()) w.a.lock();
  w.check(w.a.emit(instruction, w.pointer(size), bit));
  if (write) w.checkStore();
}

// Of the flags ZF alone changes.
bool lowerPair(CodeWriter& w, unsigned size) {
  static_assert(isPinned(kRax) && isPinned(kRdx) && isPinned(kRbx));
  static const bool hostsOwn = hostFeatures().has(Feature::Cx16);
  if (!hostsOwn || !w.address(size)) return false;
  w.probe(size, true, size == 16 ? 15 : 0);
  w.load(x86::rcx, kRcx);
  if (w.locks()) w.a.lock();
  w.check(size == 16 ? w.a.cmpxchg16b(w.pointer(size)) : w.a.cmpxchg8b(w.pointer(size)));
  w.checkStore();
  return true;
}

}  // namespace

bool lowerBits(CodeWriter& w, std::string_view sem) {
  if (sem == "Cmpxchg8b") return lowerPair(w, 8);
  if (sem == "Cmpxchg16b") return lowerPair(w, 16);
  const BlockInsn& i = w.insn();
  const asmjit::InstId instruction = sem == "Bt"    ? Inst::kIdBt
                                     : sem == "Bts" ? Inst::kIdBts
                                     : sem == "Btr" ? Inst::kIdBtr
                                     : sem == "Btc" ? Inst::kIdBtc
                                                    : Inst::kIdNone;
  const bool isString =
      instruction != Inst::kIdNone && i.op[0].kind == OperandKind::Memory && i.op[1].kind == OperandKind::Gpr;
  if (!isString || !w.setup.hostsVendor || (w.wide() && i.mem.segment >= kFs)) return false;
  lowerBitString(w, instruction, instruction != Inst::kIdBt);
  return true;
}

}  // namespace duet::tcg::baseline
