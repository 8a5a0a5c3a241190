#include "cpu-tcg/helpers/descriptor.h"

#include "core/base/bits.h"
#include "cpu-tcg/runtime/memory.h"

namespace duet::tcg {

void raiseSelector(Context& ctx, Exception vector, u16 selector, bool ext) {
  raiseCode(ctx, vector, (selector & 0xfffcu) | (ext ? 1u : 0u));
}

namespace {

struct TableView {
  u64 base;
  u32 limit;
  bool usable;
};

TableView tableOf(const Context& ctx, u16 selector) {
  const CpuState& a = ctx.arch;
  if (selector & 4) return {a.ldtr.base, a.ldtr.limit, a.ldtr.usable() && !isNull(a.ldtr.selector)};
  return {a.gdtr.base, a.gdtr.limit, true};
}

Descriptor readDescriptor(Context& ctx, u64 address) {
  const u64 raw = loadSystem<u64>(ctx, systemAddress(ctx, address));
  Descriptor d;
  d.low = static_cast<u32>(raw);
  d.high = static_cast<u32>(raw >> 32);
  d.address = address;
  return d;
}

}  // namespace

bool tryFetchDescriptor(Context& ctx, u16 selector, Descriptor& out) {
  const TableView table = tableOf(ctx, selector);
  if (!table.usable || (selector | 7u) > table.limit) return false;
  out = readDescriptor(ctx, table.base + (selector & ~7u));
  return true;
}

Descriptor fetchDescriptor(Context& ctx, u16 selector, Exception vector, bool ext) {
  Descriptor d;
  if (!tryFetchDescriptor(ctx, selector, d)) raiseSelector(ctx, vector, selector, ext);
  return d;
}

void fetchUpperHalf(Context& ctx, Descriptor& d, u16 selector, Exception vector, bool ext) {
  const TableView table = tableOf(ctx, selector);
  if ((selector & ~7u) + 15 > table.limit) raiseSelector(ctx, vector, selector, ext);
  const u64 raw = loadSystem<u64>(ctx, systemAddress(ctx, d.address + 8));
  if (bits(raw, 44, 40) != 0) raiseSelector(ctx, vector, selector, ext);
  d.baseHigh = static_cast<u32>(raw);
}

void markAccessed(Context& ctx, Descriptor& d) {
  if (d.high & (1u << 8)) return;
  d.high |= 1u << 8;
  storeSystem<u8>(ctx, systemAddress(ctx, d.address + 5), static_cast<u8>(d.high >> 8));
}

void markBusy(Context& ctx, Descriptor& d, bool busy) {
  d.high = busy ? d.high | (1u << 9) : d.high & ~(1u << 9);
  storeSystem<u8>(ctx, systemAddress(ctx, d.address + 5), static_cast<u8>(d.high >> 8));
}

bool withinLimit(const SegmentRegister& s, u64 offset, u32 size) {
  const u64 last = offset + size - 1;
  const bool expandDown = (s.attributes & (kSegS | 0xc)) == (kSegS | 4);
  if (!expandDown) return last <= s.limit;
  const u64 top = s.attributes & kSegDb ? 0xffffffff : 0xffff;
  return offset > s.limit && last <= top;
}

bool isCanonical(const Context& ctx, u64 address) {
  return signExtend(address, ctx.arch.cr4 & kCr4La57 ? 57 : 48) == address;
}

bool isCanonicalForModel(const Context& ctx, u64 address) {
  return signExtend(address, ctx.env->model.linearBits()) == address;
}

SegmentRegister codeSegment(const Descriptor& d, u16 selector, unsigned cpl) {
  return d.segment(static_cast<u16>((selector & 0xfffc) | cpl));
}

bool is64BitCode(const Context& ctx, const SegmentRegister& cs) {
  return ctx.longMode && (cs.attributes & kSegL);
}

void checkCodeBits(Context& ctx, const Descriptor& d, u16 selector, bool ext) {
  if (ctx.longMode && d.longCode() && d.big()) raiseSelector(ctx, kExcGP, selector, ext);
}

void checkTarget(Context& ctx, const SegmentRegister& cs, u64 rip, bool ext) {
  const bool ok = is64BitCode(ctx, cs) ? isCanonical(ctx, rip) : rip <= cs.limit;
  if (!ok) raiseCode(ctx, kExcGP, ext ? 1 : 0);
}

}  // namespace duet::tcg
