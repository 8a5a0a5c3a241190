#include "cpu-tcg/runtime/translation.h"

#include <algorithm>

#include "core/base/bits.h"
#include "core/base/log.h"
#include "cpu-tcg/runtime/fault.h"
#include "cpu-tcg/runtime/memory.h"

namespace duet::tcg {
namespace {

struct HostPage {
  u8* host = nullptr;  // of the byte asked for
  bool writable = false;
};

// Host memory behind a physical address, if the whole page is one piece of RAM or ROM.
HostPage hostPage(const Context& ctx, const AddressSpace& memory, Gpa address) {
  const auto apic = ctx.env->interrupts.mmioPage();
  if (apic && apic->pageNumber() == address.pageNumber()) return {};
  const Mapping m = memory.lookup(address.value);
  if (m.kind != MappingKind::Ram && m.kind != MappingKind::Rom) return {};
  const u64 page = address.pageBase().value;
  if (page < m.base || page - m.base + kPageSize > m.size) return {};
  return {m.host + (address.value - m.base), m.kind == MappingKind::Ram};
}

void wroteEntry(void* context, u8* entry, u32 size) {
  detail::wroteFast(*static_cast<Context*>(context), entry, size);
}

mmu::Translation walk(Context& ctx, LinearAddr address, mmu::AccessRights rights) {
  const mmu::Translation t = mmu::translate(*ctx.dataMemory, ctx.paging, address, rights, {wroteEntry, &ctx});
  if (!t.ok) raisePageFault(ctx, address, t.errorCode);
  return t;
}

[[gnu::noinline, gnu::cold]] void logFill(const Context& ctx, const char* access, bool user,
                                          LinearAddr address, const mmu::Translation& t) {
  log(LogChannel::Mmu, "cpu {} fill {} {} 0x{:x} is at 0x{:x}, page of {} KiB{}", ctx.env->index,
      user ? "user" : "supervisor", access, address.value, t.address.value, t.pageSize >> 10,
      t.global ? ", global" : "");
}

mmu::AccessRights dataRights(bool write, mmu::TlbBank bank) {
  mmu::AccessRights rights;
  rights.kind = write ? mmu::AccessKind::Write : mmu::AccessKind::Read;
  rights.user = bank == mmu::TlbBank::User;
  rights.smapOff = bank == mmu::TlbBank::SupervisorAc;
  return rights;
}

}  // namespace

PageTarget dataPage(Context& ctx, LinearAddr address, bool write, mmu::TlbBank bank) {
  if (const auto e = ctx.tlb.find(bank, address, write))
    return {e->fast ? reinterpret_cast<u8*>(address.value + e->addend) : nullptr,
            e->page + address.pageOffset()};
  mmu::TlbFill fill;
  fill.linear = address;
  fill.translation = walk(ctx, address, dataRights(write, bank));
  const HostPage page = hostPage(ctx, *ctx.dataMemory, fill.translation.address);
  fill.host = page.host;
  fill.readFast = page.host != nullptr;
  fill.writeFast = page.writable;
  ctx.tlb.fill(bank, fill);
  if (Counters* c = ctx.counters) [[unlikely]]
    ++c->tlbFills[static_cast<unsigned>(bank)][Counters::sizeIndex(fill.translation.pageSize)];
  if (logEnabled(LogChannel::Mmu)) [[unlikely]]
    logFill(ctx, write ? "write" : "read", bank == mmu::TlbBank::User, address, fill.translation);
  return {write && !page.writable ? nullptr : page.host, fill.translation.address};
}

void requirePage(Context& ctx, LinearAddr address, bool write, mmu::TlbBank bank) {
  if (ctx.tlb.find(bank, address, write)) return;
  const mmu::Translation t =
      mmu::translateQuietly(*ctx.dataMemory, ctx.paging, address, dataRights(write, bank));
  if (!t.ok) raisePageFault(ctx, address, t.errorCode);
}

const mmu::ExecTlbEntry& fetchPage(Context& ctx, LinearAddr address) {
  const bool user = ctx.cpl == 3;
  if (const mmu::ExecTlbEntry* e = ctx.tlb.findExec(user, address)) return *e;
  const mmu::Translation t = walk(ctx, address, {mmu::AccessKind::Fetch, user, false});
  const u8* host = hostPage(ctx, *ctx.codeMemory, t.address).host;
  if (Counters* c = ctx.counters) [[unlikely]]
    ++c->execFills[user][Counters::sizeIndex(t.pageSize)];
  if (logEnabled(LogChannel::Mmu)) [[unlikely]]
    logFill(ctx, "fetch", user, address, t);
  return ctx.tlb.fillExec(user, address, t, host ? host - t.address.pageOffset() : nullptr);
}

namespace {

void noteWatchpoints(Context& ctx, LinearAddr address, u32 size, bool write) {
  if (ctx.debugStop.cause != DebugStop::Cause::None) return;
  for (const Watchpoint& w : ctx.debugger->watchpoints) {
    if (w.kind == (write ? WatchKind::Read : WatchKind::Write)) continue;
    if (w.address - address >= size && address - w.address >= w.length) continue;
    ctx.debugStop = {DebugStop::Cause::Watchpoint, std::max(w.address, address), w.kind};
    ctx.leave |= kLeaveEvents;
    return;
  }
}

u64 breakpointKind(const Context& ctx, unsigned i) { return bits(ctx.arch.dr7, 17 + 4 * i, 16 + 4 * i); }

// SDM vol. 3 17.2.4, 17.2.5: an enabled breakpoint is met when any byte of its range is.
void noteBreakpoint(Context& ctx, unsigned i, u64 address, u32 size) {
  static constexpr u8 kLengths[4] = {1, 2, 8, 4};
  if (!bits(ctx.arch.dr7, 2 * i + 1, 2 * i)) return;
  const u64 length = kLengths[bits(ctx.arch.dr7, 19 + 4 * i, 18 + 4 * i)];
  const u64 base = alignDown(ctx.arch.dr[i], length);
  if (base >= address + size || address >= base + length) return;
  ctx.debugHits |= bit(i);
  ctx.leave |= kLeaveEvents;
}

}  // namespace

void noteDataBreakpoints(Context& ctx, LinearAddr address, u32 size, bool write) {
  if (ctx.debugger) noteWatchpoints(ctx, address, size, write);
  for (unsigned i = 0; i < 4; ++i) {
    const u64 kind = breakpointKind(ctx, i);
    if (kind == 3 || (kind == 1 && write)) noteBreakpoint(ctx, i, address.value, size);
  }
}

void notePortBreakpoints(Context& ctx, u16 port, u32 size) {
  for (unsigned i = 0; i < 4; ++i)
    if (breakpointKind(ctx, i) == 2) noteBreakpoint(ctx, i, port, size);
}

}  // namespace duet::tcg
