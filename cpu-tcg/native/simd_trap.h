// Stubs that run with a guest's unmasked SIMD exceptions: the host's #XM arrives as SIGFPE.
#pragma once

#include "cpu-tcg/native/stub.h"

namespace duet::tcg {

// Makes this process' SIGFPE handler know stubs; any other SIGFPE goes where it went before. Once is enough.
void installSimdTrap();

// Runs the Unmasked form of a stub. False: the instruction raised an unmasked exception; nothing was
// committed, and state.raised has the flags the processor reported with it.
bool runTrapping(Stub::Entry entry, NativeState& state, void* memory);

}  // namespace duet::tcg
