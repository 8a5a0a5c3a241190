// The bugs that the test plants, one at a time.
#pragma once

#include <ostream>
#include <span>

#include "tests/diff/planted/planted_engine.h"

namespace duet::diff::planted {

struct Bug {
  const char* name;
  Act act;
  World world;
  const char* only;     // the generator's filter; nullptr: cases by hand
  const char* remains;  // the mnemonics of the code once cut down, as a regular expression: "a; b"
  // Caught against the host's processor as well: nothing of the instruction is undefined there.
  bool onHost = false;
};

std::span<const Bug> bugs();

inline void PrintTo(const Bug& bug, std::ostream* out) { *out << bug.name; }

}  // namespace duet::diff::planted
