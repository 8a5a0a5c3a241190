// System-management mode: the way in and the way out (SDM vol. 3 chapter 32, APM vol. 2 chapter 10).
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg {

struct SmmEntry {
  bool fromHalt = false;  // the SMI ended a HLT: the handler may have it waited on
  u64 pendingTraps = 0;   // DR6 bits of a #DB that the SMI came before
};

// Takes an SMI at an instruction boundary: saves the state at SMBASE + FE00h (or 7E00h) and enters the handler. Cannot
// fault.
void enterSmm(Context& ctx, const SmmEntry& entry);

// What an SMI taken now would say of an IN or OUT before it. A REP that is not at its end yet and the string forms are
// not restartable and not reported.
PortInstruction portInstructionBefore(const Context& ctx);

// RSM inside system-management mode. An impossible state in the save area shuts the processor down.
void leaveSmm(Context& ctx);

}  // namespace duet::tcg
