// A guest of a few instructions on a machine of its own, to see what this host's KVM can really do.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"
#include "cpu-kvm/api/system.h"
#include "cpu-kvm/api/vm.h"

namespace duet::kvm {

// How a probe's guest ended.
struct ProbeEnd {
  bool halted = false;  // by HLT
  bool late = false;    // at the limit
  u64 rip = 0;          // behind the HLT
  u64 rcx = 0;
  double seconds = 0;  // of the thread's CPU time
  std::string how;  // for people: "HLT at 0x8003", "KVM internal error 1 at …", "still running after 0.2 s"
};

// Memory: 4 MiB, identity mapped by tables for long mode and by one for 32-bit paging, except that linear 4 MiB is the
// upper 2 MiB (32-bit: linear 4 MiB is physical 0). Code is at kCode, the stack ends at kStack, and every vector and the
// SYSCALL entry lead to an HLT at kHandler (real mode and long mode).
class ProbeGuest {
 public:
  static constexpr u64 kCode = 0x8000, kHandler = 0x9000, kStack = 0x7000, kData = 0xa000;
  enum class Mode : u8 { Real, Paged32, Long0 /* CPL 0 */, Long3 };

  static Result<std::unique_ptr<ProbeGuest>> create(const System& system);
  ~ProbeGuest();

  // Runs `code` in `mode` until it halts, fails or `limit` of CPU time is over.
  Result<ProbeEnd> run(Mode mode, const std::vector<u8>& code, std::chrono::milliseconds limit);
  u64 xcr0();  // as the kernel has it
  // INC AX; UD2 in real mode with single steps, the IDT's page closed to KVM and then the handler's. Empty when each stop is
  // where it must be, else what came instead.
  std::string tryClosedPages();
  // A breakpoint in DR0 on a NOP, whose #DB ends at another HLT than the code.
  std::string tryDebugRegisters();
  // INC AX twice in real mode with a debugger's breakpoint on the second.
  std::string tryHardwareBreakpoint();
  // STI; NOP; NOP in real mode: the exit for an interrupt comes between the NOPs.
  std::string tryInterruptWindow();
  // UD2 in real mode without vectors.
  std::string tryTripleFault();
  // A guest that asks for kvmclock, whose page must then hold the counter's rate.
  std::string tryKvmclock();
  // As the kernel's capabilities have it.
  std::string findSmm();

 private:
  ProbeGuest(Vm vm, VcpuFd vcpu, u8* memory) : vm_(std::move(vm)), vcpu_(std::move(vcpu)), memory_(memory) {}
  void fillTables();
  Result<> start(Mode mode);
  std::string describe(int error);
  Result<> startReal(std::initializer_list<u8> code);
  std::string stopOnce(const kvm_guest_debug& debug);

  Vm vm_;
  VcpuFd vcpu_;
  u8* memory_;
};

}  // namespace duet::kvm
