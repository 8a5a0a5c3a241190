// A debugger's breakpoints. They lie beside the code, never in it: blocks run as they are and are cut short where
// the next instruction has one.
#include <algorithm>

#include "core/base/bits.h"
#include "cpu-tcg/interp/tcg_vcpu.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {
namespace {

bool isRepetition(const isa::Insn& insn) {
  const auto isString = [](const isa::Operand& o) {
    return o.kind == isa::OperandKind::StringSrc || o.kind == isa::OperandKind::StringDst;
  };
  return (insn.has(isa::kPrefixRep) || insn.has(isa::kPrefixRepne)) &&
         std::any_of(std::begin(insn.op), std::end(insn.op), isString);
}

}  // namespace

void TcgVcpu::setDebug(const DebugControls& controls) {
  debug_ = controls;
  std::sort(debug_.breakpoints.begin(), debug_.breakpoints.end());
  ctx_.debugger = debug_.empty() ? nullptr : &debug_;
  updateMode(ctx_);
}

std::optional<Gpa> TcgVcpu::translate(LinearAddr address) {
  if (!ctx_.longMode) {
    address = LinearAddr(address.value & 0xffffffff);
  } else if (signExtend(address.value, 64 - ctx_.canonicalShift) != address.value) {
    return {};
  }
  mmu::PagingState paging = ctx_.paging;
  paging.smap = paging.pke = false;
  const auto found = mmu::translateQuietly(*ctx_.dataMemory, paging, address, {});
  if (!found.ok) return {};
  return found.address;
}

bool TcgVcpu::isBreakpoint(LinearAddr address) const {
  return std::binary_search(debug_.breakpoints.begin(), debug_.breakpoints.end(), address);
}

// How many instructions of a block that starts at `start` may run before the next breakpoint; at least one.
unsigned TcgVcpu::countToBreakpoint(const Block& block, LinearAddr start) const {
  const auto next = std::upper_bound(debug_.breakpoints.begin(), debug_.breakpoints.end(), start);
  if (next == debug_.breakpoints.end() || *next - start >= block.bytes) return block.count;
  unsigned n = 1;
  for (LinearAddr at = start + block.insns[0].length; n < block.count && !isBreakpoint(at);)
    at += block.insns[n++].length;
  return n;
}

// Whether run() returns at `here`.
bool TcgVcpu::stopsAt(LinearAddr here) {
  const bool passed = single_ || here.value == repeating_;
  repeating_ = kNowhere;
  if (passed || !isBreakpoint(here)) return false;
  ctx_.debugStop = {DebugStop::Cause::Breakpoint, here, {}};
  exitWith(ExitReason::Debug);
  return true;
}

// The instruction at `here` was the last one. If control is still there in the middle of its repetition, its
// breakpoint has been passed already.
void TcgVcpu::noteRepetition(LinearAddr here) {
  if (isRepetition(*ctx_.insn)) repeating_ = here.value;
}

}  // namespace duet::tcg
