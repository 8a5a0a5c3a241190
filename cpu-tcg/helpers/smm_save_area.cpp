#include "cpu-tcg/helpers/smm_save_area.h"

#include <cstring>

#include "core/cpu/registers.h"

namespace duet::tcg {

namespace {

constexpr u32 kAttributesKept = 0xf0ff;
constexpr u32 kSmbaseRelocation = 1u << 17;
constexpr u32 kWideForm = 0x64;

// One list a form serves both directions: `move(offset, size, value)` copies between the area and `value`.
struct Put {
  SmmSaveArea::Bytes& bytes;
  template <class T>
  void operator()(u32 offset, unsigned size, T& value) const {
    const u64 wide = static_cast<u64>(value);
    std::memcpy(&bytes[offset], &wide, size);
  }
};
struct Get {
  const SmmSaveArea::Bytes& bytes;
  template <class T>
  void operator()(u32 offset, unsigned size, T& value) const {
    u64 wide = 0;
    std::memcpy(&wide, &bytes[offset], size);
    value = static_cast<T>(wide);
  }
};

u32 storedAttributes(const SegmentRegister& s) {
  return s.usable() ? s.attributes & kAttributesKept : s.attributes & kAttributesKept & ~u32{kSegPresent};
}

template <class Move>
void moveAttributes(Move move, u32 offset, unsigned size, SegmentRegister& s) {
  u32 stored = storedAttributes(s);
  move(offset, size, stored);
  stored &= kAttributesKept;
  s.attributes = stored & kSegPresent ? stored : stored | kSegUnusable;
}

// --- AMD64 form. Offsets are those of the manual's table less FE00h.

template <class Move>
void moveWideSegment(Move move, u32 offset, SegmentRegister& s) {
  move(offset, 2, s.selector);
  moveAttributes(move, offset + 2, 2, s);
  move(offset + 4, 4, s.limit);
  move(offset + 8, 8, s.base);
}

template <class Move>
void moveWide(Move move, CpuState& s, SmmSaveExtras& x) {
  for (u32 i = 0; i < 6; ++i) {
    // ES, CS, SS, DS, FS, GS: the order of the segment numbers.
    moveWideSegment(move, 16 * i, s.segment[i]);
  }
  move(0x64, 2, s.gdtr.limit);
  move(0x68, 8, s.gdtr.base);
  moveWideSegment(move, 0x70, s.ldtr);
  move(0x84, 2, s.idtr.limit);
  move(0x88, 8, s.idtr.base);
  moveWideSegment(move, 0x90, s.tr);
  move(0xa0, 8, x.ioRip);
  move(0xa8, 8, x.ioRcx);
  move(0xb0, 8, x.ioRsi);
  move(0xb8, 8, x.ioRdi);
  move(0xc0, 4, x.ioTrap);
  move(0xc8, 1, x.ioRestart);
  move(0xc9, 1, x.haltRestart);
  move(0xca, 1, x.nmiBlocked);
  move(0xcb, 1, x.interruptShadow);
  move(0xd0, 8, s.msr.efer);
  move(0x100, 4, s.msr.smbase);
  move(0x104, 4, x.pendingTraps);  // in a reserved place
  move(0x148, 8, s.cr4);
  move(0x150, 8, s.cr3);
  move(0x158, 8, s.cr0);
  move(0x160, 8, s.dr7);
  move(0x168, 8, s.dr6);
  move(0x170, 8, s.rflags);
  move(0x178, 8, s.rip);
  for (u32 i = 0; i < 16; ++i) move(0x1f8 - 8 * i, 8, s.gpr[i]);  // RAX is last
}

// --- 32-bit form. Offsets are those of the manual's table less 7E00h; the manual leaves the segments' hidden parts
// unsaid, they are where firmware and other emulators have them.

template <class Move>
void moveNarrowSegment(Move move, u32 offset, SegmentRegister& s) {
  moveAttributes(move, offset, 4, s);
  move(offset + 4, 4, s.limit);
  move(offset + 8, 4, s.base);
}

template <class Move>
void moveNarrow(Move move, CpuState& s, SmmSaveExtras& x) {
  move(0xf4, 4, x.pendingTraps);  // in reserved places, these three
  move(0x11a, 1, x.interruptShadow);
  move(0x11b, 1, x.nmiBlocked);
  move(0xf8, 4, s.msr.smbase);
  move(0x100, 1, x.ioRestart);
  move(0x102, 1, x.haltRestart);
  move(0x104, 4, x.ioRdi);
  move(0x108, 4, x.ioRcx);
  move(0x10c, 4, x.ioRsi);
  move(0x110, 4, x.ioRip);
  move(0x114, 4, s.cr4);
  for (u32 i = 0; i < 3; ++i) {
    moveNarrowSegment(move, 0x12c + 12 * i, s.segment[kSegDs + i]);
    moveNarrowSegment(move, 0x184 + 12 * i, s.segment[kSegEs + i]);
  }
  move(0x154, 4, s.idtr.limit);
  move(0x158, 4, s.idtr.base);
  moveNarrowSegment(move, 0x15c, s.tr);
  move(0x170, 4, s.gdtr.limit);
  move(0x174, 4, s.gdtr.base);
  moveNarrowSegment(move, 0x178, s.ldtr);
  for (u32 i = 0; i < 6; ++i) move(0x1a8 + 4 * i, 4, s.segment[i].selector);
  move(0x1c0, 4, s.ldtr.selector);
  move(0x1c4, 4, s.tr.selector);
  move(0x1c8, 4, s.dr7);
  move(0x1cc, 4, s.dr6);
  for (u32 i = 0; i < 8; ++i) move(0x1d0 + 4 * i, 4, s.gpr[i]);
  move(0x1f0, 4, s.rip);
  move(0x1f4, 4, s.rflags);
  move(0x1f8, 4, s.cr3);
  move(0x1fc, 4, s.cr0);
}

}  // namespace

void SmmSaveArea::save(const CpuState& state, const SmmSaveExtras& extras) {
  CpuState s = state;
  SmmSaveExtras x = extras;
  bytes_ = {};
  const Put put{bytes_};
  // The revision says "SMBASE can be moved" and not "I/O restart", as firmware for virtual machines compares it.
  u32 revision = kSmbaseRelocation | (wide_ ? kWideForm : 0);
  put(0xfc, 4, revision);
  if (wide_)
    moveWide(put, s, x);
  else
    moveNarrow(put, s, x);
}

void SmmSaveArea::load(CpuState& state, SmmSaveExtras& extras) const {
  const Get get{bytes_};
  if (wide_)
    moveWide(get, state, extras);
  else
    moveNarrow(get, state, extras);
  state.rflags = (state.rflags & kRflagsKnown) | 2;
  state.cr0 |= kCr0Et;
  state.dr6 = (state.dr6 & kDr6Writable) | kDr6Fixed;
  state.dr7 = (state.dr7 & kDr7Writable) | kDr7Fixed;
}

}  // namespace duet::tcg
