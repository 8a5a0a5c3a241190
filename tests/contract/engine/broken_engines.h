// Engines that are right but for one thing: the contract must notice each.
#pragma once

#include <string>
#include <vector>

#include "tests/contract/engine/engine_rig.h"

namespace duet::test {

struct BrokenEngine {
  std::string fault;
  std::vector<std::string> caughtBy;  // cases that must fail
  EngineFactory factory;
};

// Each wraps an engine made by `real`.
std::vector<BrokenEngine> brokenEngines(const EngineFactory& real);

}  // namespace duet::test
