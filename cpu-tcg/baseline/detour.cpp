#include "cpu-tcg/baseline/detour.h"

#include <cstddef>

namespace duet::tcg::baseline {

std::vector<u8> emitDetour(const EmitterSetup& setup, const Link& link, bool user, const JumpBase& base,
                           u64 address) {
  asmjit::CodeHolder code;
  if (code.init(asmjit::Environment::host(), address) != asmjit::kErrorOk) return {};
  x86::Assembler a(&code);
  const asmjit::Label hit = a.newLabel();
  a.mov(kT0, u64{link.rip});  // packed: no reference to it
  emitJumpLookup(a, setup.places, user, base);
  a.jecxz(kT0, hit);
  a.call(setup.thunksAt + setup.thunks.second);
  a.jecxz(kT0, hit);
  a.call(setup.thunksAt + setup.thunks.leave);
  const Link way{link.rip, link.page, 0, 0, false, false};
  a.embed(&way, sizeof way);
  a.bind(hit);
  a.jmp(x86::qword_ptr(kT1, offsetof(JumpEntry, code)));
  if (code.flatten() != asmjit::kErrorOk || code.resolveUnresolvedLinks() != asmjit::kErrorOk ||
      code.relocateToBase(address) != asmjit::kErrorOk)
    return {};
  std::vector<u8> bytes(code.codeSize());
  if (code.copyFlattenedData(bytes.data(), bytes.size()) != asmjit::kErrorOk) return {};
  return bytes;
}

}  // namespace duet::tcg::baseline
