// Instructions about the processor itself: identification, counters, waiting, caches, flags, ports.
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg {

#define DUET_SEM(Name)                                    \
  struct Name {                                           \
    static void run(Context& ctx, const isa::Insn& insn); \
  };

DUET_SEM(Cpuid)
DUET_SEM(Rdtsc)
DUET_SEM(Rdtscp)
DUET_SEM(Rdpmc)
DUET_SEM(Rdpid)
DUET_SEM(Hlt)
DUET_SEM(Monitor)
DUET_SEM(Mwait)
DUET_SEM(Pause)
DUET_SEM(Invlpg)
DUET_SEM(Invpcid)
DUET_SEM(Wbinvd)
DUET_SEM(Invd)
DUET_SEM(Clflush)
DUET_SEM(Clzero)
DUET_SEM(Serialize)
DUET_SEM(Lfence)
DUET_SEM(Mfence)
DUET_SEM(Sfence)
DUET_SEM(Rsm)
DUET_SEM(Vmcall)
DUET_SEM(Vmmcall)
DUET_SEM(Cli)
DUET_SEM(Sti)
DUET_SEM(Clac)
DUET_SEM(Stac)
DUET_SEM(Pushf)
DUET_SEM(Popf)
DUET_SEM(In)
DUET_SEM(Out)

#undef DUET_SEM

// The guest's time-stamp counter.
u64 readTsc(const Context& ctx);

}  // namespace duet::tcg
