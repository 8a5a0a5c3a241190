#include "cpu-tcg/helpers/processor.h"

#include <sched.h>

#include <array>
#include <ctime>

#include "core/base/bits.h"
#include "cpu-tcg/helpers/descriptor.h"
#include "cpu-tcg/helpers/operands.h"
#include "cpu-tcg/runtime/mode.h"
#include "mmu/ram/guest_copy.h"

namespace duet::tcg {

u64 readTsc(const Context& ctx) { return ctx.env->clock.tsc() + ctx.arch.msr.tscOffset; }

namespace {

void writeTsc(Context& ctx) {
  if ((ctx.arch.cr4 & kCr4Tsd) && ctx.cpl > 0) raiseGp0(ctx);
  const u64 tsc = readTsc(ctx);
  ctx.arch.gpr[kRax] = tsc & 0xffffffff;
  ctx.arch.gpr[kRdx] = tsc >> 32;
}

void halt(Context& ctx) {
  ctx.arch.activity = Activity::Halted;
  ctx.exitReason = ExitReason::Halt;
  ctx.leave |= kLeaveExit;
}

bool apicEnabled(const Context& ctx) {
  u64 base = 0;
  return ctx.env->interrupts.readMsr(kMsrApicBase, base) != MsrAccess::Done || testBit(base, 11);
}

}  // namespace

void Cpuid::run(Context& ctx, const isa::Insn&) {
  CpuState& a = ctx.arch;
  const u32 leaf = static_cast<u32>(a.gpr[kRax]);
  CpuidResult r = ctx.env->model.cpuid(leaf, static_cast<u32>(a.gpr[kRcx]), ctx.env->index, a);
  if ((leaf == 1 || leaf == 0x80000001) && !apicEnabled(ctx)) {
    const bool mirrorsLeaf1 = leaf == 1 || ctx.env->model.vendor() == CpuVendor::Amd;
    if (mirrorsLeaf1) r.edx &= ~(1u << 9);
  }
  a.gpr[kRax] = r.eax;
  a.gpr[kRbx] = r.ebx;
  a.gpr[kRcx] = r.ecx;
  a.gpr[kRdx] = r.edx;
}

void Rdtsc::run(Context& ctx, const isa::Insn&) { writeTsc(ctx); }

void Rdtscp::run(Context& ctx, const isa::Insn&) {
  writeTsc(ctx);
  ctx.arch.gpr[kRcx] = ctx.arch.msr.tscAux & 0xffffffff;
}

// The model has no performance counters, so every counter number is a bad one.
void Rdpmc::run(Context& ctx, const isa::Insn&) { raiseGp0(ctx); }

void Rdpid::run(Context& ctx, const isa::Insn& insn) {
  const unsigned size = ctx.codeMode == isa::CodeMode::Bits64 ? 8 : 4;
  writeGpr(ctx, insn.op[0].reg, size, ctx.arch.msr.tscAux & 0xffffffff);
}

void Hlt::run(Context& ctx, const isa::Insn&) { halt(ctx); }

namespace {

// SDM vol. 4 table 2-2 IA32_MISC_ENABLE[18].
void requireMonitor(Context& ctx) {
  const bool intel = ctx.env->model.vendor() == CpuVendor::Intel;
  if (ctx.cpl > 0 || (intel && !(ctx.arch.msr.miscEnable & kMiscMonitor))) raiseUd(ctx);
}

}  // namespace

void Monitor::run(Context& ctx, const isa::Insn& insn) {
  requireMonitor(ctx);
  if (static_cast<u32>(ctx.arch.gpr[kRcx]) != 0) raiseGp0(ctx);
  const u64 offset = truncate(ctx.arch.gpr[kRax], insn.addrSize);
  load<u8>(ctx, insn.mem.segment, offset);
  const LinearAddr address = linearAddress(ctx, insn.mem.segment, offset, 1, false);
  const LinearAddr line(alignDown(address.value, ctx.monitorSeen.size()));
  ctx.monitorLine = hostPointer(ctx, line, static_cast<u32>(ctx.monitorSeen.size()), false);
  if (ctx.monitorLine) mmu::copyFromGuest(ctx.monitorSeen.data(), ctx.monitorLine, ctx.monitorSeen.size());
}

namespace {

bool lineChanged(const Context& ctx) {
  std::array<u8, 64> now;
  mmu::copyFromGuest(now.data(), ctx.monitorLine, now.size());
  return now != ctx.monitorSeen;
}

// Naps until the line changes or something happens. A store of what was there is not seen: the wait ends after a
// while by itself, which is allowed at any time (SDM vol. 2B, MWAIT).
void watchLine(Context& ctx) {
  constexpr unsigned kNaps = 20;
  constexpr timespec kNap{0, 50'000};
  for (unsigned i = 0; i < kNaps; ++i) {
    if (lineChanged(ctx) || ctx.env->mailbox.peek() || ctx.env->interrupts.deliverable()) return;
    nanosleep(&kNap, nullptr);
  }
}

}  // namespace

// Alone, only an interrupt can still change the line, so the wait is a HLT.
void Mwait::run(Context& ctx, const isa::Insn&) {
  requireMonitor(ctx);
  const u32 extensions = static_cast<u32>(ctx.arch.gpr[kRcx]);
  if (extensions & ~1u) raiseGp0(ctx);
  ctx.leave |= kLeaveEvents;
  if (!ctx.monitorLine || lineChanged(ctx)) return;
  const bool alone = ctx.env->model.topology().count() == 1;
  if (alone && (ctx.arch.rflags & kFlagIf)) {
    halt(ctx);
  } else {
    watchLine(ctx);
  }
  ctx.monitorLine = nullptr;
}

// Who spins waits for another processor, whose thread may be waiting for this one's place on the host.
void Pause::run(Context& ctx, const isa::Insn&) {
  constexpr u32 kPatience = 64;
  __builtin_ia32_pause();
  if (++ctx.pauses % kPatience == 0 && ctx.env->model.topology().count() > 1) sched_yield();
}

void Invlpg::run(Context& ctx, const isa::Insn& insn) {
  const u64 offset = operandOffset(ctx, insn);
  const isa::SegReg seg = insn.mem.segment;
  const bool plain = ctx.flatSegments && seg < isa::kFs;
  const u64 address = plain ? offset : ctx.arch.segment[seg].base + offset;
  if (ctx.longMode && !isCanonical(ctx, address)) return;  // nothing can be cached for it
  flushTlbPage(ctx, systemAddress(ctx, address));
}

void Invpcid::run(Context& ctx, const isa::Insn& insn) {
  const u64 type = truncate(ctx.arch.gpr[insn.op[0].reg], ctx.codeMode == isa::CodeMode::Bits64 ? 8 : 4);
  const u64 offset = operandOffset(ctx, insn);
  const u128 operand = load<u128>(ctx, insn.mem.segment, offset);
  const u64 pcid = static_cast<u64>(operand), address = static_cast<u64>(operand >> 64);
  if (type > 3 || pcid >> 12) raiseGp0(ctx);
  if (type <= 1 && pcid != 0 && !(ctx.arch.cr4 & kCr4Pcide)) raiseGp0(ctx);
  if (type == 0 && !isCanonicalForModel(ctx, address)) raiseGp0(ctx);
  constexpr u64 kPcid = 0xfff;
  const u64 present = ctx.arch.cr4 & kCr4Pcide ? ctx.arch.cr3 & kPcid : 0;
  if (type <= 1 && pcid != present)
    ctx.tlb.forgetSpace(pcid);
  else if (type == 0)
    flushTlbPage(ctx, systemAddress(ctx, address));
  else if (type == 1)
    switchSpace(ctx, ctx.arch.cr3, false);
  else
    flushTlb(ctx, type == 2);
}

// Guest caches are the host's and always coherent.
void Wbinvd::run(Context&, const isa::Insn&) {}
void Invd::run(Context&, const isa::Insn&) {}

// Checked like a load of one byte, but that a line of an execute-only segment may be flushed.
void Clflush::run(Context& ctx, const isa::Insn& insn) {
  const u64 offset = operandOffset(ctx, insn);
  const SegmentRegister& s = ctx.arch.segment[insn.mem.segment];
  const bool executeOnly = (s.attributes & (kSegUnusable | kSegS | 0xa)) == (kSegS | 8);
  if (ctx.protectedMode && !ctx.flatSegments && executeOnly && offset <= s.limit)
    loadLinear<u8>(ctx, LinearAddr((s.base + offset) & 0xffffffff));
  else
    load<u8>(ctx, insn.mem.segment, offset);
}

void Clzero::run(Context& ctx, const isa::Insn& insn) {
  const u64 offset = truncate(ctx.arch.gpr[kRax], insn.addrSize);
  alignas(64) static constexpr u8 kZeros[64] = {};
  const LinearAddr address = linearAddress(ctx, insn.mem.segment, offset, 1, true);
  storeBytes(ctx, LinearAddr(address.value & ~u64{63}), kZeros, 64);
}

void Serialize::run(Context& ctx, const isa::Insn&) {
  __builtin_ia32_mfence();
  ctx.leave |= kLeaveCode;
}

void Lfence::run(Context&, const isa::Insn&) { __builtin_ia32_lfence(); }
void Mfence::run(Context&, const isa::Insn&) { __builtin_ia32_mfence(); }
void Sfence::run(Context&, const isa::Insn&) { __builtin_ia32_sfence(); }

}  // namespace duet::tcg
