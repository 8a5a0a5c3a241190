#include "cpu-tcg/native/emitter.h"

#include <asmjit/x86.h>

#include <cstddef>

#include "core/cpu/cpu_state.h"
#include "core/cpu/registers.h"
#include "cpu-tcg/native/encode.h"
#include "cpu-tcg/native/native_state.h"

namespace duet::tcg {

using namespace isa;
namespace x86 = asmjit::x86;

namespace {

x86::Mem stateField(size_t offset, u32 size = 4) {
  return x86::Mem(x86::rdi, static_cast<i32>(offset), size);
}
#define STATE(member) static_cast<i32>(offsetof(NativeState, member))

bool writes(Access a) { return a != Access::Read; }

u32 touchedFlags(const FlagEffect& f) {
  return (f.written | f.undefined | f.cleared | f.set) & kFlagsArithmetic;
}

constexpr u32 kMxcsrControl = 0xffc0;  // rounding, FTZ, DAZ, masks

// Registers in use: rdi state, rsi operand, r8 XSAVE area, r9 guest GPRs, rax flags and result,
// rcx rdx r10 GPR operands, r11 scratch. Vector operands sit in the registers of the guest's numbers.
class StubEmitter {
 public:
  StubEmitter(const Insn& insn, StubForm form, asmjit::CodeHolder& code)
      : insn_(insn), row_(*insn.row), a_(&code) {
    avx_ = row_.vex && row_.has(kAttrAvx);
    wide_ = avx_ && row_.l != -1 && insn.vexL;
    mxcsr_ = row_.has(kAttrMxcsr);
    readsFlags_ = row_.flags.read & kFlagsArithmetic;
    writesFlags_ = touchedFlags(row_.flags);
    unmasked_ = form == StubForm::Unmasked;
    fpu_ = row_.has(kAttrFpu);
  }

  void emit() {
    if (row_.vex && row_.opcode == 0x77 && row_.map == Map::M0F) return emitVzero();
    a_.mov(x86::r8, stateField(STATE(xsave), 8));
    a_.mov(x86::r9, stateField(STATE(gpr), 8));
    loadRegisters();
    if (mxcsr_) enterMxcsr();
    if (readsFlags_) loadFlags();
    if (unmasked_ && fpu_) a_.fldcw(stateField(STATE(hostControl), 2));
    const HostBytes bytes = encodeForHost(insn_);
    a_.embed(bytes.bytes, bytes.size);
    if (writesFlags_) captureFlags();
    if (unmasked_ && fpu_) {
      a_.fnstenv(stateField(STATE(environment), 28));
      a_.fnclex();
    }
    if (mxcsr_) leaveMxcsr();
    commit();
    a_.xor_(x86::eax, x86::eax);
    finish();
    if (mxcsr_ && unmasked_) emitTrapped();
  }

 private:
  bool isPcmpstr() const {
    return row_.map == Map::M0F3A && row_.opcode >= 0x60 && row_.opcode <= 0x63 &&
           row_.prefix == MandatoryPrefix::P66;
  }
  bool readsLengths() const { return isPcmpstr() && row_.opcode <= 0x61; }
  bool writesIndex() const { return isPcmpstr() && (row_.opcode & 1); }
  bool writesMask() const { return isPcmpstr() && !(row_.opcode & 1); }

  static x86::Mem guestGpr(unsigned n) { return x86::qword_ptr(x86::r9, static_cast<i32>(8 * n)); }
  static x86::Mem xmmSlot(unsigned n) {
    return x86::xmmword_ptr(x86::r8, static_cast<i32>(kXsXmm0 + 16 * n));
  }
  static x86::Mem highSlot(unsigned n) {
    return x86::xmmword_ptr(x86::r8, static_cast<i32>(kXsYmmHigh + 16 * n));
  }
  static x86::Mem guestMxcsr() { return x86::dword_ptr(x86::r8, kXsMxcsr); }

