// Pushing and popping on a stack that is not (yet) the current one: stack switches of gates, frames of
// interrupts, far returns. Nothing of the CPU state changes; the caller commits ss and sp at the end.
#pragma once

#include "cpu-tcg/helpers/descriptor.h"
#include "cpu-tcg/runtime/memory.h"

namespace duet::tcg {

class StackFrame {
 public:
  // `errorCode` goes with #SS. `system`: supervisor accesses whatever the current CPL (the stack of an inner level).
  StackFrame(Context& ctx, const SegmentRegister& ss, u64 sp, unsigned spSize, bool system, u32 errorCode)
      : ctx_(ctx), ss_(ss), sp_(sp), spSize_(spSize), system_(system), errorCode_(errorCode) {}
  // The current stack.
  static StackFrame current(Context& ctx, u32 errorCode = 0) {
    return {ctx, ctx.arch.segment[kSegSs], ctx.arch.gpr[kRsp], ctx.stackSize, false, errorCode};
  }

  void push(u64 value, unsigned size) {
    const u64 next = masked(sp_ - size);
    const LinearAddr at = address(next, size);
    switch (size) {
      case 2:
        store<u16>(at, value);
        break;
      case 4:
        store<u32>(at, value);
        break;
      default:
        store<u64>(at, value);
        break;
    }
    sp_ = next;
  }
  u64 pop(unsigned size) {
    const LinearAddr at = address(masked(sp_), size);
    sp_ = masked(sp_ + size);
    switch (size) {
      case 2:
        return load<u16>(at);
      case 4:
        return load<u32>(at);
      default:
        return load<u64>(at);
    }
  }
  void skip(u64 bytes) { sp_ = masked(sp_ + bytes); }
  u64 sp() const { return sp_; }
  // rSP with the bits that this stack's size leaves alone taken from `old`.
  u64 merged(u64 old) const { return spSize_ == 2 ? (old & ~u64{0xffff}) | (sp_ & 0xffff) : sp_; }

 private:
  u64 masked(u64 sp) const { return spSize_ == 8 ? sp : spSize_ == 4 ? sp & 0xffffffff : sp & 0xffff; }
  LinearAddr address(u64 offset, unsigned size) const {
    if (spSize_ == 8) {
      if (!isCanonical(ctx_, offset) || !isCanonical(ctx_, offset + size - 1))
        raiseCode(ctx_, kExcSS, errorCode_);
      return LinearAddr(offset);
    }
    if (!ss_.usable() || !withinLimit(ss_, offset, size)) raiseCode(ctx_, kExcSS, errorCode_);
    return LinearAddr((ss_.base + offset) & 0xffffffff);
  }
  // On an inner stack EFLAGS.AC counts against SMAP: these accesses are explicit (SDM vol. 3 4.6).
  bool smapOff() const { return ctx_.paging.smap && (ctx_.arch.rflags & kFlagAc); }
  template <class T>
  void store(LinearAddr at, u64 value) {
    const T word = static_cast<T>(value);
    if (system_ && smapOff())
      detail::writeSlow(ctx_, at, &word, sizeof word, isa::kNoSegment, mmu::TlbBank::SupervisorAc);
    else if (system_)
      storeSystem<T>(ctx_, at, word);
    else
      storeLinear<T>(ctx_, at, word);
  }
  template <class T>
  u64 load(LinearAddr at) {
    return system_ ? loadSystem<T>(ctx_, at) : loadLinear<T>(ctx_, at);
  }

  Context& ctx_;
  SegmentRegister ss_;
  u64 sp_;
  unsigned spSize_;
  bool system_;
  u32 errorCode_;
};

// A stack found in the TSS for an inner privilege level, with SS checked (SDM vol. 3 6.8.5, 7.12).
struct InnerStack {
  SegmentRegister ss;
  u64 sp = 0;
};
InnerStack innerStack(Context& ctx, unsigned cpl, bool ext);  // 16- and 32-bit TSS
u64 stackPointer64(Context& ctx, unsigned slot, bool ext);    // RSP0..2 (slot 0..2), IST1..7 (slot 4..10)
// SS as IA-32e mode leaves it after a change to `cpl`: null, unusable, with the level kept in its DPL.
SegmentRegister nullStackSegment(unsigned cpl, u16 selector);

// Sets CS, SS and rIP/rSP together and everything derived from them.
struct FarTarget {
  SegmentRegister cs;
  u64 rip = 0;
};
void commitCode(Context& ctx, const FarTarget& target);  // nextRip, mode, leaves the block

}  // namespace duet::tcg
