// Hardware task switches through TSS descriptors and task gates (SDM vol. 3 chapter 8).
#pragma once

#include "cpu-tcg/helpers/descriptor.h"

namespace duet::tcg {

enum class TaskSwitchCause : u8 { Jump, Call, Event, Iret };

// `selector` names an available TSS (from a task gate, or of a far CALL/JMP whose privilege check passed).
// `flags` is the image for the old TSS. Ends with the new task's first instruction next; an event's error code is on its stack.
void switchTask(Context& ctx, u16 selector, TaskSwitchCause cause);
void switchByGate(Context& ctx, u16 selector, bool ext, const PendingEvent& event, u64 flags);
// IRET with NT set: back to the task in the current TSS's link field.
void returnFromTask(Context& ctx);

}  // namespace duet::tcg
