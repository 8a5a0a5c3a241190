// Why the kernel came back, and what is done about it.
#include <cerrno>
#include <cstring>

#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "cpu-kvm/convert/msrs.h"
#include "cpu-kvm/vcpu/kvm_vcpu.h"

namespace duet::kvm {

KvmVcpu::MaybeExit KvmVcpu::handleExit(int error) {
  if (error == EINTR || error == EAGAIN) return {};
  if (error == EFAULT && ram_.explains(ramTurn_)) return {};
  if (error) return fault(fmt::format("KVM_RUN failed: {}", errnoText(error)));
  switch (fd_.run().exit_reason) {
    case KVM_EXIT_IO:
      portAccess();
      return {};
    case KVM_EXIT_MMIO:
      memoryAccess();
      return {};
    case KVM_EXIT_X86_RDMSR:
      msrAccess(false);
      return {};
    case KVM_EXIT_X86_WRMSR:
      msrAccess(true);
      return {};
    case KVM_EXIT_HLT:
      activity_ = Activity::Halted;
      return {};
    case KVM_EXIT_SHUTDOWN:
      activity_ = Activity::Shutdown;
      return ExitReason::Shutdown;
    case KVM_EXIT_INTR:
    case KVM_EXIT_SET_TPR:
      return {};
    case KVM_EXIT_IRQ_WINDOW_OPEN:
      interruptPending_ = true;
      return {};
    case KVM_EXIT_DIRTY_RING_FULL:
      if (auto ok = facts_.dirty->collect(); !ok) return fault(ok.error().message);
      return {};
    case KVM_EXIT_IOAPIC_EOI:
      chips_->endOfInterrupt(fd_.run().eoi.vector);
      return {};
    case KVM_EXIT_DEBUG:
      return debugExit();
    case KVM_EXIT_FAIL_ENTRY:
      return fault(fmt::format("the processor refused the guest's state (hardware reason {:#x})",
                               static_cast<u64>(fd_.run().fail_entry.hardware_entry_failure_reason)));
    case KVM_EXIT_INTERNAL_ERROR:
      return fault(internalError());
    default:
      return fault(fmt::format("KVM exit {} is not known", fd_.run().exit_reason));
  }
}

void KvmVcpu::portAccess() {
  const auto& io = fd_.run().io;
  const PortInstruction port{io.port, io.size, io.direction == KVM_EXIT_IO_IN, 0};
  u8* data = fd_.shared(io.data_offset);
  for (u32 i = 0; i < io.count; ++i, data += io.size) {
    u64 value = 0;
    if (io.direction == KVM_EXIT_IO_OUT) {
      std::memcpy(&value, data, io.size);
      env_.ports.write(io.port, io.size, value);
    } else {
      value = env_.ports.read(io.port, io.size);
      std::memcpy(data, &value, io.size);
    }
  }
  incomplete_ = true;
  notePort(port);
}

// It counts while the next entry is not made; who can leave before that, or take an SMI, has posted mail.
void KvmVcpu::notePort(const PortInstruction& port) {
  if (!stepping_ && !env_.mailbox.peek()) return;
  kvm_regs regs{};
  (void)fd_.get(regs);
  portBefore_ = port;
  portBefore_.rip = regs.rip;
}

// The local APIC's page is each processor's own; an APIC in the kernel answers there itself.
void KvmVcpu::memoryAccess() {
  auto& mmio = fd_.run().mmio;
  const auto page = apic_ ? std::nullopt : env_.interrupts.mmioPage();
  const u64 address = mmio.phys_addr;
  const bool apic = page && address - page->value < 4096;
  IoHandler& registers = env_.interrupts.mmio();
  const bool smm = fd_.run().flags & KVM_RUN_X86_SMM;
  const AddressSpace& memory = smm && env_.smm ? env_.smm->data : env_.physical;
  u64 value = 0;
  if (mmio.is_write) {
    std::memcpy(&value, mmio.data, mmio.len);
    apic ? registers.write(0, address - page->value, mmio.len, value)
         : memory.write(address, mmio.len, value);
  } else {
    value = apic ? registers.read(0, address - page->value, mmio.len) : memory.read(address, mmio.len);
    std::memcpy(mmio.data, &value, mmio.len);
  }
  incomplete_ = true;
}

// The local APIC's MSRs. IA32_TSC_DEADLINE is in the guest's TSC, the APIC counts in the clock's; 0 disarms.
void KvmVcpu::msrAccess(bool write) {
  auto& msr = fd_.run().msr;
  const u64 offset = msr.index == kMsrTscDeadline ? tscOffset_ : 0;
  u64 value = write ? msr.data : 0;
  if (write && value) value -= offset;
  MsrAccess access = MsrAccess::NotMine;
  if (!apic_)
    access = write ? env_.interrupts.writeMsr(msr.index, value) : env_.interrupts.readMsr(msr.index, value);
  if (access == MsrAccess::NotMine && !write) access = readKept(msr.index, value);
  if (!write) msr.data = value ? value + offset : 0;
  msr.error = access != MsrAccess::Done;
  interruptPending_ = true;
  incomplete_ = true;
}

// What the kernel does not keep reads as the reset left it, and cannot be written.
MsrAccess KvmVcpu::readKept(u32 index, u64& value) {
  const u64* member = msrMember(kept_, index);
  const bool kvmsOwn =
      index >= kMsrKvmWallClock && index <= kMsrKvmAsyncPfAck;  // kept wherever they are offered
  if (!member || kvmsOwn) return MsrAccess::NotMine;
  value = *member;
  return MsrAccess::Done;
}

// A debugger's, or the guest's own single step: while a debugger has the debug registers every #DB comes here.
KvmVcpu::MaybeExit KvmVcpu::debugExit() {
  const auto& arch = fd_.run().debug.arch;
  for (unsigned i = 0; i < 4; ++i) {
    if (!(arch.dr6 >> i & 1)) continue;
    const size_t watch = i - debug_.breakpoints.size();
    if (i < debug_.breakpoints.size())
      debugStop_ = {DebugStop::Cause::Breakpoint, LinearAddr(arch.pc), WatchKind::Write};
    else if (watch < debug_.watchpoints.size())
      debugStop_ = {DebugStop::Cause::Watchpoint, debug_.watchpoints[watch].address,
                    debug_.watchpoints[watch].kind};
    return ExitReason::Debug;
  }
  kvm_vcpu_events now = events();
  now.exception = {};
  now.exception.pending = 1;
  now.exception.nr = kExcDB;
  now.exception_has_payload = 1;
  now.exception_payload = arch.dr6 & kDr6Writable;
  now.flags |= KVM_VCPUEVENT_VALID_PAYLOAD;
  (void)fd_.set(now);
  return {};
}

std::string KvmVcpu::internalError() {
  const auto& internal = fd_.run().internal;
  kvm_regs regs{};
  (void)fd_.get(regs);
  const char* what = internal.suberror == KVM_INTERNAL_ERROR_EMULATION  ? "it cannot emulate an instruction"
                     : internal.suberror == KVM_INTERNAL_ERROR_SIMUL_EX ? "two exceptions at once"
                     : internal.suberror == KVM_INTERNAL_ERROR_DELIVERY_EV
                         ? "an exit while an event was delivered"
                         : "unexpected exit";
  std::string text = fmt::format("KVM internal error {} at RIP {:#x}: {}", internal.suberror,
                                 static_cast<u64>(regs.rip), what);
  const auto& failure = fd_.run().emulation_failure;
  if (internal.suberror != KVM_INTERNAL_ERROR_EMULATION || failure.ndata < 3 ||
      !(failure.flags & KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES))
    return text;
  text += ", bytes";
  for (unsigned i = 0; i < failure.insn_size && i < sizeof failure.insn_bytes; ++i)
    text += fmt::format(" {:02x}", failure.insn_bytes[i]);
  return text;
}

}  // namespace duet::kvm
