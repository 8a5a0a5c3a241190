// The parts of systemMemory().
#pragma once

#include "core/base/types.h"
#include "tools/diff/case/system_stage.h"

namespace duet::diff::stage {

// The end of a stack of the stage's four; a TSS has the first three.
constexpr u64 stackTop(unsigned number) { return kStacks + 0x400u * (number + 1); }

void putDescriptors(u8* gdt, u8* ldt);
// Into memory that begins at physical 0: interrupt tables, task segments.
void putGates(u8* ram);
void putTasks(u8* ram);

}  // namespace duet::diff::stage
