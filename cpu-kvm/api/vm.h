// One virtual machine of the kernel.
#pragma once

#include <span>

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/base/unique_fd.h"
#include "cpu-kvm/api/kvm_abi.h"
#include "cpu-kvm/api/vcpu_fd.h"

namespace duet::kvm {

// Threads: any; slots are changed by one thread at a time.
class Vm {
 public:
  Vm(UniqueFd fd, size_t runSize) : fd_(std::move(fd)), runSize_(runSize) {}

  int fd() const { return fd_.get(); }
  int extension(int capability) const;  // as of this machine: some depend on it
  Result<> enableCapability(u32 capability, u64 argument = 0);
  // Where KVM may hide a task state segment and an identity map (Intel without unrestricted guest): three pages and one
  // page that are nobody's. Before vCPUs.
  Result<> setHelperPages(u64 tss, u64 identityMap);
  // Places, moves, changes or (size 0) removes a slot.
  Result<> setMemory(const kvm_userspace_memory_region& region);
  // The pages of a slot written since the last call, one bit each.
  Result<> takeDirtyLog(u32 slot, std::span<u64> bitmap);
  // The entries of the vCPUs' dirty rings that were given back are the kernel's again.
  Result<> resetDirtyRings();
  // The MSRs of these ranges are the machine's to answer: exits instead of KVM's own handling.
  Result<> setMsrFilter(std::span<const kvm_msr_filter_range> denied);
  // Paravirtual time of all vCPUs.
  Result<kvm_clock_data> clock();
  Result<> setClock(const kvm_clock_data& data);
  // `id` is the initial APIC ID.
  Result<VcpuFd> createVcpu(unsigned id);
  // To local APICs in the kernel; a message to nobody is lost, as on a bus.
  void signalMsi(u64 address, u32 data);
  // An 8259 pair, an I/O APIC and local APICs. Before vCPUs.
  Result<> createIrqchip();
  Result<> get(kvm_irqchip& chip);  // `chip_id` says which
  Result<> set(const kvm_irqchip& chip);
  // An 8254 with port 61h, where there is a whole irqchip: its interrupt is GSI 0, and ticks that come before the one before
  // is acknowledged are kept. Before vCPUs.
  Result<> createPit();
  Result<kvm_pit_state2> pit();
  Result<> set(const kvm_pit_state2& state);
  // False: it was raised, but the chip had not passed on the rise before.
  bool setIrqLine(u32 gsi, bool level);
  Result<> setIoEvent(const kvm_ioeventfd& request);
  // Writes there wait in the ring (KVM API 4.116), or no longer do.
  Result<> keepBackWrites(const kvm_coalesced_mmio_zone& zone, bool on);
  Result<> setIrqEvent(const kvm_irqfd& request);
  // Replaces the table of interrupt routes.
  Result<> setIrqRouting(std::span<const kvm_irq_routing_entry> entries);

 private:
  UniqueFd fd_;
  size_t runSize_;
};

}  // namespace duet::kvm
