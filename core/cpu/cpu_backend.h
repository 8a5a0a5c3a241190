// The seam between engine and machine: data accesses are callbacks (through VcpuEnv), life events are
// exits.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/bus/address_space.h"
#include "core/cpu/cpu_model.h"
#include "core/cpu/cpu_state.h"
#include "core/cpu/debug.h"
#include "core/cpu/engine_events.h"
#include "core/cpu/fpu_error_pins.h"
#include "core/cpu/interrupt_chips.h"
#include "core/cpu/local_interrupt_controller.h"
#include "core/cpu/vcpu_mailbox.h"
#include "core/memory/dirty_tracker.h"
#include "core/memory/guest_memory.h"
#include "core/time/virtual_clock.h"

namespace duet {

// Physical memory as a vCPU in system-management mode sees it. Code and data differ while the chip set closes SMRAM to
// data (SMRAM.D_CLS), and else are one view.
struct SmmMemory {
  const AddressSpace& code;
  const AddressSpace& data;
};

// Everything a vCPU may touch. References outlive the vCPU.
struct VcpuEnv {
  unsigned index;
  GuestMemory& memory;
  AddressSpace& physical;
  AddressSpace& ports;
  LocalInterruptController& interrupts;
  VcpuMailbox& mailbox;
  VirtualClock& clock;
  const CpuModel& model;
  FpuErrorPins* fpuError = nullptr;  // the boot processor's, where the board connects them
  const SmmMemory* smm = nullptr;    // null: system-management mode sees `physical`
  // For an engine with interrupt chips of its own; null: it may not use them on this machine.
  InterruptChips* chips = nullptr;
  LocalApicModel* apicModel = nullptr;  // the model behind `interrupts`
  // While this vCPU runs, nobody else reads or writes the guest's memory: there is no other vCPU, and devices access it on
  // this one's thread. Then nobody can tell whether an access is atomic. The same for all vCPUs of a machine.
  bool alone = false;
};

// What run() may do before it returns Budget, in steps: an instruction that retires is one (a REP instruction
// may count each iteration as one), the delivery of an event is one. So run({n}) goes exactly as far as n calls of
// step(), and a guest whose every instruction faults cannot hold run() without end. A delivery that a fault ends is a
// step too when that fault is next ("handle exceptions serially", SDM vol. 3 table 6-5); it is none when a double
// fault or shutdown takes its place. So a step takes bounded time, whatever the tables say; requestExit() is heard
// between two steps.
struct RunBudget {
  u64 steps = ~u64{0};
};

enum class ExitReason : u8 {
  Halt,         // HLT or MWAIT and nothing to wake it; the machine waits on the mailbox
  WaitForSipi,  // an application processor after INIT
  Shutdown,     // triple fault
  Budget,
  Cancelled,    // requestExit / kMailExit
  Debug,        // a debugger's breakpoint or watchpoint: `debug` says which
  EngineFault,  // the engine cannot go on; `message` says why
};

struct VcpuExit {
  ExitReason reason = ExitReason::Cancelled;
  u64 instructions = 0;    // retired during this call
  u64 steps = 0;           // those, and the events delivered
  u32 wakeMask = ~u32{0};  // Halt, WaitForSipi: the mailbox bits that can end the wait
  std::string message{};   // EngineFault only
  DebugStop debug{};       // Debug only
};

// One virtual CPU. Threads: all from the vCPU's own thread (or any single thread while it does not run), but
// requestExit from any thread and from signal handlers.
class Vcpu {
 public:
  virtual ~Vcpu() = default;
  // Runs until something in ExitReason happens. Interrupts, NMI, INIT and SIPI from the mailbox are
  // taken inside. A vCPU that is Halted or waits for a SIPI returns at once unless its wake event is there.
  virtual VcpuExit run(const RunBudget& budget) = 0;
  // Exactly one instruction or one event delivery; an instruction that faults and the delivery of its fault are
  // one. Returns Budget when done. With events held back a pending event or debug trap is still delivered, since it
  // belongs to the instruction before; a halted vCPU then stays so.
  virtual VcpuExit step(StepEvents events) = 0;
  // Sticky: a request made before run() makes the next run() return at once.
  virtual void requestExit() = 0;
  virtual void saveState(CpuState& out) = 0;
  // All or nothing: an impossible state (reserved bits, non-canonical bases) is refused with a reason.
  virtual Result<> loadState(const CpuState& in) = 0;
  // Replaces what run() stops at; stays through loadState, INIT and reset. A breakpoint stops run() before its
  // instruction every time, also when run() starts there; step() passes the one it starts at. Watchpoints stop both.
  // Breakpoints that lie inside an instruction never stop anything.
  virtual void setDebug(const DebugControls& controls) = 0;
  // Where paging puts a linear address now, whatever the access rights, and without setting A or D bits;
  // nothing where no page is present.
  virtual std::optional<Gpa> translate(LinearAddr address) = 0;
};

struct EngineCaps {
  bool exactBudget = true;  // counts instructions
  bool exactStep = true;
  bool countsInstructions = true;
  FeatureSet features;      // what a guest CPU may be offered
  std::string description;  // one line for the user
};

class CpuBackend {
 public:
  virtual ~CpuBackend() = default;
  virtual std::string_view name() const = 0;  // "tcg", "kvm"
  virtual EngineCaps caps() const = 0;
  virtual Result<std::unique_ptr<Vcpu>> createVcpu(const VcpuEnv& env) = 0;
  // Of two engines of a machine one is active, the only one whose vCPUs run. A machine changes engines while no vCPU
  // runs: saveState() of every vCPU of the old one, setActive(false), setActive(true) on the new one, loadState() of every
  // vCPU there. An engine is active from the start, until it is told otherwise. After saveState() the machine's interrupt
  // controllers hold the truth: an engine with its own writes them back there, and takes them over at loadState(). While
  // an engine is not active, nothing on the interrupt buses goes to it; memoryMapChanged() does.
  virtual void setActive(bool active) = 0;
  // An address space changed: forget translations (any thread; takes effect before the calling vCPU's next
  // instruction and before others' next block).
  virtual void memoryMapChanged() = 0;
  // Bytes in RAM changed behind the engine's back (DMA, loader, debugger). Any thread.
  virtual void codeModified(Gpa address, u64 length) = 0;
  // Null, once there is a vCPU: guest writes mark the pages of RAM dirty as they happen.
  virtual DirtyTracker* dirtyTracker() = 0;
  // Null: devices hear and send everything themselves.
  virtual EngineEvents* events() = 0;
};

}  // namespace duet
