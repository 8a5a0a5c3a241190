// duet on two translators: the second stands where a host's KVM does, so that every host can change engines.
#include <pthread.h>
#include <signal.h>

#include <cstdio>

#include "core/base/log.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "ui/app/options.h"
#include "ui/app/pc_machine.h"

namespace {

using namespace duet;

ui::EngineMakers twoTranslators(mmu::Ram& ram, const ui::AccelOption&) {
  const auto make = [&ram]() -> Result<std::unique_ptr<CpuBackend>> {
    return std::make_unique<tcg::TcgBackend>(ram);
  };
  return {make, make};
}

int fatal(const Error& error) {
  std::fprintf(stderr, "two_engines: %s\n", error.message.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  auto outcome = ui::parseOptions({argv + 1, argv + argc});
  if (!outcome) return fatal(outcome.error());
  auto pc = ui::PcMachine::create(outcome->options, twoTranslators);
  if (!pc) return fatal(pc.error());
  const auto end = (*pc)->run();
  if (!end) return fatal(end.error());
  return end->reason == EndReason::EngineFault ? fatal(Error{end->message}) : end->status;
}
