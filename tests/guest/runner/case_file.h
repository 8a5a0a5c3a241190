// A test program's header comment, read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"

namespace duet::test {

// `name=value` or `name=value/mask`; values are expressions over numbers and the program's symbols.
struct Assignment {
  std::string name, value, mask;
};

// Rows of tests/guest/pitfalls.md, where emulators are known to be wrong.
inline constexpr unsigned kPitfalls = 30;

inline constexpr unsigned kMostCpus = 8;

struct FaultExpectation {
  u8 vector = 0;
  std::string errorCode;  // empty: the event pushes none
};

// What the header says for one mode on one CPU model.
struct GuestCase {
  std::string name;  // "topic/file"
  std::string mode;
  std::string cpu = "max";           // the -cpu word of the machine
  std::string manual;                // where the expectation comes from
  std::string machine = "contract";  // or "pc", with `cpus` CPUs
  unsigned cpus = 1;
  std::string exit = "halt";  // or "shutdown", "reset", "power-off"
  std::string mustFail;       // self-test: a word the reported differences must contain
  std::vector<Assignment> init, expect;
  std::vector<FaultExpectation> fault;  // none or one
  std::vector<std::string> needs;       // CPU features
  std::vector<unsigned> pitfalls;       // rows the program is a test of
  u64 budget = 100000;
};

// One case a mode and CPU model. `text` is the whole source file.
Result<std::vector<GuestCase>> parseCaseFile(std::string_view name, std::string_view text);

}  // namespace duet::test
