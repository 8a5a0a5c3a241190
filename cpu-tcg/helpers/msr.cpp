#include "cpu-tcg/helpers/msr.h"

#include "core/base/bits.h"
#include "core/base/log.h"
#include "cpu-tcg/helpers/control.h"
#include "cpu-tcg/helpers/descriptor.h"
#include "cpu-tcg/helpers/fpu_state.h"
#include "cpu-tcg/helpers/paravirtual.h"
#include "cpu-tcg/helpers/processor.h"
#include "cpu-tcg/helpers/system_registers.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

namespace {

// IA32_ARCH_CAPABILITIES. The attacks these bits speak of read past a processor's own privilege checks; the
// guest's levels are checked by our code and the host's processor never runs at them. Without the bits guests
// guard themselves with page-table switches and return thunks that cost much here and protect nothing:
// RDCL_NO, IBRS_ALL, SKIP_L1DFL, SSB_NO, MDS_NO, PSCHANGE_MC_NO, TAA_NO, SBDR_SSDP_NO, FBSDP_NO, PSDP_NO, BHI_NO,
// PBRSB_NO, GDS_NO, RFDS_NO, ITS_NO.
constexpr u64 kArchCapabilities = bit(0) | bit(1) | bit(3) | bit(4) | bit(5) | bit(6) | bit(8) | bit(13) |
                                  bit(14) | bit(15) | bit(20) | bit(24) | bit(26) | bit(27) | bit(62);
constexpr u64 kSpecCtrlBits = 7 | bit(10);  // IBRS, STIBP, SSBD, BHI_DIS_S
constexpr u32 kMsrPredCmd = 0x49;

bool isIntel(const Context& ctx) { return ctx.env->model.vendor() == CpuVendor::Intel; }
bool has(const Context& ctx, Feature f) { return ctx.env->model.has(f); }
bool hasAux(const Context& ctx) { return has(ctx, Feature::Rdtscp) || has(ctx, Feature::Rdpid); }
bool hasEfer(const Context& ctx) { return ctx.env->model.eferMask() != 0; }

// What the processor records of branches (APM vol. 2 13.1.1.3; SDM vol. 3 18.9: MSR_LASTBRANCH_* of the P6, of later ones
// MSR_LER_*; their stacks of branches are not there).
bool recordsBranches(const Context& ctx, u32 index) {
  const CpuModel& model = ctx.env->model;
  if (model.vendor() == CpuVendor::Amd) return true;
  constexpr unsigned kFirstCore = 14;
  return model.family() == 6 && (index >= kMsrLastExceptionFrom || model.modelNumber() < kFirstCore);
}

// Plain 64-bit registers with nothing behind them but a canonical check on writing.
u64* canonicalMsr(Context& ctx, u32 index) {
  ModelSpecificRegisters& m = ctx.arch.msr;
  const bool longMode = has(ctx, Feature::Lm);
  switch (index) {
    case kMsrLstar:
      return longMode ? &m.lstar : nullptr;
    case kMsrCstar:
      return longMode ? &m.cstar : nullptr;
    case kMsrFsBase:
      return longMode ? &ctx.arch.segment[kSegFs].base : nullptr;
    case kMsrGsBase:
      return longMode ? &ctx.arch.segment[kSegGs].base : nullptr;
    case kMsrKernelGsBase:
      return longMode ? &m.kernelGsBase : nullptr;
    case kMsrSysenterEsp:
      return has(ctx, Feature::Sep) ? &m.sysenterEsp : nullptr;
    case kMsrSysenterEip:
      return has(ctx, Feature::Sep) ? &m.sysenterEip : nullptr;
    default:
      return nullptr;
  }
}

bool belongsToInterruptController(u32 index) {
  return index == kMsrApicBase || index == kMsrTscDeadline ||
         (index >= kMsrX2apicFirst && index <= kMsrX2apicLast);
}

// The controller's deadline is in the clock's TSC, the guest's in its own, which is that plus an offset. Zero
// disarms in both.
MsrAccess readControllerMsr(Context& ctx, u32 index, u64& value) {
  const MsrAccess result = ctx.env->interrupts.readMsr(index, value);
  if (index == kMsrTscDeadline && result == MsrAccess::Done && value != 0) value += ctx.arch.msr.tscOffset;
  return result;
}

MsrAccess writeControllerMsr(Context& ctx, u32 index, u64 value) {
  if (index == kMsrTscDeadline && value != 0) {
    value = value <= readTsc(ctx) ? 1 : value - ctx.arch.msr.tscOffset;  // a past one stays past
  }
  return ctx.env->interrupts.writeMsr(index, value);
}

MsrAccess readPlain(Context& ctx, u32 index, u64& value) {
  const ModelSpecificRegisters& m = ctx.arch.msr;
  const auto gated = [&](bool present, u64 v) {
    value = v;
    return present ? MsrAccess::Done : MsrAccess::NotMine;
  };
  switch (index) {
    case kMsrTsc:
      return gated(has(ctx, Feature::Tsc), readTsc(ctx));
    case kMsrTscAdjust:
      return gated(has(ctx, Feature::TscAdjust), m.tscAdjust);
    case kMsrTscAux:
      return gated(hasAux(ctx), m.tscAux);
    case kMsrEfer:
      return gated(hasEfer(ctx), m.efer);
    case kMsrStar:
      return gated(has(ctx, Feature::Syscall), m.star);
    case kMsrSfmask:
      return gated(has(ctx, Feature::Lm), m.sfmask);
    case kMsrSysenterCs:
      return gated(has(ctx, Feature::Sep), m.sysenterCs);
    case kMsrXss:
      return gated(has(ctx, Feature::Xsaves), m.xss);
    case kMsrPkrs:
      return gated(has(ctx, Feature::Pks), m.pkrs);
    case kMsrPlatformId:
      return gated(isIntel(ctx), 0);
    case kMsrBiosSignId:
      return gated(true, m.biosSignId);
    case kMsrMiscEnable:
      return gated(isIntel(ctx), m.miscEnable & ~(has(ctx, Feature::Monitor) ? u64{0} : u64{kMiscMonitor}));
    case kMsrFeatureControl:
      return gated(isIntel(ctx), m.featureControl);
    case kMsrDebugCtl:
      return gated(true, m.debugCtl);
    case kMsrLastBranchFrom:
      return gated(recordsBranches(ctx, index), m.lastBranchFrom);
    case kMsrLastBranchTo:
      return gated(recordsBranches(ctx, index), m.lastBranchTo);
    case kMsrLastExceptionFrom:
      return gated(recordsBranches(ctx, index), m.lastExceptionFrom);
    case kMsrLastExceptionTo:
      return gated(recordsBranches(ctx, index), m.lastExceptionTo);
    case kMsrSpecCtrl:
      return gated(has(ctx, Feature::SpecCtrl), m.specCtrl);
    case kMsrArchCapabilities:
      return gated(has(ctx, Feature::ArchCapabilities), kArchCapabilities);
    default:
      return MsrAccess::NotMine;
  }
}

// Keys are part of the rights that TLB entries remember.
void setPkrs(Context& ctx, u32 value) {
  if (ctx.arch.msr.pkrs == value) return;
  ctx.arch.msr.pkrs = value;
  updateMode(ctx);
  if (ctx.paging.pks) flushTlb(ctx, true);
}

// SDM vol. 4 table 2-2. Without the no-execute feature its disable bit is not there; with the bit set, EFER.NXE is not.
MsrAccess writeMiscEnable(Context& ctx, u64 value) {
  constexpr u64 kReadOnly = kMiscPerformanceCounters | kMiscNoBranchTraceStore | kMiscNoPebs;
  ModelSpecificRegisters& m = ctx.arch.msr;
  if ((value & kMiscXdDisable) && !has(ctx, Feature::Nx)) return MsrAccess::Fault;
  if (value & kMiscXdDisable) writeEfer(ctx, m.efer & ~u64{kEferNxe});
  m.miscEnable = (value & ~kReadOnly) | (m.miscEnable & kReadOnly);
  updateFpuRules(ctx);
  return MsrAccess::Done;
}

// AMD's has the pins' meanings in bits 5:2 (APM vol. 2 13.1.1.6).
MsrAccess writeDebugCtl(Context& ctx, u64 value) {
  if (value & ~u64{isIntel(ctx) ? 3u : 0x3fu}) return MsrAccess::Fault;
  ctx.arch.msr.debugCtl = value;
  updateMode(ctx);
  ctx.leave |= kLeaveEvents;
  return MsrAccess::Done;
}

void writeTscMsr(Context& ctx, u64 delta, bool adjustRegister) {
  ModelSpecificRegisters& m = ctx.arch.msr;
  m.tscOffset += delta;
  if (adjustRegister) m.tscAdjust += delta;
  tellTscOffset(ctx);
}

MsrAccess writePlain(Context& ctx, u32 index, u64 value) {
  ModelSpecificRegisters& m = ctx.arch.msr;
  const auto fits = [](bool ok, u64& target, u64 v) {
    if (!ok) return MsrAccess::Fault;
    target = v;
    return MsrAccess::Done;
  };
  switch (index) {
    case kMsrTsc:
      writeTscMsr(ctx, value - readTsc(ctx), true);
      return MsrAccess::Done;
    case kMsrTscAdjust:
      writeTscMsr(ctx, value - m.tscAdjust, true);
      return MsrAccess::Done;
    case kMsrTscAux:
      // Intel's upper half is reserved, AMD's ignored.
      return fits(!isIntel(ctx) || value >> 32 == 0, m.tscAux, value & 0xffffffff);
    case kMsrEfer:
      writeEfer(ctx, value);
      return MsrAccess::Done;
    case kMsrStar:
      return fits(true, m.star, value);
    case kMsrSfmask:
      return fits(true, m.sfmask, value & 0xffffffff);
    case kMsrSysenterCs:
      return fits(true, m.sysenterCs, value & 0xffffffff);
    case kMsrXss:
      return fits(value == 0, m.xss, 0);  // no supervisor components
    case kMsrPkrs:
      if (value >> 32) return MsrAccess::Fault;
      setPkrs(ctx, static_cast<u32>(value));
      return MsrAccess::Done;
    case kMsrBiosSignId:
      return fits(true, m.biosSignId, value);
    case kMsrMiscEnable:
      return writeMiscEnable(ctx, value);
    case kMsrDebugCtl:
      return writeDebugCtl(ctx, value);
    case kMsrSpecCtrl:
      return fits((value & ~kSpecCtrlBits) == 0, m.specCtrl, value);
    default:
      return MsrAccess::Fault;  // read-only or locked
  }
}

MsrAccess readAny(Context& ctx, u32 index, u64& value) {
  if (belongsToInterruptController(index)) return readControllerMsr(ctx, index, value);
  if (const u64* p = canonicalMsr(ctx, index)) {
    value = *p;
    return MsrAccess::Done;
  }
  if (const MsrAccess r = readPlain(ctx, index, value); r != MsrAccess::NotMine) return r;
  if (const MsrAccess r = readMtrr(ctx, index, value); r != MsrAccess::NotMine) return r;
  if (const MsrAccess r = readMachineCheck(ctx, index, value); r != MsrAccess::NotMine) return r;
  if (const MsrAccess r = readKvmMsr(ctx, index, value); r != MsrAccess::NotMine) return r;
  return readAmdMsr(ctx, index, value);
}

MsrAccess writeAny(Context& ctx, u32 index, u64 value) {
  if (belongsToInterruptController(index)) {
    ctx.leave |= kLeaveEvents | kLeaveCode;  // the APIC page may have moved
    const bool base = index == kMsrApicBase;
    const MsrAccess r = writeControllerMsr(ctx, index, value);
    if (base && r == MsrAccess::Done) flushTlb(ctx, true);
    return r;
  }
  if (u64* p = canonicalMsr(ctx, index)) {
    // AMD's SYSENTER has no 64-bit form, and the registers 32 bits.
    const bool sysenter = index == kMsrSysenterEsp || index == kMsrSysenterEip;
    if (sysenter && !isIntel(ctx)) value &= 0xffffffff;
    if (!isCanonicalForModel(ctx, value)) return MsrAccess::Fault;
    *p = value;
    return MsrAccess::Done;
  }
  if (index == kMsrPredCmd && has(ctx, Feature::SpecCtrl))
    return value & ~u64{1} ? MsrAccess::Fault : MsrAccess::Done;
  if (index == kMsrBiosUpdate) return isIntel(ctx) ? MsrAccess::Done : MsrAccess::NotMine;
  u64 old;
  if (readPlain(ctx, index, old) == MsrAccess::Done) return writePlain(ctx, index, value);
  if (const MsrAccess r = writeMtrr(ctx, index, value); r != MsrAccess::NotMine) return r;
  if (const MsrAccess r = writeMachineCheck(ctx, index, value); r != MsrAccess::NotMine) return r;
  if (const MsrAccess r = writeKvmMsr(ctx, index, value); r != MsrAccess::NotMine) return r;
  return writeAmdMsr(ctx, index, value);
}

}  // namespace

