#include "cpu-tcg/baseline/block_emitter.h"

#include <cstddef>
#include <cstring>

#include "cpu-tcg/baseline/registers.h"

namespace duet::tcg::baseline {
namespace {

#define FRAME(member) static_cast<i32>(offsetof(Frame, member))

class BlockEmitter {
 public:
  BlockEmitter(const EmitterSetup& setup, const BlockPlace& place, asmjit::CodeHolder& code)
      : setup_(setup), place_(place), block_(*place.block), a_(&code) {}

  void emit() {
    rips_.push_back(place_.rip);
    for (unsigned i = 0; i < block_.count; ++i)
      rips_.push_back((rips_.back() + block_.insns[i].length) & place_.ripMask);
    records_ = a_.newLabel();
    emitEntry();
    for (unsigned i = 0; i < block_.count; ++i) callHandler(i);
    exitTo(rips_.back());
    emitBail();
    emitRecords();
  }

 private:
  x86::Mem frame(i32 offset, u32 size) const { return x86::Mem(x86::rsp, offset, size); }
  x86::Mem context(const void* field, u32 size) const { return frame(setup_.places.of(field), size); }

  // Takes the block's instructions from what remains, and leaves when that is too few, when there is mail, or when the
  // page's version has moved on. Three sums that are 0 when all is well are added up, as flags must stay as they are.
  void emitEntry() {
    const asmjit::Label body = a_.newLabel();
    bail_ = a_.newLabel();
    a_.mov(kT0, frame(FRAME(remaining), 8));
    a_.lea(kT0, x86::ptr(kT0, -static_cast<i32>(block_.count)));
    a_.mov(frame(FRAME(remaining), 8), kT0);
    a_.mov(kT0.r32(), frame(FRAME(remaining) + 4, 4));
    a_.mov(kT1, frame(FRAME(mail), 8));
    a_.mov(kT1.r32(), x86::dword_ptr(kT1));
    a_.lea(kT0, x86::ptr(kT0, kT1));
    a_.mov(kT1, setup_.ram->states() + (block_.position >> 12));
    a_.mov(kT1.r32(), x86::dword_ptr(kT1));
    a_.lea(kT1.r32(), x86::ptr(kT1, kT1, 0, -static_cast<i32>(2 * block_.version)));  // without kDirty
    a_.lea(kT0, x86::ptr(kT0, kT1));
    a_.jecxz(kT0, body);
    a_.jmp(bail_);
    a_.bind(body);
  }

  // Nothing of the block has run.
  void emitBail() {
    a_.bind(bail_);
    a_.mov(kT0, frame(FRAME(remaining), 8));
    a_.lea(kT0, x86::ptr(kT0, block_.count));
    a_.mov(frame(FRAME(remaining), 8), kT0);
    exitTo(place_.rip);
  }

  void exitTo(u64 rip) {
    a_.mov(kT1, rip);
    a_.mov(context(&setup_.places.ctx->arch.rip, 8), kT1);
    a_.jmp(setup_.thunksAt + setup_.thunks.exit);
  }

  void callHandler(unsigned index) {
    a_.lea(kT1, x86::ptr(records_, static_cast<i32>(index * sizeof(Record))));
    a_.call(setup_.thunksAt + setup_.thunks.handler);
  }

  void emitRecords() {
    a_.align(asmjit::AlignMode::kData, alignof(Record));
    a_.bind(records_);
    for (unsigned i = 0; i < block_.count; ++i) {
      const BlockInsn& insn = block_.insns[i];
      Record record;
      std::memset(&record, 0, sizeof record);
      record.block = &block_;
      record.insn = &insn;
      record.nextRip = rips_[i] + insn.length;
      record.index = static_cast<u16>(i);
      record.ends = !insn.row || insn.row->has(isa::kAttrEnd) || i + 1u == block_.count;
      a_.embed(&record, sizeof record);
    }
  }

  const EmitterSetup& setup_;
  const BlockPlace& place_;
  const Block& block_;
  x86::Assembler a_;
  asmjit::Label bail_, records_;
  std::vector<u64> rips_;  // of each instruction, and behind the last
};

}  // namespace

std::vector<u8> emitBlock(const EmitterSetup& setup, const BlockPlace& place, u64 address) {
  asmjit::CodeHolder code;
  if (code.init(asmjit::Environment::host(), address) != asmjit::kErrorOk) return {};
  BlockEmitter(setup, place, code).emit();
  if (code.flatten() != asmjit::kErrorOk || code.resolveUnresolvedLinks() != asmjit::kErrorOk ||
      code.relocateToBase(address) != asmjit::kErrorOk)
    return {};
  std::vector<u8> bytes(code.codeSize());
  if (code.copyFlattenedData(bytes.data(), bytes.size()) != asmjit::kErrorOk) return {};
  return bytes;
}

}  // namespace duet::tcg::baseline
