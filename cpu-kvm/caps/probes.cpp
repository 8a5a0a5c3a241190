#include "cpu-kvm/caps/probes.h"

#include <algorithm>
#include <cstring>
#include <functional>

#include "core/base/assert.h"
#include "cpu-kvm/caps/probe_guest.h"

namespace duet::kvm {
namespace {

using Mode = ProbeGuest::Mode;
using Code = std::vector<u8>;
using Attempt = std::function<std::string(ProbeGuest&)>;  // empty when it works, else what came out

constexpr std::chrono::milliseconds kLimit{200};
constexpr u64 kCode = ProbeGuest::kCode, kHandler = ProbeGuest::kHandler;

struct Probe {
  std::string_view name, what;
  Attempt attempt;
  bool essential = true;
};

std::string judge(const Result<ProbeEnd>& end, u64 haltsAt) {
  if (!end) return end.error().message;
  if (end->halted && end->rip == haltsAt + 1) return {};
  return fmt::format("{} instead of HLT at {:#x}", end->how, haltsAt);
}

// Works when the guest halts by the HLT at `at`.
Attempt halts(Mode mode, Code code, u64 at) {
  return [mode, code = std::move(code), at](ProbeGuest& guest) {
    return judge(guest.run(mode, code, kLimit), at);
  };
}

// mov ecx,N; dec ecx; jnz: a kernel that interprets it is a hundred times slower than a processor. The best of some tries
// counts: in a virtual machine the time that its host takes away looks like our own.
std::string trySpeed(ProbeGuest& guest) {
  constexpr u32 kIterations = 20'000;
  constexpr double kSlowest = 20e6,
                   kInterpreted = 4e6;  // instructions a second; interpreting kernels reach 2
  constexpr int kTries = 10, kSureTries = 3;
  Code code{0xb9, 0, 0, 0, 0, 0xff, 0xc9, 0x75, 0xfc, 0xf4};
  std::memcpy(&code[1], &kIterations, sizeof kIterations);
  double best = 0;
  for (int i = 0; i < kTries && (i < kSureTries || best > kInterpreted); ++i) {
    const auto end = guest.run(Mode::Long0, code, std::chrono::milliseconds(2));
    const bool ended = judge(end, kCode + 9).empty();
    if (!ended && (!end || !end->late)) return judge(end, kCode + 9);
    best = std::max(best, 2.0 * static_cast<double>(kIterations - end->rcx) / end->seconds);
    if (ended && best >= kSlowest) return {};
  }
  return fmt::format("{:.1f} million instructions a second", best / 1e6);
}

// XSETBV with XCR0 = 3. Some processors that emulate virtualization let the guest write the host's XCR0.
//   mov eax,cr4; or eax,40000h; mov cr4,eax; xor ecx,ecx; xor edx,edx; mov eax,3; xsetbv; hlt
std::string tryXsetbv(ProbeGuest& guest) {
  const Code code{0x0f, 0x20, 0xe0, 0x0d, 0x00, 0x00, 0x04, 0x00, 0x0f, 0x22, 0xe0, 0x31,
                  0xc9, 0x31, 0xd2, 0xb8, 0x03, 0x00, 0x00, 0x00, 0x0f, 0x01, 0xd1, 0xf4};
  if (auto wrong = judge(guest.run(Mode::Long0, code, kLimit), kCode + 23); !wrong.empty()) return wrong;
  const u64 seen = guest.xcr0();
  return seen == 3 ? std::string() : fmt::format("XCR0 is {:#x} for the kernel, instead of 0x3", seen);
}

// The essential ones stand in the order in which an engine is chosen: first what is over in one entry and what software
// KVMs lack, then what costs time where it fails.
const Probe kProbes[] = {
    {"addps", "SSE instructions at CPL 0", halts(Mode::Long0, {0x0f, 0x58, 0xc0, 0xf4}, kCode + 3)},
    {"x87", "x87 instructions at CPL 0",
     halts(Mode::Long0, {0xdb, 0xe3, 0xd9, 0xe8, 0xd8, 0xc0, 0xf4}, kCode + 6)},
    {"int3", "INT3 through a 64-bit gate", halts(Mode::Long0, {0xcc, 0xf4}, kHandler)},
    {"cmpxchg16b", "LOCK CMPXCHG16B at CPL 0",
     halts(Mode::Long0, {0xf0, 0x48, 0x0f, 0xc7, 0x0f, 0xf4}, kCode + 5)},
    {"fxsave", "FXSAVE at CPL 0", halts(Mode::Long0, {0x0f, 0xae, 0x07, 0xf4}, kCode + 3)},
    {"syscall", "SYSCALL from CPL 3 to LSTAR", halts(Mode::Long3, {0x0f, 0x05, 0xf4}, kHandler)},
    {"paging-32bit", "two-level paging in protected mode",  // mov eax,[408000h]
     halts(Mode::Paged32, {0xa1, 0x00, 0x80, 0x40, 0x00, 0xf4}, kCode + 5)},
    {"real-mode", "16-bit code", halts(Mode::Real, {0x40, 0xf4}, kCode + 1)},
    {"real-mode-int", "INT 10h in real mode", halts(Mode::Real, {0xcd, 0x10, 0xf4}, kHandler)},
    {"native-speed", "kernel code runs on the processor", trySpeed},
    // pushf; or dword [rsp],40000h; popf; mov eax,[rdi+1]; jmp $
    {"alignment-check", "#AC at CPL 3",
     halts(Mode::Long3, {0x9c, 0x81, 0x0c, 0x24, 0x00, 0x00, 0x04, 0x00, 0x9d, 0x8b, 0x47, 0x01, 0xeb, 0xfe},
           kHandler),
     false},
    {"xsetbv", "XSETBV at CPL 0, which the kernel must see", tryXsetbv, false},
    {"debug-registers", "the guest's own breakpoints in DR0 to DR3",
     std::mem_fn(&ProbeGuest::tryDebugRegisters), false},
    {"hw-breakpoints", "a debugger's breakpoints in the debug registers",
     std::mem_fn(&ProbeGuest::tryHardwareBreakpoint), false},
    {"exact-step", "single steps stop at faults and deliveries", std::mem_fn(&ProbeGuest::tryClosedPages),
     false},
    {"interrupt-window", "exits where an interrupt can come", std::mem_fn(&ProbeGuest::tryInterruptWindow),
     false},
    {"kvmclock", "the time in a page of the guest", std::mem_fn(&ProbeGuest::tryKvmclock), false},
    {"triple-fault", "a shutdown when nothing can be delivered", std::mem_fn(&ProbeGuest::tryTripleFault),
     false},
    {"smm", "system-management mode, with memory of its own", std::mem_fn(&ProbeGuest::findSmm), false},
};

ProbeResult resultOf(const Probe& p, std::string detail) {
  const bool works = detail.empty();
  return {p.name, p.what, works, std::move(detail), p.essential};
}

// A new machine each time: some software KVMs cannot go on after an internal error.
ProbeResult runAlone(const System& system, const Probe& p) {
  const auto guest = ProbeGuest::create(system);
  return resultOf(p, guest ? p.attempt(**guest) : guest.error().message);
}

}  // namespace

ProbeResult runProbe(const System& system, std::string_view name) {
  const auto* p = std::find_if(std::begin(kProbes), std::end(kProbes),
                               [&](const Probe& one) { return one.name == name; });
  DUET_ASSERT(p != std::end(kProbes));
  return runAlone(system, *p);
}

Result<std::vector<ProbeResult>> runProbes(const System& system) {
  if (auto guest = ProbeGuest::create(system); !guest) return tl::unexpected(guest.error());
  std::vector<ProbeResult> results;
  for (const Probe& p : kProbes) results.push_back(runAlone(system, p));
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
  return fail("{} is a software KVM that cannot run a whole PC ({} {}; see duet --host-report)",
              System::kDevice, failed, failed.find(',') == std::string::npos ? "fails" : "fail");
}

// One machine serves them all, as the first failure is the last run.
Result<> runsWholePc(const System& system) {
  const auto guest = ProbeGuest::create(system);
  if (!guest) return tl::unexpected(guest.error());
  for (const Probe& p : kProbes) {
    if (!p.essential) continue;
    const ProbeResult result = resultOf(p, p.attempt(**guest));
    if (auto ok = runsWholePc({&result, 1}); !ok) return ok;
  }
  return {};
}

}  // namespace duet::kvm
