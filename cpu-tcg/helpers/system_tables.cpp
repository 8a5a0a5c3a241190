// GDTR, IDTR, LDTR, TR, and the segment bases of 64-bit mode.
#include "core/base/bits.h"
#include "cpu-tcg/helpers/descriptor.h"
#include "cpu-tcg/helpers/operands.h"
#include "cpu-tcg/helpers/system_registers.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

namespace {

void checkUmip(Context& ctx) {
  if ((ctx.arch.cr4 & kCr4Umip) && ctx.cpl > 0) raiseGp0(ctx);
}

u64 addressWrap(const isa::Insn& insn) {
  return insn.addrSize == 8 ? ~u64{0} : insn.addrSize == 4 ? 0xffffffff : 0xffff;
}

DescriptorTableRegister readPseudoDescriptor(Context& ctx, const isa::Insn& insn) {
  const bool wide = ctx.codeMode == isa::CodeMode::Bits64;
  const u64 at = operandOffset(ctx, insn), next = (at + 2) & addressWrap(insn);
  DescriptorTableRegister r;
  r.limit = load<u16>(ctx, insn.mem.segment, at);
  r.base = wide ? load<u64>(ctx, insn.mem.segment, next) : load<u32>(ctx, insn.mem.segment, next);
  if (!wide && insn.opSize == 2) r.base &= 0xffffff;
  if (wide && !isCanonicalForModel(ctx, r.base)) raiseGp0(ctx);
  return r;
}

void storePseudoDescriptor(Context& ctx, const isa::Insn& insn, const DescriptorTableRegister& r) {
  const bool wide = ctx.codeMode == isa::CodeMode::Bits64;
  const isa::SegReg seg = insn.mem.segment;
  const u64 at = operandOffset(ctx, insn), next = (at + 2) & addressWrap(insn);
  // Both before either is stored; a fault names the lower address where both have one.
  probeWrite(ctx, linearAddress(ctx, seg, at, 2, true), 2);
  probeWrite(ctx, linearAddress(ctx, seg, next, wide ? 8 : 4, true), wide ? 8 : 4);
  store<u16>(ctx, seg, at, static_cast<u16>(r.limit));
  if (wide)
    store<u64>(ctx, seg, next, r.base);
  else
    store<u32>(ctx, seg, next, static_cast<u32>(r.base));
}

// LDT or TSS descriptor for LLDT and LTR.
Descriptor systemDescriptor(Context& ctx, u16 selector, bool typeOk(unsigned type, bool longMode)) {
  if (selector & 4) raiseSelector(ctx, kExcGP, selector);
  Descriptor d = fetchDescriptor(ctx, selector, kExcGP);
  if (!d.isSystem() || !typeOk(d.type(), ctx.longMode)) raiseSelector(ctx, kExcGP, selector);
  if (!d.present()) raiseSelector(ctx, kExcNP, selector);
  if (ctx.longMode) {
    fetchUpperHalf(ctx, d, selector, kExcGP);
    if (!isCanonicalForModel(ctx, d.base())) raiseSelector(ctx, kExcGP, selector);
  }
  return d;
}

}  // namespace

void Lgdt::run(Context& ctx, const isa::Insn& insn) { ctx.arch.gdtr = readPseudoDescriptor(ctx, insn); }
void Lidt::run(Context& ctx, const isa::Insn& insn) { ctx.arch.idtr = readPseudoDescriptor(ctx, insn); }

void Sgdt::run(Context& ctx, const isa::Insn& insn) {
  checkUmip(ctx);
  storePseudoDescriptor(ctx, insn, ctx.arch.gdtr);
}

void Sidt::run(Context& ctx, const isa::Insn& insn) {
  checkUmip(ctx);
  storePseudoDescriptor(ctx, insn, ctx.arch.idtr);
}

void Lldt::run(Context& ctx, const isa::Insn& insn) {
  const u16 selector = readOperand16(ctx, insn, 0);
  if (isNull(selector)) {
    ctx.arch.ldtr = {selector, 0, 0, kSegUnusable};
    return;
  }
  const Descriptor d = systemDescriptor(ctx, selector, [](unsigned type, bool) { return type == kTypeLdt; });
  ctx.arch.ldtr = d.segment(selector);
}

void Sldt::run(Context& ctx, const isa::Insn& insn) {
  checkUmip(ctx);
  writeSystemWord(ctx, insn, ctx.arch.ldtr.selector);
}

void Ltr::run(Context& ctx, const isa::Insn& insn) {
  const u16 selector = readOperand16(ctx, insn, 0);
  if (isNull(selector)) raiseGp0(ctx);
  Descriptor d = systemDescriptor(ctx, selector, [](unsigned type, bool longMode) {
    return type == kTypeTss32 || (type == kTypeTss16 && !longMode);
  });
  if (!markBusy(ctx, d)) raiseSelector(ctx, kExcGP, selector);
  ctx.arch.tr = d.segment(selector);
}

void Str::run(Context& ctx, const isa::Insn& insn) {
  checkUmip(ctx);
  writeSystemWord(ctx, insn, ctx.arch.tr.selector);
}

void Swapgs::run(Context& ctx, const isa::Insn&) {
  std::swap(ctx.arch.segment[kSegGs].base, ctx.arch.msr.kernelGsBase);
}

namespace {

void readBase(Context& ctx, const isa::Insn& insn, SegmentIndex seg) {
  if (!(ctx.arch.cr4 & kCr4Fsgsbase)) raiseUd(ctx);
  writeGpr(ctx, insn.op[0].reg, insn.op[0].size, ctx.arch.segment[seg].base);
}

void writeBase(Context& ctx, const isa::Insn& insn, SegmentIndex seg) {
  if (!(ctx.arch.cr4 & kCr4Fsgsbase)) raiseUd(ctx);
  const u64 base = truncate(ctx.arch.gpr[insn.op[0].reg], insn.op[0].size);
  // AMD's processors go by the paging in use (seen on Zen 4, which has LA57).
  if (!(ctx.amd ? isCanonical(ctx, base) : isCanonicalForModel(ctx, base))) raiseGp0(ctx);
  ctx.arch.segment[seg].base = base;
}

}  // namespace

void Rdfsbase::run(Context& ctx, const isa::Insn& insn) { readBase(ctx, insn, kSegFs); }
void Rdgsbase::run(Context& ctx, const isa::Insn& insn) { readBase(ctx, insn, kSegGs); }
void Wrfsbase::run(Context& ctx, const isa::Insn& insn) { writeBase(ctx, insn, kSegFs); }
void Wrgsbase::run(Context& ctx, const isa::Insn& insn) { writeBase(ctx, insn, kSegGs); }

}  // namespace duet::tcg
