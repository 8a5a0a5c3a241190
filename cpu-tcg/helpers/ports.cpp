// IN and OUT, and who may use which port (SDM vol. 1 chapter 19).
#include "core/base/bits.h"
#include "cpu-tcg/helpers/descriptor.h"
#include "cpu-tcg/helpers/helpers.h"
#include "cpu-tcg/helpers/operands.h"
#include "cpu-tcg/helpers/processor.h"

namespace duet::tcg {

namespace {

// True when the TSS's I/O bitmap has a 1 for one of the ports, or does not reach that far.
bool deniedByBitmap(Context& ctx, u16 port, unsigned size) {
  const SegmentRegister& tr = ctx.arch.tr;
  constexpr u32 kMapBaseOffset = 0x66;
  if (!tr.usable() || !(tr.type() & 8) || tr.limit < kMapBaseOffset + 1) return true;
  const u32 mapBase = loadSystem<u16>(ctx, systemAddress(ctx, tr.base + kMapBaseOffset));
  const u32 at = mapBase + port / 8;
  // Two bytes are always read, so the map must reach one byte further.
  if (at + 1 > tr.limit) return true;
  const u32 map = loadSystem<u16>(ctx, systemAddress(ctx, tr.base + at));
  return bits(map >> (port & 7), size - 1, 0) != 0;
}

u16 portOf(const Context& ctx, const isa::Insn& insn, unsigned n) {
  if (insn.op[n].kind == isa::OperandKind::Immediate) return static_cast<u16>(insn.imm & 0xff);
  return static_cast<u16>(ctx.arch.gpr[kRdx]);
}

// For an SMI that the access brings about.
void remember(Context& ctx, const isa::Insn& insn, u16 port, unsigned size, bool in) {
  ctx.lastPort = {&insn, port, static_cast<u8>(size), in, ctx.insnRip(), ctx.nextRip};
}

}  // namespace

void checkPortAccess(Context& ctx, u16 port, unsigned size) {
  if (!(ctx.arch.cr0 & kCr0Pe)) return;
  const bool levelOk = !ctx.v86 && ctx.cpl <= bits(ctx.arch.rflags, 13, 12);
  if (levelOk) return;
  if (deniedByBitmap(ctx, port, size)) raiseGp0(ctx);
}

void In::run(Context& ctx, const isa::Insn& insn) {
  const unsigned size = insn.op[0].size;
  const u16 port = portOf(ctx, insn, 1);
  checkPortAccess(ctx, port, size);
  remember(ctx, insn, port, size, true);
  writeGpr(ctx, kRax, size, portIn(ctx, port, size));
}

void Out::run(Context& ctx, const isa::Insn& insn) {
  const unsigned size = insn.op[1].size;
  const u16 port = portOf(ctx, insn, 0);
  checkPortAccess(ctx, port, size);
  remember(ctx, insn, port, size, false);
  portOut(ctx, port, size, static_cast<u32>(truncate(ctx.arch.gpr[kRax], size)));
}

}  // namespace duet::tcg
