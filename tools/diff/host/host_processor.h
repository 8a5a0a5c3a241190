// What the host's processor lets user code have.
#pragma once

#include "core/base/result.h"
#include "tools/diff/engine/engine.h"

namespace duet::diff::host {

// An error names what the engine cannot do without.
Result<EngineAbilities> hostAbilities();

// The processor's name, model and microcode, as Linux tells them; and whether a hypervisor lies below.
std::string processorName();
// It is one that QEMU emulates.
bool isQemuProcessor();

}  // namespace duet::diff::host
