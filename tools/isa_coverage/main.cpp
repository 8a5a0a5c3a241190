// isa-coverage: prints every instruction row and whether this build and host carry it out, as Markdown.
#include <cstdio>

#include "core/cpu/cpu_model.h"
#include "cpu-tcg/interp/implemented.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "cpu-tcg/isa/coverage.h"
#include "mmu/ram/ram.h"

int main() {
  using namespace duet;
  mmu::Ram ram;
  const auto max = CpuModel::parse("max", tcg::TcgBackend(ram).caps().features);
  if (!max) return 1;
  const FeatureSet host = hostFeatures();
  const std::string page = tcg::isa::coverageMarkdown(
      [&](const tcg::isa::Row& row) { return tcg::isImplemented(row, host); }, max->features());
  return std::fputs(page.c_str(), stdout) < 0;
}
