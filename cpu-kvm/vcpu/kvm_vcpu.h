// One virtual CPU run by the kernel's KVM.
#pragma once

#include <pthread.h>

#include <atomic>
#include <optional>

#include "core/cpu/cpu_backend.h"
#include "core/cpu/event_latch.h"
#include "cpu-kvm/api/vcpu_fd.h"
#include "cpu-kvm/caps/watchdog.h"
#include "cpu-kvm/convert/kvm_state.h"
#include "cpu-kvm/irqchip/kernel_apic.h"
#include "cpu-kvm/irqchip/kernel_chips.h"
#include "cpu-kvm/step/guest_view.h"
#include "cpu-kvm/step/instruction.h"
#include "cpu-kvm/vcpu/guarded_ram.h"
#include "cpu-kvm/vcpu/kvm_clock.h"
#include "cpu-kvm/vcpu/waiting_writes.h"

namespace duet::kvm {

// What all vCPUs of a machine know of their KVM.
struct VmFacts {
  std::vector<u32> msrs;  // of CpuState, that this KVM keeps
  XsaveLayout xsave;
  bool xsave2 = false;               // KVM_GET_XSAVE2
  DirtyTracker* dirty = nullptr;     // collects when a vCPU's ring of written pages is full
  WaitingWrites* writes = nullptr;   // null: none ever wait
  bool tscOffset = false;            // the TSC offset is an attribute
  bool smm = false;                  // and its own memory slots
  bool syncRegisters = false;        // with every exit
  bool exactStep = false;            // closed pages do for stepping what it needs (caps/probes)
  bool debugRegisters = false;       // the processor heeds the guest's
  bool hardwareBreakpoints = false;  // and a debugger's
  bool blockStepInterrupts = false;  // KVM_GUESTDBG_BLOCKIRQ
};

// Interrupts of the machine's own controllers are injected here, between two entries: all of them, or with a local APIC in
// the kernel the 8259's. Threads: as Vcpu says. Other threads get a vCPU out of guest mode by the mailbox's kick: the immediate-exit flag,
// which holds for an entry about to be made, and a signal, which ends one under way.
class KvmVcpu final : public Vcpu, private ApicOwner {
 public:
  // `chips`: the kernel's; null: it has none.
  KvmVcpu(const VcpuEnv& env, VcpuFd fd, const VmFacts& facts, GuardedRam& ram, KvmClock& clock,
          KernelChips* chips);
  ~KvmVcpu() override;

  VcpuExit run(const RunBudget& budget) override;
  VcpuExit step(StepEvents events) override;
  void requestExit() override;
  void saveState(CpuState& out) override;
  Result<> loadState(const CpuState& in) override;
  void setDebug(const DebugControls& controls) override;
  std::optional<Gpa> translate(LinearAddr address) override;

 private:
  friend class Stepper;
  using MaybeExit = std::optional<ExitReason>;

  VcpuExit runFree();
  VcpuExit runInSteps(u64 budget, StepEvents events, bool stopAtBreakpoints);
  bool mustStep();
  void forgetReadiness();
  bool startsAtBreakpoint();
  VcpuExit leave(ExitReason reason);
  u32 wakeMask();
  MaybeExit fault(std::string message);

  // --- between two entries (vcpu_events.cpp)
  MaybeExit boundary();
  void takeMail();
  void takeInit();
  void takeSipi();
  bool wake();
  void injectInterrupt();
  kvm_vcpu_events events();

  // --- with or without a local APIC in the kernel (vcpu_irqchip.cpp)
  void giveApic() override;
  void takeApic() override;
  void leaveApic() override { apic_->leave(!smiTaken_); }
  void lookAgain() override;
  Activity activity();
  void setActivity(Activity activity, bool eventDecided);
  void serveInterruptMail();
  bool interruptWaits();
  std::optional<unsigned> kernelInterrupt();
  void takeInterrupt();
  kvm_vcpu_events ownEvents();
  void refreshRunPage();
  bool mayBeKicked(const CpuState& state) const;
  void kickSelf();

  // --- in and out of the guest
  int enterGuest();
  int enterClosed();  // the same, whatever the mailbox has
  int enter();
  void kick();

  // --- exits (vcpu_exits.cpp)
  MaybeExit handleExit(int error);
  void portAccess();
  void memoryAccess();
  void msrAccess(bool write);
  MsrAccess readKept(u32 index, u64& value);
  MaybeExit debugExit();
  void notePort(const PortInstruction& port);
  const AddressSpace& memoryIn(bool smm) const;
  std::string internalError();

  // --- state (vcpu_state.cpp)
  void readState(CpuState& out);  // without what waits in the latch
  Result<> writeState(const CpuState& in);
  Result<> read(KvmState& state);
  Result<> write(const KvmState& state);
  u64 apicBase();
  void beginTime();
  void updateTscOffset();
  void readTscOffset();
  u64 tscAdjust();
  Result<> writeTsc(u64 value);

  // --- for steps (vcpu_step.cpp)
  GuestView view();
  u64 readMsr(u32 index);
  kvm_debugregs debugRegisters();
  void recordPort(const PortInstruction& port, u64 smbase);
  bool watched(std::span<const DataAccess> accesses);

  bool hardwareDebug() const;
  void applyDebug(bool singleStep, bool blockInterrupts);
  void applyHardwareDebug();
  void setDebugControl(const kvm_guest_debug& request);

  const VcpuEnv env_;
  VcpuFd fd_;
  const VmFacts& facts_;
  GuardedRam& ram_;
  u64 ramTurn_ = 0;  // at the last entry
  KvmClock& clock_;
  KernelChips* const chips_;
  std::atomic<bool> lookAgain_{false};
  std::optional<KernelApic> apic_;         // the kernel's, where it has one
  Activity activity_ = Activity::Running;  // with apic_ only Running or Shutdown; the kernel knows the rest
  ModelSpecificRegisters kept_;            // those that the kernel does not keep are current here
  EventLatch latch_;                       // INIT and SIPI; the kernel latches NMIs and SMIs
  bool interruptPending_ = true;
  bool holdEvents_ = false;
  bool stepping_ = false;
  bool smiTaken_ = false;    // since the last entry
  bool incomplete_ = false;  // the access of the last exit is finished by the next entry
  u64 tscOffset_ = 0;        // the guest's own (WRMSR)
  u64 tscAdjust_ = 0;        // the kernel's IA32_TSC_ADJUST when tscOffset_ was true
  u64 appliedTscOffset_ = ~u64{0};
  u64 instructions_ = 0;                            // as loaded, and those that were stepped
  u64 heldTrap_ = 0;                                // DR6 of a #DB that MOV SS holds back
  InterruptShadow shadow_ = InterruptShadow::None;  // which, while the kernel says that there is one
  PortInstruction portBefore_;
  std::optional<LinearAddr> inRepetition_;  // stopped between two elements of the instruction there
  std::optional<Watchdog> slice_;           // what run() may take, where steps cannot be counted
  u32 pausesTold_ = 0;                      // of the clock, that the guest has been told of
  DebugControls debug_;
  DebugStop debugStop_;
  std::string message_;  // of an EngineFault

  const std::function<void()> kick_ = [this] { kick(); };
  std::atomic<bool> inGuest_{false};
  pthread_t thread_{};  // valid while inGuest_
};

}  // namespace duet::kvm
