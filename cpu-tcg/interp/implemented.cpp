#include "cpu-tcg/interp/implemented.h"

#include <string_view>

#include "cpu-tcg/interp/handlers/handler_table.h"

namespace duet::tcg {

bool isImplemented(const isa::Row& row, const FeatureSet& host) {
  if (std::string_view(row.semName) == "Native") return host.has(row.feature);
  isa::Insn insn;
  insn.row = &row;
  insn.opSize = row.has(isa::kAttrByte) ? 1 : 4;
  insn.addrSize = 4;
  return interp::handlerFor(insn) != nullptr;
}

}  // namespace duet::tcg
