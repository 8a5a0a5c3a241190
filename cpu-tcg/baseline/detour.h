// What a jump to another page does when it finds the page under another name than the one it knows.
#pragma once

#include <vector>

#include "cpu-tcg/baseline/block_emitter.h"
#include "cpu-tcg/baseline/jump_lookup.h"

namespace duet::tcg::baseline {

// Code to be put at `address`: goes where the jump cache says that the link's code is, or leaves compiled code. Empty when the
// assembler failed.
std::vector<u8> emitDetour(const EmitterSetup& setup, const Link& link, bool user, const JumpBase& base,
                           u64 address);

}  // namespace duet::tcg::baseline
