// Carries out cases of the user worlds on the processor that Debian's QEMU emulates.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "tools/diff/engine/engine.h"

namespace duet::diff {

// Starts QEMU, whose processor is one of the host's maker. The error says what is missing, or what QEMU said.
//
// Ending::Steps: the case ran for 200 ms twice, or QEMU got nothing done for seconds. What ends QEMU itself is Unsupported.
Result<std::unique_ptr<Engine>> makeQemuEngine();

}  // namespace duet::diff
