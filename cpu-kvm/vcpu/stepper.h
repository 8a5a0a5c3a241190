// Single steps, exactly: one instruction or one event delivery a step, whatever faults, and nothing of it for the guest
// to see.
//
// The kernel's own single step (TF, and an exit for #DB) runs through the whole handler of an instruction that faults,
// leaves TF in what the guest pushes, and takes MOV SS and STI together with what follows. So while an instruction is
// stepped the IDT's page is closed to the processor: the delivery of a fault cannot begin, and KVM_RUN returns EFAULT with
// the exception in kvm_vcpu_events. While an event is delivered the pages of the handlers are closed: the fetch of the first
// instruction returns, the delivery is complete. Where the delivery needs such a page itself, a HLT stands for the handler's
// first byte meanwhile.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/cpu/cpu_backend.h"
#include "cpu-kvm/step/guest_view.h"
#include "cpu-kvm/step/instruction.h"
#include "cpu-kvm/vcpu/guarded_ram.h"

namespace duet::kvm {

class HaltMarks;
class KvmVcpu;
class Watchdog;

// One call of run() or step(), on the vCPU's thread.
class Stepper {
 public:
  Stepper(KvmVcpu& vcpu, GuardedRam& ram, StepEvents events);

  VcpuExit run(u64 budget, bool stopAtBreakpoints);

 private:
  using MaybeExit = std::optional<ExitReason>;
  static constexpr unsigned kSmiEvent = 0x100;  // beside the vectors
  enum class Stop : u8 {
    Trap,       // behind the instruction
    Fault,      // an exception waits for its delivery
    Delivered,  // at a handler's first instruction, which is closed
    Touched,    // the instruction needs a closed page
    Halted,
    Interrupted,  // by requestExit(), or by the time a delivery may take
    Exit          // exit_
  };

  VcpuExit finish(ExitReason reason);
  void refresh();
  void setRegs();
  bool stopsHere();
  bool asleep();

  // --- events
  std::optional<unsigned> dueEvent();
  std::optional<unsigned> acknowledge();
  MaybeExit deliver(unsigned vector);
  MaybeExit enterSmm(const PortInstruction& port);
  MaybeExit raiseDebug(u64 dr6, bool fault);
  void noteFrame(const GuestView& before, unsigned vector);

  // --- instructions
  MaybeExit one();
  MaybeExit plainly();
  bool trapsBehind(const Instruction& in) const;
  MaybeExit instruction();
  MaybeExit trapped(const Instruction& in);
  MaybeExit interruptInstruction(const Instruction& in);
  MaybeExit transfer(const Instruction& in, u64 target);
  MaybeExit touchesIdt(const Instruction& in);
  MaybeExit faulted();
  bool sti(const Instruction& in);
  bool loadSs(const Instruction& in);
  std::optional<kvm_segment> stackSegment(u16 selector);
  bool trapFlagAfter(const Instruction& in);
  MaybeExit retired(const Instruction& in);
  u64 ownHit();
  void hideTrapFlag(LinearAddr flags);
  void hideTrapFlagInFrame();
  void noteAccesses(const Instruction& in);

  // --- in and out
  Stop enter(bool singleStep, bool block);
  bool eventWaits() const;
  bool stopsAt(const HaltMarks& marks, Stop stop);
  std::unique_ptr<Watchdog> wakeInMarks() const;
  std::vector<u8*> idtPages() const;
  void closeHandlers(std::span<const unsigned> vectors);

  // --- the guest's own debug registers: bits of DR6
  u64 ownBreakpoints();
  u64 ownDataBreakpoints();

  KvmVcpu& vcpu_;
  GuardedRam::Session guards_;
  const bool hold_;
  GuestView view_;   // as of the last stop
  GuestView start_;  // of this step
  std::vector<DataAccess> accesses_;
  u64 steps_ = 0, instructions_ = 0;
  u64 poppedFlags_ = 0;
  u64 hardwareHits_ = 0;  // DR6: the guest's own breakpoints that the processor saw
  ExitReason exit_ = ExitReason::Cancelled;
};

}  // namespace duet::kvm
