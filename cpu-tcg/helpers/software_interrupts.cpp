// INT n, INT3, INTO, INT1 (SDM vol. 2A "INT n/INTO/INT3/INT1").
#include "cpu-tcg/helpers/control.h"
#include "cpu-tcg/helpers/far_transfer.h"
#include "cpu-tcg/helpers/helpers.h"
#include "cpu-tcg/helpers/virtual_8086.h"
#include "cpu-tcg/runtime/fault.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

namespace {

// Delivery faults restart the instruction: nextRip moves only once the handler is entered.
void interrupt(Context& ctx, EventType type, u8 vector, u64 payload = 0) {
  ctx.arch.rip = ctx.nextRip;
  deliverEvent(ctx, {type, vector, false, 0, payload});
  ctx.nextRip = ctx.arch.rip;
}

}  // namespace

void IntN::run(Context& ctx, const isa::Insn& insn) {
  const u8 vector = static_cast<u8>(insn.imm);
  if (ctx.v86 && redirectInterrupt(ctx, vector)) return;
  if (ctx.v86 && ioPrivilegeLevel(ctx) < 3) raiseGp0(ctx);
  interrupt(ctx, EventType::SoftwareInterrupt, vector);
}

void Int3::run(Context& ctx, const isa::Insn&) { interrupt(ctx, EventType::SoftwareInterrupt, kExcBP); }

void Into::run(Context& ctx, const isa::Insn&) {
  if (ctx.flags.of()) interrupt(ctx, EventType::SoftwareInterrupt, kExcOF);
}

// No privilege check by the gate's DPL. Data breakpoints held back by a MOV SS before it come with it.
void Icebp::run(Context& ctx, const isa::Insn&) {
  const u64 held = ctx.debugHits;
  ctx.debugHits = 0;
  interrupt(ctx, EventType::Exception, kExcDB, held);
}

}  // namespace duet::tcg
