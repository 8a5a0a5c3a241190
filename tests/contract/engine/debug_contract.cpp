// What an engine promises a debugger (core/cpu/debug.h).
#include "tests/contract/engine/engine_contract.h"

namespace duet::test {
namespace {

constexpr u16 kCode = 0x1000, kHandler = 0x2000;
using Cause = DebugStop::Cause;

DebugControls breakAt(std::initializer_list<u64> addresses) {
  DebugControls controls;
  for (const u64 a : addresses) controls.breakpoints.emplace_back(a);
  return controls;
}

DebugControls watch(u64 address, u64 length, WatchKind kind) {
  DebugControls controls;
  controls.watchpoints.push_back({LinearAddr(address), length, kind});
  return controls;
}

void stoppedAt(Report& r, const VcpuExit& exit, Cause cause, u64 address) {
  r.equal("exit", exit.reason, ExitReason::Debug);
  r.equal("cause", exit.debug.cause, cause);
  r.equal("address", exit.debug.address.value, address);
}

// inc ax (five times); hlt: run once, so that an engine that keeps code has it.
void breakpointInKnownCode(EngineRig& m, Report& r) {
  m.put(kCode, {0x40, 0x40, 0x40, 0x40, 0x40, 0xf4});
  m.load(m.realMode(kCode));
  m.run();
  m.load(m.realMode(kCode));
  m.vcpu->setDebug(breakAt({kCode + 4, kCode + 2, kCode + 100}));
  stoppedAt(r, m.run(), Cause::Breakpoint, kCode + 2);
  r.equal("ax", m.state().gpr[kRax], 2u);
  r.equal("ip", m.state().rip, kCode + 2u);
  const VcpuExit again = m.run();
  stoppedAt(r, again, Cause::Breakpoint, kCode + 2);
  r.equal("instructions", again.instructions, 0u);
  r.equal("a step passes it", m.vcpu->step(StepEvents::Take).reason, ExitReason::Budget);
  r.equal("ax", m.state().gpr[kRax], 3u);
  stoppedAt(r, m.run(), Cause::Breakpoint, kCode + 4);
  m.vcpu->setDebug({});
  r.equal("without them", m.run().reason, ExitReason::Halt);
  r.equal("ax", m.state().gpr[kRax], 5u);
}

// again: inc ax; dec cx; jnz again; hlt
void breakpointInLoop(EngineRig& m, Report& r) {
  m.put(kCode, {0x40, 0x49, 0x75, 0xfc, 0xf4});
  CpuState s = m.realMode(kCode);
  s.gpr[kRcx] = 5;
  m.load(s);
  m.vcpu->setDebug(breakAt({kCode + 1}));
  for (unsigned turn = 1; turn <= 5; ++turn) {
    stoppedAt(r, m.run(), Cause::Breakpoint, kCode + 1);
    r.equal("ax", m.state().gpr[kRax], turn);
    m.vcpu->step(StepEvents::Take);
  }
  r.equal("then", m.run().reason, ExitReason::Halt);
}

// inc ax (ten times); hlt: more of both than a processor has debug registers, and each stop is followed by a change of
// engines, the way there by what the new one is told.
void breakpointsBeyondFour(EngineRig& m, Report& r) {
  m.put(kCode, {0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0xa3, 0x00, 0x30, 0xf4});
  m.load(m.realMode(kCode));
  DebugControls controls = breakAt({kCode + 1, kCode + 3, kCode + 4, kCode + 6, kCode + 7, kCode + 9});
  for (const u64 at : {0x3001, 0x3100, 0x3200, 0x3300, 0x3400})
    controls.watchpoints.push_back({LinearAddr(at), 1, WatchKind::Write});
  Vcpu* engines[2] = {m.vcpu.get(), &m.second()};
  unsigned turn = 0;
  const auto next = [&](Cause cause, u64 address) {
    engines[turn % 2]->setDebug(controls);
    stoppedAt(r, engines[turn % 2]->run({1000}), cause, address);
    engines[turn % 2]->step(StepEvents::Take);
    CpuState s;
    engines[turn++ % 2]->saveState(s);
    r.isTrue("taken", engines[turn % 2]->loadState(s).has_value());
  };
  for (const LinearAddr at : controls.breakpoints) next(Cause::Breakpoint, at.value);
  engines[turn % 2]->setDebug(controls);
  stoppedAt(r, engines[turn % 2]->run({1000}), Cause::Watchpoint, 0x3001);
  r.equal("then", engines[turn % 2]->run({1000}).reason, ExitReason::Halt);
}

// jmp $
void breakpointOnLoopToItself(EngineRig& m, Report& r) {
  m.put(kCode, {0xeb, 0xfe});
  m.load(m.realMode(kCode));
  m.vcpu->setDebug(breakAt({kCode}));
  stoppedAt(r, m.run(), Cause::Breakpoint, kCode);
  m.vcpu->step(StepEvents::Take);
  stoppedAt(r, m.run(), Cause::Breakpoint, kCode);
}

// mov bl,[1005h]; nop; nop; hlt with a breakpoint on the byte that is read
void breakpointIsNoByte(EngineRig& m, Report& r) {
  m.put(kCode, {0x8a, 0x1e, 0x05, 0x10, 0x90, 0x90, 0xf4});
  m.load(m.realMode(kCode));
  m.vcpu->setDebug(breakAt({kCode + 5}));
  stoppedAt(r, m.run(), Cause::Breakpoint, kCode + 5);
  r.equal("the guest reads its own byte", m.state().gpr[kRbx] & 0xff, 0x90u);
  r.equal("so does DMA", m.word<u8>(kCode + 5), 0x90);
}

// mov ax,[9090h]; hlt: an address in the middle of an instruction; and one of a segment that does not start at 0.
void breakpointAddresses(EngineRig& m, Report& r) {
  m.put(kCode, {0xa1, 0x90, 0x90, 0xf4});
  m.load(m.realMode(kCode));
  m.vcpu->setDebug(breakAt({kCode + 1}));
  r.equal("inside an instruction", m.run().reason, ExitReason::Halt);
  CpuState s = m.realMode(0x10);
  s.segment[kSegCs].selector = 0xff;
  s.segment[kSegCs].base = 0xff0;
  m.load(s);
  m.vcpu->setDebug(breakAt({kCode + 3}));
  stoppedAt(r, m.run(), Cause::Breakpoint, kCode + 3);
  r.equal("ip", m.state().rip, 0x13u);
}

// int3; hlt   handler: inc ax; iret
void int3IsTheGuests(EngineRig& m, Report& r) {
  m.put(kCode, {0xcc, 0xf4});
  m.put(kHandler, {0x40, 0xcf});
  m.vector(3, kHandler);
  m.load(m.realMode(kCode));
  m.vcpu->setDebug(breakAt({kCode + 1, kCode + 50}));
  stoppedAt(r, m.run(), Cause::Breakpoint, kCode + 1);
  r.equal("handler ran", m.state().gpr[kRax], 1u);
}

// inc ax; inc ax; hlt with DR0 at the second INC as well: #DB still reaches the guest.
void guestBreakpointBeside(EngineRig& m, Report& r) {
  m.put(kCode, {0x40, 0x40, 0xf4});
  m.put(kHandler, {0xf4});
  m.vector(1, kHandler);
  CpuState s = m.realMode(kCode);
  s.dr[0] = kCode + 1;
  s.dr7 = 0x401;
  m.load(s);
  m.vcpu->setDebug(breakAt({kCode + 1}));
  stoppedAt(r, m.run(), Cause::Breakpoint, kCode + 1);
  r.equal("DR6 not touched", m.state().dr6 & 0xf, 0u);
  m.vcpu->step(StepEvents::Take);
  r.equal("the guest's #DB", m.state().rip, u64{kHandler});
  r.equal("DR6", m.state().dr6 & 0xf, 1u);
}

// mov cx,20000; rep stosb; hlt: one hit, however often the repetition is interrupted.
void breakpointOnRepetition(EngineRig& m, Report& r) {
  m.put(kCode, {0xb9, 0x20, 0x4e, 0xf3, 0xaa, 0xf4});
  CpuState s = m.realMode(kCode);
  s.gpr[kRdi] = 0x3000;
  m.load(s);
  m.vcpu->setDebug(breakAt({kCode + 3}));
  stoppedAt(r, m.run(), Cause::Breakpoint, kCode + 3);
  m.vcpu->step(StepEvents::Take);
  r.equal("then", m.run().reason, ExitReason::Halt);
  r.equal("cx", m.state().gpr[kRcx], 0u);
}

// mov [3000h],ax; inc ax; mov bx,[3000h]; add [3000h],ax; hlt
void putAccesses(EngineRig& m) {
  m.put(kCode, {0xa3, 0, 0x30, 0x40, 0x8b, 0x1e, 0, 0x30, 0x01, 0x06, 0, 0x30, 0xf4});
  m.load(m.realMode(kCode));
}

void watchpointKinds(EngineRig& m, Report& r) {
  putAccesses(m);
  m.vcpu->setDebug(watch(0x3001, 4, WatchKind::Write));
  stoppedAt(r, m.run(), Cause::Watchpoint, 0x3001);
  r.equal("after the store", m.state().rip, kCode + 3u);
  stoppedAt(r, m.run(), Cause::Watchpoint, 0x3001);
  r.equal("after the addition", m.state().rip, kCode + 12u);
  r.equal("then", m.run().reason, ExitReason::Halt);

  putAccesses(m);
  m.vcpu->setDebug(watch(0x2ffc, 5, WatchKind::Read));
  VcpuExit exit = m.run();
  stoppedAt(r, exit, Cause::Watchpoint, 0x3000);
  r.equal("kind", exit.debug.kind, WatchKind::Read);
  r.equal("after the load", m.state().rip, kCode + 8u);
  m.run();
  r.equal("an addition reads", m.state().rip, kCode + 12u);

  putAccesses(m);
  m.vcpu->setDebug(watch(0x3000, 1, WatchKind::Access));
  for (const u64 ip : {kCode + 3, kCode + 8, kCode + 12}) {
    stoppedAt(r, m.run(), Cause::Watchpoint, 0x3000);
    r.equal("ip", m.state().rip, ip);
  }
  putAccesses(m);
  m.vcpu->setDebug(watch(0x3002, 1, WatchKind::Access));
  r.equal("beside it", m.run().reason, ExitReason::Halt);
}

void watchpointStopsStep(EngineRig& m, Report& r) {
  putAccesses(m);
  m.vcpu->setDebug(watch(0x3000, 2, WatchKind::Write));
  stoppedAt(r, m.vcpu->step(StepEvents::HoldBack), Cause::Watchpoint, 0x3000);
  r.equal("next step", m.vcpu->step(StepEvents::HoldBack).reason, ExitReason::Budget);
}

// rep stosb over a watched byte; and an interrupt's stack frame.
void watchpointImplicit(EngineRig& m, Report& r) {
  m.put(kCode, {0xf3, 0xaa, 0xcd, 0x30, 0xf4});
  m.put(kHandler, {0xf4});
  m.vector(0x30, kHandler);
  CpuState s = m.realMode(kCode);
  s.gpr[kRdi] = 0x3000;
  s.gpr[kRcx] = 16;
  m.load(s);
  m.vcpu->setDebug(watch(0x3005, 1, WatchKind::Write));
  stoppedAt(r, m.run(), Cause::Watchpoint, 0x3005);
  r.equal("elements left", m.state().gpr[kRcx], 10u);
  r.equal("still at it", m.state().rip, u64{kCode});
  m.vcpu->setDebug(watch(0x7ffe, 2, WatchKind::Write));
  stoppedAt(r, m.run(), Cause::Watchpoint, 0x7ffe);
  r.equal("in the handler", m.state().rip, u64{kHandler});
}

// inc ax; inc ax; hlt; inc bx
void heldInterrupts(EngineRig& m, Report& r) {
  m.put(kCode, {0x40, 0x40, 0xf4, 0x43});
  m.put(kHandler, {0xcf});
  m.vector(0x31, kHandler);
  CpuState s = m.realMode(kCode);
  s.rflags |= 0x200;
  m.load(s);
  m.interrupts.raise(0x31);
  m.vcpu->step(StepEvents::HoldBack);
  r.equal("the program's next instruction", m.state().rip, kCode + 1u);
  m.vcpu->step(StepEvents::Take);
  r.equal("the handler", m.state().rip, u64{kHandler});
  m.vcpu->step(StepEvents::HoldBack);
  m.vcpu->step(StepEvents::HoldBack);
  m.vcpu->step(StepEvents::HoldBack);
  m.interrupts.raise(0x31);
  const VcpuExit asleep = m.vcpu->step(StepEvents::HoldBack);
  r.equal("a halted vCPU stays so", asleep.reason, ExitReason::Halt);
  r.equal("nothing ran", asleep.instructions, 0u);
  m.vcpu->step(StepEvents::Take);
  r.equal("and wakes", m.state().rip, u64{kHandler});
}

void debugOutlivesState(EngineRig& m, Report& r) {
  m.put(kCode, {0x40, 0x40, 0xf4});
  m.vcpu->setDebug(breakAt({kCode + 1}));
  m.load(m.realMode(kCode));
  stoppedAt(r, m.run(), Cause::Breakpoint, kCode + 1);
  m.load(m.realMode(kCode));
  stoppedAt(r, m.run(), Cause::Breakpoint, kCode + 1);
}

// 2 MiB at 0 for the supervisor, 4 KiB at 40000000h, nothing else; no bit of the tables may change.
void translation(EngineRig& m, Report& r) {
  m.putWord<u64>(0x10000, 0x11003);
  m.putWord<u64>(0x11000, 0x12003);
  m.putWord<u64>(0x11008, 0x13003);
  m.putWord<u64>(0x12000, 0x83);
  m.putWord<u64>(0x13000, 0x14003);
  m.putWord<u64>(0x14000, 0x8000000000345001);
  CpuState s = m.realMode(kCode);
  r.isTrue("without paging", (m.load(s), m.vcpu->translate(LinearAddr(0x12345)) == Gpa(0x12345)));
  s.cr0 = 0x80000011;
  s.cr3 = 0x10000;
  s.cr4 = 0x20;
  s.msr.efer = 0xd00;
  s.segment[kSegCs].attributes = 0xa0fb;
  s.segment[kSegSs].attributes = 0xc0f3;
  m.load(s);
  r.isTrue("supervisor page at CPL 3", m.vcpu->translate(LinearAddr(0x54321)) == Gpa(0x54321));
  r.isTrue("small page", m.vcpu->translate(LinearAddr(0x40000123)) == Gpa(0x345123));
  r.isTrue("not present", !m.vcpu->translate(LinearAddr(0x40001000)));
  r.isTrue("not canonical", !m.vcpu->translate(LinearAddr(0x0001000000000000)));
  r.equal("accessed bits", m.word<u64>(0x12000) & 0x60, 0u);
  r.equal("accessed bits", m.word<u64>(0x14000) & 0x60, 0u);
}

constexpr ContractCase kCases[] = {
    {"breakpointInKnownCode", breakpointInKnownCode},
    {"breakpointInLoop", breakpointInLoop},
    {"breakpointsBeyondFour", breakpointsBeyondFour, "exact-step", 2},
    {"breakpointOnLoopToItself", breakpointOnLoopToItself},
    {"breakpointIsNoByte", breakpointIsNoByte},
    {"breakpointAddresses", breakpointAddresses},
    {"int3IsTheGuests", int3IsTheGuests},
    {"guestBreakpointBeside", guestBreakpointBeside, "exact-step debug-registers"},
    {"breakpointOnRepetition", breakpointOnRepetition, "exact-step"},
    {"watchpointKinds", watchpointKinds, "exact-step"},
    {"watchpointStopsStep", watchpointStopsStep, "exact-step"},
    {"watchpointImplicit", watchpointImplicit, "exact-step"},
    {"heldInterrupts", heldInterrupts, "exact-step"},
    {"debugOutlivesState", debugOutlivesState},
    {"translation", translation},
};

}  // namespace

std::span<const ContractCase> debugContract() { return kCases; }

}  // namespace duet::test
