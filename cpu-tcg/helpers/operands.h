// Operand access for the helpers' instructions.
#pragma once

#include "cpu-tcg/runtime/context.h"
#include "cpu-tcg/runtime/memory.h"

namespace duet::tcg {

struct FarPointer {
  u16 selector;
  u64 offset;
};

inline void writeGpr(Context& ctx, unsigned reg, unsigned size, u64 value) {
  u64& r = ctx.arch.gpr[reg];
  switch (size) {
    case 1:
      r = (r & ~u64{0xff}) | (value & 0xff);
      break;
    case 2:
      r = (r & ~u64{0xffff}) | (value & 0xffff);
      break;
    case 4:
      r = value & 0xffffffff;
      break;
    default:
      r = value;
      break;
  }
}

inline u64 truncate(u64 value, unsigned size) {
  return size >= 8 ? value : value & ((u64{1} << (8 * size)) - 1);
}

// Where the instruction's memory operand is.
inline u64 operandOffset(const Context& ctx, const isa::Insn& insn) { return effectiveAddress(ctx, insn); }

inline u16 readOperand16(Context& ctx, const isa::Insn& insn, unsigned n) {
  if (insn.op[n].kind == isa::OperandKind::Gpr) return static_cast<u16>(ctx.arch.gpr[insn.op[n].reg]);
  return load<u16>(ctx, insn.mem.segment, operandOffset(ctx, insn));
}

// SLDT, STR, SMSW, MOV from Sreg: a register takes the operand size, memory 16 bits.
inline void writeSystemWord(Context& ctx, const isa::Insn& insn, u64 value) {
  if (insn.op[0].kind == isa::OperandKind::Gpr) return writeGpr(ctx, insn.op[0].reg, insn.opSize, value);
  store<u16>(ctx, insn.mem.segment, operandOffset(ctx, insn), static_cast<u16>(value));
}

// REX.W gives far pointers 64-bit offsets on Intel's processors; AMD's have m16:32 at most (APM vol. 3 LFS, JMP).
inline unsigned farOperandSize(const Context& ctx, const isa::Insn& insn) {
  return insn.opSize == 8 && ctx.env->model.vendor() == CpuVendor::Amd ? 4 : insn.opSize;
}

// ptr16:16/32 or m16:16/32/64 in operand n.
inline FarPointer readFarPointer(Context& ctx, const isa::Insn& insn, unsigned n) {
  if (insn.op[n].kind == isa::OperandKind::FarPointer) return {static_cast<u16>(insn.imm2), insn.imm};
  const isa::SegReg seg = insn.mem.segment;
  const u64 at = operandOffset(ctx, insn);
  const u64 wrap = insn.addrSize == 8 ? ~u64{0} : insn.addrSize == 4 ? 0xffffffff : 0xffff;
  const unsigned size = farOperandSize(ctx, insn);
  FarPointer p;
  switch (size) {
    case 2:
      p.offset = load<u16>(ctx, seg, at);
      break;
    case 4:
      p.offset = load<u32>(ctx, seg, at);
      break;
    default:
      p.offset = load<u64>(ctx, seg, at);
      break;
  }
  p.selector = load<u16>(ctx, seg, (at + size) & wrap);
  return p;
}

}  // namespace duet::tcg
