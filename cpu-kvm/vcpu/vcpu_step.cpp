// When a vCPU is stepped and when it runs freely, and what steps need to know of it.
#include <algorithm>
#include <cstring>

#include "core/base/log.h"
#include "core/cpu/registers.h"
#include "cpu-kvm/vcpu/kvm_vcpu.h"
#include "cpu-kvm/vcpu/stepper.h"

namespace duet::kvm {
namespace {

constexpr u64 kStepsAMillisecond = 1'000'000;
constexpr unsigned kDebugRegisters = 4;
constexpr u64 kDr7Enables = 0xff;

// What a debug register can watch (SDM vol. 3 18.2.5); there is none that watches reads alone.
bool fitsRegister(const Watchpoint& w) {
  const bool size = w.length == 1 || w.length == 2 || w.length == 4 || w.length == 8;
  return size && w.address.value % w.length == 0 && w.kind != WatchKind::Read;
}

// DR7 (SDM vol. 3 18.2.4): enable bits, then R/W and LEN of each register.
u64 dr7Of(unsigned slot, u64 condition, u64 length) {
  const u64 code = length == 8 ? 2 : length - 1;
  return u64{2} << (2 * slot) | (condition | code << 2) << (16 + 4 * slot);
}

}  // namespace

VcpuExit KvmVcpu::run(const RunBudget& budget) {
  debugStop_ = {};
  const bool limited = budget.steps != ~u64{0};
  if ((limited && facts_.exactStep) || mustStep()) return runInSteps(budget.steps, StepEvents::Take, true);
  // What a shadow holds back is the steps' business: kernels and processors differ in it.
  if (facts_.exactStep && (heldTrap_ || shadow_ != InterruptShadow::None)) {
    VcpuExit exit = runInSteps(1, StepEvents::Take, true);
    if (exit.reason != ExitReason::Budget) return exit;
  }
  if (!limited) return runFree();
  // Steps that are not exact would not be counted right either: about as long as they would take on a processor.
  if (budget.steps == 0) return runInSteps(0, StepEvents::Take, true);
  slice_.emplace(std::chrono::milliseconds(1 + budget.steps / kStepsAMillisecond));
  VcpuExit exit = runFree();
  slice_.reset();
  return exit;
}

VcpuExit KvmVcpu::step(StepEvents events) {
  debugStop_ = {};
  return runInSteps(1, events, false);
}

VcpuExit KvmVcpu::runInSteps(u64 budget, StepEvents events, bool stopAtBreakpoints) {
  const ChipUse use(chips_, *this);
  env_.mailbox.setKick(&kick_);
  beginTime();
  stepping_ = true;
  holdEvents_ = events == StepEvents::HoldBack;
  fd_.syncRegisters(facts_.syncRegisters);
  VcpuExit exit = Stepper(*this, ram_, events).run(budget, stopAtBreakpoints);
  fd_.syncRegisters(false);
  stepping_ = holdEvents_ = false;
  applyHardwareDebug();
  forgetReadiness();
  return exit;
}

// What the last exit said of interrupts is of another state.
void KvmVcpu::forgetReadiness() {
  kvm_regs regs{};
  (void)fd_.get(regs);
  fd_.run().ready_for_interrupt_injection = 0;
  fd_.run().if_flag = (regs.rflags & kFlagIf) != 0;
}

// Whether a debugger, or the guest's own debug registers, ask for more than the processor does.
bool KvmVcpu::mustStep() {
  if (!debug_.empty() && (!hardwareDebug() || inRepetition_)) return true;
  if (!facts_.exactStep || (facts_.debugRegisters && debug_.empty())) return false;
  return debugRegisters().dr7 & kDr7Enables;
}

bool KvmVcpu::hardwareDebug() const {
  return facts_.hardwareBreakpoints &&
         debug_.breakpoints.size() + debug_.watchpoints.size() <= kDebugRegisters &&
         std::ranges::all_of(debug_.watchpoints, fitsRegister);
}

bool KvmVcpu::startsAtBreakpoint() {
  if (debug_.breakpoints.empty()) return false;
  const LinearAddr here = view().code();
  if (std::ranges::find(debug_.breakpoints, here) == debug_.breakpoints.end()) return false;
  debugStop_ = {DebugStop::Cause::Breakpoint, here, WatchKind::Write};
  return true;
}

GuestView KvmVcpu::view() {
  GuestView view;
  (void)fd_.get(view.regs);
  (void)fd_.get(view.sregs);
  (void)fd_.get(view.events);
  view.memory = &memoryIn(view.events.smi.smm);
  view.physicalBits = env_.model.physicalBits();
  view.linearBits = view.sregs.cr4 & kCr4La57 ? 57 : 48;
  return view;
}

const AddressSpace& KvmVcpu::memoryIn(bool smm) const {
  return smm && env_.smm ? env_.smm->code : env_.physical;
}

u64 KvmVcpu::readMsr(u32 index) {
  kvm_msr_entry entry{index, 0, 0};
  const auto count = fd_.getMsrs({&entry, 1});
  return count && *count == 1 ? entry.data : 0;
}

kvm_debugregs KvmVcpu::debugRegisters() {
  kvm_debugregs registers{};
  (void)fd_.get(registers);
  return registers;
}

// The kernel leaves these places of the save area empty (APM vol. 2 10.2.4, table 10-2).
void KvmVcpu::recordPort(const PortInstruction& port, u64 smbase) {
  if (!env_.model.has(Feature::Lm)) return;
  const AddressSpace& memory = env_.smm ? env_.smm->data : env_.physical;
  const GuestView now = view();
  memory.write(smbase + 0xfec0, 4, u64{port.port} << 16 | u64{port.size} << 4 | (port.in ? 1u : 0u) | 2u);
  const std::pair<u64, u64> words[] = {
      {0xfea0, port.rip}, {0xfea8, now.regs.rcx}, {0xfeb0, now.regs.rsi}, {0xfeb8, now.regs.rdi}};
  for (const auto& [offset, value] : words) memory.write(smbase + offset, 8, value);
}

void KvmVcpu::setDebug(const DebugControls& controls) {
  debug_ = controls;
  applyHardwareDebug();
}

void KvmVcpu::setDebugControl(const kvm_guest_debug& request) {
  if (auto ok = fd_.setGuestDebug(request); !ok)
    log(LogChannel::Error, "vcpu {}: {}", env_.index, ok.error().message);
}

void KvmVcpu::applyDebug(bool singleStep, bool blockInterrupts) {
  kvm_guest_debug request{};
  request.control = KVM_GUESTDBG_ENABLE;
  if (singleStep) request.control |= KVM_GUESTDBG_SINGLESTEP;
  if (blockInterrupts && facts_.blockStepInterrupts) request.control |= KVM_GUESTDBG_BLOCKIRQ;
  setDebugControl(request);
}

void KvmVcpu::applyHardwareDebug() {
  kvm_guest_debug request{};
  if (debug_.empty() || !hardwareDebug()) return setDebugControl(request);
  unsigned slot = 0;
  for (const LinearAddr address : debug_.breakpoints) {
    request.arch.debugreg[slot] = address.value;
    request.arch.debugreg[7] |= dr7Of(slot++, 0, 1);
  }
  for (const Watchpoint& w : debug_.watchpoints) {
    request.arch.debugreg[slot] = w.address.value;
    request.arch.debugreg[7] |= dr7Of(slot++, w.kind == WatchKind::Write ? 1 : 3, w.length);
  }
  request.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP;
  setDebugControl(request);
}

}  // namespace duet::kvm
