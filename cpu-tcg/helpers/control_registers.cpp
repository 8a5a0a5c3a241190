// CR0, CR2, CR3, CR4, CR8 and EFER.
#include <utility>

#include "core/base/bits.h"
#include "cpu-tcg/helpers/control.h"
#include "cpu-tcg/helpers/descriptor.h"
#include "cpu-tcg/helpers/operands.h"
#include "cpu-tcg/helpers/system_registers.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

namespace {

constexpr u64 kCr0Known =
    kCr0Pe | kCr0Mp | kCr0Em | kCr0Ts | kCr0Et | kCr0Ne | kCr0Wp | kCr0Am | kCr0Nw | kCr0Cd | kCr0Pg;
constexpr u64 kCr3NoFlush = u64{1} << 63;
// A change of these makes cached translations wrong.
constexpr u64 kCr0Translation = kCr0Pe | kCr0Wp | kCr0Pg;
constexpr u64 kCr4Translation =
    kCr4Pse | kCr4Pae | kCr4Pge | kCr4Pcide | kCr4Smep | kCr4Smap | kCr4Pke | kCr4La57;

bool paePaging(u64 cr0, u64 cr4, u64 efer) { return (cr0 & kCr0Pg) && (cr4 & kCr4Pae) && !(efer & kEferLma); }

// #GP(0) when a present PDPTE has a reserved bit.
std::array<u64, 4> readPdptes(Context& ctx, u64 cr3) {
  std::array<u64, 4> entries;
  if (!fetchPdptes(ctx, cr3, entries)) raiseGp0(ctx);
  return entries;
}

void changed(Context& ctx, bool flush) {
  updateMode(ctx);
  if (flush) flushTlb(ctx, true);
  ctx.leave |= kLeaveCode | kLeaveEvents;
}

// CR0.PG goes from 0 to 1.
u64 enablePaging(Context& ctx) {
  const CpuState& a = ctx.arch;
  if (!(a.msr.efer & kEferLme)) return a.msr.efer;
  const bool busy16 = a.tr.usable() && !(a.tr.type() & 8);
  if (!(a.cr4 & kCr4Pae) || (a.segment[kSegCs].attributes & kSegL) || busy16) raiseGp0(ctx);
  return a.msr.efer | kEferLma;
}

u64 disablePaging(Context& ctx) {
  if ((ctx.arch.cr4 & kCr4Pcide) || ctx.codeMode == isa::CodeMode::Bits64) raiseGp0(ctx);
  return ctx.arch.msr.efer & ~u64{kEferLma};
}

}  // namespace

u64 physicalReservedBits(const Context& ctx) { return ~lowMask(ctx.env->model.physicalBits()); }

bool fetchPdptes(const Context& ctx, u64 cr3, std::array<u64, 4>& entries) {
  const u64 reserved = physicalReservedBits(ctx) | 0x1e6;
  bool valid = true;
  for (unsigned i = 0; i < 4; ++i) {
    entries[i] = ctx.dataMemory->read((cr3 & 0xffffffe0) + 8 * i, 8);
    valid &= !((entries[i] & 1) && (entries[i] & reserved));
  }
  return valid;
}

void raiseDebug(Context& ctx, u64 dr6) {
  ctx.fault = PendingEvent{EventType::Exception, kExcDB, false, 0, dr6};
  longjmp(ctx.faultReturn, 1);
}

void writeCr0(Context& ctx, u64 value) {
  CpuState& a = ctx.arch;
  if (value >> 32) raiseGp0(ctx);
  value = (value & kCr0Known) | kCr0Et;
  const bool pagedUnprotected = (value & kCr0Pg) && !(value & kCr0Pe);
  const bool writeThroughUncached = (value & kCr0Nw) && !(value & kCr0Cd);
  if (pagedUnprotected || writeThroughUncached) raiseGp0(ctx);
  const u64 toggled = a.cr0 ^ value;
  u64 efer = a.msr.efer;
  if (toggled & kCr0Pg) efer = value & kCr0Pg ? enablePaging(ctx) : disablePaging(ctx);
  if (paePaging(value, a.cr4, efer) && (toggled & (kCr0Pg | kCr0Cd | kCr0Nw)))
    a.pdpte = readPdptes(ctx, a.cr3);
  a.cr0 = value;
  a.msr.efer = efer;
  changed(ctx, toggled & kCr0Translation);
}

void loadCr3(Context& ctx, u64 value) {
  CpuState& a = ctx.arch;
  if (paePaging(a.cr0, a.cr4, a.msr.efer)) a.pdpte = readPdptes(ctx, value);
  a.cr3 = value;
  updateMode(ctx);
  flushTlb(ctx, false);
}

