// How instructions become host code.
#pragma once

#include "cpu-tcg/baseline/code_writer.h"

namespace duet::tcg::baseline {

// Emits the instruction that `w` stands at. True: it ended the block.
bool lower(CodeWriter& w);

// lower_operations.cpp: the same operation on the host, its operands replaced. False: nothing was emitted.
bool lowerOperation(CodeWriter& w, std::string_view sem);
// lower_divide.cpp: likewise.
bool lowerDivide(CodeWriter& w, bool isSigned);
// lower_bits.cpp: bits of strings in memory, CMPXCHG8B and CMPXCHG16B. False: nothing was emitted.
bool lowerBits(CodeWriter& w, std::string_view sem);
// lower_strings.cpp. False: nothing was emitted.
bool lowerString(CodeWriter& w, std::string_view sem);
// lower_segments.cpp; loads end the block. False: nothing was emitted.
bool lowerSegment(CodeWriter& w, std::string_view sem);
bool lowerSegmentLoad(CodeWriter& w, std::string_view sem);
// lower_stack.cpp. False: nothing was emitted.
bool lowerStack(CodeWriter& w, std::string_view sem);
// lower_native.cpp: the guest's own opcode. False: nothing was emitted.
bool lowerNative(CodeWriter& w);
// lower_control.cpp: MXCSR, x87's control and status words, fences. False: nothing was emitted.
bool lowerControl(CodeWriter& w, std::string_view sem);
// lower_smap.cpp: STAC and CLAC; they end the block. False: nothing was emitted.
bool lowerSmap(CodeWriter& w, std::string_view sem);
// lower_flow.cpp: near branches. False: nothing was emitted.
bool lowerBranch(CodeWriter& w, std::string_view sem);
// lower_system.cpp: system instructions that end no block, and those that do. False: nothing was emitted.
bool lowerSystem(CodeWriter& w, std::string_view sem);
bool lowerSystemEnd(CodeWriter& w, std::string_view sem);

// --- of lower_stack.cpp, for who moves words of the stack: to pointer(), of which `size` bytes are written; rSP follows when
// everything is done.
void probePush(CodeWriter& w, unsigned size);
void finishPush(CodeWriter& w);
void probePop(CodeWriter& w);
void finishPop(CodeWriter& w, i32 more = 0);
void storeConstant(CodeWriter& w, u64 value);
// T0, of 32 bits zero-extended, to a register.
void setRegister(CodeWriter& w, unsigned reg, unsigned size);

}  // namespace duet::tcg::baseline
