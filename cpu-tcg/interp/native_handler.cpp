#include "cpu-tcg/interp/native_handler.h"

#include <algorithm>

#include "core/base/bits.h"
#include "cpu-tcg/helpers/fpu_error.h"
#include "cpu-tcg/native/x87.h"
#include "cpu-tcg/runtime/memory.h"
#include "cpu-tcg/runtime/unit_check.h"

namespace duet::tcg {

using namespace isa;

namespace {

[[noreturn]] void raiseSimd(Context& ctx) { raise(ctx, ctx.arch.cr4 & kCr4Osxmmexcpt ? kExcXM : kExcUD); }

void runStub(Context& ctx, const BlockInsn& i, void* memory, bool& suppressed) {
  if (i.usesFlags) ctx.native.flags = ctx.flags.arithmetic();
  switch (i.stub->run(ctx.native, i, memory)) {
    case NativeResult::Ok:
      break;
    case NativeResult::SimdException:
      raiseSimd(ctx);
    case NativeResult::StoreSuppressed:
      suppressed = true;
      break;
    case NativeResult::X87Pending:
      raise(ctx, kExcMF);
  }
  if (i.usesFlags) ctx.flags.set(ctx.native.flags);
}

// The operand lies in two pages or in a device.
void runBounced(Context& ctx, const BlockInsn& i, LinearAddr address) {
  alignas(64) u8 buffer[64];
  const NativeOperand& n = i.native;
  const mmu::TlbBank bank = ctx.tlb.bank();
  if (n.reads) detail::readSlow(ctx, address, buffer, n.size, i.mem.segment, bank);
  bool suppressed = false;
  runStub(ctx, i, buffer, suppressed);
  if (n.writes && !suppressed) detail::writeSlow(ctx, address, buffer, n.size, i.mem.segment, bank);
}

bool mustBeAligned(const Context& ctx, const NativeOperand& n) {
  return n.alignedAlways || !(ctx.native.guestMxcsr() & kMxcsrMm);
}

// AMD's processors look at the alignment before the segment's limit: #GP(0) where #SS(0) would be (seen on Zen 4).
void checkAlignmentFirst(Context& ctx, const BlockInsn& i, u64 offset) {
  const u64 linear = ctx.arch.segment[i.mem.segment].base + offset;
  if ((linear & i.native.alignMask) && mustBeAligned(ctx, i.native)) raiseGp0(ctx);
}

void runOnMemory(Context& ctx, const BlockInsn& i, u64 offset) {
  const NativeOperand& n = i.native;
  if (!ctx.flatSegments && n.alignMask && ctx.amd) checkAlignmentFirst(ctx, i, offset);
  const LinearAddr address = detail::segmentAddress(ctx, i.mem.segment, offset, n.size, n.writes);
  if (address.value & n.alignMask) [[unlikely]] {
    if (mustBeAligned(ctx, n)) raiseGp0(ctx);
    return runBounced(ctx, i, address);
  }
  u8* p = n.writes ? ctx.tlb.write(address, n.size) : ctx.tlb.read(address, n.size);
  if (!p) [[unlikely]] {
    p = detail::hostPointerSlow(ctx, address, n.size, n.writes, i.mem.segment);
    if (!p) return runBounced(ctx, i, address);
  }
  bool suppressed = false;
  runStub(ctx, i, p, suppressed);
  if (n.writes) detail::wroteFast(ctx, p, n.size);
}

// Whether an instruction between MMX and SSE looks for a pending x87 exception: always on Intel's processors, on AMD's when
// it names an MMX register, which CVTPI2PS from memory does not (seen on Zen 4).
bool looksForX87Error(const Context& ctx, const Insn& insn) {
  const auto isMmx = [](const Operand& op) { return op.kind == OperandKind::Mmx; };
  return !ctx.amd || std::ranges::any_of(insn.op, isMmx);
}

template <Unit U>
void runNative(Context& ctx, const Insn& insn) {
  const BlockInsn& i = static_cast<const BlockInsn&>(insn);
  checkUnit<U>(ctx);
  const bool waits = (U == Unit::Fpu && !i.row->has(kAttrNoWait)) || U == Unit::Mmx ||
                     (U == Unit::Sse && i.row->has(kAttrMmx) && looksForX87Error(ctx, i));
  if (waits) checkX87Error(ctx);
  u64 offset = 0;
  if (i.native.size) {
    offset = effectiveAddress(ctx, i);
    runOnMemory(ctx, i, offset);
  } else {
    bool suppressed = false;
    runStub(ctx, i, nullptr, suppressed);
  }
  if (U == Unit::Fpu && waits) {
    const u8 firstByte = static_cast<u8>(i.opcode);
    recordInstruction(ctx.native, ctx.arch.segment[kSegCs].selector, ctx.insnRip(),
                      x87Opcode(firstByte, i.modrm));
    if (i.native.size) recordData(ctx.native, ctx.arch.segment[i.mem.segment].selector, offset);
  }
}

interp::Handler handlerOf(Unit unit) {
  switch (unit) {
    case Unit::Fpu:
      return runNative<Unit::Fpu>;
    case Unit::Mmx:
      return runNative<Unit::Mmx>;
    case Unit::Sse:
      return runNative<Unit::Sse>;
    case Unit::Avx:
      return runNative<Unit::Avx>;
    default:
      return runNative<Unit::None>;
  }
}

// SDM vol. 2 2.4; the tables' first lines say how the classes are used. AMD's processors do not ask SHA's operands to be
// aligned, though APM vol. 4 says they do (seen on Zen 4).
u8 alignMaskOf(const Row& row, u8 size, bool amd) {
  const bool legacySse = row.has(kAttrSse) && !row.vex;
  if (amd && row.feature == Feature::ShaNi) return 0;
  if (legacySse && size == 16)
    return row.exceptionClass == 1 || row.exceptionClass == 2 || row.exceptionClass == 4 ? 15 : 0;
  if (row.vex && row.exceptionClass == 1) return static_cast<u8>(size - 1);
  return 0;
}

NativeOperand operandOf(const Insn& insn, bool amd) {
  const Row& row = *insn.row;
  NativeOperand n;
  for (unsigned k = 0; k < row.operandCount; ++k) {
    if (insn.op[k].kind != OperandKind::Memory) continue;
    const Access access = row.operands[k].access;
    n.size = static_cast<u8>(insn.op[k].size);
    n.reads = access != Access::Write;
    n.writes = access != Access::Read;
    n.alignMask = alignMaskOf(row, n.size, amd);
    n.alignedAlways = row.exceptionClass == 1;
  }
  return n;
}

}  // namespace

void prepareNative(BlockInsn& insn, const Stub* stub, bool amd) {
  const Row& row = *insn.row;
  insn.fn = handlerOf(unitOf(row));
  insn.stub = stub;
  insn.native = operandOf(insn, amd);
  const FlagEffect& f = row.flags;
  insn.usesFlags = (f.read | f.written | f.undefined | f.cleared | f.set) & kFlagsArithmetic;
}

}  // namespace duet::tcg
