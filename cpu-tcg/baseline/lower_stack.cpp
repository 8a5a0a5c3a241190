// Stack instructions.
#include <cstddef>

#include "core/cpu/registers.h"
#include "cpu-tcg/baseline/lowering.h"

namespace duet::tcg::baseline {

using namespace isa;

namespace {

#define FRAME(member) offsetof(Frame, member)

const x86::Gp kStack = x86::gpq(kHostOf[kRsp]), kBase = x86::gpq(kHostOf[kRbp]);

// In 64-bit mode the other operand size is rare.
bool movesWords(const CodeWriter& w) { return !w.wide() || w.insn().opSize == 8; }
i32 wordSize(const CodeWriter& w) { return w.insn().opSize; }

// `to` = `from` + bytes, as wide as the stack pointer is; of 16 bits the others stay.
void offsetBy(CodeWriter& w, const x86::Gp& to, const x86::Gp& from, i32 bytes) {
  w.a.lea(w.host(to, w.stackSize()), x86::ptr(from, bytes));
}

// [from + bytes] of the stack to pointer(), or the slow path.
void probeStack(CodeWriter& w, const x86::Gp& from, i32 bytes, unsigned size, bool write,
                AccessKind kind = AccessKind::Stack) {
  if (w.stackSize() == 2) {
    w.a.lea(kT1.r32(), x86::ptr(from, bytes));
    w.a.movzx(kT1.r32(), kT1.r16());
  } else {
    offsetBy(w, kT1, from, bytes);
  }
  w.toLinear(kSs, size, write);
  w.probe(size, write, 0, kind);
}

bool fitsSigned32(u64 v) { return static_cast<u64>(static_cast<i64>(static_cast<i32>(v))) == v; }

bool lowerPush(CodeWriter& w) {
  const unsigned size = w.insn().opSize;
  const Operand& op = w.insn().op[0];
  if (!movesWords(w)) return false;
  if (op.kind == OperandKind::Memory) {
    if (!w.address(size)) return false;
    w.probe(size, false);
    w.a.mov(w.host(kT0, size), w.pointer(size));
    w.a.mov(w.frame(FRAME(scratch), 8), kT0);
    probePush(w, size);
    w.a.mov(kT0, w.frame(FRAME(scratch), 8));
    w.a.mov(w.pointer(size), w.host(kT0, size));
  } else if (op.kind == OperandKind::Immediate) {
    probePush(w, size);
    storeConstant(w, w.insn().imm);
  } else if (op.kind == OperandKind::Gpr) {
    probePush(w, size);
    w.a.mov(w.pointer(size), w.use(op.reg, size, kT0));
  } else {
    return false;
  }
  finishPush(w);
  return true;
}

// POP to memory: an address by rSP is by the raised one, which is the handler's.
bool lowerPopToMemory(CodeWriter& w) {
  const unsigned size = w.insn().opSize;
  const MemoryRef& m = w.insn().mem;
  if (m.base == kRsp || m.index == kRsp || !w.canAddress(size)) return false;
  probePop(w);
  w.a.mov(w.host(kT0, size), w.pointer(size));
  w.a.mov(w.frame(FRAME(scratch), 8), kT0);
  w.address(size);
  w.probe(size, true);
  w.a.mov(kT0, w.frame(FRAME(scratch), 8));
  w.a.mov(w.pointer(size), w.host(kT0, size));
  finishPop(w);
  w.checkStore();
  return true;
}

// POP rSP keeps the popped value.
bool lowerPop(CodeWriter& w) {
  const Operand& op = w.insn().op[0];
  const unsigned size = w.insn().opSize;
  if (!movesWords(w)) return false;
  if (op.kind == OperandKind::Memory) return lowerPopToMemory(w);
  if (op.kind != OperandKind::Gpr) return false;
  probePop(w);
  w.a.mov(w.host(kT0, size), w.pointer(size));
  finishPop(w);
  setRegister(w, op.reg, size);
  return true;
}

bool lowerLeave(CodeWriter& w) {
  const unsigned size = w.insn().opSize;
  if (!movesWords(w)) return false;
  probeStack(w, kBase, 0, size, false);
  offsetBy(w, kStack, kBase, wordSize(w));
  w.a.mov(w.host(kBase, size), w.pointer(size));
  return true;
}

// Without a display, as compilers write it. A write at the last rSP has to be possible.
bool lowerEnter(CodeWriter& w) {
  const i32 bytes = static_cast<i32>(w.insn().imm & 0xffff);
  const unsigned size = w.insn().opSize;
  if (!movesWords(w) || w.insn().imm2 & 31) return false;
  probeStack(w, kStack, -wordSize(w) - bytes, size, true);
  probePush(w, size);
  w.a.mov(w.pointer(size), w.host(kBase, size));
  offsetBy(w, kStack, kStack, -wordSize(w));
  w.a.mov(w.host(kBase, size), w.host(kStack, size));
  offsetBy(w, kStack, kStack, -bytes);
  w.checkStore();
  return true;
}

// Eight words at [rSP + bytes] to pointer(), or the slow path: also where SP of 16 bits wraps between them.
void probeAll(CodeWriter& w, i32 bytes, bool write) {
  const unsigned size = 8 * w.insn().opSize;
  if (w.stackSize() == 2) {
    w.a.lea(kT0.r32(), x86::ptr(kStack, bytes));
    w.a.movzx(kT0.r32(), kT0.r16());
    w.a.lea(kT0, x86::ptr(kT0, static_cast<i32>(size - 1)));
    w.a.pext(kT0, kT0, w.frame(FRAME(above16), 8));
    w.requireZero();
  }
  probeStack(w, kStack, bytes, size, write);
}

x86::Mem wordAt(const CodeWriter& w, unsigned reg) {
  x86::Mem word = w.pointer(w.insn().opSize);
  word.addOffset((kRdi - reg) * wordSize(w));
  return word;
}

bool lowerPusha(CodeWriter& w) {
  const unsigned size = w.insn().opSize;
  probeAll(w, -8 * wordSize(w), true);
  for (unsigned r = 0; r < 8; ++r) w.a.mov(wordAt(w, r), w.use(r, size, kT0));
  offsetBy(w, kStack, kStack, -8 * wordSize(w));
  w.checkStore();
  return true;
}

bool lowerPopa(CodeWriter& w) {
  static_assert(isPinned(kRax) && isPinned(kRcx) && isPinned(kRdx) && isPinned(kRbx) && isPinned(kRbp) &&
                isPinned(kRsi) && isPinned(kRdi));
  probeAll(w, 0, false);
  for (unsigned r = 0; r < 8; ++r)
    if (r != kRsp) w.a.mov(w.host(x86::gpq(kHostOf[r]), w.insn().opSize), wordAt(w, r));
  offsetBy(w, kStack, kStack, 8 * wordSize(w));
  return true;
}

}  // namespace

void probePush(CodeWriter& w, unsigned size) { probeStack(w, kStack, -wordSize(w), size, true); }

void finishPush(CodeWriter& w) {
  offsetBy(w, kStack, kStack, -wordSize(w));
  w.checkStore();
}

void probePop(CodeWriter& w) { probeStack(w, kStack, 0, w.insn().opSize, false); }

void finishPop(CodeWriter& w, i32 more) { offsetBy(w, kStack, kStack, wordSize(w) + more); }

void storeConstant(CodeWriter& w, u64 value) {
  const unsigned size = w.insn().opSize;
  if (size >= 4 && (size == 4 || fitsSigned32(value))) {
    w.a.mov(w.pointer(size), static_cast<i32>(value));
  } else {
    w.a.mov(kT0, value);
    w.a.mov(w.pointer(size), w.host(kT0, size));
  }
}

void setRegister(CodeWriter& w, unsigned reg, unsigned size) {
  if (size > 2) return w.store(reg, kT0);
  w.a.mov(w.use(reg, 2, kT1), kT0.r16());
  if (!isPinned(reg)) w.store(reg, kT1);
}

bool lowerStack(CodeWriter& w, std::string_view sem) {
  if (sem == "Push") return lowerPush(w);
  if (sem == "Pop") return lowerPop(w);
  if (sem == "Leave") return lowerLeave(w);
  if (sem == "Enter") return lowerEnter(w);
  if (sem == "Pusha") return lowerPusha(w);
  return sem == "Popa" && lowerPopa(w);
}

}  // namespace duet::tcg::baseline
