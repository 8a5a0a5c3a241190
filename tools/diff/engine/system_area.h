// What the processor needs around user code, in the first pages of RAM: page tables, GDT, IDT, TSS, a stack, and a handler
// for every vector that halts.
#pragma once

#include <optional>

#include "core/base/result.h"
#include "core/cpu/cpu_state.h"
#include "tools/diff/case/case.h"

namespace duet::diff {

class SystemArea {
 public:
  static constexpr u64 kSize = 0x40000;  // bytes of RAM at guest-physical 0
  // Physical address and size of the handler of vector 0; the others follow. An engine may put another one over the HLT.
  static constexpr u64 kHandlers = 0x4000, kHandlerSize = 16;

  // Writes all of it to `ram`. The case's pages lie behind it in physical memory, in their order. Pages above 4 GiB, or so far
  // apart that the tables do not fit, are refused.
  static Result<> build(u8* ram, const Memory& memory);

  // Control and table registers for it.
  static void enter(CpuState& state);

  // The frame that the processor pushed when it took `vector`; nothing when the vCPU has not halted in a handler.
  struct Frame {
    RaisedException exception;
    u64 rip, cs, rflags, rsp, ss;
  };
  static std::optional<Frame> frame(const u8* ram, const CpuState& halted);
};

}  // namespace duet::diff
