#include "cpu-tcg/native/x87.h"

#include <cstring>

#include "cpu-tcg/native/x87_area.h"

namespace duet::tcg {

namespace {

// What FNSAVE writes in 64-bit mode.
struct HostImage {
  u32 control, status, tags, ip, csAndOpcode, dp, ds;
  u8 registers[8][10];
};
static_assert(sizeof(HostImage) == 108);

u16 hostStatus() {
  u16 v;
  asm volatile("fnstsw %0" : "=m"(v));
  return v;
}

}  // namespace

void x87Acquire(NativeState& state) {
  if (state.x87Resident) return;
  HostImage image = {};
  image.control = state.area<u16>(kXsFcw) | kX87Masks;
  image.status = state.area<u16>(kXsFsw) & ~kX87EsB;
  const u8 present = state.area<u8>(kXsFtw);
  for (unsigned i = 0; i < 8; ++i) {
    if (!(present >> i & 1)) image.tags |= 3u << (2 * i);
    std::memcpy(image.registers[i], state.xsave + kXsSt0 + 16 * i, 10);
  }
  asm volatile("frstor %0" : : "m"(image) : "memory");
  state.x87Resident = true;
}

void x87Release(NativeState& state) {
  if (!state.x87Resident) return;
  HostImage image;
  asm volatile("fnsave %0" : "=m"(image) : : "memory");
  u8 present = 0;
  for (unsigned i = 0; i < 8; ++i) {
    if ((image.tags >> (2 * i) & 3) != 3) present |= static_cast<u8>(1u << i);
    u8* slot = state.xsave + kXsSt0 + 16 * i;
    std::memset(slot, 0, 16);
    std::memcpy(slot, image.registers[i], 10);
  }
  state.setArea<u8>(kXsFtw, present);
  state.setArea<u16>(kXsFsw, withSummary(static_cast<u16>(image.status), state.area<u16>(kXsFcw)));
  state.x87Resident = false;
}

u16 controlWord(const NativeState& state) { return state.area<u16>(kXsFcw); }

void setControlWord(NativeState& state, u16 value) {
  value = legalControl(value);
  state.setArea<u16>(kXsFcw, value);
  if (state.x87Resident) {
    const u16 host = value | kX87Masks;
    asm volatile("fldcw %0" : : "m"(host));
  } else {
    state.setArea<u16>(kXsFsw, withSummary(state.area<u16>(kXsFsw), value));
  }
}

u16 statusWord(const NativeState& state) {
  const u16 raw = state.x87Resident ? hostStatus() : state.area<u16>(kXsFsw);
  return withSummary(raw, controlWord(state));
}

bool pendingMf(const NativeState& state) {
  if ((controlWord(state) & kX87Masks) == kX87Masks) return false;
  return statusWord(state) & 0x80;
}

void clearExceptions(NativeState& state) {
  if (state.x87Resident) {
    asm volatile("fnclex");
  } else {
    state.setArea<u16>(kXsFsw, state.area<u16>(kXsFsw) & 0x7f00);
  }
}

void initializeX87(NativeState& state) {
  x87Release(state);
  moveTop(state, 0);
  state.setArea<u16>(kXsFcw, 0x37f);
  state.setArea<u16>(kXsFsw, 0);
  state.setArea<u8>(kXsFtw, 0);
  setPointers(state, {});
}

void resetX87(NativeState& state) {
  x87Release(state);
  initializeX87(state);
  std::memset(state.xsave + kXsSt0, 0, 128);
}

void recordInstruction(NativeState& state, u16 cs, u64 ip, u16 opcode) {
  state.setArea<u16>(kXsFcs, cs);
  state.setArea<u64>(kXsFip, ip);
  if (!state.rules.fopOnUnmasked || pendingMf(state)) state.setArea<u16>(kXsFop, opcode);
}

void recordData(NativeState& state, u16 segment, u64 offset) {
  if (state.rules.fdpOnUnmasked && !pendingMf(state)) return;
  state.setArea<u16>(kXsFds, segment);
  state.setArea<u64>(kXsFdp, offset);
}

void maskAllX87(NativeState& state) { setControlWord(state, controlWord(state) | kX87Masks); }

}  // namespace duet::tcg
