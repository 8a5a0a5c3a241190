// Descriptors of the GDT, LDT and IDT: reading, checking, turning them into segment registers.
#pragma once

#include "cpu-tcg/runtime/context.h"
#include "cpu-tcg/runtime/fault.h"

namespace duet::tcg {

// System descriptor types (SDM vol. 3 table 3-2).
enum SystemType : unsigned {
  kTypeTss16 = 1,
  kTypeLdt = 2,
  kTypeTss16Busy = 3,
  kTypeCallGate16 = 4,
  kTypeTaskGate = 5,
  kTypeInterruptGate16 = 6,
  kTypeTrapGate16 = 7,
  kTypeTss32 = 9,
  kTypeTss32Busy = 11,
  kTypeCallGate32 = 12,
  kTypeInterruptGate32 = 14,
  kTypeTrapGate32 = 15
};

// Attribute words of flat segments as SYSCALL and its kin load them; DPL is or-ed in.
inline constexpr u32 kFlatCode32 = kSegG | kSegDb | kSegPresent | kSegS | 11;
inline constexpr u32 kFlatCode64 = kSegG | kSegL | kSegPresent | kSegS | 11;
inline constexpr u32 kFlatData = kSegG | kSegDb | kSegPresent | kSegS | 3;
inline constexpr u32 kVirtual8086Segment = kSegPresent | (3u << 5) | kSegS | 3;

struct Descriptor {
  u32 low = 0, high = 0;
  u32 baseHigh = 0;  // 16-byte system descriptors of IA-32e mode
  u64 address = 0;   // linear address of the entry

  unsigned type() const { return (high >> 8) & 15; }
  bool isSystem() const { return !(high & (1u << 12)); }
  unsigned dpl() const { return (high >> 13) & 3; }
  bool present() const { return high & (1u << 15); }
  bool longCode() const { return high & (1u << 21); }
  bool big() const { return high & (1u << 22); }
  bool isCode() const { return !isSystem() && (type() & 8); }
  bool conforming() const { return type() & 4; }
  bool writableData() const { return !isSystem() && !(type() & 8) && (type() & 2); }
  bool readable() const { return !isSystem() && (!(type() & 8) || (type() & 2)); }
  u32 limit() const {
    const u32 raw = (low & 0xffff) | (high & 0xf0000);
    return high & (1u << 23) ? (raw << 12) | 0xfff : raw;
  }
  u64 base() const {
    return (low >> 16) | (u64{high & 0xff} << 16) | (high & 0xff000000) | (u64{baseHigh} << 32);
  }
  // Gates.
  u16 gateSelector() const { return static_cast<u16>(low >> 16); }
  u64 gateOffset() const { return (low & 0xffff) | (high & 0xffff0000) | (u64{baseHigh} << 32); }

  SegmentRegister segment(u16 selector) const { return {selector, base(), limit(), (high >> 8) & 0xf0ff}; }
};

inline unsigned rpl(u16 selector) { return selector & 3; }
inline bool isNull(u16 selector) { return selector < 4; }

// #vector with a selector error code: index and TI of the selector, and EXT.
[[noreturn]] void raiseSelector(Context& ctx, Exception vector, u16 selector, bool ext = false);

// The 8-byte descriptor `selector` names; `vector` (selector | ext) when it lies outside its table.
Descriptor fetchDescriptor(Context& ctx, u16 selector, Exception vector, bool ext = false);
// The same, giving false instead of a fault (LAR, LSL, VERR, VERW).
bool tryFetchDescriptor(Context& ctx, u16 selector, Descriptor& out);
// Reads the upper 8 bytes of a system descriptor in IA-32e mode; `vector` when it does not fit or its
// type field is not 0.
void fetchUpperHalf(Context& ctx, Descriptor& d, u16 selector, Exception vector, bool ext = false);

// Sets the accessed bit of a code or data descriptor in memory (and in `d`).
void markAccessed(Context& ctx, Descriptor& d);
// Sets the busy bit of a TSS descriptor likewise; false when it was set: another processor took the task.
bool markBusy(Context& ctx, Descriptor& d);
void markAvailable(Context& ctx, Descriptor& d);

// Is [offset, offset + size) inside the segment (expand-down included)?
bool withinLimit(const SegmentRegister& s, u64 offset, u32 size);

bool isCanonical(const Context& ctx, u64 address);          // by the current paging depth (48 or 57 bits)
bool isCanonicalForModel(const Context& ctx, u64 address);  // by the deepest paging the CPU has

// Linear addresses outside IA-32e mode wrap at 4 GiB.
inline LinearAddr systemAddress(const Context& ctx, u64 address) {
  return LinearAddr(ctx.longMode ? address : address & 0xffffffff);
}

// A code segment by its checked descriptor becomes CS with CPL `cpl` in the selector. In IA-32e mode L and D both
// set give #GP(selector).
SegmentRegister codeSegment(const Descriptor& d, u16 selector, unsigned cpl);
void checkCodeBits(Context& ctx, const Descriptor& d, u16 selector, bool ext = false);
// #GP(ext) unless `rip` can be fetched from `cs` (limit, or canonical in 64-bit code).
void checkTarget(Context& ctx, const SegmentRegister& cs, u64 rip, bool ext = false);
bool is64BitCode(const Context& ctx, const SegmentRegister& cs);

}  // namespace duet::tcg
