// Model-specific registers of the guest.
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg {

// False: #GP(0). Writes may raise by themselves and change the mode.
bool readMsr(Context& ctx, u32 index, u64& value);
bool writeMsr(Context& ctx, u32 index, u64 value);

// Memory-type range registers and PAT; NotMine when the index is another one's.
MsrAccess readMtrr(const Context& ctx, u32 index, u64& value);
MsrAccess writeMtrr(Context& ctx, u32 index, u64 value);
// IA32_MCG_* and the banks.
MsrAccess readMachineCheck(const Context& ctx, u32 index, u64& value);
MsrAccess writeMachineCheck(Context& ctx, u32 index, u64 value);
// What AMD's processors have in C001xxxxh and guests look at unasked.
MsrAccess readAmdMsr(const Context& ctx, u32 index, u64& value);
MsrAccess writeAmdMsr(Context& ctx, u32 index, u64 value);

}  // namespace duet::tcg
