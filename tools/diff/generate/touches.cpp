#include "tools/diff/generate/touches.h"

#include <algorithm>

#include "core/cpu/registers.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

constexpr size_t kMostTouches = 6;
constexpr u8 kOperandSize = 0x66, kAddressSize = 0x67;

void put(std::vector<u8>& code, u64 value, unsigned size) {
  for (unsigned i = 0; i < size; ++i) code.push_back(static_cast<u8>(value >> 8 * i));
}

unsigned usualAddress(CodeMode mode) {
  return mode == CodeMode::Bits64 ? 8 : mode == CodeMode::Bits32 ? 4 : 2;
}

// MOV AL, [offset], or the other way round: the one instruction with addresses that needs no register for them.
void putMove(std::vector<u8>& code, CodeMode mode, const Touch& t, bool write) {
  static constexpr u8 kOverride[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65};  // ES, CS, SS, DS, FS, GS
  if (t.addressSize != usualAddress(mode)) code.push_back(kAddressSize);
  if (mode != CodeMode::Bits64 || t.segment >= kFs) code.push_back(kOverride[t.segment]);
  code.push_back(write ? 0xa2 : 0xa0);
  put(code, t.offset, t.addressSize);
}

// MOV rAX, immediate.
void putRax(std::vector<u8>& code, CodeMode mode, u64 rax) {
  const bool wide = mode == CodeMode::Bits64;
  if (wide) code.push_back(0x48);
  if (mode == CodeMode::Bits16) code.push_back(kOperandSize);
  code.push_back(0xb8);
  put(code, rax, wide ? 8 : 4);
}

}  // namespace

void Touches::add(const Touch& touch) {
  const auto same = [&](const Touch& t) {
    return t.segment == touch.segment && t.write == touch.write && t.offset >> 12 == touch.offset >> 12;
  };
  if (!wanted_ || touches_.size() == kMostTouches || std::ranges::any_of(touches_, same)) return;
  touches_.push_back(touch);
}

// Not over the start of a page. Under TF the case would end, and under RF the rest be another, behind the first of them.
std::vector<u8> Touches::before(const CpuState& start, CodeMode mode) const {
  std::vector<u8> code;
  if (touches_.empty() || (start.rflags & (kFlagTf | kFlagRf))) return code;
  for (const Touch& t : touches_) {
    putMove(code, mode, t, false);
    if (t.write) putMove(code, mode, t, true);
  }
  putRax(code, mode, start.gpr[kRax]);
  put(code, 0x00eb, 2);
  if (code.size() > (start.rip & 0xfff)) code.clear();
  return code;
}

}  // namespace duet::diff
