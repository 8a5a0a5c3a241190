// Control, debug and model-specific registers, descriptor-table registers, XCR0, FS/GS bases.
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg {

#define DUET_SEM(Name)                                    \
  struct Name {                                           \
    static void run(Context& ctx, const isa::Insn& insn); \
  };

DUET_SEM(MovToCr)
DUET_SEM(MovFromCr)
DUET_SEM(MovToDr)
DUET_SEM(MovFromDr)
DUET_SEM(Lmsw)
DUET_SEM(Smsw)
DUET_SEM(Clts)
DUET_SEM(Lgdt)
DUET_SEM(Sgdt)
DUET_SEM(Lidt)
DUET_SEM(Sidt)
DUET_SEM(Lldt)
DUET_SEM(Sldt)
DUET_SEM(Ltr)
DUET_SEM(Str)
DUET_SEM(Rdmsr)
DUET_SEM(Wrmsr)
DUET_SEM(Xgetbv)
DUET_SEM(Xsetbv)
DUET_SEM(Swapgs)
DUET_SEM(Rdfsbase)
DUET_SEM(Rdgsbase)
DUET_SEM(Wrfsbase)
DUET_SEM(Wrgsbase)
DUET_SEM(Rdpkru)
DUET_SEM(Wrpkru)

#undef DUET_SEM

}  // namespace duet::tcg
