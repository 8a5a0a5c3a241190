#include "cpu-tcg/helpers/descriptors.h"

#include "cpu-tcg/helpers/helpers.h"
#include "cpu-tcg/helpers/operands.h"
#include "cpu-tcg/helpers/segments.h"
#include "cpu-tcg/helpers/stack_frame.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

namespace {

void setZf(Context& ctx, bool v) { ctx.flags.setZf(v); }

// Descriptor types that LAR and LSL look at (SDM vol. 2A tables 3-53 and 3-64).
bool larType(const Context& ctx, const Descriptor& d) {
  if (!d.isSystem()) return true;
  switch (d.type()) {
    case kTypeLdt:
    case kTypeTss32:
    case kTypeTss32Busy:
    case kTypeCallGate32:
      return true;
    case kTypeTss16:
    case kTypeTss16Busy:
    case kTypeCallGate16:
    case kTypeTaskGate:
      return !ctx.longMode;
    default:
      return false;
  }
}

bool lslType(const Context& ctx, const Descriptor& d) {
  const bool gate = d.isSystem() &&
                    (d.type() == kTypeCallGate16 || d.type() == kTypeCallGate32 || d.type() == kTypeTaskGate);
  return !gate && larType(ctx, d);
}

// The descriptor if this privilege level may know of it.
bool visibleDescriptor(Context& ctx, u16 selector, Descriptor& d) {
  if (isNull(selector) || !tryFetchDescriptor(ctx, selector, d)) return false;
  if (d.isCode() && d.conforming()) return true;
  return d.dpl() >= ctx.cpl && d.dpl() >= rpl(selector);
}

}  // namespace

void Lar::run(Context& ctx, const isa::Insn& insn) {
  const u16 selector = readOperand16(ctx, insn, 1);
  Descriptor d;
  const bool ok = visibleDescriptor(ctx, selector, d) && larType(ctx, d);
  // Bits 19:16 are undefined to Intel's manual and those of the limit to AMD's.
  const u32 shown = ctx.amd ? 0x00ffff00 : 0x00f0ff00;
  if (ok) writeGpr(ctx, insn.op[0].reg, insn.opSize, d.high & (insn.opSize == 2 ? 0xff00 : shown));
  setZf(ctx, ok);
}

void Lsl::run(Context& ctx, const isa::Insn& insn) {
  const u16 selector = readOperand16(ctx, insn, 1);
  Descriptor d;
  const bool ok = visibleDescriptor(ctx, selector, d) && lslType(ctx, d);
  if (ok) writeGpr(ctx, insn.op[0].reg, insn.opSize, d.limit());
  setZf(ctx, ok);
}

void Verr::run(Context& ctx, const isa::Insn& insn) {
  Descriptor d;
  setZf(ctx, visibleDescriptor(ctx, readOperand16(ctx, insn, 0), d) && d.readable());
}

void Verw::run(Context& ctx, const isa::Insn& insn) {
  Descriptor d;
  setZf(ctx, visibleDescriptor(ctx, readOperand16(ctx, insn, 0), d) && d.writableData());
}

// Memory is written only when the RPL changes; an unchanged selector may lie in a read-only segment.
void Arpl::run(Context& ctx, const isa::Insn& insn) {
  const u16 source = static_cast<u16>(ctx.arch.gpr[insn.op[1].reg]);
  const u16 old = readOperand16(ctx, insn, 0);
  const bool raised = rpl(old) < rpl(source);
  const u16 result = static_cast<u16>((old & 0xfffc) | rpl(source));
  if (raised && insn.op[0].kind == isa::OperandKind::Memory) {
    store<u16>(ctx, insn.mem.segment, operandOffset(ctx, insn), result);
  } else if (raised) {
    writeGpr(ctx, insn.op[0].reg, 2, result);
  }
  setZf(ctx, raised);
}

namespace {

void assignSegment(Context& ctx, isa::SegReg seg, const SegmentRegister& value) {
  ctx.arch.segment[seg] = value;
  updateMode(ctx);
}

// MOV SS and POP SS hold interrupts and debug traps back for one instruction (SDM vol. 3 6.8.3).
void shadowIfSs(Context& ctx, isa::SegReg seg) {
  if (seg != isa::kSs) return;
  ctx.arch.interruptShadow = InterruptShadow::MovSs;
  ctx.leave |= kLeaveEvents;
}

}  // namespace

void MovToSeg::run(Context& ctx, const isa::Insn& insn) {
  const auto seg = static_cast<isa::SegReg>(insn.op[0].reg);
  if (seg == isa::kCs || seg > isa::kGs) raiseUd(ctx);
  const u16 selector = readOperand16(ctx, insn, 1);
  loadSegment(ctx, seg, selector);
  shadowIfSs(ctx, seg);
}

void MovFromSeg::run(Context& ctx, const isa::Insn& insn) {
  if (insn.op[1].reg > isa::kGs) raiseUd(ctx);
  writeSystemWord(ctx, insn, ctx.arch.segment[insn.op[1].reg].selector);
}

void PushSeg::run(Context& ctx, const isa::Insn& insn) {
  const u16 selector = ctx.arch.segment[insn.op[0].reg].selector;
  const u64 sp = stackPointer(ctx) - insn.opSize;
  // With a 32-bit operand Intel writes 16 bits and leaves the upper half of the slot alone; AMD writes zeros.
  const bool narrow = insn.opSize == 4 && ctx.env->model.vendor() == CpuVendor::Intel;
  if (insn.opSize == 2 || narrow)
    storeStack<u16>(ctx, sp, selector);
  else if (insn.opSize == 4)
    storeStack<u32>(ctx, sp, selector);
  else
    storeStack<u64>(ctx, sp, selector);
  setStackPointer(ctx, sp);
}

void PopSeg::run(Context& ctx, const isa::Insn& insn) {
  const auto seg = static_cast<isa::SegReg>(insn.op[0].reg);
  const u64 sp = stackPointer(ctx);
  u64 value;
  if (insn.opSize == 2)
    value = loadStack<u16>(ctx, sp);
  else if (insn.opSize == 4)
    value = loadStack<u32>(ctx, sp);
  else
    value = loadStack<u64>(ctx, sp);
  const SegmentRegister loaded = checkedSegment(ctx, seg, static_cast<u16>(value));
  setStackPointer(ctx, sp + insn.opSize);  // by the old stack's size
  assignSegment(ctx, seg, loaded);
  shadowIfSs(ctx, seg);
}

void LoadFarPtr::run(Context& ctx, const isa::Insn& insn) {
  isa::SegReg seg;
  switch (insn.opcode) {
    case 0xc4:
      seg = isa::kEs;
      break;
    case 0xc5:
      seg = isa::kDs;
      break;
    case 0xb2:
      seg = isa::kSs;
      break;
    case 0xb4:
      seg = isa::kFs;
      break;
    default:
      seg = isa::kGs;
      break;
  }
  const FarPointer p = readFarPointer(ctx, insn, 1);
  const SegmentRegister loaded = checkedSegment(ctx, seg, p.selector);
  writeGpr(ctx, insn.op[0].reg, farOperandSize(ctx, insn), p.offset);
  assignSegment(ctx, seg, loaded);
}

}  // namespace duet::tcg
