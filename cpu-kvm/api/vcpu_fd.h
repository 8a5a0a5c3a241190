// One vCPU of the kernel: entering the guest, and its state by parts.
#pragma once

#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/base/unique_fd.h"
#include "cpu-kvm/api/kvm_abi.h"

namespace duet::kvm {

// Threads: the vCPU's own, except setImmediateExit().
class VcpuFd {
 public:
  VcpuFd(UniqueFd fd, kvm_run* run, size_t runSize) : fd_(std::move(fd)), run_(run), runSize_(runSize) {}
  VcpuFd(VcpuFd&& other) noexcept;
  VcpuFd& operator=(VcpuFd&&) = delete;
  ~VcpuFd();

  kvm_run& run() { return *run_; }
  // Bytes of the shared page at the offset that an exit names (data of port strings).
  u8* shared(u64 offset) { return reinterpret_cast<u8*>(run_) + offset; }
  // The machine's ring of writes that wait, one for all vCPUs; `page` as KVM_CAP_COALESCED_MMIO says.
  abi::CoalescedRing& waitingWrites(int page) {
    return *reinterpret_cast<abi::CoalescedRing*>(shared(static_cast<u64>(page) * 4096));
  }
  // KVM_RUN. 0, or the errno: EINTR when a signal or setImmediateExit ended it.
  int enter();
  // A KVM_RUN that ends before the guest runs: by then the kernel has made interrupt requests of the APIC timer's expirations,
  // which it keeps to itself until the next entry. In the thread of enter(), with nothing left open by an exit.
  void settle();
  // KVM_CAP_SYNC_REGS: from now on every exit leaves registers and events in the shared page too, and get() reads them there.
  // Worth it where most exits are looked at, as in single steps.
  static bool canSync(int capability) { return (static_cast<u64>(capability) & kSynced) == kSynced; }
  void syncRegisters(bool on) { run_->kvm_valid_regs = on ? kSynced : 0; }
  // While set, enter() finishes what a former exit left open and returns EINTR. Any thread, signal handlers too.
  void setImmediateExit(bool on);

  // Where the machine has dirty rings; mapped as long as this lives.
  Result<std::span<kvm_dirty_gfn>> mapDirtyRing(u32 entries);

  Result<> setCpuid(std::span<const kvm_cpuid_entry2> entries);
  Result<> get(kvm_regs& regs);
  Result<> set(const kvm_regs& regs);
  Result<> get(kvm_sregs2& sregs);
  Result<> set(const kvm_sregs2& sregs);
  Result<> get(kvm_sregs& sregs);
  Result<> set(const kvm_sregs& sregs);
  Result<> get(kvm_vcpu_events& events);
  Result<> set(const kvm_vcpu_events& events);
  Result<> get(kvm_debugregs& regs);
  Result<> set(const kvm_debugregs& regs);
  Result<> get(kvm_xcrs& xcrs);
  Result<> set(const kvm_xcrs& xcrs);
  Result<> get(kvm_mp_state& state);
  Result<> set(const kvm_mp_state& state);
  Result<> get(kvm_lapic_state& page);
  Result<> set(const kvm_lapic_state& page);
  // The XSAVE area in standard format; `area` has at least 4096 bytes, more where KVM_CAP_XSAVE2 says so.
  Result<> getXsave(std::span<u8> area, bool large);
  Result<> setXsave(std::span<const u8> area);
  // How many entries from the front were read (written); the one behind them is not known to this KVM.
  Result<size_t> getMsrs(std::span<kvm_msr_entry> entries);
  Result<size_t> setMsrs(std::span<const kvm_msr_entry> entries);
  Result<> setUpMachineCheck(u64 capability);  // IA32_MCG_CAP; before its registers are used
  // The guest finds in its page of paravirtual time that it stood still. Fails when it has none.
  Result<> tellOfPause();
  // Of KVM's own MSRs and hypercalls the guest has only those that CPUID shows.
  Result<> enforceParavirtualCpuid();
  // Guest TSC minus host TSC, where the kernel has it as an attribute.
  bool hasTscOffset();
  Result<> setTscOffset(u64 offset);
  Result<> interrupt(u8 vector);  // only when ready_for_interrupt_injection
  Result<> nmi();
  Result<> smi();
  Result<> setGuestDebug(const kvm_guest_debug& debug);
  // Without setting accessed bits; `valid` 0 where no page is present.
  Result<> translate(kvm_translation& translation);

 private:
  static constexpr u64 kSynced = KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS | KVM_SYNC_X86_EVENTS;

  UniqueFd fd_;
  kvm_run* run_;
  size_t runSize_;
  std::span<kvm_dirty_gfn> ring_;
  bool synced_ = false;  // the shared page's registers are the vCPU's
};

}  // namespace duet::kvm
