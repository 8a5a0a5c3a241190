// System-management mode, as every engine that has it promises it.
#include "core/cpu/registers.h"
#include "tests/contract/engine/engine_contract.h"

namespace duet::test {
namespace {

constexpr u16 kCode = 0x1000;
constexpr u64 kSmiHandler = 0x38000;  // of SMBASE 30000h

// SMM holds SMI, NMI and INIT back (SDM vol. 3 32.3, 32.8); what is held is part of the state.
void eventsHeldInSmm(EngineRig& m, Report& r) {
  m.put(kCode, {0xf4});
  CpuState s = m.realMode(kCode);
  s.inSmm = s.nmiBlocked = true;
  m.load(s);
  m.mailbox.post(kMailSmi | kMailNmi | kMailInit);
  r.equal("exit", m.run().reason, ExitReason::Halt);
  const CpuState held = m.state();
  r.equal("rip", held.rip, u64{kCode} + 1);
  r.isTrue("all three are latched", held.smiPending && held.nmiPending && held.initPending);
  if (auto loaded = m.second().loadState(held); !loaded)
    return r.isTrue("second engine takes the state", false);
  CpuState other;
  m.second().saveState(other);
  r.isTrue("and handed over", other.smiPending && other.nmiPending && other.initPending);
}

// An SMI records the OUT that was the last instruction (APM vol. 2 10.2.4), also one that another engine has executed.
void smiAfterPort(EngineRig& m, Report& r) {
  constexpr u16 kPort = EngineRig::kPortBase + 6;
  constexpr u64 kTrap = 0x3fec0, kTrapRip = 0x3fea0;         // in the save area of SMBASE 30000h
  m.put(kCode, {0xba, 0x06, 0x05, 0xef, 0x90, 0xeb, 0xfe});  // mov dx,506h; out dx,ax; nop; jmp $
  m.load(m.realMode(kCode));
  m.run(2);
  const CpuState after = m.state();
  const auto smi = [&](Vcpu& vcpu, const CpuState& s) {
    m.putWord<u32>(kTrap, 0xffffffff);
    if (!vcpu.loadState(s)) return r.isTrue("the state is taken", false);
    m.mailbox.post(kMailSmi);
    vcpu.run({1});
  };
  for (Vcpu* vcpu : {m.vcpu.get(), &m.second()}) {
    smi(*vcpu, after);
    r.equal("I/O trap", m.word<u32>(kTrap), u32{kPort} << 16 | 1u << 5 | 1u << 1);
    r.equal("its RIP", m.word<u64>(kTrapRip), u64{kCode} + 3);
  }
  m.load(after);
  m.run(1);
  smi(m.second(), m.state());
  r.equal("after the NOP", m.word<u32>(kTrap), 0u);
}

// Handed over after every instruction, a handler ends as when it is run at once: its own registers, then those of the save
// area, which it has changed (APM vol. 2 table 10-1). What came inside is taken after RSM, the SMI first (SDM vol. 3 table 6-2).
//   inc ax; hlt   handler: mov cx,5; again: add dx,cx; loop again; add [5000h],dx; mov word cs:[0fff8h],77; rsm
//   NMI: inc word [5002h]; iret
void handOverInSmm(EngineRig& m, Report& r) {
  m.put(kCode, {0x40, 0xf4});
  m.put(kSmiHandler, {0xb9, 5,    0,    0x01, 0xca, 0xe2, 0xfc, 0x01, 0x16, 0,
                      0x50, 0x2e, 0xc7, 0x06, 0xf8, 0xff, 77,   0,    0x0f, 0xaa});
  m.put(0x2000, {0xff, 0x06, 0x02, 0x50, 0xcf});
  m.vector(2, 0x2000);
  CpuState s = m.realMode(kCode);
  m.load(s);
  m.mailbox.post(kMailSmi);
  Vcpu* engines[2] = {m.vcpu.get(), &m.second()};
  unsigned turns = 0, inside = 0;
  while (engines[turns % 2]->run({1}).reason != ExitReason::Halt && turns < 200) {
    engines[turns % 2]->saveState(s);
    if (s.inSmm && ++inside == 3) m.mailbox.post(kMailSmi | kMailNmi);
    ++turns;
    if (!engines[turns % 2]->loadState(s)) return r.isTrue("the state is taken", false);
  }
  engines[turns % 2]->saveState(s);
  r.isTrue("in the handler", inside > 20);
  r.isTrue("and out of it", !s.inSmm);
  r.equal("the handler's sum, twice", m.word<u16>(0x5000), 30u);
  r.equal("NMIs", m.word<u16>(0x5002), 1u);
  r.equal("ax", s.gpr[kRax], 78u);
  r.equal("dx and cx are the program's", s.gpr[kRdx] | s.gpr[kRcx], 0u);
  r.equal("rip", s.rip, kCode + 2u);
}

constexpr ContractCase kCases[] = {
    {"eventsHeldInSmm", eventsHeldInSmm, "smm", 2},
    {"smiAfterPort", smiAfterPort, "smm exact-step", 2},
    {"handOverInSmm", handOverInSmm, "smm exact-step", 2},
};

}  // namespace

std::span<const ContractCase> smmContract() { return kCases; }

}  // namespace duet::test
