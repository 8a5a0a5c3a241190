// The big operations: events, far transfers, tasks, control registers, MSRs, state save areas.
// Each is called by the interpreter and by compiled tiers alike, with ctx.insn and ctx.nextRip set; each either
// completes or leaves by raise() with the guest restartable.
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg {

// --- events (events.cpp) ---------------------------------------------------------------
// Delivers an event through the IVT/IDT in any mode: pushes, gates, stack switch, IST, error codes, task
// gates. arch.rip must be the return address. May itself raise(): the run loop then calls deliverFault, which forms
// double faults (SDM vol. 3 table 6-5) and shutdown.
void deliverEvent(Context& ctx, const PendingEvent& event);
// Decides what becomes of `second` when it was raised while `first` was being delivered.
enum class NestedFault : u8 { DeliverSecond, DoubleFault, Shutdown };
NestedFault combineFaults(const PendingEvent& first, const PendingEvent& second);

// --- segments (segments.cpp) -----------------------------------------------------------
// Loads a segment register with all checks (MOV/POP Sreg, LES …); sets the MOV SS shadow through ctx.
void loadSegment(Context& ctx, isa::SegReg seg, u16 selector);

// Every struct below is an instruction's `Sem` of the rows that are not plain integer operations; the
// signature is `static void run(Context&, const isa::Insn&)`. They are declared by family in the headers of this folder:
//   far_transfer.h  FarCall FarJmp FarRet Iret IntN Int3 Into Icebp Syscall Sysret Sysenter Sysexit
//   system_registers.h  MovToCr MovFromCr MovToDr MovFromDr Lmsw Smsw Clts Lgdt Sgdt Lidt Sidt Lldt Sldt Ltr Str Rdmsr Wrmsr Xgetbv Xsetbv Swapgs …
//   descriptors.h   Lar Lsl Verr Verw Arpl LoadFarPtr MovToSeg MovFromSeg PushSeg PopSeg
//   processor.h     Cpuid Rdtsc Rdtscp Rdpmc Rdpid Hlt Monitor Mwait Pause Invlpg Invpcid Wbinvd Cli Sti Pushf Popf In Out …
//   fpu_state.h     Fxsave Fxrstor Xsave Xsaveopt Xsavec Xsaves Xrstor Xrstors Ldmxcsr Stmxcsr Fnstenv Fldenv …
// helpers/all.h includes them all.

// Port permission for IN/OUT/INS/OUTS (CPL, IOPL, TSS bitmap): raises #GP(0).
void checkPortAccess(Context& ctx, u16 port, unsigned size);

// State exchange.
void exportState(Context& ctx, CpuState& out);
Result<> importState(Context& ctx, const CpuState& in);

}  // namespace duet::tcg
