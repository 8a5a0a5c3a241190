#include "cpu-tcg/runtime/mode.h"

#include "core/base/bits.h"
#include "core/base/log.h"

namespace duet::tcg {
namespace {

isa::CodeMode codeModeOf(const Context& ctx) {
  const u32 cs = ctx.arch.segment[kSegCs].attributes;
  if (ctx.longMode && (cs & kSegL)) return isa::CodeMode::Bits64;
  return cs & kSegDb ? isa::CodeMode::Bits32 : isa::CodeMode::Bits16;
}

mmu::PagingMode pagingModeOf(const CpuState& s) {
  if (!(s.cr0 & kCr0Pg)) return mmu::PagingMode::None;
  if (!(s.cr4 & kCr4Pae)) return mmu::PagingMode::Bits32;
  if (!(s.msr.efer & kEferLma)) return mmu::PagingMode::Pae;
  return s.cr4 & kCr4La57 ? mmu::PagingMode::Level5 : mmu::PagingMode::Level4;
}

void updatePaging(Context& ctx) {
  const CpuState& s = ctx.arch;
  mmu::PagingState& p = ctx.paging;
  p.mode = pagingModeOf(s);
  p.cr3 = s.cr3;
  p.pdpte = s.pdpte;
  p.wp = s.cr0 & kCr0Wp;
  p.nxe = s.msr.efer & kEferNxe;
  p.smep = s.cr4 & kCr4Smep;
  p.smap = s.cr4 & kCr4Smap;
  p.pse = s.cr4 & kCr4Pse;
  p.pge = s.cr4 & kCr4Pge;
  p.pke = (s.cr4 & kCr4Pke) && ctx.longMode;
  p.pkru = ctx.native.area<u32>(kXsavePkruOffset);
  p.pks = (s.cr4 & kCr4Pks) && ctx.longMode;
  p.pkrs = static_cast<u32>(s.msr.pkrs);
  if (!ctx.env) return;
  ctx.amd = ctx.env->model.vendor() == CpuVendor::Amd;
  p.physicalBits = ctx.env->model.physicalBits();
  p.pse36 = ctx.env->model.has(Feature::Pse36);
  p.gbPages = ctx.env->model.has(Feature::Pdpe1gb);
}

void updateBank(Context& ctx) {
  const bool ac = ctx.arch.rflags & kFlagAc;
  if (ctx.cpl == 3) {
    ctx.tlb.select(mmu::TlbBank::User);
  } else if (ctx.paging.smap && ac) {
    ctx.tlb.select(mmu::TlbBank::SupervisorAc);
  } else {
    ctx.tlb.select(mmu::TlbBank::Supervisor);
  }
  ctx.alignmentChecks = ctx.cpl == 3 && ac && (ctx.arch.cr0 & kCr0Am);
  if (ctx.alignmentChecks || ctx.watchData) ctx.tlb.selectNone(ctx.watchData);
}

void updateBreakpoints(Context& ctx) {
  const DebugControls* asked = ctx.debugger;
  ctx.watchCode = asked && !asked->breakpoints.empty() ? kWatchDebugger : 0;
  ctx.watchData = asked && !asked->watchpoints.empty();
  ctx.watchPorts = false;
  for (unsigned i = 0; i < 4; ++i) {
    if (!bits(ctx.arch.dr7, 2 * i + 1, 2 * i)) continue;
    const u64 kind = bits(ctx.arch.dr7, 17 + 4 * i, 16 + 4 * i);
    ctx.watchPorts |= kind == 2 && (ctx.arch.cr4 & kCr4De);
    ctx.watchData |= kind & 1;
    if (kind == 0) ctx.watchCode |= kWatchGuest;
  }
  if (ctx.watchPorts || (ctx.arch.msr.debugCtl & kDebugCtlLbr)) ctx.watchCode |= kWatchGuest;
}

}  // namespace

void updateMode(Context& ctx) {
  ctx.longMode = ctx.arch.msr.efer & kEferLma;
  ctx.canonicalShift = ctx.arch.cr4 & kCr4La57 ? 7 : 16;
  updatePaging(ctx);
  updateBreakpoints(ctx);
  updateSegments(ctx);
}

void updateSegments(Context& ctx) {
  const CpuState& s = ctx.arch;
  const bool pe = s.cr0 & kCr0Pe;
  ctx.v86 = pe && (s.rflags & kFlagVm);
  ctx.protectedMode = pe && !ctx.v86;
  ctx.codeMode = codeModeOf(ctx);
  ctx.cpl = static_cast<u8>(ctx.v86 ? 3 : pe ? s.segment[kSegSs].dpl() : 0);
  ctx.flatSegments = ctx.codeMode == isa::CodeMode::Bits64;
  if (ctx.flatSegments) {
    ctx.stackSize = 8;
    ctx.ripMask = ~u64{0};
  } else {
    ctx.stackSize = s.segment[kSegSs].attributes & kSegDb ? 4 : 2;
    ctx.ripMask = ctx.codeMode == isa::CodeMode::Bits32 ? 0xffffffff : 0xffff;
  }
  ctx.modeKey = static_cast<u8>(static_cast<unsigned>(ctx.codeMode) | (ctx.cpl == 3 ? 4 : 0) |
                                (ctx.protectedMode ? 8 : 0));
  updateBank(ctx);
}

void selectMemory(Context& ctx) {
  const VcpuEnv& env = *ctx.env;
  const bool smm = ctx.arch.inSmm && env.smm;
  const AddressSpace* code = smm ? &env.smm->code : &env.physical;
  const AddressSpace* data = smm ? &env.smm->data : &env.physical;
  if (code == ctx.codeMemory && data == ctx.dataMemory) return;
  ctx.codeMemory = code;
  ctx.dataMemory = data;
  flushTlb(ctx, true);
}

void flushTlb(Context& ctx, bool globalToo) {
  if (globalToo || !ctx.paging.pge) {
    ctx.tlb.flushAll();
  } else {
    ctx.tlb.flushNonGlobal();
  }
  ctx.leave |= kLeaveCode;
  log(LogChannel::Mmu, "cpu {} flush {}, cr3 {:#x}", ctx.env->index,
      globalToo ? "all" : "all but global pages", ctx.arch.cr3);
}

void switchSpace(Context& ctx, u64 before, bool keep) {
  ctx.tlb.switchSpace(before, ctx.arch.cr3, keep);
  ctx.leave |= kLeaveCode;
  log(LogChannel::Mmu, "cpu {} cr3 {:#x} to {:#x}, translations {}", ctx.env->index, before, ctx.arch.cr3,
      keep ? "kept" : "dropped");
}

void flushTlbPage(Context& ctx, LinearAddr address) {
  log(LogChannel::Mmu, "cpu {} flush page 0x{:x}", ctx.env->index, address.value);
  ctx.tlb.flushPage(address);
  ctx.leave |= kLeaveCode;
}

u64 readFlags(const Context& ctx) {
  return (ctx.arch.rflags & ~u64{kFlagsArithmetic}) | ctx.flags.arithmetic() | 2;
}

void writeFlags(Context& ctx, u64 value) {
  const u64 before = ctx.arch.rflags;
  ctx.flags.set(static_cast<u32>(value));
  ctx.arch.rflags = (value & ~u64{kFlagsArithmetic}) | 2;
  const u64 changed = before ^ value;
  if (changed & kFlagVm) {
    updateMode(ctx);
  } else if (changed & kFlagAc) {
    updateBank(ctx);  // STAC and CLAC come often
  }
  if (changed & value & (kFlagIf | kFlagTf)) ctx.leave |= kLeaveFlags;
}

}  // namespace duet::tcg
