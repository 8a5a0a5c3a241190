// What a step is (core/cpu/cpu_backend.h, RunBudget): guests that never retire anything, several events at one
// boundary, and what is due when the state is taken between two steps.
#include <chrono>
#include <thread>

#include "tests/contract/engine/engine_contract.h"

namespace duet::test {
namespace {

constexpr u16 kCode = 0x1000, kHandler = 0x2000;
constexpr u64 kTf = 0x100;

// ud2, whose handler is ud2: nothing ever retires.
void faultLoop(EngineRig& m, Report& r) {
  m.put(kCode, {0x0f, 0x0b});
  m.vector(6, kCode);
  m.load(m.realMode(kCode));
  VcpuExit exit;
  if (m.engine->caps().exactBudget) {
    exit = m.run(7);
    r.equal("budget is spent", exit.reason, ExitReason::Budget);
    r.equal("steps", exit.steps, 7u);
    r.equal("instructions", exit.instructions, 0u);
    r.equal("frames", m.state().gpr[kRsp], 0x8000u - 7 * 6);
  }
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    m.vcpu->requestExit();
  });
  exit = m.run(~u64{0});
  canceller.join();
  r.equal("cancelled", exit.reason, ExitReason::Cancelled);
}

// What one run() does, step() does in as many steps: faults, INT n, an interrupt, HLT.
//   sti; inc ax; div bx; inc cx; int 30h; inc dx; hlt   #DE: mov bl,1; iret   30h, 31h: inc si; iret
void stepsAreTheBudget(EngineRig& m, Report& r) {
  m.put(kCode, {0xfb, 0x40, 0xf7, 0xf3, 0x41, 0xcd, 0x30, 0x42, 0xf4});
  m.put(kHandler, {0xb3, 0x01, 0xcf});
  m.put(kHandler + 0x10, {0x46, 0xcf});
  m.vector(0, kHandler);
  m.vector(0x30, kHandler + 0x10);
  m.vector(0x31, kHandler + 0x10);
  u64 taken = 0;
  for (u64 budget = 0;; ++budget) {
    m.load(m.realMode(kCode));
    m.interrupts.raise(0x31);
    const VcpuExit whole = m.run(budget);
    const CpuState expected = m.state();
    m.load(m.realMode(kCode));
    if (m.interrupts.deliverable()) m.interrupts.acknowledge();
    m.interrupts.raise(0x31);
    VcpuExit last;
    for (taken = 0; taken < budget; taken += last.steps) last = m.vcpu->step(StepEvents::Take);
    r.isTrue("the same state", m.state() == expected);
    if (m.interrupts.deliverable()) m.interrupts.acknowledge();
    if (whole.reason != ExitReason::Budget || budget > 100) break;
  }
  // 7 instructions, 2 in each of three handlers; deliveries of #DE and of 31h (INT is an instruction)
  r.equal("steps", taken, 15u);
}

// inc ax; inc bx with TF set: the trap is due and an NMI has come. Both are delivered before either handler begins,
// the NMI's on top (SDM vol. 3 table 6-2).
void trapThenNmi(EngineRig& m, Report& r) {
  m.put(kCode, {0x40, 0x43, 0xf4});
  m.vector(1, kHandler);
  m.vector(2, kHandler + 0x10);
  m.put(kHandler, {0x41, 0xf4});
  m.put(kHandler + 0x10, {0x42, 0xf4});
  CpuState s = m.realMode(kCode);
  s.rflags |= kTf;
  m.load(s);
  m.vcpu->step(StepEvents::Take);
  m.mailbox.post(kMailNmi);
  const VcpuExit exit = m.run(2);
  r.equal("steps", exit.steps, 2u);
  r.equal("instructions", exit.instructions, 0u);
  r.equal("ip", m.state().rip, kHandler + 0x10u);
  r.equal("the NMI's return address", m.word<u16>(0x8000 - 12), +kHandler);
}

// A data breakpoint on what MOV SS reads is reported after the next instruction; the state is taken in between.
//   mov ss,[3000h]; inc ax; inc bx; hlt
void heldTrapTravels(EngineRig& m, Report& r) {
  m.put(kCode, {0x8e, 0x16, 0x00, 0x30, 0x40, 0x43, 0xf4});
  m.putWord<u16>(0x3000, 0);
  m.vector(1, kHandler);
  m.put(kHandler, {0xf4});
  CpuState s = m.realMode(kCode);
  s.dr[0] = 0x3000;
  s.dr7 = 0x70402;  // G0, two bytes, read or write
  m.load(s);
  m.vcpu->step(StepEvents::Take);
  m.vcpu->saveState(s);
  r.isTrue("accepted", m.second().loadState(s).has_value());
  r.equal("end", m.second().run({100}).reason, ExitReason::Halt);
  m.second().saveState(s);
  r.equal("dr6", s.dr6 & 0xf, 1u);
  r.equal("ax", s.gpr[kRax], 1u);
  r.equal("bx", s.gpr[kRbx], 0u);
  r.equal("return address", m.word<u16>(0x8000 - 6), kCode + 5);
}

constexpr ContractCase kCases[] = {
    {"faultLoop", faultLoop},
    {"stepsAreTheBudget", stepsAreTheBudget, "exact-step"},
    {"trapThenNmi", trapThenNmi, "exact-step"},
    {"heldTrapTravels", heldTrapTravels, "exact-step", 2},
};

}  // namespace

std::span<const ContractCase> stepContract() { return kCases; }

}  // namespace duet::test
