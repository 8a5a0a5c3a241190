// The interpreter and the host's processor, and generated cases for both.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tools/diff/compare/known.h"
#include "tools/diff/engine/engine.h"
#include "tools/diff/generate/generator.h"
#include "tools/diff/session/session.h"

namespace duet::diff::test {

// Empty: this host's processor was surveyed and can be asked. Else why not.
std::string whyNoWitness();

struct HostRun {
  HostRun();
  std::unique_ptr<Engine> interpreter, host;
  std::vector<KnownDifference> known;

  Target target(World world) const;
  // Cases of one world, those numbered from `first` on.
  Summary generated(GeneratorOptions options, u64 first, u64 instructions) const;
  Summary run(CaseSource& source, u64 instructions) const;
  std::string told(const Summary& summary) const;
};

}  // namespace duet::diff::test
