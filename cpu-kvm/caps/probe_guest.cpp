#include "cpu-kvm/caps/probe_guest.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/cpu/registers.h"
#include "cpu-kvm/caps/watchdog.h"

namespace duet::kvm {
namespace {

constexpr u64 kMemorySize = 4u << 20;
constexpr u64 kHelperPages = 0xfeffc000;
constexpr u64 kPml4 = 0x1000, kPdpt = 0x2000, kPd = 0x3000, kPageDirectory32 = 0x4000, kIdt = 0x5000,
              kGdt = 0x6000;
constexpr u16 kCode64 = 0x08, kUserData = 0x18, kUserCode64 = 0x20;
constexpr u64 kPresent = 1, kWritable = 2, kUser = 4, kLarge = 0x80;

kvm_segment flat(u16 selector, u8 type, u8 dpl, bool l, bool db) {
  kvm_segment s{};
  s.selector = selector;
  s.limit = 0xffffffff;
  s.type = type;
  s.present = s.s = s.g = 1;
  s.dpl = dpl;
  s.l = l;
  s.db = db;
  return s;
}

kvm_segment realSegment(u8 type) {
  kvm_segment s{};
  s.limit = 0xffff;
  s.type = type;
  s.present = s.s = 1;
  return s;
}

void setSegments(kvm_sregs& s, const kvm_segment& code, const kvm_segment& data) {
  s.cs = code;
  s.ds = s.es = s.fs = s.gs = s.ss = data;
}

kvm_segment busyTss() {
  kvm_segment s{};
  s.limit = 0x67;
  s.type = 11;
  s.present = 1;
  return s;
}

std::string expect(const std::string& found, const std::string& wanted) {
  return found == wanted ? std::string() : fmt::format("{} instead of {}", found, wanted);
}

}  // namespace

Result<std::unique_ptr<ProbeGuest>> ProbeGuest::create(const System& system) {
  auto vm = system.createVm();
  if (!vm) return tl::unexpected(vm.error());
  if (auto ok = vm->setHelperPages(kHelperPages + 0x1000, kHelperPages); !ok)
    return tl::unexpected(ok.error());
  void* memory = mmap(nullptr, kMemorySize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return fail("kvm: no memory for the probes: {}", errnoText(errno));
  kvm_userspace_memory_region region{};
  region.memory_size = kMemorySize;
  region.userspace_addr = reinterpret_cast<u64>(memory);
  auto placed = vm->setMemory(region);
  auto vcpu = vm->createVcpu(0);
  auto cpuid = system.supportedCpuid();
  if (placed && vcpu && cpuid) {
    if (auto ok = vcpu->setCpuid(*cpuid); ok)
      return std::unique_ptr<ProbeGuest>(
          new ProbeGuest(std::move(*vm), std::move(*vcpu), static_cast<u8*>(memory)));
  }
  munmap(memory, kMemorySize);
  return tl::unexpected(!placed ? placed.error() : !vcpu ? vcpu.error() : cpuid.error());
}

ProbeGuest::~ProbeGuest() { munmap(memory_, kMemorySize); }

void ProbeGuest::fillTables() {
  std::memset(memory_, 0, kData + 0x1000);
  const auto put64 = [&](u64 at, u64 value) { std::memcpy(memory_ + at, &value, sizeof value); };
  const auto put32 = [&](u64 at, u32 value) { std::memcpy(memory_ + at, &value, sizeof value); };
  constexpr u64 kAll = kPresent | kWritable | kUser;
  put64(kPml4, kPdpt | kAll);
  put64(kPdpt, kPd | kAll);
  put64(kPd, 0 | kAll | kLarge);
  put64(kPd + 8, 0x200000 | kAll | kLarge);
  put64(kPd + 16, 0x200000 | kAll | kLarge);
  put32(kPageDirectory32, 0 | kAll | kLarge);
  put32(kPageDirectory32 + 4, 0 | kAll | kLarge);
  put64(kGdt + kCode64, 0x00af9b000000ffff);
  put64(kGdt + 0x10, 0x00cf93000000ffff);
  put64(kGdt + kUserData, 0x00cff3000000ffff);
  put64(kGdt + kUserCode64, 0x00affb000000ffff);
  for (u64 vector = 0; vector < 32; ++vector) {
    put64(kIdt + vector * 16, (kHandler & 0xffff) | u64{kCode64} << 16 | u64{0x8e00} << 32);
    put32(vector * 4, static_cast<u32>(kHandler));  // real mode: 0000:9000
  }
  memory_[kHandler] = 0xf4;
}

Result<> ProbeGuest::start(Mode mode) {
  kvm_sregs s{};
  if (auto ok = vcpu_.get(s); !ok) return ok;
  s.tr = busyTss();
  s.gdt = {kGdt, 0x2f, {}};
  s.idt = {kIdt, 0x1ff, {}};
  s.cr3 = kPml4;
  s.efer = s.cr4 = 0;
  s.cr0 = kCr0Et | kCr0Ne | kCr0Mp | kCr0Am;
  const u8 dpl = mode == Mode::Long3 ? 3 : 0;
  switch (mode) {
    case Mode::Real:
      s.idt = {0, 0x3ff, {}};
      setSegments(s, realSegment(11), realSegment(3));
      break;
    case Mode::Paged32:
      s.cr3 = kPageDirectory32;
      s.cr0 |= kCr0Pe | kCr0Pg;
      s.cr4 = kCr4Pse;
      setSegments(s, flat(kCode64, 11, 0, false, true), flat(0x10, 3, 0, false, true));
      break;
    case Mode::Long0:
    case Mode::Long3:
      s.cr0 |= kCr0Pe | kCr0Pg;
      s.cr4 = kCr4Pae | kCr4Osfxsr | kCr4Osxmmexcpt;
      s.efer = kEferLme | kEferLma | kEferSce;
      setSegments(s, flat(dpl ? kUserCode64 | 3 : kCode64, 11, dpl, true, false),
                  flat(dpl ? kUserData | 3 : 0x10, 3, dpl, false, true));
      break;
  }
  if (auto ok = vcpu_.set(s); !ok) return ok;
  kvm_regs r{};
  r.rip = kCode;
  r.rsp = kStack;
  r.rdi = kData;
  r.rflags = 2;
  if (auto ok = vcpu_.set(r); !ok) return ok;
  const kvm_msr_entry msrs[] = {{kMsrStar, 0, u64{kCode64} << 32}, {kMsrLstar, 0, kHandler}};
  auto count = vcpu_.setMsrs(msrs);
  return count ? Result<>{} : tl::unexpected(count.error());
}

std::string ProbeGuest::describe(int error) {
  if (error) return fmt::format("KVM_RUN failed: {}", errnoText(error));
  const kvm_run& run = vcpu_.run();
  if (run.exit_reason == KVM_EXIT_INTERNAL_ERROR)
    return fmt::format("KVM internal error {}", run.internal.suberror);
  if (run.exit_reason == KVM_EXIT_SHUTDOWN) return "triple fault";
  if (run.exit_reason == KVM_EXIT_HLT) return "HLT";
  return fmt::format("KVM exit {}", run.exit_reason);
}

Result<ProbeEnd> ProbeGuest::run(Mode mode, const std::vector<u8>& code, std::chrono::milliseconds limit) {
  fillTables();
  std::copy(code.begin(), code.end(), memory_ + kCode);
  if (auto ok = start(mode); !ok) return tl::unexpected(ok.error());
  Watchdog watchdog(limit);
  int error;
  do {
    error = vcpu_.enter();
  } while (error == EINTR && !watchdog.expired());
  ProbeEnd end;
  end.seconds = watchdog.elapsed();
  kvm_regs r{};
  if (auto ok = vcpu_.get(r); !ok) return tl::unexpected(ok.error());
  end.rip = r.rip;
  end.rcx = r.rcx;
  end.late = error == EINTR;
  end.halted = error == 0 && vcpu_.run().exit_reason == KVM_EXIT_HLT;
  end.how = end.late ? fmt::format("still running after {} ms", limit.count()) : describe(error);
  end.how += fmt::format(" at {:#x}", end.rip);
  return end;
}

// One entry, under a watchdog; where it ended.
std::string ProbeGuest::stopOnce(const kvm_guest_debug& debug) {
  if (auto ok = vcpu_.setGuestDebug(debug); !ok) return ok.error().message;
  const Watchdog watchdog(std::chrono::milliseconds(100));
  const int error = vcpu_.enter();
  kvm_regs r{};
  kvm_vcpu_events e{};
  if (!vcpu_.get(r) || !vcpu_.get(e)) return "no state";
  const std::string how = error == EFAULT ? "closed page"
                          : error         ? errnoText(error)
                          : vcpu_.run().exit_reason == KVM_EXIT_DEBUG
                              ? std::string("trap")
                              : fmt::format("KVM exit {}", vcpu_.run().exit_reason);
  return fmt::format("{} at {:#x}{}", how, static_cast<u64>(r.rip),
                     e.exception.injected ? fmt::format(" before exception {}", e.exception.nr) : "");
}

u64 ProbeGuest::xcr0() {
  kvm_xcrs xcrs{};
  return vcpu_.get(xcrs) && xcrs.nr_xcrs ? xcrs.xcrs[0].value : 0;
}

Result<> ProbeGuest::startReal(std::initializer_list<u8> code) {
  fillTables();
  std::copy(code.begin(), code.end(), memory_ + kCode);
  return start(Mode::Real);
}

std::string ProbeGuest::tryHardwareBreakpoint() {
  kvm_guest_debug debug{};
  debug.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP;
  debug.arch.debugreg[0] = kCode + 1;
  debug.arch.debugreg[7] = 0x402;  // G0
  if (auto ok = startReal({0x40, 0x40, 0xf4}); !ok) return ok.error().message;
  return expect(stopOnce(debug), "trap at 0x8001");
}

// Both ways switch the breakpoint off again: on some processors it outlives the guest, and hits in the next one.
//   mov eax,8012h; mov dr0,eax; mov eax,402h; mov dr7,eax; nop (at 8012h); xor eax,eax; mov dr7,eax; hlt
//   8040h: xor eax,eax; mov dr7,eax; hlt
std::string ProbeGuest::tryDebugRegisters() {
  constexpr u64 kTrap = kCode + 0x40;
  const u8 off[] = {0x66, 0x31, 0xc0, 0x0f, 0x23, 0xf8, 0xf4};
  const auto started =
      startReal({0x66, 0xb8, 0x12, 0x80, 0x00, 0x00, 0x0f, 0x23, 0xc0, 0x66, 0xb8, 0x02, 0x04,
                 0x00, 0x00, 0x0f, 0x23, 0xf8, 0x90, 0x66, 0x31, 0xc0, 0x0f, 0x23, 0xf8, 0xf4});
  if (!started) return started.error().message;
  std::copy(std::begin(off), std::end(off), memory_ + kTrap);
  memory_[4] = kTrap & 0xff;  // vector 1: 0000:8040
  memory_[5] = kTrap >> 8;
  return expect(stopOnce({}), fmt::format("KVM exit {} at {:#x}", KVM_EXIT_HLT, kTrap + sizeof off));
}

std::string ProbeGuest::tryInterruptWindow() {
  if (auto ok = startReal({0xfb, 0x90, 0x90, 0xf4}); !ok) return ok.error().message;
  vcpu_.run().request_interrupt_window = 1;
  const std::string found = stopOnce({});
  vcpu_.run().request_interrupt_window = 0;
  return expect(found, fmt::format("KVM exit {} at 0x8002", KVM_EXIT_IRQ_WINDOW_OPEN));
}

std::string ProbeGuest::tryTripleFault() {
  if (auto ok = startReal({0x0f, 0x0b}); !ok) return ok.error().message;
  kvm_sregs s{};
  if (auto ok = vcpu_.get(s); !ok) return ok.error().message;
  s.idt.limit = 0;
  if (auto ok = vcpu_.set(s); !ok) return ok.error().message;
  const std::string wanted = fmt::format("KVM exit {}", KVM_EXIT_SHUTDOWN);
  const std::string found = stopOnce({});
  return found.starts_with(wanted) ? std::string() : expect(found, wanted);
}

//   mov ecx,4b564d01h; mov eax,0a001h; xor edx,edx; wrmsr; hlt
std::string ProbeGuest::tryKvmclock() {
  constexpr u64 kRate = kData + 24;  // tsc_to_system_mul of the kernel's pvclock_vcpu_time_info
  const auto end = run(
      Mode::Long0, {0xb9, 0x01, 0x4d, 0x56, 0x4b, 0xb8, 0x01, 0xa0, 0x00, 0x00, 0x31, 0xd2, 0x0f, 0x30, 0xf4},
      std::chrono::milliseconds(100));
  if (!end) return end.error().message;
  u32 rate = 0;
  std::memcpy(&rate, memory_ + kRate, sizeof rate);
  return end->halted && rate ? std::string() : fmt::format("{}, with the rate {}", end->how, rate);
}

std::string ProbeGuest::findSmm() {
  if (vm_.extension(KVM_CAP_X86_SMM) > 0 && vm_.extension(KVM_CAP_MULTI_ADDRESS_SPACE) >= 2) return {};
  return "the kernel names no such capability";
}

std::string ProbeGuest::tryClosedPages() {
  kvm_guest_debug step{}, none{};
  step.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP;
  if (auto ok = startReal({0x40, 0x0f, 0x0b}); !ok) return ok.error().message;
  const auto close = [&](u64 page, int protection) { mprotect(memory_ + page, 4096, protection); };
  if (auto wrong = expect(stopOnce(step), "trap at 0x8001"); !wrong.empty()) return wrong;
  close(0, PROT_NONE);
  std::string found = stopOnce(step);
  close(0, PROT_READ | PROT_WRITE);
  if (auto wrong = expect(found, "closed page at 0x8001 before exception 6"); !wrong.empty()) return wrong;
  close(kHandler, PROT_NONE);
  found = stopOnce(none);
  close(kHandler, PROT_READ | PROT_WRITE);
  return expect(found, "closed page at 0x9000");
}

}  // namespace duet::kvm
