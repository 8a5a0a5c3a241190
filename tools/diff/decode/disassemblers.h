// The disassemblers that are asked, as they come in the host's packages.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "tools/diff/decode/reading.h"

namespace duet::diff {

// Each an own object, so that threads can have one each.
Result<std::unique_ptr<DecodeWitness>> makeCapstoneWitness();
Result<std::unique_ptr<DecodeWitness>> makeLlvmWitness();
// Our own text (cpu-tcg/isa/format), which is to say what the decoded instruction is.
std::unique_ptr<DecodeWitness> makeFormatWitness();

}  // namespace duet::diff
