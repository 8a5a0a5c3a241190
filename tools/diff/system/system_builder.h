// A case of the system world while it is made.
#pragma once

#include <span>

#include "tools/diff/generate/case_builder.h"
#include "tools/diff/generate/draft.h"
#include "tools/diff/generate/touches.h"
#include "tools/diff/system/setting.h"

namespace duet::diff {

// What it decides at the beginning: paging, control registers, flags, segments, the stack's pointer, where the code lies.
// RSP is decided, the other general registers are free.
class SystemBuilder : public RegisterChoice {
 public:
  SystemBuilder(const Target& target, const Setting& setting, u64 seed, GeneratedCase& out);

  const Target& target() const { return target_; }
  const Setting& setting() const { return setting_; }
  bool paged() const { return paging_ != Paging::None; }
  bool has(Feature f) const { return target_.features.has(f); }

  // An offset in the segment that reaches a place for `size` bytes, with addresses of `addressSize` bytes; nothing when
  // they cannot reach the place.
  std::optional<u64> reach(tcg::isa::SegReg segment, unsigned addressSize, unsigned size);
  // What reach() is asked for, and the stack, are touched before the case's own code.
  void touchFirst() { touches_.begin(); }
  // Linear address of an offset.
  u64 linear(tcg::isa::SegReg segment, u64 offset) const;

  u64 here() const { return start_.rip + codeSize_; }
  void addInstruction(const Draft& draft);
  // Bytes over the stage, by linear address; outside it they are dropped.
  void addData(u64 linear, std::span<const u8> bytes);
  void addNumber(u64 address, u64 value, unsigned size);
  // Slots of the stack from RSP on; nothing when an instruction before has moved it.
  void addStack(std::span<const u64> slots, unsigned size);

  // Selectors and addresses to try, most of them fit.
  u16 anySelector();
  u16 dataSelector();
  u16 codeSelector();
  u64 entryOf(u16 selector);  // an offset in that code segment
  u64 anyFlags();             // for RFLAGS to come

  void finish();

 private:
  u64 behind(u64 address) const;
  void touch(tcg::isa::SegReg segment, unsigned addressSize, unsigned size, u64 offset);
  void touchStack();
  void chooseControl();
  void chooseFlags();
  void chooseSegments();
  void chooseTables();
  void chooseRegisters();
  void chooseCode();

  Target target_;
  const Setting setting_;
  Paging paging_ = Paging::None;
  Touches touches_;
  GeneratedCase& out_;
  unsigned codeSize_ = 0;
  std::array<u8, size_t{kMostInstructions} * 16> code_;
};

}  // namespace duet::diff
