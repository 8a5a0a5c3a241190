// Near branches.
#include <cstddef>

#include "core/base/bits.h"
#include "core/cpu/registers.h"
#include "cpu-tcg/baseline/lowering.h"

namespace duet::tcg::baseline {

using namespace isa;

namespace {

#define FRAME(member) offsetof(Frame, member)

bool isCanonical(const CodeWriter& w, u64 rip) {
  return !w.wide() || signExtend(rip, 64 - w.setup.places.ctx->canonicalShift) == rip;
}

// Branches of 16 bits in 64-bit code are the handler's. (AMD's processors have them.)
bool isNear(const CodeWriter& w) { return !w.wide() || w.insn().opSize == 8; }

// As wide as the operand. Where there can be no code it is the handler's.
u64 relativeTarget(const CodeWriter& w) {
  return (w.nextRip() + w.insn().imm) & (~u64{0} >> (64 - 8 * w.insn().opSize));
}
bool mayGoTo(const CodeWriter& w, u64 rip) {
  if (w.wide()) return isCanonical(w, rip);
  return rip <= w.place.segment.limit && rip <= w.place.ripMask;
}

// A target in memory to T0.
void loadTarget(CodeWriter& w, const x86::Mem& from) {
  if (w.insn().opSize == 2) {
    w.a.movzx(kT0.r32(), from);
  } else {
    w.a.mov(w.host(kT0, w.insn().opSize), from);
  }
}

// A register's or memory's target to T0, and its code to T1.
bool findTarget(CodeWriter& w) {
  const unsigned size = w.insn().opSize;
  const Operand& op = w.insn().op[0];
  if (op.kind == OperandKind::Memory) {
    if (!w.address(size)) return false;
    w.probe(size, false);
    loadTarget(w, w.pointer(size));
  } else if (size == 2) {
    w.a.movzx(kT0.r32(), w.use(op.reg, size, kT0));
  } else {
    w.a.mov(w.host(kT0, size), w.use(op.reg, size, kT0));
  }
  w.a.mov(w.context(&w.setup.places.ctx->arch.rip, 8), kT0);  // for who leaves after the push of a call
  w.lookUpTarget();
  return true;
}

bool lowerJump(CodeWriter& w) {
  if (w.insn().op[0].kind == OperandKind::Relative) {
    const u64 target = relativeTarget(w);
    if (!mayGoTo(w, target)) return false;
    w.exitTo(target);
    return true;
  }
  if (!findTarget(w)) return false;
  w.jumpToFound();
  return true;
}

bool lowerCondition(CodeWriter& w) {
  const u64 target = relativeTarget(w);
  if (!mayGoTo(w, target)) return false;
  w.exitWhen(static_cast<x86::CondCode>(w.insn().opcode & 15), target);
  w.exitTo(w.nextRip());
  return true;
}

bool lowerCall(CodeWriter& w) {
  const auto* rip = &w.setup.places.ctx->arch.rip;
  if (w.insn().op[0].kind == OperandKind::Relative) {
    const u64 target = relativeTarget(w);
    if (!mayGoTo(w, target)) return false;
    probePush(w, w.insn().opSize);
    storeConstant(w, w.nextRip());
    w.a.mov(kT0, target);
    w.a.mov(w.context(rip, 8), kT0);
    finishPush(w);
    w.exitTo(target);
    return true;
  }
  if (!findTarget(w)) return false;
  w.a.mov(kT0, x86::qword_ptr(kT1, offsetof(JumpEntry, code)));
  w.a.mov(w.frame(FRAME(scratch), 8), kT0);
  probePush(w, w.insn().opSize);
  storeConstant(w, w.nextRip());
  finishPush(w);
  w.a.jmp(w.frame(FRAME(scratch), 8));
  return true;
}

bool lowerReturn(CodeWriter& w) {
  const unsigned size = w.insn().opSize;
  const i32 extra =
      w.insn().op[0].kind == OperandKind::Immediate ? static_cast<i32>(w.insn().imm & 0xffff) : 0;
  probePop(w);
  loadTarget(w, w.pointer(size));
  w.lookUpTarget();
  finishPop(w, extra);
  w.jumpToFound();
  return true;
}

// The count register, as wide as addresses are, with `added` to it, to T0.
void loadCount(CodeWriter& w, i32 added) {
  const unsigned size = w.insn().addrSize;
  w.a.lea(w.host(kT0, size == 8 ? 8 : 4), x86::ptr(x86::gpq(kHostOf[kRcx]), added));
  if (size == 2) w.a.movzx(kT0.r32(), kT0.r16());
}

bool lowerJcxz(CodeWriter& w) {
  const u64 target = relativeTarget(w);
  if (!mayGoTo(w, target)) return false;
  const Label zero = w.a.label(), other = w.a.label();
  loadCount(w, 0);
  w.a.jecxz(kT0, zero);
  w.a.jmp(other);
  w.a.bind(zero);
  w.exitTo(target);
  w.a.bind(other);
  w.exitTo(w.nextRip());
  return true;
}

// LOOP, and LOOPE and LOOPNE with the condition under which they end early. (AMD's processors let REP before them say it.)
bool lowerLoop(CodeWriter& w, const x86::CondCode* ends) {
  const u64 target = relativeTarget(w);
  if (!mayGoTo(w, target)) return false;
  if (ends && (w.insn().has(kPrefixRep) || w.insn().has(kPrefixRepne))) return false;
  const Label out = w.a.label(), zero = w.a.label(), on = w.a.label();
  const x86::Gp count = w.host(x86::gpq(kHostOf[kRcx]), w.insn().addrSize);
  loadCount(w, -1);
  w.a.lea(count, x86::ptr(x86::gpq(kHostOf[kRcx]), -1));
  if (ends) w.a.j(*ends, out);
  w.a.jecxz(kT0, zero);
  w.a.jumpNear(on);
  w.a.bind(zero);
  w.a.jmp(out);
  w.a.bind(on);
  w.exitTo(target);
  w.a.bind(out);
  w.exitTo(w.nextRip());
  return true;
}

}  // namespace

bool lowerBranch(CodeWriter& w, std::string_view sem) {
  if (!isNear(w)) return false;
  if (sem == "Jmp") return lowerJump(w);
  if (sem == "Jcc") return lowerCondition(w);
  if (sem == "Call") return lowerCall(w);
  if (sem == "Ret") return lowerReturn(w);
  constexpr x86::CondCode kZero = x86::CondCode::kZ, kNotZero = x86::CondCode::kNZ;
  if (sem == "Jcxz") return lowerJcxz(w);
  if (sem == "Loop") return lowerLoop(w, nullptr);
  if (sem == "Loope") return lowerLoop(w, &kNotZero);
  return sem == "Loopne" && lowerLoop(w, &kZero);
}

}  // namespace duet::tcg::baseline
