#include "cpu-kvm/api/vcpu_fd.h"

#include <sys/ioctl.h>
#include <sys/mman.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <utility>

#include "cpu-kvm/api/ioctl.h"
#include "cpu-kvm/api/kick_signal.h"

namespace duet::kvm {
namespace {

// A header, and entries behind it, in one piece as the kernel wants them.
template <class Header, class Entry>
std::vector<u8> packed(std::span<const Entry> entries) {
  Header header{};
  header.count = static_cast<u32>(entries.size());
  std::vector<u8> bytes(sizeof header + entries.size_bytes());
  std::memcpy(bytes.data(), &header, sizeof header);
  if (!entries.empty()) std::memcpy(bytes.data() + sizeof header, entries.data(), entries.size_bytes());
  return bytes;
}

template <class T>
Result<> write(int fd, unsigned long request, const char* what, const T& value) {
  T copy = value;
  return done(call(fd, request, what, &copy));
}

constexpr u64 kCr0Paging = u64{1} << 31, kCr4Pae = 1u << 5, kEferActive = 1u << 10;

bool paePaging(const kvm_sregs& s) {
  return (s.cr0 & kCr0Paging) && (s.cr4 & kCr4Pae) && !(s.efer & kEferActive);
}

kvm_sregs2 widened(const kvm_sregs& s) {
  kvm_sregs2 out{};
  out.cs = s.cs;
  out.ds = s.ds;
  out.es = s.es;
  out.fs = s.fs;
  out.gs = s.gs;
  out.ss = s.ss;
  out.tr = s.tr;
  out.ldt = s.ldt;
  out.gdt = s.gdt;
  out.idt = s.idt;
  out.cr0 = s.cr0;
  out.cr2 = s.cr2;
  out.cr3 = s.cr3;
  out.cr4 = s.cr4;
  out.cr8 = s.cr8;
  out.efer = s.efer;
  out.apic_base = s.apic_base;
  return out;
}

kvm_device_attr tscOffsetAttribute(u64* value) {
  kvm_device_attr attribute{};
  attribute.group = KVM_VCPU_TSC_CTRL;
  attribute.attr = KVM_VCPU_TSC_OFFSET;
  attribute.addr = reinterpret_cast<u64>(value);
  return attribute;
}

}  // namespace

VcpuFd::VcpuFd(VcpuFd&& other) noexcept
    : fd_(std::move(other.fd_)),
      run_(std::exchange(other.run_, nullptr)),
      runSize_(other.runSize_),
      ring_(std::exchange(other.ring_, {})) {}

VcpuFd::~VcpuFd() {
  if (run_) munmap(run_, runSize_);
  if (!ring_.empty()) munmap(ring_.data(), ring_.size_bytes());
}

Result<std::span<kvm_dirty_gfn>> VcpuFd::mapDirtyRing(u32 entries) {
  constexpr off_t kOffset = KVM_DIRTY_LOG_PAGE_OFFSET * 4096;
  void* ring =
      mmap(nullptr, entries * sizeof(kvm_dirty_gfn), PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), kOffset);
  if (ring == MAP_FAILED) return fail("kvm: a vCPU's dirty ring cannot be mapped: {}", errnoText(errno));
  ring_ = {static_cast<kvm_dirty_gfn*>(ring), entries};
  return ring_;
}

int VcpuFd::enter() {
  const int error = ioctl(fd_.get(), KVM_RUN, 0) < 0 ? errno : 0;
  synced_ = run_->kvm_valid_regs == kSynced;
  return error;
}

// A signal that waits, and is open only inside KVM_RUN, ends that at the last check before the guest.
void VcpuFd::settle() {
  sigset_t kick, before;
  sigemptyset(&kick);
  sigaddset(&kick, kickSignal());
  pthread_sigmask(SIG_BLOCK, &kick, &before);
  pthread_kill(pthread_self(), kickSignal());
  struct {
    abi::SignalMaskHeader header{sizeof(u64)};
    u8 none[sizeof(u64)]{};
  } mask;
  if (ioctl(fd_.get(), abi::kSetSignalMask, &mask) == 0) {
    setImmediateExit(false);
    (void)enter();
    (void)ioctl(fd_.get(), abi::kSetSignalMask, nullptr);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);  // it is taken here
}

void VcpuFd::setImmediateExit(bool on) {
  std::atomic_ref<u8>(run_->immediate_exit).store(on, std::memory_order_seq_cst);
}

Result<> VcpuFd::setCpuid(std::span<const kvm_cpuid_entry2> entries) {
  auto bytes = packed<abi::CpuidHeader>(entries);
  return done(call(fd_.get(), abi::kSetCpuid2, "SET_CPUID2", bytes.data()));
}

// What is set is the kernel's alone; the page is right again after the next entry.
Result<> VcpuFd::get(kvm_regs& v) {
  if (!synced_) return done(call(fd_.get(), KVM_GET_REGS, "GET_REGS", &v));
  v = run_->s.regs.regs;
  return {};
}
Result<> VcpuFd::set(const kvm_regs& v) {
  synced_ = false;
  return write(fd_.get(), KVM_SET_REGS, "SET_REGS", v);
}
// The page has no PDPTEs.
Result<> VcpuFd::get(kvm_sregs2& v) {
  const kvm_sregs& page = run_->s.regs.sregs;
  if (!synced_ || paePaging(page)) return done(call(fd_.get(), KVM_GET_SREGS2, "GET_SREGS2", &v));
  v = widened(page);
  return {};
}
Result<> VcpuFd::set(const kvm_sregs2& v) {
  synced_ = false;
  return write(fd_.get(), KVM_SET_SREGS2, "SET_SREGS2", v);
}
Result<> VcpuFd::get(kvm_sregs& v) { return done(call(fd_.get(), KVM_GET_SREGS, "GET_SREGS", &v)); }
Result<> VcpuFd::set(const kvm_sregs& v) {
  synced_ = false;
  return write(fd_.get(), KVM_SET_SREGS, "SET_SREGS", v);
}
Result<> VcpuFd::get(kvm_vcpu_events& v) {
  if (!synced_) return done(call(fd_.get(), KVM_GET_VCPU_EVENTS, "GET_VCPU_EVENTS", &v));
  v = run_->s.regs.events;
  return {};
}
Result<> VcpuFd::set(const kvm_vcpu_events& v) {
  synced_ = false;
  return write(fd_.get(), KVM_SET_VCPU_EVENTS, "SET_VCPU_EVENTS", v);
}

