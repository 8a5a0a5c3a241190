// Far CALL, JMP, RET, IRET, software interrupts and the fast system calls.
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg {

#define DUET_SEM(Name)                                    \
  struct Name {                                           \
    static void run(Context& ctx, const isa::Insn& insn); \
  };

DUET_SEM(FarCall)
DUET_SEM(FarJmp)
DUET_SEM(FarRet)
DUET_SEM(Iret)
DUET_SEM(IntN)
DUET_SEM(Int3)
DUET_SEM(Into)
DUET_SEM(Icebp)
DUET_SEM(Syscall)
DUET_SEM(Sysret)
DUET_SEM(Sysenter)
DUET_SEM(Sysexit)

#undef DUET_SEM

}  // namespace duet::tcg