  void loadRegisters() {
    for (unsigned i = 0; i < row_.operandCount; ++i) {
      const Operand& op = insn_.op[i];
      const OperandSpec& spec = row_.operands[i];
      if (op.kind == OperandKind::Vector) loadVector(op, spec);
      if (op.kind == OperandKind::Gpr && spec.slot != Slot::Fixed) {
        a_.mov(x86::gpq(hostRegisterOf(spec.slot)), guestGpr(op.reg));
      }
      if (op.kind == OperandKind::GprHigh) {
        a_.movzx(x86::gpd(hostRegisterOf(spec.slot)), x86::byte_ptr(x86::r9, 8 * op.reg + 1));
      }
    }
    if (readsLengths()) {
      a_.mov(x86::rax, guestGpr(kRax));
      a_.mov(x86::rdx, guestGpr(kRdx));
    }
  }

  void loadVector(const Operand& op, const OperandSpec& spec) {
    const bool replaced = spec.access == Access::Write && (avx_ || op.size == 16);
    if (replaced) return;
    if (!avx_) return void(a_.movaps(x86::xmm(op.reg), xmmSlot(op.reg)));
    a_.vmovaps(x86::xmm(op.reg), xmmSlot(op.reg));
    if (wide_) a_.vinsertf128(x86::ymm(op.reg), x86::ymm(op.reg), highSlot(op.reg), 1);
  }

  // OF by an addition that overflows exactly when AL is 1; then SAHF sets the rest and leaves OF alone.
  void loadFlags() {
    a_.mov(x86::r11d, stateField(STATE(flags)));
    a_.mov(x86::eax, x86::r11d);
    a_.shr(x86::eax, 11);
    a_.and_(x86::eax, 1);
    a_.shl(x86::r11d, 8);
    a_.or_(x86::eax, x86::r11d);
    a_.add(x86::al, 0x7f);
    a_.sahf();
  }

  void captureFlags() {
    a_.lahf();
    a_.seto(x86::al);
  }

  // The guest's rounding and denormal control, no flags; its masks or everything masked.
  void enterMxcsr() {
    if (unmasked_) {
      trapped_ = a_.newLabel();
      a_.lea(x86::r11, x86::ptr(trapped_));
      a_.mov(stateField(STATE(trapReturn), 8), x86::r11);
    }
    a_.mov(x86::r11d, guestMxcsr());
    a_.and_(x86::r11d, unmasked_ ? kMxcsrControl : kMxcsrControl & ~kMxcsrMasks);
    if (!unmasked_) a_.or_(x86::r11d, kMxcsrMasks);
    a_.mov(stateField(STATE(mxcsr)), x86::r11d);
    if (avx_) {
      a_.vldmxcsr(stateField(STATE(mxcsr)));
    } else {
      a_.ldmxcsr(stateField(STATE(mxcsr)));
    }
  }

  // Adds the flags raised to the guest's. Compiled code does not care about flags, so its own control bits are
  // loaded only when the guest's differ (LDMXCSR is slow).
  void leaveMxcsr() {
    const asmjit::Label same = a_.newLabel();
    if (avx_) {
      a_.vstmxcsr(stateField(STATE(mxcsr)));
    } else {
      a_.stmxcsr(stateField(STATE(mxcsr)));
    }
    a_.mov(x86::r11d, stateField(STATE(mxcsr)));
    a_.mov(x86::r10d, x86::r11d);
    a_.xor_(x86::r10d, stateField(STATE(hostMxcsr)));
    a_.test(x86::r10d, ~kMxcsrFlags);
    a_.jz(same);
    if (avx_) {
      a_.vldmxcsr(stateField(STATE(hostMxcsr)));
    } else {
      a_.ldmxcsr(stateField(STATE(hostMxcsr)));
    }
    a_.bind(same);
    a_.and_(x86::r11d, kMxcsrFlags);
    a_.or_(guestMxcsr(), x86::r11d);
  }

