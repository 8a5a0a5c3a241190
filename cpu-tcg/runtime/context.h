// The live state of one translated vCPU: CpuState unpacked for speed, plus what is derived from it.
// Shared by the interpreter, the helpers and (later) the compiled tiers; owned by the vCPU's thread.
#pragma once

#include <array>
#include <csetjmp>

#include "core/cpu/cpu_backend.h"
#include "core/cpu/cpu_state.h"
#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "cpu-tcg/isa/insn.h"
#include "cpu-tcg/native/native_state.h"
#include "cpu-tcg/runtime/counters.h"
#include "cpu-tcg/runtime/lazy_flags.h"
#include "mmu/ram/page_pair.h"
#include "mmu/ram/ram.h"
#include "mmu/tlb/tlb.h"
#include "mmu/walk/walker.h"

namespace duet::tcg {

class TscAgreement;  // cpu-tcg/helpers

// Why the current block must be left after (or instead of) the current instruction.
enum LeaveReason : u32 {
  kLeaveCode = 1,    // code of the running block has changed, or the mode did
  kLeaveEvents = 2,  // look at the mailbox and the interrupt state now (CR8, MSRs …)
  kLeaveExit = 4,    // run() must return: exitReason says why
  kLeaveFlags = 8,   // IF or TF is set now: look at what waits (`interruptPending`)
};

// Who wants a look at each instruction: the guest (DR7's code and ports, DEBUGCTL.LBR), a debugger.
enum CodeWatch : u8 { kWatchGuest = 1, kWatchDebugger = 2 };

// Where decoded code lies: RAM page index << 12 | offset, and the version of the page it was decoded under
// (mmu/ram/ram.h; 0: of no page). Good while the page shows that version.
struct CodePlace {
  u64 position = 0;
  u32 version = 0;
};

// What the last XRSTOR or XRSTORS loaded, and from where (SDM vol. 1 13.6). A component that nothing has used since, and
// whose registers are still what they were, is not written again by an XSAVEOPT or XSAVES to the same place.
struct XrstorInfo {
  u64 linear = 0;
  u64 format = 0;      // XCOMP_BV
  u64 components = 0;  // loaded and not used since
  u8 cpl = 0;
  u32 pkru = 0;
  u32 selectors = 0;  // FCS and FDS
  u8 legacy[416] = {};
  u8 ymmHigh[256] = {};
};

// The last IN or OUT.
struct PortAccess {
  const isa::Insn* insn = nullptr;
  u16 port = 0;
  u8 size = 0;
  bool in = false;
  u64 rip = 0, nextRip = 0;  // of the instruction and after it
};

// `arch` holds every architectural value; these members of it are live elsewhere while the vCPU runs
// and are written back by exportState(): rflags' arithmetic bits (in `flags`), cr8 (in the interrupt
// controller), instructions, the x87 part of xsave (see `native`). Everything else in `arch` is always
// current, gpr and rip included.
//
// Instruction boundaries: while an instruction executes, `nextRip` is the address after it and
// arch.rip is not maintained; the instruction's own address is insnRip(). A flow-changing
// instruction assigns nextRip. Faults leave by raise() (fault.h), which longjmps to the run loop; so all
// objects with destructors are forbidden in semantic functions and helpers on any path that may raise.
struct Context {
  Context() = default;
  explicit Context(u8* tlbMemory) : tlb(tlbMemory) {}

  CpuState arch;
  LazyFlags flags;
  u64 nextRip = 0;
  const isa::Insn* insn = nullptr;  // the executing instruction

  // --- derived from arch by updateMode() (mode.h); never set elsewhere
  isa::CodeMode codeMode = isa::CodeMode::Bits16;
  u8 cpl = 0;
  u8 stackSize = 2;            // bytes of SP in use: 2, 4, 8
  bool protectedMode = false;  // CR0.PE and not virtual-8086
  bool longMode = false;       // EFER.LMA
  bool v86 = false;
  bool flatSegments = false;     // 64-bit mode: ES, CS, SS, DS need no base and no limit
  bool alignmentChecks = false;  // CPL 3, CR0.AM, EFLAGS.AC
  bool amd = false;              // the CPU model's vendor
  bool watchData = false;        // DR7 or a debugger watches data
  bool watchPorts = false;       // DR7 watches ports
  u8 watchCode = 0;              // CodeWatch bits
  u8 modeKey = 0;                // what decoding and fetch rights depend on, as a small number
  u8 canonicalShift = 16;        // 64 - linear address bits
  u64 ripMask = 0xffff;          // of IP/EIP/RIP in the current code mode
  mmu::PagingState paging;
  // What physical addresses mean now: set by selectMemory() (mode.h) alone.
  const AddressSpace* codeMemory = nullptr;
  const AddressSpace* dataMemory = nullptr;

  mmu::Tlb tlb;
  mmu::PagePair pagePair;  // for locked operations over two pages
  mmu::Ram* ram = nullptr;
  mmu::CodeRunners::Runner* runner =
      nullptr;  // of `ram`; null: no code runs but the interpreter's single instructions
  mmu::Settling settling;
  const VcpuEnv* env = nullptr;
  NativeState native{arch.gpr.data(), arch.xsave.data()};

  bool interruptPending = false;       // the controller may have something: set by the run loop
  u32 leave = 0;                       // LeaveReason bits, polled after each instruction
  const CodePlace* running = nullptr;  // the block that runs, or ran last; null while something else happens
  ExitReason exitReason = ExitReason::Budget;
  u64 retired = 0;               // instructions in this run(), without the running block's
  Counters* counters = nullptr;  // null: nobody asked
  u32 pauses = 0;                // PAUSE instructions
  PortAccess lastPort;
  u64 debugHits = 0;  // DR6 bits of data breakpoints the instruction has touched: #DB after it
  bool ferr = false;  // FERR# may be asserted: tell the board when the x87 exception is gone

  // Paravirtual time.
  TscAgreement* tscs = nullptr;  // null: the only vCPU
  u32 pausesTold = 0;            // of the clock, that the guest has been told of
  bool pageWaitersDue = false;   // the guest is to hear that no page is missing any more

  // MONITOR: the watched line in host memory, nullptr when nothing is watched, and what it held then.
  const u8* monitorLine = nullptr;
  std::array<u8, 64> monitorSeen{};

  // What a debugger asked for (sorted by address; null: nothing), and the watchpoint touched: run() returns then.
  const DebugControls* debugger = nullptr;
  DebugStop debugStop;

  XrstorInfo xrstor;

  // The fault being raised, and where raise() goes.
  PendingEvent fault;
  jmp_buf faultReturn;

  u64 insnRip() const { return (nextRip - insn->length) & ripMask; }
};

}  // namespace duet::tcg
