#include "cpu-tcg/helpers/masked_memory.h"

#include "cpu-tcg/native/masked.h"
#include "cpu-tcg/runtime/memory.h"
#include "cpu-tcg/runtime/unit_check.h"

namespace duet::tcg {

using namespace isa;

namespace {

u64 loadElement(Context& ctx, const Insn& insn, u64 offset, unsigned size) {
  return size == 8 ? load<u64>(ctx, insn.mem.segment, offset) : load<u32>(ctx, insn.mem.segment, offset);
}

void storeElement(Context& ctx, const Insn& insn, u64 offset, unsigned size, u64 value) {
  if (size == 8) return store<u64>(ctx, insn.mem.segment, offset, value);
  store<u32>(ctx, insn.mem.segment, offset, static_cast<u32>(value));
}

void probeElement(Context& ctx, const Insn& insn, u64 offset, unsigned size) {
  probeWrite(ctx, linearAddress(ctx, insn.mem.segment, offset, size, true), size);
}

}  // namespace

void Maskmov::run(Context& ctx, const Insn& insn) {
  checkUnit(ctx, unitOf(*insn.row));
  if (insn.op[0].kind == OperandKind::Mmx && pendingMf(ctx.native)) raise(ctx, kExcMF);
  const u64 mask = detail::kSizeMask[insn.addrSize];
  const u64 base = ctx.arch.gpr[kRdi];
  maskedByteStore(
      ctx.native, insn, [&](unsigned i) { probeElement(ctx, insn, (base + i) & mask, 1); },
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

void Gather::run(Context& ctx, const Insn& insn) {
  checkUnit<Unit::Avx>(ctx);
  gather(ctx.native, insn, [&](u64 offset, unsigned size) { return loadElement(ctx, insn, offset, size); });
}

}  // namespace duet::tcg
