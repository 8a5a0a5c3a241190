#include "cpu-kvm/api/vm.h"

#include <sys/ioctl.h>
#include <sys/mman.h>

#include <cstring>
#include <vector>

#include "cpu-kvm/api/ioctl.h"

namespace duet::kvm {

int Vm::extension(int capability) const {
  auto value = call(fd(), KVM_CHECK_EXTENSION, "CHECK_EXTENSION", static_cast<unsigned long>(capability));
  return value ? *value : 0;
}

Result<> Vm::enableCapability(u32 capability, u64 argument) {
  kvm_enable_cap request{};
  request.cap = capability;
  request.args[0] = argument;
  return done(call(fd(), KVM_ENABLE_CAP, "ENABLE_CAP", &request));
}

Result<> Vm::setHelperPages(u64 tss, u64 identityMap) {
  if (auto ok = call(fd(), KVM_SET_IDENTITY_MAP_ADDR, "SET_IDENTITY_MAP_ADDR", &identityMap); !ok)
    return done(ok);
  return done(call(fd(), KVM_SET_TSS_ADDR, "SET_TSS_ADDR", static_cast<unsigned long>(tss)));
}

Result<> Vm::setMemory(const kvm_userspace_memory_region& region) {
  kvm_userspace_memory_region copy = region;
  return done(call(fd(), KVM_SET_USER_MEMORY_REGION, "SET_USER_MEMORY_REGION", &copy));
}

Result<> Vm::takeDirtyLog(u32 slot, std::span<u64> bitmap) {
  kvm_dirty_log request{};
  request.slot = slot;
  request.dirty_bitmap = bitmap.data();
  return done(call(fd(), KVM_GET_DIRTY_LOG, "GET_DIRTY_LOG", &request));
}

Result<> Vm::resetDirtyRings() { return done(call(fd(), KVM_RESET_DIRTY_RINGS, "RESET_DIRTY_RINGS", 0ul)); }

Result<> Vm::setMsrFilter(std::span<const kvm_msr_filter_range> denied) {
  kvm_msr_filter filter{};
  filter.flags = KVM_MSR_FILTER_DEFAULT_ALLOW;
  if (denied.size() > KVM_MSR_FILTER_MAX_RANGES) return fail("kvm: too many MSR ranges");
  for (size_t i = 0; i < denied.size(); ++i) filter.ranges[i] = denied[i];
  return done(call(fd(), KVM_X86_SET_MSR_FILTER, "X86_SET_MSR_FILTER", &filter));
}

void Vm::signalMsi(u64 address, u32 data) {
  kvm_msi request{};
  request.address_lo = static_cast<u32>(address);
  request.address_hi = static_cast<u32>(address >> 32);
  request.data = data;
  (void)ioctl(fd(), KVM_SIGNAL_MSI, &request);
}

Result<> Vm::createIrqchip() { return done(call(fd(), KVM_CREATE_IRQCHIP, "CREATE_IRQCHIP", 0ul)); }

Result<> Vm::get(kvm_irqchip& chip) { return done(call(fd(), KVM_GET_IRQCHIP, "GET_IRQCHIP", &chip)); }

Result<> Vm::set(const kvm_irqchip& chip) {
  kvm_irqchip copy = chip;
  return done(call(fd(), KVM_SET_IRQCHIP, "SET_IRQCHIP", &copy));
}

Result<> Vm::createPit() {
  kvm_pit_config config{};
  config.flags = KVM_PIT_SPEAKER_DUMMY;
  if (auto ok = call(fd(), KVM_CREATE_PIT2, "CREATE_PIT2", &config); !ok) return done(ok);
  kvm_reinject_control control{};
  control.pit_reinject = 1;
  return done(call(fd(), KVM_REINJECT_CONTROL, "REINJECT_CONTROL", &control));
}

Result<kvm_pit_state2> Vm::pit() {
  kvm_pit_state2 state{};
  if (auto ok = call(fd(), KVM_GET_PIT2, "GET_PIT2", &state); !ok) return tl::unexpected(ok.error());
  return state;
}

Result<> Vm::set(const kvm_pit_state2& state) {
  kvm_pit_state2 copy = state;
  return done(call(fd(), KVM_SET_PIT2, "SET_PIT2", &copy));
}

bool Vm::setIrqLine(u32 gsi, bool level) {
  kvm_irq_level request{};
  request.irq = gsi;
  request.level = level;
  return ioctl(fd(), KVM_IRQ_LINE_STATUS, &request) < 0 || !level || request.status != 0;
}

Result<> Vm::setIoEvent(const kvm_ioeventfd& request) {
  kvm_ioeventfd copy = request;
  return done(call(fd(), KVM_IOEVENTFD, "IOEVENTFD", &copy));
}

Result<> Vm::keepBackWrites(const kvm_coalesced_mmio_zone& zone, bool on) {
  kvm_coalesced_mmio_zone copy = zone;
  return done(on ? call(fd(), KVM_REGISTER_COALESCED_MMIO, "REGISTER_COALESCED_MMIO", &copy)
                 : call(fd(), KVM_UNREGISTER_COALESCED_MMIO, "UNREGISTER_COALESCED_MMIO", &copy));
}

Result<> Vm::setIrqEvent(const kvm_irqfd& request) {
  kvm_irqfd copy = request;
  return done(call(fd(), KVM_IRQFD, "IRQFD", &copy));
}

Result<> Vm::setIrqRouting(std::span<const kvm_irq_routing_entry> entries) {
  const abi::IrqRoutingHeader header{static_cast<u32>(entries.size()), 0};
  std::vector<u8> bytes(sizeof header + entries.size_bytes());
  std::memcpy(bytes.data(), &header, sizeof header);
  if (!entries.empty()) std::memcpy(bytes.data() + sizeof header, entries.data(), entries.size_bytes());
  return done(call(fd(), abi::kSetGsiRouting, "SET_GSI_ROUTING", bytes.data()));
}

Result<kvm_clock_data> Vm::clock() {
  kvm_clock_data data{};
  if (auto ok = call(fd(), KVM_GET_CLOCK, "GET_CLOCK", &data); !ok) return tl::unexpected(ok.error());
  return data;
}

Result<> Vm::setClock(const kvm_clock_data& data) {
  kvm_clock_data copy = data;
  return done(call(fd(), KVM_SET_CLOCK, "SET_CLOCK", &copy));
}

Result<VcpuFd> Vm::createVcpu(unsigned id) {
  auto made = call(fd(), KVM_CREATE_VCPU, "CREATE_VCPU", static_cast<unsigned long>(id));
  if (!made) return tl::unexpected(made.error());
  UniqueFd vcpu(*made);
  void* run = mmap(nullptr, runSize_, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu.get(), 0);
  if (run == MAP_FAILED)
    return fail("kvm: the shared page of vCPU {} cannot be mapped: {}", id, errnoText(errno));
  return VcpuFd(std::move(vcpu), static_cast<kvm_run*>(run), runSize_);
}

}  // namespace duet::kvm
