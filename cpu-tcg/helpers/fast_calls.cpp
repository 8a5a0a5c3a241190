// SYSCALL, SYSRET, SYSENTER, SYSEXIT with the differences between vendors (SDM vol. 2, APM vol. 3).
#include "core/base/bits.h"
#include "cpu-tcg/helpers/far_transfer.h"
#include "cpu-tcg/helpers/stack_frame.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

namespace {

bool isAmd(const Context& ctx) { return ctx.env->model.vendor() == CpuVendor::Amd; }
bool in64(const Context& ctx) { return ctx.codeMode == isa::CodeMode::Bits64; }

SegmentRegister flatSegment(unsigned selector, unsigned cpl, u32 attributes) {
  return {static_cast<u16>(selector), 0, 0xffffffff, attributes | (cpl << 5)};
}

SegmentRegister userSegment(unsigned selector, u32 attributes) {
  return flatSegment(selector | 3, 3, attributes);
}

// AMD's processors know both instructions outside 64-bit mode too.
void requireSyscall(Context& ctx, bool amdModeOk) {
  if (!(ctx.arch.msr.efer & kEferSce) || !(isAmd(ctx) ? amdModeOk : in64(ctx))) raiseUd(ctx);
}

// SYSRET that sets TF traps before the first user instruction, as if the SYSCALL had just ended.
void trapIfStepStarts(Context& ctx, bool stepped) {
  if (stepped || !(ctx.arch.rflags & kFlagTf)) return;
  constexpr u64 kDr6Bs = 1u << 14;
  ctx.arch.pending = {EventType::Exception, kExcDB, false, 0, kDr6Bs};
  ctx.leave |= kLeaveEvents;
}

void requireSysenter(Context& ctx) {
  if (isAmd(ctx) && ctx.longMode) raiseUd(ctx);
  if (!(ctx.arch.cr0 & kCr0Pe) || bits(ctx.arch.msr.sysenterCs, 15, 2) == 0) raiseGp0(ctx);
}

}  // namespace

void Syscall::run(Context& ctx, const isa::Insn&) {
  requireSyscall(ctx, ctx.arch.cr0 & kCr0Pe);
  CpuState& a = ctx.arch;
  const unsigned selector = static_cast<unsigned>(bits(a.msr.star, 47, 32));
  const u64 flags = readFlags(ctx);
  u64 rip;
  if (ctx.longMode) {
    a.gpr[kRcx] = ctx.nextRip;
    a.gpr[kR11] = flags & ~u64{kFlagRf};
    rip = in64(ctx) ? a.msr.lstar : a.msr.cstar;
    writeFlags(ctx, flags & ~(a.msr.sfmask | kFlagRf));
  } else {
    a.gpr[kRcx] = ctx.nextRip & 0xffffffff;
    rip = a.msr.star & 0xffffffff;
    writeFlags(ctx, flags & ~u64{kFlagVm | kFlagIf | kFlagRf});
  }
  // Both manuals clear the RPL of CS alone.
  a.segment[kSegSs] = flatSegment(selector + 8, 0, kFlatData);
  commitCode(ctx, {flatSegment(selector & 0xfffc, 0, ctx.longMode ? kFlatCode64 : kFlatCode32), rip});
}

void Sysret::run(Context& ctx, const isa::Insn& insn) {
  requireSyscall(ctx, true);
  if (ctx.cpl != 0 || !(ctx.arch.cr0 & kCr0Pe)) raiseGp0(ctx);
  CpuState& a = ctx.arch;
  const bool wide = insn.opSize == 8 && in64(ctx);
  const u64 rip = wide ? a.gpr[kRcx] : a.gpr[kRcx] & 0xffffffff;
  // Intel faults here, at level 0 on the user's stack pointer; AMD at the first fetch of the user code.
  if (wide && !isAmd(ctx) && !isCanonical(ctx, rip)) raiseGp0(ctx);
  const unsigned base = static_cast<unsigned>(bits(a.msr.star, 63, 48));
  SegmentRegister ss = userSegment(base + 8, kFlatData);
  if (isAmd(ctx)) {  // only the selector is loaded, and its RPL is not forced
    const SegmentRegister& old = a.segment[kSegSs];
    ss.selector = static_cast<u16>(base + 8);
    ss.base = old.base;
    ss.limit = old.limit;
    ss.attributes = (old.attributes & ~u32{3u << 5}) | (3u << 5);
  }
  a.segment[kSegSs] = ss;
  const bool stepped = a.rflags & kFlagTf;
  if (ctx.longMode) {
    constexpr u64 kRestored = 0x3c7fd7;
    writeFlags(ctx, (a.gpr[kR11] & kRestored) | 2);
  } else {
    writeFlags(ctx, readFlags(ctx) | kFlagIf);
  }
  commitCode(ctx, {userSegment(wide ? base + 16 : base, wide ? kFlatCode64 : kFlatCode32), rip});
  trapIfStepStarts(ctx, stepped);
}

void Sysenter::run(Context& ctx, const isa::Insn&) {
  requireSysenter(ctx);
  CpuState& a = ctx.arch;
  const unsigned selector = static_cast<unsigned>(a.msr.sysenterCs & 0xfffc);
  const u64 mask = ctx.longMode ? ~u64{0} : 0xffffffff;
  writeFlags(ctx, readFlags(ctx) & ~u64{kFlagVm | kFlagIf | kFlagRf});
  a.gpr[kRsp] = a.msr.sysenterEsp & mask;
  a.segment[kSegSs] = flatSegment(selector + 8, 0, kFlatData);
  commitCode(ctx,
             {flatSegment(selector, 0, ctx.longMode ? kFlatCode64 : kFlatCode32), a.msr.sysenterEip & mask});
}

void Sysexit::run(Context& ctx, const isa::Insn& insn) {
  requireSysenter(ctx);
  if (ctx.cpl != 0) raiseGp0(ctx);
  CpuState& a = ctx.arch;
  const bool wide = insn.opSize == 8 && in64(ctx);
  if (wide && (!isCanonical(ctx, a.gpr[kRcx]) || !isCanonical(ctx, a.gpr[kRdx]))) raiseGp0(ctx);
  const u64 mask = wide ? ~u64{0} : 0xffffffff;
  const unsigned selector = static_cast<unsigned>(a.msr.sysenterCs & 0xfffc) + (wide ? 32 : 16);
  const u64 rip = a.gpr[kRdx] & mask;
  a.gpr[kRsp] = a.gpr[kRcx] & mask;
  a.segment[kSegSs] = userSegment(selector + 8, kFlatData);
  commitCode(ctx, {userSegment(selector, wide ? kFlatCode64 : kFlatCode32), rip});
}

}  // namespace duet::tcg
