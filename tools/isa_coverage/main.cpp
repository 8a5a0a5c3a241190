// isa-coverage: prints every instruction row and whether this build and host carry it out, as Markdown.
#include <cstdio>
#include <string_view>

#include "core/cpu/cpu_model.h"
#include "cpu-tcg/interp/handlers/handler_table.h"
#include "cpu-tcg/isa/coverage.h"

namespace {

using namespace duet;

// Rows with semantics of their own have a handler; the others run the host's instruction, so the host must
// have it (a guest is not offered the feature otherwise).
bool carriedOut(const tcg::isa::Row& row, const FeatureSet& host) {
  if (std::string_view(row.semName) == "Native") return host.has(row.feature);
  tcg::isa::Insn insn;
  insn.row = &row;
  insn.opSize = row.has(tcg::isa::kAttrByte) ? 1 : 4;
  insn.addrSize = 4;
  return tcg::interp::handlerFor(insn) != nullptr;
}

}  // namespace

int main() {
  const FeatureSet host = hostFeatures();
  const std::string page =
      tcg::isa::coverageMarkdown([&](const tcg::isa::Row& row) { return carriedOut(row, host); });
  return std::fputs(page.c_str(), stdout) < 0;
}
