// Stack instructions and near branches.
#include <cstddef>

#include "core/base/bits.h"
#include "core/cpu/registers.h"
#include "cpu-tcg/baseline/lowering.h"

namespace duet::tcg::baseline {

using namespace isa;

namespace {

#define FRAME(member) offsetof(Frame, member)

const x86::Gp kStack = x86::gpq(kHostOf[kRsp]);

// The stack moves by whole words of the mode; the other operand size is rare.
unsigned wordSize(const CodeWriter& w) { return w.wide() ? 8 : 4; }
bool movesWords(const CodeWriter& w) { return w.insn().opSize == wordSize(w); }

// `to` = `from` + bytes, as wide as the stack pointer is.
void offsetBy(CodeWriter& w, const x86::Gp& to, const x86::Gp& from, i32 bytes) {
  w.a.lea(w.host(to, wordSize(w)), x86::ptr(from, bytes));
}

// The slot below the stack pointer to pointer(), or the slow path.
void probePush(CodeWriter& w) {
  offsetBy(w, kT1, kStack, -static_cast<i32>(wordSize(w)));
  w.probe(wordSize(w), true, 0, AccessKind::Stack);
}
void finishPush(CodeWriter& w) {
  offsetBy(w, kStack, kStack, -static_cast<i32>(wordSize(w)));
  w.checkStore();
}
void probePop(CodeWriter& w, const x86::Gp& at) {
  offsetBy(w, kT1, at, 0);
  w.probe(wordSize(w), false, 0, AccessKind::Stack);
}

bool fitsSigned32(u64 v) { return static_cast<u64>(static_cast<i64>(static_cast<i32>(v))) == v; }

void storeConstant(CodeWriter& w, u64 value) {
  const unsigned size = wordSize(w);
  if (size == 4 || fitsSigned32(value)) {
    w.a.mov(w.pointer(size), static_cast<i32>(value));
  } else {
    w.a.mov(kT0, value);
    w.a.mov(w.pointer(size), kT0);
  }
}

bool lowerPush(CodeWriter& w) {
  const unsigned size = wordSize(w);
  const Operand& op = w.insn().op[0];
  if (!movesWords(w)) return false;
  if (op.kind == OperandKind::Memory) {
    if (!w.address(size)) return false;
    w.probe(size, false);
    w.a.mov(w.host(kT0, size), w.pointer(size));
    w.a.mov(w.frame(FRAME(scratch), 8), kT0);
    probePush(w);
    w.a.mov(kT0, w.frame(FRAME(scratch), 8));
    w.a.mov(w.pointer(size), w.host(kT0, size));
  } else if (op.kind == OperandKind::Immediate) {
    probePush(w);
    storeConstant(w, w.insn().imm);
  } else if (op.kind == OperandKind::Gpr) {
    probePush(w);
    w.a.mov(w.pointer(size), w.use(op.reg, size, kT0));
  } else {
    return false;
  }
  finishPush(w);
  return true;
}

// POP rSP keeps the popped value.
bool lowerPop(CodeWriter& w) {
  const Operand& op = w.insn().op[0];
  if (!movesWords(w) || op.kind != OperandKind::Gpr) return false;
  probePop(w, kStack);
  w.a.mov(w.host(kT0, wordSize(w)), w.pointer(wordSize(w)));
  offsetBy(w, kStack, kStack, static_cast<i32>(wordSize(w)));
  w.store(op.reg, kT0);
  return true;
}

bool lowerLeave(CodeWriter& w) {
  if (!movesWords(w)) return false;
  const x86::Gp base = x86::gpq(kHostOf[kRbp]);
  probePop(w, base);
  offsetBy(w, kStack, base, static_cast<i32>(wordSize(w)));
  w.a.mov(w.host(base, wordSize(w)), w.pointer(wordSize(w)));
  return true;
}

// --- branches

bool isCanonical(const CodeWriter& w, u64 rip) {
  return !w.wide() || signExtend(rip, 64 - w.setup.places.ctx->canonicalShift) == rip;
}

// Branches of 16 bits in wider code cut the target off: the handler's.
bool isNear(const CodeWriter& w) { return w.insn().opSize == wordSize(w); }

u64 relativeTarget(const CodeWriter& w) { return (w.nextRip() + w.insn().imm) & w.place.ripMask; }

// A register's or memory's target to T0, and its code to T1.
bool findTarget(CodeWriter& w) {
  const unsigned size = wordSize(w);
  const Operand& op = w.insn().op[0];
  if (op.kind == OperandKind::Memory) {
    if (!w.address(size)) return false;
    w.probe(size, false);
    w.a.mov(w.host(kT0, size), w.pointer(size));
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
    if (!isCanonical(w, target)) return false;
    w.exitTo(target);
    return true;
  }
  if (!findTarget(w)) return false;
  w.jumpToFound();
  return true;
}

bool lowerCondition(CodeWriter& w) {
  const u64 target = relativeTarget(w);
  if (!isCanonical(w, target)) return false;
  w.exitWhen(static_cast<x86::CondCode>(w.insn().opcode & 15), target);
  w.exitTo(w.nextRip());
  return true;
}

bool lowerCall(CodeWriter& w) {
  const auto* rip = &w.setup.places.ctx->arch.rip;
  if (w.insn().op[0].kind == OperandKind::Relative) {
    const u64 target = relativeTarget(w);
    if (!isCanonical(w, target)) return false;
    probePush(w);
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
  probePush(w);
  storeConstant(w, w.nextRip());
  finishPush(w);
  w.a.jmp(w.frame(FRAME(scratch), 8));
  return true;
}

bool lowerReturn(CodeWriter& w) {
  const unsigned size = wordSize(w);
  const i32 extra =
      w.insn().op[0].kind == OperandKind::Immediate ? static_cast<i32>(w.insn().imm & 0xffff) : 0;
  probePop(w, kStack);
  w.a.mov(w.host(kT0, size), w.pointer(size));
  w.lookUpTarget();
  offsetBy(w, kStack, kStack, static_cast<i32>(size) + extra);
  w.jumpToFound();
  return true;
}

}  // namespace

bool lowerStack(CodeWriter& w, std::string_view sem) {
  if (sem == "Push") return lowerPush(w);
  if (sem == "Pop") return lowerPop(w);
  return sem == "Leave" && lowerLeave(w);
}

bool lowerBranch(CodeWriter& w, std::string_view sem) {
  if (!isNear(w)) return false;
  if (sem == "Jmp") return lowerJump(w);
  if (sem == "Jcc") return lowerCondition(w);
  if (sem == "Call") return lowerCall(w);
  return sem == "Ret" && lowerReturn(w);
}

}  // namespace duet::tcg::baseline
