// duet-diff lockstep with engines that have a bug: the interpreter, but for one instruction.
#include <fmt/format.h>

#include "core/cpu/registers.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "tools/diff/app/engine_table.h"
#include "tools/diff/app/lockstep_command.h"

namespace {

using namespace duet;
using tcg::Context;
using tcg::interp::Handler;
using tcg::isa::Insn;

// Loads RFLAGS from R11 without PF: matters with the first system call made while PF is set, in user space.
Handler sysretLosesParity(const Insn& insn) {
  if (!std::string_view(insn.row->mnemonic).starts_with("sysret")) return tcg::interp::handlerFor(insn);
  return [](Context& ctx, const Insn& i) {
    constexpr unsigned kR11 = 11;
    const u64 kept = ctx.arch.gpr[kR11];
    ctx.arch.gpr[kR11] &= ~u64{kFlagPf};
    tcg::interp::handlerFor(i)(ctx, i);
    ctx.arch.gpr[kR11] = kept;
  };
}

template <Handler (*Choice)(const Insn&)>
Result<std::unique_ptr<CpuBackend>> make(mmu::Ram& ram) {
  return std::make_unique<tcg::TcgBackend>(ram, tcg::TierFactory{}, Choice);
}

Result<diff::BackendFactory> find(std::string_view name) {
  if (name == "sysret-loses-pf") return diff::BackendFactory(make<sysretLosesParity>);
  return diff::findBackend(name);
}

}  // namespace

int main(int count, char** words) {
  const std::atomic<bool> stop{false};
  const std::vector<std::string> rest(words + 1, words + count);
  const auto status = diff::lockstepCommand(rest, stop, find);
  if (status) return *status;
  fmt::print(stderr, "{}\n", status.error().message);
  return 2;
}