Result<> VcpuFd::get(kvm_debugregs& v) {
  return done(call(fd_.get(), KVM_GET_DEBUGREGS, "GET_DEBUGREGS", &v));
}
Result<> VcpuFd::set(const kvm_debugregs& v) {
  return write(fd_.get(), KVM_SET_DEBUGREGS, "SET_DEBUGREGS", v);
}
Result<> VcpuFd::get(kvm_xcrs& v) { return done(call(fd_.get(), KVM_GET_XCRS, "GET_XCRS", &v)); }
Result<> VcpuFd::set(const kvm_xcrs& v) { return write(fd_.get(), KVM_SET_XCRS, "SET_XCRS", v); }
// The kernel takes INITs and SIPIs that wait before it answers.
Result<> VcpuFd::get(kvm_mp_state& v) {
  synced_ = false;
  return done(call(fd_.get(), KVM_GET_MP_STATE, "GET_MP_STATE", &v));
}
Result<> VcpuFd::set(const kvm_mp_state& v) { return write(fd_.get(), KVM_SET_MP_STATE, "SET_MP_STATE", v); }
Result<> VcpuFd::get(kvm_lapic_state& v) { return done(call(fd_.get(), KVM_GET_LAPIC, "GET_LAPIC", &v)); }
Result<> VcpuFd::set(const kvm_lapic_state& v) { return write(fd_.get(), KVM_SET_LAPIC, "SET_LAPIC", v); }

Result<> VcpuFd::getXsave(std::span<u8> area, bool large) {
  return done(call(fd_.get(), large ? abi::kGetXsave2 : abi::kGetXsave, large ? "GET_XSAVE2" : "GET_XSAVE",
                   area.data()));
}

Result<> VcpuFd::setXsave(std::span<const u8> area) {
  return done(call(fd_.get(), abi::kSetXsave, "SET_XSAVE", const_cast<u8*>(area.data())));
}

Result<size_t> VcpuFd::getMsrs(std::span<kvm_msr_entry> entries) {
  auto bytes = packed<abi::MsrsHeader>(std::span<const kvm_msr_entry>(entries));
  auto count = call(fd_.get(), abi::kGetMsrs, "GET_MSRS", bytes.data());
  if (!count) return tl::unexpected(count.error());
  if (!entries.empty())
    std::memcpy(entries.data(), bytes.data() + sizeof(abi::MsrsHeader), entries.size_bytes());
  return static_cast<size_t>(*count);
}

Result<size_t> VcpuFd::setMsrs(std::span<const kvm_msr_entry> entries) {
  auto bytes = packed<abi::MsrsHeader>(entries);
  auto count = call(fd_.get(), abi::kSetMsrs, "SET_MSRS", bytes.data());
  if (!count) return tl::unexpected(count.error());
  return static_cast<size_t>(*count);
}

Result<> VcpuFd::setUpMachineCheck(u64 capability) {
  return write(fd_.get(), KVM_X86_SETUP_MCE, "X86_SETUP_MCE", capability);
}

Result<> VcpuFd::tellOfPause() { return done(call(fd_.get(), KVM_KVMCLOCK_CTRL, "KVMCLOCK_CTRL", 0ul)); }

Result<> VcpuFd::enforceParavirtualCpuid() {
  kvm_enable_cap request{};
  request.cap = KVM_CAP_ENFORCE_PV_FEATURE_CPUID;
  request.args[0] = 1;
  return done(call(fd_.get(), KVM_ENABLE_CAP, "ENABLE_CAP (enforce paravirtual CPUID)", &request));
}

bool VcpuFd::hasTscOffset() {
  kvm_device_attr attribute = tscOffsetAttribute(nullptr);
  return ioctl(fd_.get(), KVM_HAS_DEVICE_ATTR, &attribute) == 0;
}

Result<> VcpuFd::setTscOffset(u64 offset) {
  return write(fd_.get(), KVM_SET_DEVICE_ATTR, "SET_DEVICE_ATTR (TSC offset)", tscOffsetAttribute(&offset));
}

Result<> VcpuFd::interrupt(u8 vector) {
  synced_ = false;
  kvm_interrupt request{vector};
  return done(call(fd_.get(), KVM_INTERRUPT, "INTERRUPT", &request));
}

Result<> VcpuFd::nmi() {
  synced_ = false;
  return done(call(fd_.get(), KVM_NMI, "NMI", 0ul));
}
Result<> VcpuFd::smi() {
  synced_ = false;
  return done(call(fd_.get(), KVM_SMI, "SMI", 0ul));
}
Result<> VcpuFd::setGuestDebug(const kvm_guest_debug& v) {
  return write(fd_.get(), KVM_SET_GUEST_DEBUG, "SET_GUEST_DEBUG", v);
}
Result<> VcpuFd::translate(kvm_translation& v) {
  return done(call(fd_.get(), KVM_TRANSLATE, "TRANSLATE", &v));
}

}  // namespace duet::kvm
