// DIV and IDIV. Where the guest's raises #DE the host's would trap, so the host's runs only where the quotient surely fits: the
// dividend's upper half is 0, for IDIV the sign of the lower one too, and the divisor is not.
#include <cstddef>

#include "core/cpu/registers.h"
#include "cpu-tcg/baseline/lowering.h"

namespace duet::tcg::baseline {

using namespace isa;

namespace {

void refuse0(CodeWriter& w) {
  const Label zero = w.a.label(), good = w.a.label();
  w.a.jecxz(kT0, zero);
  w.a.jumpNear(good);
  w.a.bind(zero);
  w.a.jmp(w.slowPath());
  w.a.bind(good);
}

// The divisor to T0, zero-extended.
bool loadDivisor(CodeWriter& w, unsigned size) {
  const Operand& op = w.insn().op[0];
  if (op.kind == OperandKind::Memory) {
    if (!w.address(size)) return false;
    w.probe(size, false);
    w.a.mov(w.host(kT0, size), w.pointer(size));
    return true;
  }
  if (op.kind != OperandKind::Gpr) return false;
  w.a.mov(w.host(kT0, size), w.use(op.reg, size, kT0));
  return true;
}

}  // namespace

bool lowerDivide(CodeWriter& w, bool isSigned) {
  const unsigned size = w.insn().op[0].size;
  if (size < 4 || !w.setup.hostsVendor || !loadDivisor(w, size)) return false;
  w.a.mov(kT2, kT0);
  refuse0(w);
  w.a.mov(w.host(kT0, size), w.host(x86::gpq(kHostOf[kRdx]), size));
  w.requireZero();
  if (isSigned) {
    w.a.pext(kT0, x86::gpq(kHostOf[kRax]), w.frame(offsetof(Frame, signs) + (size == 4 ? 0 : 8), 8));
    w.requireZero();
  }
  w.check(isSigned ? w.a.idiv(w.host(kT2, size)) : w.a.div(w.host(kT2, size)));
  return true;
}

}  // namespace duet::tcg::baseline
