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
// lower_flow.cpp: stack and branches. False: nothing was emitted.
bool lowerStack(CodeWriter& w, std::string_view sem);
// lower_native.cpp: the guest's own opcode. False: nothing was emitted.
bool lowerNative(CodeWriter& w);
// lower_control.cpp: MXCSR, x87's control and status words, fences. False: nothing was emitted.
bool lowerControl(CodeWriter& w, std::string_view sem);
bool lowerBranch(CodeWriter& w, std::string_view sem);
// lower_system.cpp: system instructions that end no block, and those that do. False: nothing was emitted.
bool lowerSystem(CodeWriter& w, std::string_view sem);
bool lowerSystemEnd(CodeWriter& w, std::string_view sem);

}  // namespace duet::tcg::baseline
