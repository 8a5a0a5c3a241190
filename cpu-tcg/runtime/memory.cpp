#include "cpu-tcg/runtime/memory.h"

#include <algorithm>

#include "core/base/bits.h"
#include "core/base/log.h"
#include "cpu-tcg/runtime/translation.h"
#include "mmu/ram/guest_copy.h"

namespace duet::tcg {
namespace {

// A stretch of one access that lies in one page: host memory, or a physical address that a device answers.
struct Piece {
  u8* host = nullptr;
  Gpa physical;
  u32 size = 0;
};

// An access touches two pages at most (bulk accesses are cut up before).
struct Pieces {
  Piece first, second;
};

u64 readPhysical(Context& ctx, const AddressSpace& memory, Gpa address, unsigned size) {
  LocalInterruptController& apic = ctx.env->interrupts;
  const auto page = apic.mmioPage();
  const bool own = page && page->pageNumber() == address.pageNumber();
  const u64 value = own ? apic.mmio().read(0, address.pageOffset(), size) : memory.read(address.value, size);
  log(LogChannel::Io, "cpu {} read {:#x} {} bytes: {:#x}", ctx.env->index, address.value, size, value);
  return value;
}

void writePhysical(Context& ctx, Gpa address, unsigned size, u64 value) {
  log(LogChannel::Io, "cpu {} write {:#x} {} bytes: {:#x}", ctx.env->index, address.value, size, value);
  LocalInterruptController& apic = ctx.env->interrupts;
  const auto page = apic.mmioPage();
  if (page && page->pageNumber() == address.pageNumber()) {
    apic.mmio().write(0, address.pageOffset(), size, value);
  } else {
    ctx.dataMemory->write(address.value, size, value);
  }
}

// A processor sees its own stores in the very next instruction it runs (SDM vol. 3 11.6). What it stored into may be
// no code any more for everybody else, because another vCPU's store nearby has ended the version of the page: the
// block that runs must be left all the same.
void leaveDeadCode(Context& ctx) {
  const CodePlace* running = ctx.running;
  if (running && running->version && ctx.ram->codeVersion(running->position >> 12) != running->version)
    ctx.leave |= kLeaveCode;
}

// A device may have changed the memory map, raised something for this very vCPU, or moved data over the code that
// runs.
void afterDevice(Context& ctx) {
  if (ctx.env->mailbox.peek()) ctx.leave |= kLeaveEvents;
  leaveDeadCode(ctx);
}

// The largest access a device takes at once.
unsigned deviceChunk(u32 left) { return left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1; }

void readPiece(Context& ctx, const Piece& piece, u8* out) {
  if (piece.host) return mmu::copyFromGuest(out, piece.host, piece.size);
  for (u32 done = 0; done < piece.size;) {
    const unsigned n = deviceChunk(piece.size - done);
    const u64 value = readPhysical(ctx, *ctx.dataMemory, piece.physical + done, n);
    std::memcpy(out + done, &value, n);
    done += n;
  }
  afterDevice(ctx);
}

void writePiece(Context& ctx, const Piece& piece, const u8* data) {
  if (piece.host) {
    mmu::copyToGuest(piece.host, data, piece.size);
    return detail::wroteFast(ctx, piece.host, piece.size);
  }
  for (u32 done = 0; done < piece.size;) {
    const unsigned n = deviceChunk(piece.size - done);
    u64 value = 0;
    std::memcpy(&value, data + done, n);
    writePhysical(ctx, piece.physical + done, n, value);
    done += n;
  }
  afterDevice(ctx);
}

void readPieces(Context& ctx, const Pieces& pieces, void* out) {
  readPiece(ctx, pieces.first, static_cast<u8*>(out));
  if (pieces.second.size) readPiece(ctx, pieces.second, static_cast<u8*>(out) + pieces.first.size);
}

void writePieces(Context& ctx, const Pieces& pieces, const void* data) {
  writePiece(ctx, pieces.first, static_cast<const u8*>(data));
  if (pieces.second.size) writePiece(ctx, pieces.second, static_cast<const u8*>(data) + pieces.first.size);
}

template <class T>
void lockAcross(u8* p, void* old, detail::ModifyFn fn, void* closure) {
  T seen = guestLoad<T>(p), changed;
  do {
    changed = seen;
    fn(&changed, closure);
  } while (!guestCompareExchange<T>(p, seen, changed));
  std::memcpy(old, &seen, sizeof seen);
}

// One atomic operation over two pages. (16 bytes never come here: they must be aligned.)
void lockPieces(Context& ctx, const Pieces& pieces, void* old, detail::ModifyFn fn, void* closure) {
  u8* const p = ctx.pagePair.map(*ctx.ram, pieces.first.host, pieces.second.host);
  switch (pieces.first.size + pieces.second.size) {
    case 2:
      lockAcross<u16>(p, old, fn, closure);
      break;
    case 4:
      lockAcross<u32>(p, old, fn, closure);
      break;
    default:
      lockAcross<u64>(p, old, fn, closure);
  }
  detail::wroteFast(ctx, pieces.first.host, pieces.first.size);
  detail::wroteFast(ctx, pieces.second.host, pieces.second.size);
}

LinearAddr wrapLinear(const Context& ctx, LinearAddr address) {
  return ctx.longMode ? address : LinearAddr(address.value & 0xffffffff);
}

Piece resolvePage(Context& ctx, LinearAddr address, u32 size, bool write, mmu::TlbBank bank) {
  const PageTarget target = dataPage(ctx, address, write, bank);
  return Piece{target.host, target.physical, size};
}

bool isCanonical(const Context& ctx, LinearAddr address) {
  return signExtend(address.value, 64 - ctx.canonicalShift) == address.value;
}

void checkAddress(Context& ctx, LinearAddr address, u32 size, isa::SegReg seg, mmu::TlbBank bank) {
  if (ctx.longMode && !(isCanonical(ctx, address) && isCanonical(ctx, address + (size - 1)))) {
    detail::segmentFault(ctx, seg);
  }
  // Data of 10 bytes and the like is aligned to its largest power of two (SDM vol. 3 table 6-7), 32 bytes as 16 are.
  const u32 alignment = std::min(std::bit_floor(size), 16u);
  if (ctx.alignmentChecks && bank == mmu::TlbBank::User && (address.value & (alignment - 1))) {
    raiseCode(ctx, kExcAC, 0);
  }
}

// Over the end of a page, and the TLB has both: where alignment or breakpoints matter it has nothing (Tlb::selectNone()).
Pieces acrossKnown(Context& ctx, LinearAddr address, u32 size, bool write, mmu::TlbBank bank) {
  const u32 first = static_cast<u32>(kPageSize - address.pageOffset());
  if (size <= first || bank != ctx.tlb.bank()) return {};
  const LinearAddr next = wrapLinear(ctx, address + first);
  const mmu::Tlb& tlb = ctx.tlb;
  u8* const a = write ? tlb.write(address, first) : tlb.read(address, first);
  u8* const b = write ? tlb.write(next, size - first) : tlb.read(next, size - first);
  if (!a || !b) return {};
  return {{a, {}, first}, {b, {}, size - first}};
}

Pieces resolve(Context& ctx, LinearAddr address, u32 size, bool write, isa::SegReg seg, mmu::TlbBank bank) {
  address = wrapLinear(ctx, address);
  if (const Pieces known = acrossKnown(ctx, address, size, write, bank); known.first.host) return known;
  checkAddress(ctx, address, size, seg, bank);
  const u32 inPage = static_cast<u32>(kPageSize - address.pageOffset());
  Pieces pieces;
  if (size > inPage) {
    // Neither page gets A or D for an access that the other one refuses.
    requirePage(ctx, address, write, bank);
    requirePage(ctx, wrapLinear(ctx, address + inPage), write, bank);
  }
  pieces.first = resolvePage(ctx, address, std::min(size, inPage), write, bank);
  if (size > inPage) {
    pieces.second = resolvePage(ctx, wrapLinear(ctx, address + inPage), size - inPage, write, bank);
    // The walk of the second page may have set A or D bits in the first, or pushed it out of the TLB; neither
    // moves it, so the first piece stands.
  }
  if (ctx.watchData) noteDataBreakpoints(ctx, address, size, write);
  return pieces;
}

// Bulk accesses page by page: every page is resolved before `use` sees the first.
template <class Use>
void forEachPage(Context& ctx, LinearAddr address, u32 size, Use use) {
  for (u32 done = 0; done < size;) {
    const LinearAddr at = wrapLinear(ctx, address + done);
    const u32 n = std::min(size - done, static_cast<u32>(kPageSize - at.pageOffset()));
    use(at, done, n);
    done += n;
  }
}

}  // namespace

namespace detail {

void segmentFault(Context& ctx, isa::SegReg seg) { raiseCode(ctx, seg == isa::kSs ? kExcSS : kExcGP, 0); }

void checkSegment(Context& ctx, isa::SegReg seg, u64 offset, u32 size, bool write) {
  const SegmentRegister& s = ctx.arch.segment[seg];
  const u64 last = offset + (size - 1);
  bool expandDown = false;
  if (ctx.protectedMode) {
    const unsigned type = s.type();
    const bool code = type & 8;
    if (!s.usable() || !s.present()) segmentFault(ctx, seg);
    if (write ? code || !(type & 2) : code && !(type & 2)) segmentFault(ctx, seg);
    expandDown = !code && (type & 4);
  }
  if (expandDown) {
    const u64 top = s.attributes & kSegDb ? 0xffffffff : 0xffff;
    if (offset <= s.limit || last > top) segmentFault(ctx, seg);
  } else if (last > s.limit) {
    segmentFault(ctx, seg);
  }
}

// AMD's processors want the offset canonical too, not the sum alone (seen on Zen 4; no manual says so).
void checkOffset(Context& ctx, isa::SegReg seg, u64 offset, u32 size) {
  const u64 last = offset + (size ? size - 1 : 0);
  if (ctx.amd && !(isCanonical(ctx, LinearAddr(offset)) && isCanonical(ctx, LinearAddr(last))))
    segmentFault(ctx, seg);
}

void readSlow(Context& ctx, LinearAddr address, void* out, u32 size, isa::SegReg seg, mmu::TlbBank bank) {
  readPieces(ctx, resolve(ctx, address, size, false, seg, bank), out);
}

void writeSlow(Context& ctx, LinearAddr address, const void* data, u32 size, isa::SegReg seg,
               mmu::TlbBank bank) {
  writePieces(ctx, resolve(ctx, address, size, true, seg, bank), data);
}

u8* hostPointerSlow(Context& ctx, LinearAddr address, u32 size, bool write, isa::SegReg seg) {
  const Pieces pieces = resolve(ctx, address, size, write, seg, ctx.tlb.bank());
  return pieces.second.size ? nullptr : pieces.first.host;
}

void modifySlow(Context& ctx, LinearAddr address, void* old, u32 size, isa::SegReg seg, bool locked,
                ModifyFn fn, void* closure) {
  const Pieces pieces = resolve(ctx, address, size, true, seg, ctx.tlb.bank());
  if (locked && pieces.first.host && pieces.second.host) return lockPieces(ctx, pieces, old, fn, closure);
  // On devices reading and writing are separate cycles, as on a bus without LOCK#.
  u8 value[16];
  readPieces(ctx, pieces, value);
  std::memcpy(old, value, size);
  fn(value, closure);
  writePieces(ctx, pieces, value);
}

void noteReadOfModify(Context& ctx, LinearAddr address, u32 size) {
  noteDataBreakpoints(ctx, wrapLinear(ctx, address), size, false);
}

void wroteSlow(Context& ctx, void* host, u32 size) {
  mmu::Ram& ram = *ctx.ram;
  const u64 page = ram.pageIndex(host);
  if (!ram.isDirty(page)) ram.markDirty(page);
  const bool watched = ram.isWatched(page);
  const u32 offset = static_cast<u32>(reinterpret_cast<u64>(host) & kPageMask);
  const bool dropped = watched && ram.noteCodeWrite(page, offset, size);
  if (dropped)
    log(LogChannel::Jit, "cpu {} wrote to code at RAM page {:#x}+{:#x}", ctx.env->index, page, offset);
  if (Counters* c = ctx.counters) [[unlikely]] {
    ++c->storesLookedAt;
    c->codeInvalidated += dropped;
  }
  leaveDeadCode(ctx);
  const bool runsHere = ctx.running && ctx.running->version && ctx.running->position >> 12 == page;
  if (watched && !runsHere) ctx.settling.stored(ram, page, ctx.runner);
}

}  // namespace detail

LinearAddr linearAddress(Context& ctx, isa::SegReg seg, u64 offset, u32 size, bool write) {
  const LinearAddr address = detail::segmentAddress(ctx, seg, offset, size, write);
  if (ctx.flatSegments && !(isCanonical(ctx, address) && isCanonical(ctx, address + (size ? size - 1 : 0)))) {
    detail::segmentFault(ctx, seg);
  }
  return address;
}

void loadBytes(Context& ctx, LinearAddr address, void* out, u32 size) {
  probeRead(ctx, address, size);
  if (ctx.watchData) noteDataBreakpoints(ctx, wrapLinear(ctx, address), size, false);
  forEachPage(ctx, address, size, [&](LinearAddr at, u32 done, u32 n) {
    readPiece(ctx, resolvePage(ctx, at, n, false, ctx.tlb.bank()), static_cast<u8*>(out) + done);
  });
}

void storeBytes(Context& ctx, LinearAddr address, const void* data, u32 size) {
  probeWrite(ctx, address, size);
  if (ctx.watchData) noteDataBreakpoints(ctx, wrapLinear(ctx, address), size, true);
  forEachPage(ctx, address, size, [&](LinearAddr at, u32 done, u32 n) {
    writePiece(ctx, resolvePage(ctx, at, n, true, ctx.tlb.bank()), static_cast<const u8*>(data) + done);
  });
}

namespace {

void probe(Context& ctx, LinearAddr address, u32 size, bool write, bool systemAccess) {
  const mmu::TlbBank bank = systemAccess ? mmu::TlbBank::Supervisor : ctx.tlb.bank();
  const bool one = address.pageOffset() + size <= kPageSize;
  forEachPage(ctx, address, size, [&](LinearAddr at, u32, u32 n) {
    if (ctx.longMode && !(isCanonical(ctx, at) && isCanonical(ctx, at + (n - 1)))) raiseGp0(ctx);
    if (!one) requirePage(ctx, at, write, bank);
  });
  forEachPage(ctx, address, size, [&](LinearAddr at, u32, u32 n) { resolvePage(ctx, at, n, write, bank); });
}

}  // namespace

void probeWrite(Context& ctx, LinearAddr address, u32 size, bool systemAccess) {
  probe(ctx, address, size, true, systemAccess);
}
void probeRead(Context& ctx, LinearAddr address, u32 size, bool systemAccess) {
  probe(ctx, address, size, false, systemAccess);
}

u32 portIn(Context& ctx, u16 port, unsigned size) {
  const u32 value = static_cast<u32>(ctx.env->ports.read(port, size));
  log(LogChannel::Io, "cpu {} in {:#06x} {} bytes: {:#x}", ctx.env->index, port, size, value);
  if (ctx.watchPorts) notePortBreakpoints(ctx, port, size);
  afterDevice(ctx);
  return value;
}

void portOut(Context& ctx, u16 port, unsigned size, u32 value) {
  log(LogChannel::Io, "cpu {} out {:#06x} {} bytes: {:#x}", ctx.env->index, port, size, value);
  ctx.env->ports.write(port, size, value);
  if (ctx.watchPorts) notePortBreakpoints(ctx, port, size);
  afterDevice(ctx);
}

u8 fetchSlowByte(Context& ctx, Gpa address) {
  return static_cast<u8>(readPhysical(ctx, *ctx.codeMemory, address, 1));
}

}  // namespace duet::tcg
