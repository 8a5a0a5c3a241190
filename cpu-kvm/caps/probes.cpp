#include "cpu-kvm/caps/probes.h"

#include <cstring>

#include "cpu-kvm/caps/probe_guest.h"

namespace duet::kvm {
namespace {

using Mode = ProbeGuest::Mode;
using Code = std::vector<u8>;

constexpr std::chrono::milliseconds kLimit{200};

// Works when the guest halts behind the HLT at `rip`.
struct HaltProbe {
  std::string_view name, what;
  Mode mode;
  Code code;
  u64 haltsAt;  // the HLT
  bool essential = true;
};

constexpr u64 kCode = ProbeGuest::kCode, kHandler = ProbeGuest::kHandler;

const HaltProbe kHaltProbes[] = {
    {"real-mode", "16-bit code", Mode::Real, {0x40, 0xf4}, kCode + 1},
    {"real-mode-int", "INT 80h in real mode", Mode::Real, {0xcd, 0x10, 0xf4}, kHandler},
    {"paging-32bit",
     "two-level paging in protected mode",
     Mode::Paged32,
     {0xa1, 0x00, 0x80, 0x40, 0x00, 0xf4},
     kCode + 5},  // mov eax,[408000h]
    {"addps", "SSE instructions at CPL 0", Mode::Long0, {0x0f, 0x58, 0xc0, 0xf4}, kCode + 3},
    {"x87", "x87 instructions at CPL 0", Mode::Long0, {0xdb, 0xe3, 0xd9, 0xe8, 0xd8, 0xc0, 0xf4}, kCode + 6},
    {"int3", "INT3 through a 64-bit gate", Mode::Long0, {0xcc, 0xf4}, kHandler},
    {"cmpxchg16b", "LOCK CMPXCHG16B at CPL 0", Mode::Long0, {0xf0, 0x48, 0x0f, 0xc7, 0x0f, 0xf4}, kCode + 5},
    {"fxsave", "FXSAVE at CPL 0", Mode::Long0, {0x0f, 0xae, 0x07, 0xf4}, kCode + 3},
    {"syscall", "SYSCALL from CPL 3 to LSTAR", Mode::Long3, {0x0f, 0x05, 0xf4}, kHandler},
    // pushf; or dword [rsp],40000h; popf; mov eax,[rdi+1]; jmp $
    {"alignment-check",
     "#AC at CPL 3",
     Mode::Long3,
     {0x9c, 0x81, 0x0c, 0x24, 0x00, 0x00, 0x04, 0x00, 0x9d, 0x8b, 0x47, 0x01, 0xeb, 0xfe},
     kHandler,
     false},
};

// mov eax,cr4; or eax,40000h; mov cr4,eax; xor ecx,ecx; xor edx,edx; mov eax,3; xsetbv; hlt
const HaltProbe kXsetbv = {"xsetbv",
                           "XSETBV at CPL 0, which the kernel must see",
                           Mode::Long0,
                           {0x0f, 0x20, 0xe0, 0x0d, 0x00, 0x00, 0x04, 0x00, 0x0f, 0x22, 0xe0, 0x31,
                            0xc9, 0x31, 0xd2, 0xb8, 0x03, 0x00, 0x00, 0x00, 0x0f, 0x01, 0xd1, 0xf4},
                           kCode + 23,
                           false};

ProbeResult judge(std::string_view name, std::string_view what, const Result<ProbeEnd>& end, u64 haltsAt) {
  ProbeResult result{name, what, false, {}};
  if (!end) {
    result.detail = end.error().message;
    return result;
  }
  result.works = end->halted && end->rip == haltsAt + 1;
  if (!result.works) result.detail = fmt::format("{} instead of HLT at {:#x}", end->how, haltsAt);
  return result;
}

// mov ecx,N; dec ecx; jnz: a kernel that interprets it is a hundred times slower than a processor. The best of some tries
// counts: in a virtual machine the time that its host takes away looks like our own.
ProbeResult speedProbe(ProbeGuest& guest) {
  constexpr u32 kIterations = 100'000;
  constexpr double kSlowest = 20e6;  // instructions a second; interpreting kernels reach 2
  constexpr int kTries = 10;
  Code code{0xb9, 0, 0, 0, 0, 0xff, 0xc9, 0x75, 0xfc, 0xf4};
  std::memcpy(&code[1], &kIterations, sizeof kIterations);
  ProbeResult result;
  for (int i = 0; i < kTries; ++i) {
    const auto end = guest.run(Mode::Long0, code, std::chrono::milliseconds(10));
    result = judge("native-speed", "kernel code runs on the processor", end, kCode + 9);
    if (!result.works) continue;
    const double rate = 2.0 * kIterations / end->seconds;
    if (rate >= kSlowest) return result;
    result.works = false;
    result.detail = fmt::format("{:.1f} million instructions a second", rate / 1e6);
  }
  return result;
}

// A new machine each time: some software KVMs cannot go on after an internal error.
ProbeResult runHaltProbe(const System& system, const HaltProbe& p) {
  auto guest = ProbeGuest::create(system);
  ProbeResult result{p.name, p.what, false, {}, p.essential};
  if (!guest) {
    result.detail = guest.error().message;
    return result;
  }
  result = judge(p.name, p.what, (*guest)->run(p.mode, p.code, kLimit), p.haltsAt);
  result.essential = p.essential;
  return result;
}

// One that the guest judges itself; what is wrong is its answer.
ProbeResult runGuestProbe(const System& system, std::string_view name, std::string_view what,
                          std::string (ProbeGuest::*attempt)()) {
  ProbeResult result{name, what, false, {}, false};
  auto guest = ProbeGuest::create(system);
  result.detail = guest ? ((**guest).*attempt)() : guest.error().message;
  result.works = result.detail.empty();
  return result;
}

ProbeResult smmProbe(const System& system) {
  ProbeResult result{"smm", "system-management mode, with memory of its own", false, {}, false};
  result.works = system.extension(KVM_CAP_X86_SMM) > 0 && system.extension(KVM_CAP_MULTI_ADDRESS_SPACE) >= 2;
  if (!result.works) result.detail = "the kernel names no such capability";
  return result;
}

}  // namespace

ProbeResult probeDebugRegisters(const System& system) {
  return runGuestProbe(system, "debug-registers", "the guest's own breakpoints in DR0 to DR3",
                       &ProbeGuest::tryDebugRegisters);
}

// Some processors that emulate virtualization let the guest write the host's XCR0.
ProbeResult probeXsetbv(const System& system) {
  ProbeResult result{kXsetbv.name, kXsetbv.what, false, {}, kXsetbv.essential};
  auto guest = ProbeGuest::create(system);
  if (!guest) {
    result.detail = guest.error().message;
    return result;
  }
  result =
      judge(kXsetbv.name, kXsetbv.what, (*guest)->run(kXsetbv.mode, kXsetbv.code, kLimit), kXsetbv.haltsAt);
  result.essential = kXsetbv.essential;
  const u64 seen = (*guest)->xcr0();
  if (!result.works || seen == 3) return result;
  result.works = false;
  result.detail = fmt::format("XCR0 is {:#x} for the kernel, instead of 0x3", seen);
  return result;
}

ProbeResult probeHardwareBreakpoints(const System& system) {
  return runGuestProbe(system, "hw-breakpoints", "a debugger's breakpoints in the debug registers",
                       &ProbeGuest::tryHardwareBreakpoint);
}

ProbeResult probeSteps(const System& system) {
  return runGuestProbe(system, "exact-step", "single steps stop at faults and deliveries",
                       &ProbeGuest::tryClosedPages);
}

Result<std::vector<ProbeResult>> runProbes(const System& system) {
  auto guest = ProbeGuest::create(system);
  if (!guest) return tl::unexpected(guest.error());
  std::vector<ProbeResult> results;
  results.push_back(speedProbe(**guest));
  for (const HaltProbe& p : kHaltProbes) results.push_back(runHaltProbe(system, p));
  results.push_back(probeXsetbv(system));
  results.push_back(probeDebugRegisters(system));
  results.push_back(probeHardwareBreakpoints(system));
  results.push_back(probeSteps(system));
  results.push_back(runGuestProbe(system, "interrupt-window", "exits where an interrupt can come",
                                  &ProbeGuest::tryInterruptWindow));
  results.push_back(runGuestProbe(system, "triple-fault", "a shutdown when nothing can be delivered",
                                  &ProbeGuest::tryTripleFault));
  results.push_back(smmProbe(system));
  return results;
}

std::string failedProbes(std::span<const ProbeResult> probes) {
  std::string names;
  for (const ProbeResult& p : probes) {
    if (p.works || !p.essential) continue;
    if (!names.empty()) names += ", ";
    names += p.name;
  }
  return names;
}

Result<> runsWholePc(std::span<const ProbeResult> probes) {
  const std::string failed = failedProbes(probes);
  if (failed.empty()) return {};
  return fail("{} is a software KVM that cannot run a whole PC ({} fail; see duet --host-report)",
              System::kDevice, failed);
}

}  // namespace duet::kvm
