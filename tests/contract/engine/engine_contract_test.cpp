// The contract on each engine that runs here, and on engines it must reject.
#include "tests/contract/engine/engine_contract.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "cpu-kvm/caps/probes.h"
#include "cpu-kvm/vcpu/kvm_backend.h"
#include "cpu-tcg/baseline/translator.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "cpu-tcg/region/regions.h"
#include "tests/contract/engine/broken_engines.h"

namespace duet::test {
namespace {

struct Engine {
  const char* name;
  EngineFactory factory;
  bool kvm = false;
  u64 budget = EngineRig::kBudget;
  EngineFactory second = {};
};

std::unique_ptr<CpuBackend> makeTcg(mmu::Ram& ram) { return std::make_unique<tcg::TcgBackend>(ram); }

// Every block compiled at once.
std::unique_ptr<CpuBackend> makeBaseline(mmu::Ram& ram) {
  return std::make_unique<tcg::TcgBackend>(ram, tcg::baseline::tierFactory({.threshold = 1}));
}

// The same, and every block a region besides.
std::unique_ptr<CpuBackend> makeLlvm(mmu::Ram& ram) {
  return std::make_unique<tcg::TcgBackend>(
      ram, tcg::baseline::tierFactory(
               {.threshold = 1, .hot = tcg::region::regionFactory(tcg::region::everything(4))}));
}

std::unique_ptr<CpuBackend> makeKvm(mmu::Ram&) {
  auto made = kvm::KvmBackend::create();
  if (!made) throw std::runtime_error(made.error().message);
  return std::move(*made);
}

// KVM runs freely when it has no budget, and in steps when it has one.
const Engine kEngines[] = {
    {"tcg", makeTcg},
    {"baseline", makeBaseline},
    {"llvm", makeLlvm},
    {"kvm", makeKvm, true, EngineRig::kNoBudget},
    {"kvmInSteps", makeKvm, true},
};
const Engine kPairs[] = {
    {"kvmToTcg", makeKvm, true, EngineRig::kNoBudget, makeTcg},
    {"kvmFromTcg", makeTcg, true, EngineRig::kNoBudget, makeKvm},
};

std::vector<ContractCase> handOvers() {
  std::vector<ContractCase> cases(engineContract().begin(), engineContract().end());
  std::erase_if(cases, [](const ContractCase& c) { return c.engines < 2; });
  return cases;
}

// What this host's KVM can do.
struct Host {
  std::string problem;
  std::vector<kvm::ProbeResult> probes;
};

const Host& host() {
  static const Host found = [] {
    Host h;
    auto system = kvm::System::open();
    if (!system) {
      h.problem = system.error().message;
      return h;
    }
    auto probes = kvm::runProbes(*system);
    if (!probes)
      h.problem = probes.error().message;
    else
      h.probes = std::move(*probes);
    return h;
  }();
  return found;
}

bool contains(std::string_view words, std::string_view word) {
  for (size_t at = 0; at <= words.size();) {
    const size_t end = std::min(words.find(' ', at), words.size());
    if (words.substr(at, end - at) == word) return true;
    at = end + 1;
  }
  return false;
}

// Why KVM cannot run a case here.
struct Obstacle {
  std::string_view probe;  // empty: there is no KVM
  std::string reason;
};

std::optional<Obstacle> obstacle(const Engine& engine, const ContractCase& c) {
  if (!engine.kvm) return {};
  if (!host().problem.empty()) return Obstacle{{}, host().problem};
  const bool steps = engine.budget != EngineRig::kNoBudget;
  for (const kvm::ProbeResult& p : host().probes)
    if (!p.works && (contains(c.needs, p.name) || (steps && p.name == "exact-step")))
      return Obstacle{p.name, fmt::format("{} does not work here: {}", p.name, p.detail)};
  return {};
}

using Param = std::tuple<Engine, ContractCase>;
class EngineContract : public ::testing::TestWithParam<Param> {};

// With DUET_NO_SKIP set, what cannot run here is a failure: for hosts that are known to be able. Its value names the probes
// that may fail nevertheless, separated by spaces.
TEST_P(EngineContract, Holds) {
  const auto& [engine, contractCase] = GetParam();
  if (const auto found = obstacle(engine, contractCase)) {
    const char* excused = std::getenv("DUET_NO_SKIP");
    if (excused && (found->probe.empty() || !contains(excused, found->probe))) FAIL() << found->reason;
    GTEST_SKIP() << found->reason;
  }
  EXPECT_EQ(runContractCase(contractCase, engine.factory, engine.budget, engine.second), "");
}

std::string caseName(const ::testing::TestParamInfo<Param>& p) {
  return std::string(std::get<0>(p.param).name) + "_" + std::get<1>(p.param).name;
}
INSTANTIATE_TEST_SUITE_P(All, EngineContract,
                         ::testing::Combine(::testing::ValuesIn(kEngines),
                                            ::testing::ValuesIn(engineContract().begin(),
                                                                engineContract().end())),
                         caseName);
INSTANTIATE_TEST_SUITE_P(HandOver, EngineContract,
                         ::testing::Combine(::testing::ValuesIn(kPairs), ::testing::ValuesIn(handOvers())),
                         caseName);

// The choice of an engine, which ends at the first probe that fails, is the one that all the probes would make.
TEST(KvmProbes, TheChoiceAgreesWithAll) {
  auto system = kvm::System::open();
  if (!system) GTEST_SKIP() << system.error().message;
  const auto whole = kvm::runsWholePc(*system);
  const std::string failed = kvm::failedProbes(host().probes);
  ASSERT_EQ(whole.has_value(), failed.empty()) << failed;
  if (whole) return;
  EXPECT_TRUE(std::ranges::any_of(host().probes, [&](const kvm::ProbeResult& p) {
    return !p.works && p.essential &&
           whole.error().message.find(fmt::format("({} fails", p.name)) != std::string::npos;
  })) << whole.error().message;
}

TEST(EngineContractItself, RejectsBrokenEngines) {
  for (const BrokenEngine& broken : brokenEngines(kEngines[0].factory)) {
    for (const ContractCase& c : engineContract()) {
      const bool mustFail =
          std::find(broken.caughtBy.begin(), broken.caughtBy.end(), c.name) != broken.caughtBy.end();
      if (!mustFail) continue;
      EXPECT_NE(runContractCase(c, broken.factory), "")
          << "an engine that " << broken.fault << " passes " << c.name;
    }
  }
}

}  // namespace
}  // namespace duet::test
