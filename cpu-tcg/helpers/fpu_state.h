// Saving and restoring x87, SSE, AVX and PKRU state, and the x87 environment instructions.
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg {

#define DUET_SEM(Name)                                    \
  struct Name {                                           \
    static void run(Context& ctx, const isa::Insn& insn); \
  };

DUET_SEM(Fxsave)
DUET_SEM(Fxrstor)
DUET_SEM(Xsave)
DUET_SEM(Xsaveopt)
DUET_SEM(Xsavec)
DUET_SEM(Xsaves)
DUET_SEM(Xrstor)
DUET_SEM(Xrstors)
DUET_SEM(Ldmxcsr)
DUET_SEM(Stmxcsr)
DUET_SEM(Fnstenv)
DUET_SEM(Fldenv)
DUET_SEM(Fnsave)
DUET_SEM(Frstor)
DUET_SEM(Fninit)
DUET_SEM(Fnclex)
DUET_SEM(Fnstcw)
DUET_SEM(Fldcw)
DUET_SEM(FnstswAx)
DUET_SEM(FnstswMem)
DUET_SEM(Fwait)

#undef DUET_SEM

// XINUSE: state components that are not in their initial configuration.
u64 componentsInUse(Context& ctx);
// Puts the named components into their initial configuration (MXCSR with kXcr0Sse).
void initializeComponents(Context& ctx, u64 components);

// Works out native.rules from the CPU model and IA32_MISC_ENABLE.
void updateFpuRules(Context& ctx);

inline u32 pkru(const Context& ctx) { return ctx.native.area<u32>(kXsavePkruOffset); }
void setPkru(Context& ctx, u32 value);

}  // namespace duet::tcg
