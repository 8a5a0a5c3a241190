// What a debugger asks of a vCPU and what stops one for it. The guest sees nothing of it: no byte of its memory
// and none of its own debug registers change.
#pragma once

#include <vector>

#include "core/base/types.h"

namespace duet {

enum class WatchKind : u8 { Write, Read, Access /* either */ };

// Data [address, address + length), which does not wrap. A read-modify-write access is both.
struct Watchpoint {
  LinearAddr address;
  u64 length = 1;
  WatchKind kind = WatchKind::Write;
  bool operator==(const Watchpoint&) const = default;
};

// An instruction's address is linear: CS base + RIP, or RIP alone in 64-bit mode.
struct DebugControls {
  std::vector<LinearAddr> breakpoints;
  std::vector<Watchpoint> watchpoints;
  bool empty() const { return breakpoints.empty() && watchpoints.empty(); }
  bool operator==(const DebugControls&) const = default;
};

struct DebugStop {
  enum class Cause : u8 {
    None,
    Breakpoint,  // before the instruction
    Watchpoint,  // after the instruction or event delivery that touched it
    Step,        // what was to be stepped has been done
  };
  Cause cause = Cause::None;
  LinearAddr address;                 // of the instruction; of the first watched byte that was touched
  WatchKind kind = WatchKind::Write;  // Watchpoint: as it was asked for
};

// What Vcpu::step() does with interrupts, NMI and SMI that wait.
enum class StepEvents : u8 { Take, HoldBack };

}  // namespace duet
