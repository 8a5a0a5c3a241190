#include "tests/diff/planted/bugs.h"

#include "tests/diff/planted/acts.h"

namespace duet::diff::planted {
namespace {

constexpr World k64 = World::User64, k32 = World::User32, kSystem = World::System;

constexpr Bug kBugs[] = {
    {"ADC forgets the carry in AF", adcLosesCarryInAf, k64, "adc", "adc", true},
    {"INC sets CF", incSetsCf, k64, "inc", "inc", true},
    {"SHL by one takes the sign for OF", shlOfIsSign, k64, "D1 /4", "shl"},
    {"BSF takes ZF from its result", bsfZfFromResult, k64, "bsf", "bsf"},
    {"IDIV by -1 wraps instead of raising #DE", idivWraps, k64, "idiv", "idiv"},
    {"IMUL has the high half of MUL", imulHighUnsigned, k64, "F7 /5", "imul"},
    {"SHLD does not mask its count", shldCountNotMasked, k64, "shld", "shld"},
    {"MOVSX extends with zeros", movsxZeroExtends, k64, "movsx", "movsx"},
    {"MOV of 32 bits keeps the upper half", movKeepsUpperHalf, k64, "8B /r", "mov"},
    {"MOV with REX takes AH for SPL", rexByteIsHigh, k64, "B0+r", "mov"},
    {"CMPXCHG that fails leaves the accumulator", cmpxchgKeepsAccumulator, k64, "cmpxchg", "cmpxchg", true},

    {"MOVAPS raises #PF before #GP", pageBeforeAlignment, k64, "movaps", "movaps", true},
    {"XCHG does not check alignment", noAlignmentCheck, k64, "87 /r", "xchg"},
    {"LOCK is allowed everywhere", lockAlwaysAllowed, k64, "", "lock"},
    {"XADD's #PF has no W bit", rmwFaultsAsRead, k64, "xadd", "xadd", true},
    {"CMP's #PF in the second page has the first one's CR2", cr2OfFirstPage, k64, "cmp", "cmp"},
    {"MOV stores into the first page before the second one faults", storesHalf, k64, "89 /r", "mov"},
    {"ADD has no segment limit", noSegmentLimit, k32, "01 /r", "add", true},
    {"AND takes expand-down segments for expand-up", expandDownIsUp, k32, "and", "and"},
    {"SUB does not check for canonical addresses", noCanonicalCheck, k64, "sub", "sub"},
    {"DIV's #DE pushes no RF", faultWithoutRf, k64, "div", "div"},

    {"ADDSD does not set PE", precisionNotSticky, k64, "addsd", "addsd"},
    {"DIVSS clears the flags of MXCSR", flagsOverwritten, k64, "divss", "divss"},
    {"MULSD takes the second of two NaNs", secondNanWins, k64, "mulsd", "mulsd", true},
    {"ADDSS ignores DAZ", denormalsStay, k64, "addss", "addss"},
    {"FLD moves TOP though it faults", fldMovesTopOnFault, k64, "fld", "fld"},
    {"FXCH leaves an empty register's tag", fxchLeavesTagEmpty, k64, "fxch", "fxch"},
    {"VPADDD of 128 bits keeps the upper half", upperHalfKept, k64, "vpaddd", "vpaddd"},

    {"code stored over is executed as it was", staleCode, k64, "", "[a-z]+; [a-z]+"},
    {"REP MOVSB counts the iteration that faults", repFaultCountsOne, k64, "movsb", "movsb", true},
    {"REP STOSB goes up though DF is set", directionIgnored, k64, "stosb", "stosb", true},
    {"POPF changes IF and IOPL in user mode", popfChangesAll, k64, "popf", "popfq?"},
    {"PUSHA pushes SP as it is by then", pushaPushesLowered, k32, "pusha", "pushad?"},

    {"INVLPG flushes nothing", invlpgIgnored, kSystem, nullptr, "mov; mov; invlpg; mov; hlt"},
    {"MOV to CR3 flushes nothing", cr3LoadKeepsTlb, kSystem, nullptr, "mov; mov; mov; mov; hlt"},
    {"LMSW clears PE", lmswClearsPe, kSystem, nullptr, "lmsw; hlt"},
    {"loading DS does not mark its descriptor", segmentLoadKeepsAccessed, kSystem, nullptr, "mov; hlt"},

    {"POPF at CPL above 0 changes IOPL", popfChangesIopl, kSystem, "popf", "popfq?d?"},
    {"SMAP lets SBB of the supervisor through though AC is clear", smapIgnored, kSystem, "sbb", "sbb"},
    {"CR0.WP does not hold INC of the supervisor back", writeProtectIgnored, kSystem, "inc", "inc"},
    {"IRET ignores NT", iretIgnoresNt, kSystem, "CF", "iretq?d?"},
    {"a far jump's #GP names RPL", farErrorCodeWithRpl, kSystem, "jmp far", "jmp far"},
    {"LAR accepts interrupt gates and reserved types", larAcceptsAll, kSystem, "lar", "lar"},
    {"CLI looks at no IOPL", cliIgnoresIopl, kSystem, "cli", "cli"},
    {"OUT ignores the permission map", outIgnoresMap, kSystem, "out", "out"},
    {"MOV to CR4 lets reserved bits pass", cr4TakesReserved, kSystem, "0F 22", "mov"},
    {"SWAPGS at CPL above 0 is carried out", swapgsForAll, kSystem, "swapgs", "swapgs"},
};

}  // namespace

std::span<const Bug> bugs() { return kBugs; }

}  // namespace duet::diff::planted
