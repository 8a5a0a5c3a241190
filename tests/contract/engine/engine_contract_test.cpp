// The contract on each engine that runs here, and on engines it must reject.
#include "tests/contract/engine/engine_contract.h"

#include <gtest/gtest.h>

#include "cpu-tcg/interp/tcg_backend.h"
#include "tests/contract/engine/broken_engines.h"

namespace duet::test {
namespace {

struct Engine {
  const char* name;
  EngineFactory factory;
};

const Engine kEngines[] = {
    {"tcg", [](mmu::Ram& ram) { return std::make_unique<tcg::TcgBackend>(ram); }},
};

using Param = std::tuple<Engine, ContractCase>;
class EngineContract : public ::testing::TestWithParam<Param> {};

TEST_P(EngineContract, Holds) {
  const auto& [engine, contractCase] = GetParam();
  EXPECT_EQ(runContractCase(contractCase, engine.factory), "");
}

INSTANTIATE_TEST_SUITE_P(
    All, EngineContract,
    ::testing::Combine(::testing::ValuesIn(kEngines),
                       ::testing::ValuesIn(engineContract().begin(), engineContract().end())),
    [](const auto& p) { return std::string(std::get<0>(p.param).name) + "_" + std::get<1>(p.param).name; });

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
