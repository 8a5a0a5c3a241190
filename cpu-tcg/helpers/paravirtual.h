// What KVM promises its guests, kept by the translator too, so that a guest can change engines.
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg {

MsrAccess readKvmMsr(const Context& ctx, u32 index, u64& value);
MsrAccess writeKvmMsr(Context& ctx, u32 index, u64 value);

// Writes the guest's page of time, if it has one.
void tellTime(Context& ctx);
// The vCPU's TSC has another offset now.
void tellTscOffset(Context& ctx);
// The clock stood still since the vCPU last ran.
void tellOfPause(Context& ctx);
// A state was loaded: the areas it names may have been another engine's.
void enterParavirtual(Context& ctx);

// KVM_HC_CLOCK_PAIRING; its result.
i64 pairClocks(Context& ctx, Gpa area, u64 type);

}  // namespace duet::tcg
