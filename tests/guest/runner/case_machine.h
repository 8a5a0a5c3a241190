// Brings a machine into a mode with a test program in it, as layout.h says.
#pragma once

#include "tests/guest/runner/case_file.h"
#include "tests/guest/runner/guest_machine.h"
#include "tests/guest/runner/program.h"

namespace duet::test {

// Tables, handlers and program into memory; the state in which the program starts.
Result<CpuState> prepareMachine(GuestMachine& rig, const GuestCase& guestCase, const Program& program);

}  // namespace duet::test
