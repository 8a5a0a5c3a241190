// The processor that this runs on: is it an instruction, and of how many bytes. 32- and 64-bit code, at CPL 3.
#pragma once

#include <memory>

#include "tools/diff/decode/reading.h"

namespace duet::diff {

// The bytes are laid against a page that is not there: as long as the processor faults on fetching from it, it wants more.
// What cannot be tried in user mode, or what #UD says nothing about, it is silent of. The error says what this host lacks.
Result<std::unique_ptr<DecodeWitness>> makeHostWitness();

}  // namespace duet::diff
