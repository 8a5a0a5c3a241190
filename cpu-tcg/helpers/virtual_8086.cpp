#include "cpu-tcg/helpers/virtual_8086.h"

#include "core/base/bits.h"
#include "cpu-tcg/helpers/segments.h"
#include "cpu-tcg/helpers/stack_frame.h"
#include "cpu-tcg/runtime/memory.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

namespace {

constexpr u32 kMapBaseOffset = 0x66, kRedirectionBytes = 32;

// The map's 256 bits lie right below the I/O map; what is out of the TSS counts as #GP(0).
bool redirectionBit(Context& ctx, u8 vector) {
  const SegmentRegister& tr = ctx.arch.tr;
  if (!tr.usable() || !(tr.type() & 8) || tr.limit < kMapBaseOffset + 1) raiseGp0(ctx);
  const u32 ioMap = loadSystem<u16>(ctx, systemAddress(ctx, tr.base + kMapBaseOffset));
  if (ioMap < kRedirectionBytes || ioMap - 1 > tr.limit) raiseGp0(ctx);
  const u32 at = ioMap - kRedirectionBytes + vector / 8;
  return loadSystem<u8>(ctx, systemAddress(ctx, tr.base + at)) >> (vector & 7) & 1;
}

}  // namespace

void requireVirtualFlags(Context& ctx, unsigned size) {
  if (!(ctx.arch.cr4 & kCr4Vme) || size != 2) raiseGp0(ctx);
}

u64 virtualFlagsImage(u64 flags) {
  const u64 interrupt = flags & kFlagVif ? u64{kFlagIf} : 0;
  return (flags & ~u64{kFlagIf}) | interrupt | kFlagIopl;
}

void checkVirtualFlags(Context& ctx, u64 image) {
  const bool wantsPending = (ctx.arch.rflags & kFlagVip) && (image & kFlagIf);
  if (wantsPending || (image & kFlagTf)) raiseGp0(ctx);
}

void loadVirtualFlags(Context& ctx, u64 image) {
  constexpr u64 kLoaded = kFlagsArithmetic | kFlagTf | kFlagDf | kFlagNt;
  u64 flags = (readFlags(ctx) & ~(kLoaded | kFlagVif)) | (image & kLoaded);
  if (image & kFlagIf) flags |= kFlagVif;
  writeFlags(ctx, flags);
}

bool redirectInterrupt(Context& ctx, u8 vector) {
  if (!(ctx.arch.cr4 & kCr4Vme) || redirectionBit(ctx, vector)) return false;
  CpuState& a = ctx.arch;
  const bool virtualIf = ioPrivilegeLevel(ctx) < 3;
  const u64 flags = readFlags(ctx);
  const u64 image = virtualIf ? virtualFlagsImage(flags) : flags & ~u64{kFlagNt | kFlagIopl};
  const u32 handler = loadLinear<u32>(ctx, LinearAddr(u64{vector} * 4));
  StackFrame stack = StackFrame::current(ctx);
  stack.push(image, 2);
  stack.push(a.segment[kSegCs].selector, 2);
  stack.push(ctx.nextRip, 2);

  a.gpr[kRsp] = stack.merged(a.gpr[kRsp]);
  writeFlags(ctx, flags & ~u64{kFlagTf | kFlagNt | (virtualIf ? kFlagVif : kFlagIf)});
  commitCode(ctx,
             {realModeSegment(ctx, a.segment[kSegCs], static_cast<u16>(handler >> 16)), handler & 0xffff});
  return true;
}

}  // namespace duet::tcg
