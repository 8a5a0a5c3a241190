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

namespace {

// One locked operation on the type byte in the table (SDM vol. 3 8.1.2.1), so that what another processor changes in
// it is kept; returns what it was.
u8 changeType(Context& ctx, const Descriptor& d, u8 clear, u8 set) {
  const LinearAddr at = systemAddress(ctx, d.address + 5);
  probeWrite(ctx, at, 1, true);
  u8* const host = ctx.tlb.writeSystem(at, 1);
  u8 seen = host ? guestLoad<u8>(host) : loadSystem<u8>(ctx, at);
  const auto changed = [&] { return static_cast<u8>((seen & ~clear) | set); };
  if (!host) {
    storeSystem<u8>(ctx, at, changed());
    return seen;
  }
  while (!guestCompareExchange<u8>(host, seen, changed())) {
  }
  wrote(ctx, host, 1);
  return seen;
}

}  // namespace

void markAccessed(Context& ctx, Descriptor& d) {
  if (d.high & (1u << 8)) return;
  d.high |= 1u << 8;
  changeType(ctx, d, 0, 1);
}

bool markBusy(Context& ctx, Descriptor& d) {
  d.high |= 1u << 9;
  return !(changeType(ctx, d, 0, 2) & 2);
}

void markAvailable(Context& ctx, Descriptor& d) {
  d.high &= ~(1u << 9);
  changeType(ctx, d, 2, 0);
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