void writeCr3(Context& ctx, u64 value) {
  const bool pcids = ctx.arch.cr4 & kCr4Pcide, keep = pcids && (value & kCr3NoFlush);
  if (pcids) value &= ~kCr3NoFlush;
  if (ctx.longMode && (value & physicalReservedBits(ctx))) raiseGp0(ctx);
  if (!pcids) return loadCr3(ctx, value);
  const u64 before = std::exchange(ctx.arch.cr3, value);
  updateMode(ctx);
  switchSpace(ctx, before, keep);
}

void writeCr4(Context& ctx, u64 value) {
  CpuState& a = ctx.arch;
  if (value & ~ctx.env->model.cr4Mask()) raiseGp0(ctx);
  const u64 toggled = a.cr4 ^ value;
  if (ctx.longMode && (!(value & kCr4Pae) || (toggled & kCr4La57))) raiseGp0(ctx);
  const bool startsPcid = toggled & value & kCr4Pcide;
  if (startsPcid && (!ctx.longMode || (a.cr3 & 0xfff))) raiseGp0(ctx);
  constexpr u64 kReloadsPdptes = kCr4Pae | kCr4Pge | kCr4Pse | kCr4Smep;
  if (paePaging(a.cr0, value, a.msr.efer) && (toggled & kReloadsPdptes)) a.pdpte = readPdptes(ctx, a.cr3);
  a.cr4 = value;
  changed(ctx, toggled & kCr4Translation);
}

void writeCr8(Context& ctx, u64 value) {
  if (value & ~u64{15}) raiseGp0(ctx);
  ctx.env->interrupts.setTaskPriority(static_cast<u8>(value));
  ctx.leave |= kLeaveEvents;
}

void writeEfer(Context& ctx, u64 value) {
  CpuState& a = ctx.arch;
  if (value & ~ctx.env->model.eferMask()) raiseGp0(ctx);
  const bool intel = ctx.env->model.vendor() == CpuVendor::Intel;
  if ((value & kEferNxe) && intel && (a.msr.miscEnable & kMiscXdDisable)) raiseGp0(ctx);
  const u64 next = (value & ~u64{kEferLma}) | (a.msr.efer & kEferLma);
  const u64 toggled = a.msr.efer ^ next;
  if ((toggled & kEferLme) && (a.cr0 & kCr0Pg)) raiseGp0(ctx);
  a.msr.efer = next;
  changed(ctx, toggled & kEferNxe);
}

void MovToCr::run(Context& ctx, const isa::Insn& insn) {
  const u64 raw = ctx.arch.gpr[insn.op[1].reg];
  const u64 value = ctx.codeMode == isa::CodeMode::Bits64 ? raw : raw & 0xffffffff;
  switch (insn.op[0].reg) {
    case 0:
      return writeCr0(ctx, value);
    case 2:
      ctx.arch.cr2 = value;
      return;
    case 3:
      return writeCr3(ctx, value);
    case 4:
      return writeCr4(ctx, value);
    case 8:
      return writeCr8(ctx, value);
    default:
      raiseUd(ctx);
  }
}

void MovFromCr::run(Context& ctx, const isa::Insn& insn) {
  u64 value = 0;
  switch (insn.op[1].reg) {
    case 0:
      value = ctx.arch.cr0;
      break;
    case 2:
      value = ctx.arch.cr2;
      break;
    case 3:
      value = ctx.arch.cr3;
      break;
    case 4:
      value = ctx.arch.cr4;
      break;
    case 8:
      value = ctx.env->interrupts.taskPriority();
      break;
    default:
      raiseUd(ctx);
  }
  writeGpr(ctx, insn.op[0].reg, ctx.codeMode == isa::CodeMode::Bits64 ? 8 : 4, value);
}

void Lmsw::run(Context& ctx, const isa::Insn& insn) {
  const u64 value = readOperand16(ctx, insn, 0);
  // PE can be set this way but not cleared.
  writeCr0(ctx, (ctx.arch.cr0 & ~u64{0xe}) | (value & 0xf) | (ctx.arch.cr0 & kCr0Pe));
}

void Smsw::run(Context& ctx, const isa::Insn& insn) {
  if ((ctx.arch.cr4 & kCr4Umip) && ctx.cpl > 0) raiseGp0(ctx);
  writeSystemWord(ctx, insn, ctx.arch.cr0);
}

void Clts::run(Context& ctx, const isa::Insn&) { ctx.arch.cr0 &= ~u64{kCr0Ts}; }

}  // namespace duet::tcg
