// The fast paths of memory.h: a tag compare, an add, the host access. Included by memory.h alone.
#pragma once

#include <cstring>

#include "cpu-tcg/runtime/guest_access.h"

namespace duet::tcg {
namespace detail {

// Everything the fast path does not take. `seg` tells #SS from #GP for non-canonical addresses.
void readSlow(Context& ctx, LinearAddr address, void* out, u32 size, isa::SegReg seg, mmu::TlbBank bank);
void writeSlow(Context& ctx, LinearAddr address, const void* data, u32 size, isa::SegReg seg,
               mmu::TlbBank bank);
// As hostPointer(), after a TLB miss.
u8* hostPointerSlow(Context& ctx, LinearAddr address, u32 size, bool write, isa::SegReg seg);
using ModifyFn = void (*)(void* value, void* closure);
void modifySlow(Context& ctx, LinearAddr address, void* old, u32 size, isa::SegReg seg, bool locked,
                ModifyFn fn, void* closure);
void wroteSlow(Context& ctx, void* host, u32 size);
// Under watchData: a modification is resolved as a write, and is a read as well.
void noteReadOfModify(Context& ctx, LinearAddr address, u32 size);
[[noreturn]] void segmentFault(Context& ctx, isa::SegReg seg);
// The full segment check, for what the quick one below does not pass.
void checkSegment(Context& ctx, isa::SegReg seg, u64 offset, u32 size, bool write);
// For an offset from a base that lies outside the 48-bit halves.
void checkOffset(Context& ctx, isa::SegReg seg, u64 offset, u32 size);

// Bit n: segment type n may be read (written) and does not expand down (SDM vol. 3 table 3-1).
inline constexpr u32 kReadableTypes = 0b1100'1100'0000'1111;
inline constexpr u32 kWritableTypes = 0b0000'0000'0000'1100;

// In 64-bit mode only FS and GS have bases.
inline LinearAddr baseAddress(Context& ctx, isa::SegReg seg, u64 offset, u32 size) {
  constexpr u64 kHalf = u64{1} << 47;
  if (((offset + kHalf) | (offset + (size - 1) + kHalf)) >> 48) [[unlikely]]
    checkOffset(ctx, seg, offset, size);
  return LinearAddr(ctx.arch.segment[seg].base + offset);
}

inline LinearAddr segmentAddress(Context& ctx, isa::SegReg seg, u64 offset, u32 size, bool write) {
  const SegmentRegister& s = ctx.arch.segment[seg];
  if (ctx.flatSegments) [[likely]]
    return seg >= isa::kFs ? baseAddress(ctx, seg, offset, size) : LinearAddr(offset);
  const u32 types = write ? kWritableTypes : kReadableTypes;
  const bool typeOk =
      ((types >> (s.attributes & 0xf)) & 1) && (s.attributes & (kSegUnusable | kSegPresent)) == kSegPresent;
  if (!typeOk || offset + (size - 1) > s.limit || offset > s.limit) [[unlikely]] {
    checkSegment(ctx, seg, offset, size, write);
  }
  return LinearAddr((s.base + offset) & 0xffffffff);
}

inline void wroteFast(Context& ctx, u8* host, u32 size) {
  const u64 page = ctx.ram->pageIndex(host);
  if (!ctx.ram->isQuiet(page)) [[unlikely]]
    wroteSlow(ctx, host, size);
}

template <class T>
inline T loadAt(Context& ctx, LinearAddr address, isa::SegReg seg) {
  if (const u8* p = ctx.tlb.read(address, sizeof(T))) [[likely]]
    return guestLoad<T>(p);
  T value;
  readSlow(ctx, address, &value, sizeof(T), seg, ctx.tlb.bank());
  return value;
}

template <class T>
inline void storeAt(Context& ctx, LinearAddr address, T value, isa::SegReg seg) {
  if (u8* p = ctx.tlb.write(address, sizeof(T))) [[likely]] {
    guestStore<T>(p, value);
    return wroteFast(ctx, p, sizeof(T));
  }
  writeSlow(ctx, address, &value, sizeof(T), seg, ctx.tlb.bank());
}

template <class T, class Fn>
T modifyAt(Context& ctx, LinearAddr address, isa::SegReg seg, bool locked, Fn fn) {
  u8* p = ctx.tlb.write(address, sizeof(T));
  if (!p) [[unlikely]] {
    p = hostPointerSlow(ctx, address, sizeof(T), true, seg);
    if (ctx.watchData) noteReadOfModify(ctx, address, sizeof(T));
  }
  if (!p) [[unlikely]] {
    T old;
    modifySlow(
        ctx, address, &old, sizeof(T), seg, locked,
        [](void* value, void* closure) {
          T v;
          std::memcpy(&v, value, sizeof v);
          v = static_cast<T>((*static_cast<Fn*>(closure))(v));
          std::memcpy(value, &v, sizeof v);
        },
        &fn);
    return old;
  }
  T old = guestLoad<T>(p);
  if (locked) {
    while (!guestCompareExchange<T>(p, old, static_cast<T>(fn(old)))) {
    }
  } else {
    guestStore<T>(p, static_cast<T>(fn(old)));
  }
  wroteFast(ctx, p, sizeof(T));
  return old;
}

inline constexpr u64 kSizeMask[9] = {0, 0xff, 0xffff, 0, 0xffffffff, 0, 0, 0, ~u64{0}};

}  // namespace detail

inline u64 effectiveAddress(const Context& ctx, const isa::Insn& insn) {
  const isa::MemoryRef& m = insn.mem;
  u64 address = static_cast<u64>(m.disp);
  if (m.base < 16) [[likely]] {
    address += ctx.arch.gpr[m.base];
  } else if (m.base == isa::kRipBase) {
    address += ctx.nextRip;
  }
  if (m.index < 16) address += ctx.arch.gpr[m.index] << m.scale;
  return address & detail::kSizeMask[insn.addrSize];
}

template <class T>
inline T load(Context& ctx, isa::SegReg seg, u64 offset) {
  return detail::loadAt<T>(ctx, detail::segmentAddress(ctx, seg, offset, sizeof(T), false), seg);
}
template <class T>
inline void store(Context& ctx, isa::SegReg seg, u64 offset, T value) {
  detail::storeAt<T>(ctx, detail::segmentAddress(ctx, seg, offset, sizeof(T), true), value, seg);
}
template <class T>
inline T loadLinear(Context& ctx, LinearAddr address) {
  return detail::loadAt<T>(ctx, address, isa::kNoSegment);
}
template <class T>
inline void storeLinear(Context& ctx, LinearAddr address, T value) {
  detail::storeAt<T>(ctx, address, value, isa::kNoSegment);
}

template <class T, class Fn>
inline T modify(Context& ctx, isa::SegReg seg, u64 offset, Fn fn) {
  return detail::modifyAt<T>(ctx, detail::segmentAddress(ctx, seg, offset, sizeof(T), true), seg, false, fn);
}
template <class T, class Fn>
inline T lockedModify(Context& ctx, isa::SegReg seg, u64 offset, Fn fn) {
  return detail::modifyAt<T>(ctx, detail::segmentAddress(ctx, seg, offset, sizeof(T), true), seg, true, fn);
}
template <class T, class Fn>
inline T lockedModify(Context& ctx, LinearAddr address, Fn fn) {
  return detail::modifyAt<T>(ctx, address, isa::kNoSegment, true, fn);
}
template <class T>
inline T lockedCompareExchange(Context& ctx, LinearAddr address, T expected, T desired) {
  return lockedModify<T>(ctx, address, [=](T old) { return old == expected ? desired : old; });
}

template <class T>
inline T loadSystem(Context& ctx, LinearAddr address) {
  if (const u8* p = ctx.tlb.readSystem(address, sizeof(T))) return guestLoad<T>(p);
  T value;
  detail::readSlow(ctx, address, &value, sizeof(T), isa::kNoSegment, mmu::TlbBank::Supervisor);
  return value;
}
template <class T>
inline void storeSystem(Context& ctx, LinearAddr address, T value) {
  if (u8* p = ctx.tlb.writeSystem(address, sizeof(T))) {
    guestStore<T>(p, value);
    return detail::wroteFast(ctx, p, sizeof(T));
  }
  detail::writeSlow(ctx, address, &value, sizeof(T), isa::kNoSegment, mmu::TlbBank::Supervisor);
}

inline u8* hostPointer(Context& ctx, LinearAddr address, u32 size, bool write) {
  u8* p = write ? ctx.tlb.write(address, size) : ctx.tlb.read(address, size);
  return p ? p : detail::hostPointerSlow(ctx, address, size, write, isa::kNoSegment);
}
inline void wrote(Context& ctx, void* host, u32 size) {
  detail::wroteFast(ctx, static_cast<u8*>(host), size);
}

inline u64 stackPointer(const Context& ctx) { return ctx.arch.gpr[kRsp] & detail::kSizeMask[ctx.stackSize]; }
inline void setStackPointer(Context& ctx, u64 value) {
  u64& rsp = ctx.arch.gpr[kRsp];
  const u64 mask = detail::kSizeMask[ctx.stackSize];
  rsp = (ctx.stackSize == 2 ? rsp & ~mask : 0) | (value & mask);
}
template <class T>
inline void storeStack(Context& ctx, u64 sp, T value) {
  store<T>(ctx, isa::kSs, sp & detail::kSizeMask[ctx.stackSize], value);
}
template <class T>
inline T loadStack(Context& ctx, u64 sp) {
  return load<T>(ctx, isa::kSs, sp & detail::kSizeMask[ctx.stackSize]);
}

}  // namespace duet::tcg
