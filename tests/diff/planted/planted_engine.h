// An engine with a bug in it.
#pragma once

#include "tests/diff/planted/moment.h"
#include "tools/diff/engine/vcpu_engine.h"

namespace duet::diff::planted {

// Carries out one instruction, wrongly when it is the one the bug is about.
using Act = void (*)(Moment&);

// duet's interpreter, taken through `act` instruction by instruction. `system`: at every privilege, else in user code.
Result<std::unique_ptr<Engine>> makePlanted(Act act, bool system);

// As it is.
Result<std::unique_ptr<Engine>> makeSound();

}  // namespace duet::diff::planted
