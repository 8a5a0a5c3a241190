// Rows that the host carries out with the guest's own opcode (cpu-tcg/native), on the guest's own vector and x87 registers
// (units.cpp); general registers are the host's of registers.h or temporaries.
#include "core/cpu/registers.h"
#include "cpu-tcg/baseline/host_rows.h"
#include "cpu-tcg/baseline/lowering.h"
#include "cpu-tcg/baseline/mode_key.h"
#include "cpu-tcg/native/encode.h"
#include "cpu-tcg/runtime/unit_check.h"

namespace duet::tcg::baseline {

using namespace isa;

namespace {

bool isWritten(const OperandSpec& spec) { return spec.access != Access::Read; }

class Native {
 public:
  explicit Native(CodeWriter& w)
      : w_(w), insn_(w.insn()), row_(*insn_.row), unit_(unitOf(row_)), size_(insn_.native.size) {}

  bool run() {
    if (!possible()) return false;
    bringUnits();
    if (isVzero(row_)) return zero(), true;
    if (size_) {
      w_.address(size_);
      w_.probe(size_, insn_.native.writes, insn_.native.alignMask);
    }
    chooseRegisters();
    forEachTemporary(
        [&](const Operand& op, const OperandSpec&, u8 host) { w_.load(x86::gpq(host), op.reg); });
    const HostBytes bytes = encodeForHost(insn_, host_);
    w_.a.putData(bytes.bytes, bytes.size);
    forEachTemporary([&](const Operand& op, const OperandSpec& spec, u8 host) {
      if (isWritten(spec)) w_.store(op.reg, x86::gpq(host));
    });
    if (isPcmpstri(row_)) w_.store(kRcx, x86::rcx);
    if (unit_ == Unit::Fpu && !row_.has(kAttrNoWait)) w_.ranX87(size_);
    if (size_ && insn_.native.writes) w_.checkStore();
    return true;
  }

 private:
  bool usesX87() const { return row_.attrs & (kAttrFpu | kAttrMmx); }

  bool possible() const {
    const u32 key = w_.place.key;
    if ((row_.attrs & (kAttrVsibX | kAttrVsibY)) || !isUsable(row_, key)) return false;
    if (usesX87() && !(key & kX87Usable)) return false;
    if (row_.has(kAttrMxcsr) && !(key & kSimdMasked)) return false;
    // FDP is an offset in the segment: the linear address is not, where the segment has a base. (Bases of 32 bits are taken off.)
    if (unit_ == Unit::Fpu && size_ && w_.wide() && insn_.mem.segment >= kFs) return false;
    if (size_ ? !w_.canAddress(size_) : insn_.hasMemory()) return false;
    for (unsigned i = 0; i < row_.operandCount; ++i) {
      const OperandKind kind = insn_.op[i].kind;
      if (kind == OperandKind::GprHigh) return false;
      if (kind == OperandKind::Gpr && row_.operands[i].slot == Slot::Fixed) return false;
    }
    return true;
  }

  void bringUnits() {
    if (usesX87()) w_.needX87();
    if (unit_ == Unit::Sse || unit_ == Unit::Avx) w_.needVectors(unit_);
    if (row_.has(kAttrMxcsr)) w_.needMxcsr();
    if (makesUppers(insn_)) w_.useUppers();
  }

  // Outside 64-bit mode registers 8 to 15 stay: VEX.128 forms do the eight others one by one.
  void zero() {
    const bool all = row_.l == 1;
    if (w_.wide()) {
      all ? w_.a.vzeroall() : w_.a.vzeroupper();
      return w_.zeroedUppers();
    }
    for (unsigned n = 0; n < 8; ++n)
      all ? w_.a.vxorps(x86::xmm(n), x86::xmm(n), x86::xmm(n)) : w_.a.vmovaps(x86::xmm(n), x86::xmm(n));
  }

  bool needsTemporary(const Operand& op) const {
    constexpr u8 kByteNeedsRex = 4;  // RBP, RSI, RDI as bytes
    if (op.kind != OperandKind::Gpr) return false;
    return !isPinned(op.reg) || (op.size == 1 && kHostOf[op.reg] >= kByteNeedsRex && kHostOf[op.reg] < 8);
  }

  // The operand at [T2 + T1]; when T1 is wanted for a register, at [T2].
  void chooseRegisters() {
    host_ = {1, static_cast<u8>(size_ ? 1 : 14), 11, 14, size_ ? u8{11} : HostRegisters::kNoIndex};
    for (unsigned i = 0; i < row_.operandCount; ++i) {
      const Operand& op = insn_.op[i];
      if (op.kind != OperandKind::Gpr) continue;
      u8& host = hostOf(row_.operands[i].slot);
      if (!needsTemporary(op)) {
        host = kHostOf[op.reg];
      } else if (size_ && host == 11) {
        w_.a.lea(kT2, w_.pointer(8));
        host_.index = HostRegisters::kNoIndex;
      }
    }
  }
  u8& hostOf(Slot slot) {
    return slot == Slot::ModrmReg ? host_.reg : slot == Slot::Vvvv ? host_.vvvv : host_.rm;
  }

  template <class F>
  void forEachTemporary(F f) {
    for (unsigned i = 0; i < row_.operandCount; ++i)
      if (needsTemporary(insn_.op[i])) f(insn_.op[i], row_.operands[i], hostOf(row_.operands[i].slot));
  }

  CodeWriter& w_;
  const BlockInsn& insn_;
  const Row& row_;
  const Unit unit_;
  const unsigned size_;  // of the memory operand; 0: none
  HostRegisters host_{};
};

}  // namespace

bool lowerNative(CodeWriter& w) { return Native(w).run(); }

}  // namespace duet::tcg::baseline
