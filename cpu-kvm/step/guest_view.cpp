#include "cpu-kvm/step/guest_view.h"

#include <algorithm>
#include <cstring>

#include "core/base/bits.h"
#include "core/cpu/registers.h"

namespace duet::kvm {
namespace {

constexpr u64 kPage = 4096;

mmu::PagingMode modeOf(const kvm_sregs2& s) {
  if (!(s.cr0 & kCr0Pg)) return mmu::PagingMode::None;
  if (!(s.cr4 & kCr4Pae)) return mmu::PagingMode::Bits32;
  if (!(s.efer & kEferLma)) return mmu::PagingMode::Pae;
  return s.cr4 & kCr4La57 ? mmu::PagingMode::Level5 : mmu::PagingMode::Level4;
}

mmu::PagingState pagingOf(const kvm_sregs2& s, unsigned physicalBits) {
  mmu::PagingState state;
  state.mode = modeOf(s);
  state.cr3 = s.cr3;
  std::ranges::copy(s.pdptrs, state.pdpte.begin());
  state.nxe = s.efer & kEferNxe;
  state.pse = s.cr4 & kCr4Pse;
  state.physicalBits = physicalBits;
  return state;
}

// A descriptor of the GDT or LDT; the base of what it describes.
std::optional<u64> segmentBase(const GuestView& view, u16 selector) {
  const bool local = selector & 4;
  const u64 table = local ? view.sregs.ldt.base : view.sregs.gdt.base;
  const u64 limit = local ? view.sregs.ldt.limit : view.sregs.gdt.limit;
  if ((selector & ~3u) == 0 || (selector | 7u) > limit) return {};
  const auto descriptor = view.load<u64>(LinearAddr(table + (selector & ~7u)));
  if (!descriptor) return {};
  return (*descriptor >> 16 & 0xffffff) | (*descriptor >> 32 & 0xff000000);
}

std::optional<LinearAddr> longHandler(const GuestView& view, unsigned vector) {
  struct Gate {
    u16 low, selector;
    u8 ist, type;
    u16 middle;
    u32 high, reserved;
  };
  if (vector * 16 + 15 > view.sregs.idt.limit) return {};
  const auto gate = view.load<Gate>(LinearAddr(view.sregs.idt.base + vector * 16));
  if (!gate || !(gate->type & 0x80)) return {};
  return LinearAddr(gate->low | u64{gate->middle} << 16 | u64{gate->high} << 32);
}

std::optional<LinearAddr> protectedHandler(const GuestView& view, unsigned vector) {
  constexpr unsigned kTaskGate = 5;
  if (vector * 8 + 7 > view.sregs.idt.limit) return {};
  const auto gate = view.load<u64>(LinearAddr(view.sregs.idt.base + vector * 8));
  if (!gate || !(*gate >> 47 & 1) || (*gate >> 40 & 0x1f) == kTaskGate) return {};
  const auto base = segmentBase(view, static_cast<u16>(*gate >> 16));
  if (!base) return {};
  const bool wide = *gate >> 43 & 1;
  const u64 offset = (*gate & 0xffff) | (wide ? *gate >> 32 & 0xffff0000 : 0);
  return LinearAddr((*base + offset) & 0xffffffff);
}

}  // namespace

bool GuestView::longMode() const { return sregs.efer & kEferLma; }
bool GuestView::protectedMode() const { return (sregs.cr0 & kCr0Pe) && !(regs.rflags & kFlagVm); }

unsigned GuestView::codeBits() const {
  if (longMode() && sregs.cs.l) return 64;
  return sregs.cs.db ? 32 : 16;
}

unsigned GuestView::stackBits() const {
  if (codeBits() == 64) return 64;
  return sregs.ss.db ? 32 : 16;
}

unsigned GuestView::cpl() const {
  if (!(sregs.cr0 & kCr0Pe)) return 0;
  return regs.rflags & kFlagVm ? 3 : sregs.ss.dpl;
}

LinearAddr GuestView::linear(const kvm_segment& segment, u64 offset) const {
  if (codeBits() != 64) return LinearAddr((segment.base + offset) & 0xffffffff);
  const bool hasBase = &segment == &sregs.fs || &segment == &sregs.gs;
  return LinearAddr(hasBase ? segment.base + offset : offset);
}

LinearAddr GuestView::stack() const { return linear(sregs.ss, regs.rsp & lowMask(stackBits())); }

void GuestView::advance(unsigned length) { regs.rip = (regs.rip + length) & lowMask(codeBits()); }

std::optional<Gpa> GuestView::translate(LinearAddr address) const {
  if (longMode() && signExtend(address.value, linearBits) != address.value) return {};
  if (!(sregs.cr0 & kCr0Pg)) return Gpa(address.value & 0xffffffff);
  const auto found = mmu::translateQuietly(*memory, pagingOf(sregs, physicalBits), address, {});
  if (!found.ok) return {};
  return found.address;
}

u8* GuestView::hostPage(LinearAddr address) const {
  const auto physical = translate(address);
  if (!physical) return nullptr;
  const u64 page = physical->value & ~(kPage - 1);
  const Mapping m = memory->lookup(page);
  const bool ram = m.kind == MappingKind::Ram || m.kind == MappingKind::Rom;
  if (!ram || page < m.base || m.size - (page - m.base) < kPage) return nullptr;
  return m.host + (page - m.base);
}

bool GuestView::read(LinearAddr address, std::span<u8> out) const {
  for (size_t done = 0; done < out.size();) {
    const LinearAddr at(address.value + done);
    const u8* page = hostPage(at);
    if (!page) return false;
    const u64 offset = at.value % kPage, piece = std::min<u64>(kPage - offset, out.size() - done);
    std::memcpy(out.data() + done, page + offset, piece);
    done += piece;
  }
  return true;
}

bool GuestView::write(LinearAddr address, std::span<const u8> data) const {
  for (size_t done = 0; done < data.size();) {
    const LinearAddr at(address.value + done);
    u8* page = hostPage(at);
    if (!page) return false;
    const u64 offset = at.value % kPage, piece = std::min<u64>(kPage - offset, data.size() - done);
    std::memcpy(page + offset, data.data() + done, piece);
    done += piece;
  }
  return true;
}

std::optional<LinearAddr> handlerOf(const GuestView& view, unsigned vector) {
  if (view.longMode()) return longHandler(view, vector);
  if (view.sregs.cr0 & kCr0Pe) return protectedHandler(view, vector);
  if (vector * 4 + 3 > view.sregs.idt.limit) return {};
  const auto entry = view.load<u32>(LinearAddr(view.sregs.idt.base + vector * 4));
  if (!entry) return {};
  return LinearAddr((*entry >> 16) * 16 + (*entry & 0xffff));
}

}  // namespace duet::kvm