  // Where the SIGFPE handler returns to: registers are as before the instruction.
  void emitTrapped() {
    a_.bind(trapped_);
    a_.mov(x86::eax, 1);
    finish();
  }

  void commit() {
    for (unsigned i = 0; i < row_.operandCount; ++i) {
      const Operand& op = insn_.op[i];
      const OperandSpec& spec = row_.operands[i];
      if (!writes(spec.access)) continue;
      if (op.kind == OperandKind::Vector) storeVector(op.reg);
      if (op.kind == OperandKind::Gpr) a_.mov(guestGpr(op.reg), x86::gpq(hostRegisterOf(spec.slot)));
    }
    if (writesIndex()) a_.mov(guestGpr(kRcx), x86::rcx);
    if (writesMask()) storeVector(0);
    if (writesFlags_) storeFlags();
  }

  void storeVector(unsigned n) {
    if (!avx_) return void(a_.movaps(xmmSlot(n), x86::xmm(n)));
    a_.vmovaps(xmmSlot(n), x86::xmm(n));
    if (wide_) {
      a_.vextractf128(highSlot(n), x86::ymm(n), 1);
    } else {
      zeroHigh(n);
    }
  }

  void zeroHigh(unsigned n) {
    x86::Mem slot = highSlot(n);
    slot.setSize(8);
    a_.mov(slot, 0);
    a_.mov(slot.cloneAdjusted(8), 0);
  }

  // AH: SF ZF AF PF CF in their EFLAGS places; AL: OF.
  void storeFlags() {
    a_.movzx(x86::ecx, x86::ah);
    a_.and_(x86::ecx, kFlagsArithmetic & 0xff);
    a_.movzx(x86::eax, x86::al);
    a_.shl(x86::eax, 11);
    a_.or_(x86::eax, x86::ecx);
    if (writesFlags_ != kFlagsArithmetic) {
      a_.and_(x86::eax, writesFlags_);
      a_.mov(x86::ecx, stateField(STATE(flags)));
      a_.and_(x86::ecx, ~writesFlags_);
      a_.or_(x86::eax, x86::ecx);
    }
    a_.mov(stateField(STATE(flags)), x86::eax);
  }

  // VZEROUPPER and VZEROALL touch registers 0-7 only outside 64-bit mode.
  void emitVzero() {
    a_.mov(x86::r8, stateField(STATE(xsave), 8));
    const unsigned count = insn_.mode == CodeMode::Bits64 ? 16 : 8;
    const bool all = row_.l == 1;
    a_.vxorps(x86::xmm0, x86::xmm0, x86::xmm0);
    for (unsigned n = 0; n < count; ++n) {
      a_.vmovaps(highSlot(n), x86::xmm0);
      if (all) a_.vmovaps(xmmSlot(n), x86::xmm0);
    }
    a_.xor_(x86::eax, x86::eax);
    a_.ret();
  }

  void finish() {
    if (wide_) a_.vzeroupper();
    a_.ret();
  }

  const Insn& insn_;
  const Row& row_;
  x86::Assembler a_;
  asmjit::Label trapped_;
  bool avx_, wide_, mxcsr_, fpu_, unmasked_, readsFlags_;
  u32 writesFlags_;
};

}  // namespace

std::vector<u8> emitStub(const Insn& insn, StubForm form) {
  asmjit::CodeHolder code;
  if (code.init(asmjit::Environment::host()) != asmjit::kErrorOk) return {};
  StubEmitter(insn, form, code).emit();
  if (code.flatten() != asmjit::kErrorOk || code.resolveUnresolvedLinks() != asmjit::kErrorOk) return {};
  std::vector<u8> bytes(code.codeSize());
  if (code.copyFlattenedData(bytes.data(), bytes.size()) != asmjit::kErrorOk) return {};
  return bytes;
}

}  // namespace duet::tcg