bool readMsr(Context& ctx, u32 index, u64& value) {
  const MsrAccess r = readAny(ctx, index, value);
  if (r == MsrAccess::NotMine) guestLog(LogChannel::Unimplemented, "rdmsr {:#x}: no such register", index);
  return r == MsrAccess::Done;
}

bool writeMsr(Context& ctx, u32 index, u64 value) {
  const MsrAccess r = writeAny(ctx, index, value);
  if (r == MsrAccess::NotMine)
    guestLog(LogChannel::Unimplemented, "wrmsr {:#x} = {:#x}: no such register", index, value);
  return r == MsrAccess::Done;
}

void Rdmsr::run(Context& ctx, const isa::Insn&) {
  u64 value = 0;
  if (!readMsr(ctx, static_cast<u32>(ctx.arch.gpr[kRcx]), value)) raiseGp0(ctx);
  ctx.arch.gpr[kRax] = value & 0xffffffff;
  ctx.arch.gpr[kRdx] = value >> 32;
}

void Wrmsr::run(Context& ctx, const isa::Insn&) {
  const u64 value = (ctx.arch.gpr[kRdx] << 32) | (ctx.arch.gpr[kRax] & 0xffffffff);
  if (!writeMsr(ctx, static_cast<u32>(ctx.arch.gpr[kRcx]), value)) raiseGp0(ctx);
}

}  // namespace duet::tcg
