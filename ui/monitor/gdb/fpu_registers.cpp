#include "ui/monitor/gdb/fpu_registers.h"

#include <algorithm>
#include <cstring>

namespace duet::ui::gdb {
namespace {

// SDM vol. 1 tables 10-2 and 13.4: FXSAVE's fields.
constexpr u32 kControlWord = 0, kStatusWord = 2, kTagByte = 4, kOpcode = 6, kIp = 8, kDp = 16;
constexpr u16 kInitialControl = 0x37f;

struct Piece {
  u64 component;
  u32 offset, size;
};
constexpr Piece kPieces[] = {{kXcr0X87, 0, kAreaMxcsr},
                             {kXcr0X87, kAreaSt0, 128},
                             {kXcr0Sse, kAreaXmm0, 256},
                             {kXcr0Avx, kXsaveAvxOffset, 256},
                             {kXcr0Pkru, kXsavePkruOffset, 8}};

template <class T>
T load(const u8* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

u64 inUse(const CpuState& s) { return load<u64>(&s.xsave[kXsaveLegacySize]); }

template <class T>
T field(const CpuState& s, u32 offset) {
  T value;
  readArea(s, kXcr0X87, offset, sizeof value, reinterpret_cast<u8*>(&value));
  return value;
}

template <class T>
void setField(CpuState& s, u32 offset, T value) {
  writeArea(s, kXcr0X87, offset, sizeof value, reinterpret_cast<const u8*>(&value));
}

// SDM vol. 1 8.1.7: 0 valid, 1 zero, 2 special, of ST(i).
unsigned tagOf(const CpuState& s, unsigned i) {
  u8 bytes[10];
  readArea(s, kXcr0X87, kAreaSt0 + 16 * i, sizeof bytes, bytes);
  const u64 significand = load<u64>(bytes);
  const unsigned exponent = load<u16>(bytes + 8) & 0x7fff;
  if (exponent == 0) return significand ? 2 : 1;
  return exponent == 0x7fff || !(significand >> 63) ? 2 : 0;
}

// The 16-bit tag word, by register number; FXSAVE keeps only which are empty.
u32 tagWord(const CpuState& s) {
  const unsigned top = field<u16>(s, kStatusWord) >> 11 & 7;
  const u8 full = field<u8>(s, kTagByte);
  u32 word = 0;
  for (unsigned n = 0; n < 8; ++n) {
    const unsigned tag = full >> n & 1 ? tagOf(s, (n - top) & 7) : 3;
    word |= tag << (2 * n);
  }
  return word;
}

void setTagWord(CpuState& s, u32 word) {
  u8 full = 0;
  for (unsigned n = 0; n < 8; ++n)
    if ((word >> (2 * n) & 3) != 3) full = static_cast<u8>(full | 1u << n);
  setField<u8>(s, kTagByte, full);
}

}  // namespace

void readArea(const CpuState& s, u64 component, u32 offset, u32 size, u8* out) {
  if (inUse(s) & component) {
    std::copy_n(&s.xsave[offset], size, out);
    return;
  }
  std::fill_n(out, size, u8{0});
  if (component == kXcr0X87 && offset == kControlWord)
    std::memcpy(out, &kInitialControl, sizeof kInitialControl);
}

void writeArea(CpuState& s, u64 component, u32 offset, u32 size, const u8* in) {
  if (!(inUse(s) & component)) {
    for (const Piece& p : kPieces)
      if (p.component == component) std::fill_n(&s.xsave[p.offset], p.size, u8{0});
    if (component == kXcr0X87) std::memcpy(&s.xsave[kControlWord], &kInitialControl, sizeof kInitialControl);
    const u64 now = inUse(s) | component;
    std::memcpy(&s.xsave[kXsaveLegacySize], &now, sizeof now);
  }
  std::copy_n(in, size, &s.xsave[offset]);
}

u32 readX87(const CpuState& s, unsigned which) {
  switch (which) {
    case kFctrl:
      return field<u16>(s, kControlWord);
    case kFstat:
      return field<u16>(s, kStatusWord);
    case kFtag:
      return tagWord(s);
    case kFiseg:
      return field<u16>(s, kIp + 4);
    case kFioff:
      return field<u32>(s, kIp);
    case kFoseg:
      return field<u16>(s, kDp + 4);
    case kFooff:
      return field<u32>(s, kDp);
    default:
      return field<u16>(s, kOpcode);
  }
}

void writeX87(CpuState& s, unsigned which, u32 value) {
  const u16 half = static_cast<u16>(value);
  switch (which) {
    case kFctrl:
      return setField<u16>(s, kControlWord, half);
    case kFstat:
      return setField<u16>(s, kStatusWord, half);
    case kFtag:
      return setTagWord(s, value);
    case kFiseg:
      return setField<u16>(s, kIp + 4, half);
    case kFioff:
      return setField<u32>(s, kIp, value);
    case kFoseg:
      return setField<u16>(s, kDp + 4, half);
    case kFooff:
      return setField<u32>(s, kDp, value);
    default:
      return setField<u16>(s, kOpcode, half & 0x7ff);
  }
}

}  // namespace duet::ui::gdb
