// Rows that the host carries out with the guest's own opcode (cpu-tcg/native): vectors and bit manipulation. Vector registers are loaded from the XSAVE area and put back by each.
#include <algorithm>

#include "cpu-tcg/baseline/lowering.h"
#include "cpu-tcg/baseline/mode_key.h"
#include "cpu-tcg/native/encode.h"
#include "cpu-tcg/runtime/unit_check.h"

namespace duet::tcg::baseline {

using namespace isa;

namespace {

// Registers that no operand names: PCMPxSTRx, VZEROUPPER and VZEROALL.
bool hasHiddenOperands(const Row& row) {
  const bool strings = row.map == Map::M0F3A && row.opcode >= 0x60 && row.opcode <= 0x63;
  return strings || (row.vex && row.map == Map::M0F && row.opcode == 0x77);
}

bool isUsable(Unit unit, u32 key) {
  return unit == Unit::None || (unit == Unit::Sse && (key & kSseUsable)) ||
         (unit == Unit::Avx && (key & kAvxUsable));
}

class Native {
 public:
  explicit Native(CodeWriter& w) : w_(w), insn_(w.insn()), row_(*insn_.row), unit_(unitOf(row_)) {
    avx_ = row_.vex && row_.has(kAttrAvx);
    wide_ = avx_ && row_.l != -1 && insn_.vexL;
  }

  bool run() {
    if (!possible()) return false;
    const unsigned size = insn_.native.size;
    if (size && !w_.canAddress(size)) return false;
    if (row_.has(kAttrMxcsr)) w_.needMxcsr();
    if (size) {
      w_.address(size);
      if (insn_.native.alignMask) w_.checkAligned(insn_.native.alignMask);
      w_.probe(size, insn_.native.writes);
      w_.a.lea(kT1, x86::ptr(kT2, kT1));
    }
    if (unit_ != Unit::None) noteUse();
    const HostRegisters host{1, 14, static_cast<u8>(size ? 14 : 11), 11};
    forEachOperand([&](const Operand& op, const OperandSpec& spec) { load(op, spec, host); });
    const HostBytes bytes = encodeForHost(insn_, host);
    w_.check(w_.a.embed(bytes.bytes, bytes.size));
    forEachOperand([&](const Operand& op, const OperandSpec& spec) { store(op, spec, host); });
    if (wide_) w_.a.vzeroupper();
    if (size && insn_.native.writes) w_.checkStoreAt();
    return true;
  }

 private:
  bool possible() const {
    constexpr u32 kOthers = kAttrFpu | kAttrMmx | kAttrVsibX | kAttrVsibY;
    if ((row_.attrs & kOthers) || hasHiddenOperands(row_) || !isUsable(unit_, w_.place.key)) return false;
    if (insn_.hasMemory() && !insn_.native.size) return false;
    for (unsigned i = 0; i < row_.operandCount; ++i) {
      const OperandKind kind = insn_.op[i].kind;
      if (kind != OperandKind::Vector && kind != OperandKind::Gpr && kind != OperandKind::Memory &&
          kind != OperandKind::Immediate)
        return false;
      if (kind == OperandKind::Gpr && row_.operands[i].slot == Slot::Fixed) return false;
    }
    return true;
  }

  template <class F>
  void forEachOperand(F f) {
    for (unsigned i = 0; i < row_.operandCount; ++i) f(insn_.op[i], row_.operands[i]);
  }

  // checkUnit(): what XRSTOR loaded has been used since. Once is enough until C++ runs again.
  void noteUse() {
    if (!w_.firstUse(unit_)) return;
    const x86::Mem components = w_.context(&w_.setup.places.ctx->xrstor.components, 8);
    const x86::Mem others =
        w_.frame(unit_ == Unit::Avx ? offsetof(Frame, notAvx) : offsetof(Frame, notSse), 8);
    w_.a.mov(kT0, components);
    w_.a.pext(kT0, kT0, others);
    w_.a.pdep(kT0, kT0, others);
    w_.a.mov(components, kT0);
  }

  x86::Mem low(unsigned n) const {
    return w_.context(w_.setup.places.ctx->arch.xsave.data() + kXsXmm0 + 16 * n, 16);
  }
  x86::Mem high(unsigned n) const {
    return w_.context(w_.setup.places.ctx->arch.xsave.data() + kXsYmmHigh + 16 * n, 16);
  }

  void load(const Operand& op, const OperandSpec& spec, const HostRegisters& host) {
    if (op.kind == OperandKind::Gpr) w_.load(x86::gpq(hostRegisterOf(spec.slot, host)), op.reg);
    const bool replaced = spec.access == Access::Write && (avx_ || op.size == 16);
    if (op.kind != OperandKind::Vector || replaced) return;
    if (!avx_) return void(w_.a.movaps(x86::xmm(op.reg), low(op.reg)));
    w_.a.vmovaps(x86::xmm(op.reg), low(op.reg));
    if (wide_) w_.a.vinsertf128(x86::ymm(op.reg), x86::ymm(op.reg), high(op.reg), 1);
  }

  void store(const Operand& op, const OperandSpec& spec, const HostRegisters& host) {
    if (spec.access == Access::Read) return;
    if (op.kind == OperandKind::Gpr) w_.store(op.reg, x86::gpq(hostRegisterOf(spec.slot, host)));
    if (op.kind != OperandKind::Vector) return;
    if (!avx_) return void(w_.a.movaps(low(op.reg), x86::xmm(op.reg)));
    w_.a.vmovaps(low(op.reg), x86::xmm(op.reg));
    if (wide_) return void(w_.a.vextractf128(high(op.reg), x86::ymm(op.reg), 1));
    x86::Mem half = high(op.reg);
    half.setSize(8);
    w_.a.mov(half, 0);
    w_.a.mov(half.cloneAdjusted(8), 0);
  }

  CodeWriter& w_;
  const BlockInsn& insn_;
  const Row& row_;
  const Unit unit_;
  bool avx_, wide_;
};

}  // namespace

bool lowerNative(CodeWriter& w) { return Native(w).run(); }

}  // namespace duet::tcg::baseline
