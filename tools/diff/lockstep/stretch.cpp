#include "tools/diff/lockstep/stretch.h"

#include "tools/diff/compare/listing.h"

namespace duet::diff::lockstep {

u64 straightLine(const CpuState& state, Vcpu& vcpu, const AddressSpace& physical, const CpuModel& model) {
  constexpr u64 kMost = 64;
  const Decoder decoder{model.features(), model.vendor()};
  const u64 start = codeAddress(state).value;
  const auto page = vcpu.translate(LinearAddr(start));
  const Mapping mapping = page ? physical.lookup(page->value) : Mapping{};
  if (!mapping.host) return 1;
  const u8* host = mapping.host + (page->value - mapping.base);
  const u64 left = kPageSize - (start & kPageMask);
  u64 count = 0;
  for (u64 at = 0; at < left && count < kMost;) {
    const u8* bytes = host + at;
    const CodeLine line =
        decodeLine(start + at, {bytes, bytes + std::min<u64>(15, left - at)}, state, decoder);
    ++count;
    if (!line.insn.row || line.insn.row->has(tcg::isa::kAttrEnd)) break;
    at += line.insn.length;
  }
  return std::max<u64>(count, 1);
}

}  // namespace duet::diff::lockstep
