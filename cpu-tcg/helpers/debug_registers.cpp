// DR0..DR7 (SDM vol. 3 chapter 18).
#include "core/base/bits.h"
#include "cpu-tcg/helpers/control.h"
#include "cpu-tcg/helpers/descriptor.h"
#include "cpu-tcg/helpers/operands.h"
#include "cpu-tcg/helpers/system_registers.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

namespace {

constexpr u64 kDr6Bd = 1u << 13, kDr7Gd = 1u << 13;

// DR4 and DR5 are names of DR6 and DR7 unless CR4.DE says they are nothing.
unsigned checkedIndex(Context& ctx, unsigned reg) {
  if (reg > 7) raiseUd(ctx);
  if (reg == 4 || reg == 5) {
    if (ctx.arch.cr4 & kCr4De) raiseUd(ctx);
    reg += 2;
  }
  if (ctx.arch.dr7 & kDr7Gd) raiseDebug(ctx, kDr6Bd);
  return reg;
}

}  // namespace

void MovToDr::run(Context& ctx, const isa::Insn& insn) {
  const unsigned reg = checkedIndex(ctx, insn.op[0].reg);
  const bool wide = ctx.codeMode == isa::CodeMode::Bits64;
  const u64 value = wide ? ctx.arch.gpr[insn.op[1].reg] : ctx.arch.gpr[insn.op[1].reg] & 0xffffffff;
  if (reg >= 6 && value >> 32) raiseGp0(ctx);
  if (reg < 4)
    ctx.arch.dr[reg] = value;
  else if (reg == 6)
    ctx.arch.dr6 = (value & kDr6Writable) | kDr6Fixed;
  else
    ctx.arch.dr7 = (value & kDr7Writable) | kDr7Fixed;
  updateMode(ctx);
  ctx.leave |= kLeaveCode | kLeaveEvents;
}

void MovFromDr::run(Context& ctx, const isa::Insn& insn) {
  const unsigned reg = checkedIndex(ctx, insn.op[1].reg);
  const u64 value = reg < 4 ? ctx.arch.dr[reg] : reg == 6 ? ctx.arch.dr6 : ctx.arch.dr7;
  writeGpr(ctx, insn.op[0].reg, ctx.codeMode == isa::CodeMode::Bits64 ? 8 : 4, value);
}

}  // namespace duet::tcg
