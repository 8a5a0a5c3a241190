// What each bug does. bugs.cpp has them in a table.
#pragma once

#include "tests/diff/planted/moment.h"

namespace duet::diff::planted {

// Flags and results (integer_acts.cpp)
void adcLosesCarryInAf(Moment& m);
void incSetsCf(Moment& m);
void shlOfIsSign(Moment& m);
void bsfZfFromResult(Moment& m);
void idivWraps(Moment& m);
void imulHighUnsigned(Moment& m);
void shldCountNotMasked(Moment& m);
void movsxZeroExtends(Moment& m);
void movKeepsUpperHalf(Moment& m);
void rexByteIsHigh(Moment& m);
void cmpxchgKeepsAccumulator(Moment& m);

// Faults (fault_acts.cpp)
void pageBeforeAlignment(Moment& m);
void noAlignmentCheck(Moment& m);
void lockAlwaysAllowed(Moment& m);
void rmwFaultsAsRead(Moment& m);
void cr2OfFirstPage(Moment& m);
void storesHalf(Moment& m);
void noSegmentLimit(Moment& m);
void expandDownIsUp(Moment& m);
void noCanonicalCheck(Moment& m);
void faultWithoutRf(Moment& m);

// Vectors and x87 (vector_acts.cpp)
void precisionNotSticky(Moment& m);
void flagsOverwritten(Moment& m);
void secondNanWins(Moment& m);
void denormalsStay(Moment& m);
void fldMovesTopOnFault(Moment& m);
void fxchLeavesTagEmpty(Moment& m);
void upperHalfKept(Moment& m);

// Several steps, the stack and the system (flow_acts.cpp)
void staleCode(Moment& m);
void repFaultCountsOne(Moment& m);
void directionIgnored(Moment& m);
void popfChangesAll(Moment& m);
void pushaPushesLowered(Moment& m);
void invlpgIgnored(Moment& m);
void cr3LoadKeepsTlb(Moment& m);
void lmswClearsPe(Moment& m);
void segmentLoadKeepsAccessed(Moment& m);

// The system (system_acts.cpp)
void popfChangesIopl(Moment& m);
void smapIgnored(Moment& m);
void writeProtectIgnored(Moment& m);
void iretIgnoresNt(Moment& m);
void farErrorCodeWithRpl(Moment& m);
void larAcceptsAll(Moment& m);
void cliIgnoresIopl(Moment& m);
void outIgnoresMap(Moment& m);
void cr4TakesReserved(Moment& m);
void swapgsForAll(Moment& m);

// No bug, but the state goes in and out at every instruction.
void nothing(Moment& m);

}  // namespace duet::diff::planted
