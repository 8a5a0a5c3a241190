#include "cpu-tcg/helpers/masked_memory.h"

#include <csetjmp>
#include <cstring>

#include "cpu-tcg/helpers/fpu_error.h"
#include "cpu-tcg/native/masked.h"
#include "cpu-tcg/runtime/fault.h"
#include "cpu-tcg/runtime/memory.h"
#include "cpu-tcg/runtime/unit_check.h"

namespace duet::tcg {

using namespace isa;

namespace {

// VMASKMOV and the gathers do not check alignment (SDM vol. 2). Bulk accesses do not either.
bool uncheckedElement(Context& ctx, LinearAddr at, unsigned size) {
  return ctx.alignmentChecks && (at.value & (size - 1));
}

u64 loadElement(Context& ctx, const Insn& insn, u64 offset, unsigned size) {
  const LinearAddr at = linearAddress(ctx, insn.mem.segment, offset, size, false);
  if (uncheckedElement(ctx, at, size)) {
    u64 value = 0;
    loadBytes(ctx, at, &value, size);
    return value;
  }
  return size == 8 ? load<u64>(ctx, insn.mem.segment, offset) : load<u32>(ctx, insn.mem.segment, offset);
}

void storeElement(Context& ctx, const Insn& insn, u64 offset, unsigned size, u64 value) {
  const LinearAddr at = linearAddress(ctx, insn.mem.segment, offset, size, true);
  if (uncheckedElement(ctx, at, size)) return storeBytes(ctx, at, &value, size);
  if (size == 8) return store<u64>(ctx, insn.mem.segment, offset, value);
  store<u32>(ctx, insn.mem.segment, offset, static_cast<u32>(value));
}

void probeElement(Context& ctx, const Insn& insn, u64 offset, unsigned size) {
  probeWrite(ctx, linearAddress(ctx, insn.mem.segment, offset, size, true), size);
}

}  // namespace

// AMD's processors go to MMX state and look at the whole operand first, whatever the mask, and at its alignment when
// a byte is to be stored (seen on Zen 4; SDM vol. 2, MASKMOVQ, leaves it open).
void Maskmov::run(Context& ctx, const Insn& insn) {
  checkUnit(ctx, unitOf(*insn.row));
  if (insn.op[0].kind == OperandKind::Mmx) checkX87Error(ctx);
  const u64 mask = detail::kSizeMask[insn.addrSize];
  const u64 base = ctx.arch.gpr[kRdi];
  const bool mmx = insn.op[0].kind == OperandKind::Mmx;
  const u32 size = mmx ? 8 : 16;
  if (ctx.amd && mmx) mmxTouch(ctx.native);
  const LinearAddr first = linearAddress(ctx, insn.mem.segment, base & mask, 1, true);
  const bool misaligned = ctx.alignmentChecks && (first.value & (size - 1));
  if (misaligned && !ctx.amd) raiseCode(ctx, kExcAC, 0);
  if (ctx.amd) probeElement(ctx, insn, base & mask, size);
  maskedByteStore(
      ctx.native, insn,
      [&](unsigned i) {
        if (misaligned) raiseCode(ctx, kExcAC, 0);
        probeElement(ctx, insn, (base + i) & mask, 1);
      },
      [&](unsigned i, u8 value) { store<u8>(ctx, insn.mem.segment, (base + i) & mask, value); });
}

void VMaskLoad::run(Context& ctx, const Insn& insn) {
  checkUnit<Unit::Avx>(ctx);
  const u64 mask = detail::kSizeMask[insn.addrSize], base = effectiveAddress(ctx, insn);
  maskedLoad(ctx.native, insn,
             [&](unsigned at, unsigned size) { return loadElement(ctx, insn, (base + at) & mask, size); });
}

void VMaskStore::run(Context& ctx, const Insn& insn) {
  checkUnit<Unit::Avx>(ctx);
  const u64 mask = detail::kSizeMask[insn.addrSize], base = effectiveAddress(ctx, insn);
  maskedStore(
      ctx.native, insn,
      [&](unsigned at, unsigned size) { probeElement(ctx, insn, (base + at) & mask, size); },
      [&](unsigned at, unsigned size, u64 value) {
        storeElement(ctx, insn, (base + at) & mask, size, value);
      });
}

// A trap that is pending when an element faults behind others that were loaded comes in place of the fault (SDM vol. 2,
// VPGATHERDD; Zen 4 does so too): the trap of TF, or of a data breakpoint that an earlier element hit.
void Gather::run(Context& ctx, const Insn& insn) {
  checkUnit<Unit::Avx>(ctx);
  if (!(ctx.arch.rflags & kFlagTf) && !ctx.watchData) {
    gather(ctx.native, insn, [&](u64 offset, unsigned size) { return loadElement(ctx, insn, offset, size); });
    return;
  }
  jmp_buf outer;
  std::memcpy(&outer, &ctx.faultReturn, sizeof outer);
  volatile bool begun = false;
  const bool faulted = _setjmp(ctx.faultReturn);
  if (!faulted)
    gather(ctx.native, insn, [&](u64 offset, unsigned size) {
      const u64 value = loadElement(ctx, insn, offset, size);
      begun = true;
      return value;
    });
  std::memcpy(&ctx.faultReturn, &outer, sizeof outer);
  if (!faulted) return;
  const bool trap = begun && ((ctx.arch.rflags & kFlagTf) || ctx.debugHits);
  if (!trap) longjmp(ctx.faultReturn, 1);
  leaveUnfinished(ctx);
}

}  // namespace duet::tcg
