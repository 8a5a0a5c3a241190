#include "tests/unit/diff_generate/effective_address.h"

#include <string_view>

namespace duet::diff::test {

u64 linearAddress(const tcg::isa::Insn& insn, const CpuState& state, u64 address) {
  using namespace tcg::isa;
  const MemoryRef& m = insn.mem;
  const bool vector = insn.row->attrs & (kAttrVsibX | kAttrVsibY);
  u64 sum = static_cast<u64>(m.disp);
  if (m.base == kRipBase)
    sum += address + insn.length;
  else if (m.base != kNoReg)
    sum += state.gpr[m.base];
  if (m.base == kRsp && std::string_view(insn.row->mnemonic) == "pop") sum += insn.opSize;
  if (m.index != kNoReg && !vector) sum += state.gpr[m.index] * (1u << m.scale);
  if (insn.addrSize == 2) sum = static_cast<u16>(sum);
  if (insn.addrSize == 4) sum = static_cast<u32>(sum);
  const bool wide = insn.mode == CodeMode::Bits64;
  if (wide) return m.segment == kFs || m.segment == kGs ? sum + state.segment[m.segment].base : sum;
  return static_cast<u32>(sum + state.segment[m.segment].base);
}

}  // namespace duet::diff::test
