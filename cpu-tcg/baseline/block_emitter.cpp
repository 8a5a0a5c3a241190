#include "cpu-tcg/baseline/block_emitter.h"

#include <cstddef>

#include "cpu-tcg/baseline/lowering.h"

namespace duet::tcg::baseline {
namespace {

#define FRAME(member) offsetof(Frame, member)

// Takes the block's instructions from what remains, and leaves when that is too few, when there is mail, or when the
// page's version has moved on. Three sums that are 0 when all is well are added up, as flags must stay as they are.
void emitEntry(CodeWriter& w, const asmjit::Label& bail) {
  x86::Assembler& a = w.a;
  const Block& block = *w.place.block;
  const asmjit::Label body = a.newLabel();
  a.mov(kT0, w.frame(FRAME(remaining), 8));
  a.lea(kT0, x86::ptr(kT0, -static_cast<i32>(block.count)));
  a.mov(w.frame(FRAME(remaining), 8), kT0);
  a.mov(kT0.r32(), w.frame(FRAME(remaining) + 4, 4));
  a.mov(kT1, w.frame(FRAME(mail), 8));
  a.mov(kT1.r32(), x86::dword_ptr(kT1));
  a.lea(kT0, x86::ptr(kT0, kT1));
  a.mov(kT1, reinterpret_cast<u64>(w.setup.ram->states() + (block.position >> 12)));
  a.mov(kT1.r32(), x86::dword_ptr(kT1));
  a.lea(kT1.r32(), x86::ptr(kT1, kT1, 0, -static_cast<i32>(2 * block.version)));  // without kDirty
  a.lea(kT0, x86::ptr(kT0, kT1));
  a.jecxz(kT0, body);
  a.jmp(bail);
  a.bind(body);
}

// Nothing of the block has run.
void emitBail(CodeWriter& w, const asmjit::Label& bail) {
  x86::Assembler& a = w.a;
  a.bind(bail);
  a.mov(kT0, w.frame(FRAME(remaining), 8));
  a.lea(kT0, x86::ptr(kT0, w.place.block->count));
  a.mov(w.frame(FRAME(remaining), 8), kT0);
  w.exitWithoutLink(w.place.rip);
}

bool emit(CodeWriter& w) {
  const asmjit::Label bail = w.a.newLabel();
  emitEntry(w, bail);
  bool ended = false;
  for (unsigned i = 0; i < w.place.block->count; ++i) {
    w.begin(i);
    ended = lower(w);
    w.end();
  }
  if (!ended) w.exitTo(w.nextRip());
  emitBail(w, bail);
  w.finish();
  return !w.failed();
}

}  // namespace

std::vector<u8> emitBlock(const EmitterSetup& setup, const BlockPlace& place, u64 address) {
  asmjit::CodeHolder code;
  if (code.init(asmjit::Environment::host(), address) != asmjit::kErrorOk) return {};
  CodeWriter writer(setup, place, address, code);
  if (!emit(writer)) return {};
  if (code.flatten() != asmjit::kErrorOk || code.resolveUnresolvedLinks() != asmjit::kErrorOk ||
      code.relocateToBase(address) != asmjit::kErrorOk)
    return {};
  std::vector<u8> bytes(code.codeSize());
  if (code.copyFlattenedData(bytes.data(), bytes.size()) != asmjit::kErrorOk) return {};
  return bytes;
}

}  // namespace duet::tcg::baseline
