// Memory images of the x87 state: SDM vol. 1 8.1.10, figures 8-9 to 8-12, and tables 10-2, 13-1.
#include <cstring>

#include "cpu-tcg/native/x87.h"
#include "cpu-tcg/native/x87_area.h"

namespace duet::tcg {

namespace {

template <class T>
T get(const u8* at) {
  T v;
  std::memcpy(&v, at, sizeof v);
  return v;
}

template <class T>
void put(u8* at, T v) {
  std::memcpy(at, &v, sizeof v);
}

unsigned topOf(u16 status) { return (status >> 11) & 7; }

unsigned tagOf(const u8* value) {
  const u64 fraction = get<u64>(value);
  const unsigned exponent = get<u16>(value + 8) & 0x7fff;
  if (exponent == 0) return fraction == 0 ? 1 : 2;
  return exponent == 0x7fff || !(fraction >> 63) ? 2 : 0;
}

// Real-address and virtual-8086 images hold linear addresses.
u32 linearIp(const X87Pointers& p) { return static_cast<u32>(p.ip) + (u32{p.cs} << 4); }
u32 linearDp(const X87Pointers& p) { return static_cast<u32>(p.dp) + (u32{p.ds} << 4); }

void storeEnvironment16(u8* out, u16 control, u16 status, u16 tags, const X87Pointers& p,
                        bool protectedMode) {
  put<u16>(out, control);
  put<u16>(out + 2, status);
  put<u16>(out + 4, tags);
  if (protectedMode) {
    put<u16>(out + 6, static_cast<u16>(p.ip));
    put<u16>(out + 8, p.cs);
    put<u16>(out + 10, static_cast<u16>(p.dp));
    put<u16>(out + 12, p.ds);
  } else {
    put<u16>(out + 6, static_cast<u16>(linearIp(p)));
    put<u16>(out + 8, static_cast<u16>((linearIp(p) >> 16 & 0xf) << 12 | p.opcode));
    put<u16>(out + 10, static_cast<u16>(linearDp(p)));
    put<u16>(out + 12, static_cast<u16>((linearDp(p) >> 16 & 0xf) << 12));
  }
}

void storeEnvironment32(u8* out, u16 control, u16 status, u16 tags, const X87Pointers& p,
                        bool protectedMode) {
  constexpr u32 kReserved = 0xffff0000;  // what processors write into reserved halves
  put<u32>(out, kReserved | control);
  put<u32>(out + 4, kReserved | status);
  put<u32>(out + 8, kReserved | tags);
  if (protectedMode) {
    put<u32>(out + 12, static_cast<u32>(p.ip));
    put<u32>(out + 16, u32{p.opcode} << 16 | p.cs);
    put<u32>(out + 20, static_cast<u32>(p.dp));
    put<u32>(out + 24, kReserved | p.ds);
  } else {
    put<u32>(out + 12, kReserved | (linearIp(p) & 0xffff));
    put<u32>(out + 16, (linearIp(p) >> 16) << 12 | p.opcode);
    put<u32>(out + 20, kReserved | (linearDp(p) & 0xffff));
    put<u32>(out + 24, (linearDp(p) >> 16) << 12);
  }
}

X87Pointers loadPointers16(const u8* in, bool protectedMode) {
  const u16 a = get<u16>(in + 6), b = get<u16>(in + 8), c = get<u16>(in + 10), d = get<u16>(in + 12);
  if (protectedMode) return {.ip = a, .dp = c, .cs = b, .ds = d};
  return {
      .ip = a | (u32{b} >> 12) << 16, .dp = c | (u32{d} >> 12) << 16, .opcode = static_cast<u16>(b & 0x7ff)};
}

X87Pointers loadPointers32(const u8* in, bool protectedMode) {
  const u32 a = get<u32>(in + 12), b = get<u32>(in + 16), c = get<u32>(in + 20), d = get<u32>(in + 24);
  if (protectedMode) {
    return {.ip = a,
            .dp = c,
            .cs = static_cast<u16>(b),
            .ds = static_cast<u16>(d),
            .opcode = static_cast<u16>(b >> 16 & 0x7ff)};
  }
  return {.ip = (a & 0xffff) | (b >> 12) << 16,
          .dp = (c & 0xffff) | (d >> 12) << 16,
          .opcode = static_cast<u16>(b & 0x7ff)};
}

}  // namespace

// As images in protected mode show them.
static X87Pointers shownPointers(const NativeState& state) {
  X87Pointers p = pointers(state);
  if (state.rules.zeroSelectors) p.cs = p.ds = 0;
  return p;
}

X87Pointers pointers(const NativeState& state) {
  return {.ip = state.area<u64>(kXsFip),
          .dp = state.area<u64>(kXsFdp),
          .cs = state.area<u16>(kXsFcs),
          .ds = state.area<u16>(kXsFds),
          .opcode = state.area<u16>(kXsFop)};
}

void setPointers(NativeState& state, const X87Pointers& p) {
  state.setArea(kXsFip, p.ip);
  state.setArea(kXsFdp, p.dp);
  state.setArea(kXsFcs, p.cs);
  state.setArea(kXsFds, p.ds);
  state.setArea(kXsFop, p.opcode);
}

void moveTop(NativeState& state, unsigned newTop) {
  const u16 status = state.area<u16>(kXsFsw);
  const unsigned shift = newTop - topOf(status);
  u8 old[128];
  std::memcpy(old, state.xsave + kXsSt0, sizeof old);
  for (unsigned i = 0; i < 8; ++i) {
    std::memcpy(state.xsave + kXsSt0 + 16 * i, old + 16 * ((i + shift) & 7), 16);
  }
  state.setArea<u16>(kXsFsw, static_cast<u16>((status & ~0x3800) | (newTop & 7) << 11));
}

u16 fullTags(const NativeState& state) {
  const unsigned top = topOf(state.area<u16>(kXsFsw));
  const u8 present = state.area<u8>(kXsFtw);
  unsigned tags = 0;
  for (unsigned physical = 0; physical < 8; ++physical) {
    const u8* value = state.xsave + kXsSt0 + 16 * ((physical - top) & 7);
    tags |= (present >> physical & 1 ? tagOf(value) : 3u) << (2 * physical);
  }
  return static_cast<u16>(tags);
}

void storeEnvironment(NativeState& state, u8* out, bool size16, bool protectedMode) {
  x87Release(state);
  (size16 ? storeEnvironment16 : storeEnvironment32)(
      out, controlWord(state), statusWord(state), fullTags(state),
      protectedMode ? shownPointers(state) : pointers(state), protectedMode);
}

void loadEnvironment(NativeState& state, const u8* in, bool size16, bool protectedMode) {
  x87Release(state);
  const unsigned step = size16 ? 2 : 4;
  const u16 control = legalControl(get<u16>(in)), status = get<u16>(in + step),
            tags = get<u16>(in + 2 * step);
  u8 present = 0;
  for (unsigned i = 0; i < 8; ++i) {
    if ((tags >> (2 * i) & 3) != 3) present |= static_cast<u8>(1u << i);
  }
  moveTop(state, topOf(status));
  state.setArea<u16>(kXsFcw, control);
  state.setArea<u16>(kXsFsw, withSummary(status, control));
  state.setArea<u8>(kXsFtw, present);
  setPointers(state, size16 ? loadPointers16(in, protectedMode) : loadPointers32(in, protectedMode));
}

void storeX87(NativeState& state, u8* out, bool size16, bool protectedMode) {
  storeEnvironment(state, out, size16, protectedMode);
  u8* registers = out + environmentSize(size16);
  for (unsigned i = 0; i < 8; ++i) std::memcpy(registers + 10 * i, state.xsave + kXsSt0 + 16 * i, 10);
}

void loadX87(NativeState& state, const u8* in, bool size16, bool protectedMode) {
  loadEnvironment(state, in, size16, protectedMode);
  const u8* registers = in + environmentSize(size16);
  std::memset(state.xsave + kXsSt0, 0, 128);
  for (unsigned i = 0; i < 8; ++i) std::memcpy(state.xsave + kXsSt0 + 16 * i, registers + 10 * i, 10);
}

static void storeFxsavePointers(const X87Pointers& p, u8* out, bool rexW) {
  put<u16>(out + kXsFop, p.opcode);
  put<u64>(out + kXsFip, rexW ? p.ip : u64{p.cs} << 32 | static_cast<u32>(p.ip));
  put<u64>(out + kXsFdp, rexW ? p.dp : u64{p.ds} << 32 | static_cast<u32>(p.dp));
}

static X87Pointers loadFxsavePointers(const u8* in, bool rexW) {
  const u64 ip = get<u64>(in + kXsFip), dp = get<u64>(in + kXsFdp);
  const u16 opcode = static_cast<u16>(get<u16>(in + kXsFop) & 0x7ff);
  if (rexW) return {.ip = ip, .dp = dp, .opcode = opcode};
  return {.ip = static_cast<u32>(ip),
          .dp = static_cast<u32>(dp),
          .cs = static_cast<u16>(ip >> 32),
          .ds = static_cast<u16>(dp >> 32),
          .opcode = opcode};
}

void storeFxsaveX87(NativeState& state, u8* out, bool rexW) {
  using Pointers = FpuRules::ErrorPointers;
  x87Release(state);
  put<u16>(out + kXsFcw, controlWord(state));
  put<u16>(out + kXsFsw, statusWord(state));
  put<u16>(out + kXsFtw, state.area<u8>(kXsFtw));
  const bool always = state.rules.saved == Pointers::Always || pendingMf(state);
  if (always || state.rules.saved == Pointers::ZeroUnlessPending)
    storeFxsavePointers(always ? shownPointers(state) : X87Pointers{}, out, rexW);
  std::memcpy(out + kXsSt0, state.xsave + kXsSt0, 128);
}

void loadFxsaveX87(NativeState& state, const u8* in, bool rexW) {
  x87Release(state);
  const u16 control = legalControl(get<u16>(in + kXsFcw));
  const u16 status = withSummary(get<u16>(in + kXsFsw), control);
  const bool pending = status & kX87EsB;
  if (pending || state.rules.saved != FpuRules::ErrorPointers::OnlyPending)
    setPointers(state, loadFxsavePointers(in, rexW));
  state.setArea<u16>(kXsFcw, control);
  state.setArea<u16>(kXsFsw, status);
  state.setArea<u8>(kXsFtw, in[kXsFtw]);
  std::memset(state.xsave + kXsSt0, 0, 128);
  for (unsigned i = 0; i < 8; ++i) std::memcpy(state.xsave + kXsSt0 + 16 * i, in + kXsSt0 + 16 * i, 10);
}

}  // namespace duet::tcg
