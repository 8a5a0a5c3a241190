// Instructions that load, store and examine segment selectors.
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg {

#define DUET_SEM(Name)                                    \
  struct Name {                                           \
    static void run(Context& ctx, const isa::Insn& insn); \
  };

DUET_SEM(Lar)
DUET_SEM(Lsl)
DUET_SEM(Verr)
DUET_SEM(Verw)
DUET_SEM(Arpl)
DUET_SEM(LoadFarPtr)
DUET_SEM(MovToSeg)
DUET_SEM(MovFromSeg)
DUET_SEM(PushSeg)
DUET_SEM(PopSeg)

#undef DUET_SEM

}  // namespace duet::tcg
