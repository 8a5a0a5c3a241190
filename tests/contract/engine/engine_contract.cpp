#include "tests/contract/engine/engine_contract.h"

#include <chrono>
#include <exception>
#include <thread>

#include "core/cpu/exception.h"
#include "core/cpu/registers.h"

namespace duet::test {
namespace {

constexpr u16 kCode = 0x1000, kHandler = 0x2000;

// mov ax,2; mov bx,3; add ax,bx; hlt
void adder(EngineRig& m, Report& r) {
  m.put(kCode, {0xb8, 2, 0, 0xbb, 3, 0, 0x01, 0xd8, 0xf4});
  m.load(m.realMode(kCode));
  const VcpuExit exit = m.run();
  const CpuState s = m.state();
  r.equal("exit", exit.reason, ExitReason::Halt);
  r.equal("ax", s.gpr[kRax], 5u);
  r.equal("ip", s.rip, kCode + 9u);
  r.isTrue("halted", s.activity == Activity::Halted);
  if (m.engine->caps().countsInstructions) r.equal("count", exit.instructions, 4u);
}

// mov dx,500h; mov eax,44332211h; out dx,al; inc dx; out dx,ax; inc dx; out dx,eax; in al,dx; in ax,dx; in eax,dx; hlt
void portSizes(EngineRig& m, Report& r) {
  m.put(kCode, {0xba, 0x00, 0x05, 0x66, 0xb8, 0x11, 0x22, 0x33, 0x44, 0xee,
                0x42, 0xef, 0x42, 0x66, 0xef, 0xec, 0xed, 0x66, 0xed, 0xf4});
  m.load(m.realMode(kCode));
  m.run();
  const std::vector<IoAccess> expected = {{true, 0, 1, 0x11},       {true, 1, 2, 0x2211},
                                          {true, 2, 4, 0x44332211}, {false, 2, 1, 0xa2},
                                          {false, 2, 2, 0xa3a2},    {false, 2, 4, 0xa5a4a3a2}};
  r.isTrue("port accesses", m.device.accesses == expected);
  r.equal("eax", m.state().gpr[kRax], 0xa5a4a3a2u);
}

// mov ax,d000h; mov ds,ax; mov [4],al; mov [8],ax; mov eax,[10h]; hlt
void mmioSizes(EngineRig& m, Report& r) {
  m.put(kCode, {0xb8, 0x00, 0xd0, 0x8e, 0xd8, 0xa2, 4, 0, 0xa3, 8, 0, 0x66, 0xa1, 0x10, 0, 0xf4});
  m.load(m.realMode(kCode));
  m.run();
  const std::vector<IoAccess> expected = {
      {true, 4, 1, 0}, {true, 8, 2, 0xd000}, {false, 0x10, 4, 0xb3b2b1b0}};
  r.isTrue("device accesses", m.device.accesses == expected);
  r.equal("eax", m.state().gpr[kRax], 0xb3b2b1b0u);
}

// mov ax,f000h; mov ds,ax; mov word [10h],1234h; mov bx,[10h]; hlt
void romWrite(EngineRig& m, Report& r) {
  m.rom->host[0x10] = 0x78;
  m.rom->host[0x11] = 0x56;
  m.put(kCode, {0xb8, 0x00, 0xf0, 0x8e, 0xd8, 0xc7, 0x06, 0x10, 0, 0x34, 0x12, 0x8b, 0x1e, 0x10, 0, 0xf4});
  m.load(m.realMode(kCode));
  r.equal("exit", m.run().reason, ExitReason::Halt);
  r.equal("read back", m.state().gpr[kRbx], 0x5678u);
  r.equal("rom byte", m.rom->host[0x10], 0x78);
}

// sti; hlt; inc bx; cli; hlt   handler: inc ax; iret
void haltThenInterrupt(EngineRig& m, Report& r) {
  m.put(kCode, {0xfb, 0xf4, 0x43, 0xfa, 0xf4});
  m.put(kHandler, {0x40, 0xcf});
  m.vector(0x20, kHandler);
  m.load(m.realMode(kCode));
  r.equal("first exit", m.run().reason, ExitReason::Halt);
  r.equal("still halted", m.run().reason, ExitReason::Halt);
  r.equal("nothing ran", m.state().gpr[kRbx], 0u);
  m.interrupts.raise(0x20);
  r.equal("second exit", m.run().reason, ExitReason::Halt);
  CpuState s = m.state();
  r.equal("handler ran", s.gpr[kRax], 1u);
  r.equal("program went on", s.gpr[kRbx], 1u);
  m.interrupts.raise(0x20);  // masked now
  r.equal("masked", m.run().reason, ExitReason::Halt);
  r.equal("no handler", m.state().gpr[kRax], 1u);
  r.equal("ip", m.state().rip, kCode + 5u);
}

// sti; inc ax; inc bx; hlt   handler: hlt
void stiShadow(EngineRig& m, Report& r) {
  m.put(kCode, {0xfb, 0x40, 0x43, 0xf4});
  m.put(kHandler, {0xf4});
  m.vector(0x21, kHandler);
  m.load(m.realMode(kCode));
  m.interrupts.raise(0x21);
  m.run();
  const CpuState s = m.state();
  r.equal("one instruction after STI", s.gpr[kRax], 1u);
  r.equal("and no more", s.gpr[kRbx], 0u);
  r.equal("return address", m.word<u16>(0x8000 - 6), kCode + 2);
}

// mov ss,dx; inc ax; inc bx: an interrupt waits behind the instruction after MOV SS.
void movSsShadow(EngineRig& m, Report& r) {
  m.put(kCode, {0x8e, 0xd2, 0x40, 0x43, 0xf4});
  m.put(kHandler, {0xf4});
  m.vector(0x21, kHandler);
  CpuState s = m.realMode(kCode);
  s.rflags |= 0x200;
  m.load(s);
  if (m.engine->caps().exactStep) m.vcpu->step(StepEvents::Take);
  m.interrupts.raise(0x21);
  m.run();
  r.equal("one instruction after MOV SS", m.state().gpr[kRax], 1u);
  r.equal("and no more", m.state().gpr[kRbx], 0u);
}

// An interrupt in a loop that never looks: jmp $
void interruptInLoop(EngineRig& m, Report& r) {
  m.put(kCode, {0xfb, 0x90, 0xeb, 0xfe});
  m.put(kHandler, {0xf4});
  m.vector(0x22, kHandler);
  m.load(m.realMode(kCode));
  std::thread raiser([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    m.mailbox.post(kMailNmi);
  });
  m.vector(2, kHandler);
  const VcpuExit exit = m.run(~u64{0});
  raiser.join();
  r.equal("exit", exit.reason, ExitReason::Halt);
  r.isTrue("NMI blocks NMI", m.state().nmiBlocked);
}

void cancelFromAnotherThread(EngineRig& m, Report& r) {
  m.put(kCode, {0xeb, 0xfe});
  m.load(m.realMode(kCode));
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    m.vcpu->requestExit();
  });
  const VcpuExit exit = m.run(u64{1} << 33);
  canceller.join();
  r.equal("exit", exit.reason, ExitReason::Cancelled);
  r.equal("ip", m.state().rip, kCode);
}

void cancelIsSticky(EngineRig& m, Report& r) {
  m.put(kCode, {0x40, 0xeb, 0xfd});
  m.load(m.realMode(kCode));
  m.vcpu->requestExit();
  const VcpuExit exit = m.run(1000);
  r.equal("exit", exit.reason, ExitReason::Cancelled);
  r.equal("nothing ran", m.state().gpr[kRax], 0u);
  r.equal("once only", m.run(1000).reason, ExitReason::Budget);
}

// inc ax; jmp back
void exactBudget(EngineRig& m, Report& r) {
  m.put(kCode, {0x40, 0xeb, 0xfd});
  m.load(m.realMode(kCode));
  u64 total = 0;
  for (const u64 budget : {1u, 2u, 7u, 1000u, 1u}) {
    const VcpuExit exit = m.run(budget);
    total += budget;
    r.equal("exit", exit.reason, ExitReason::Budget);
    r.equal("count", exit.instructions, budget);
    r.equal("ax", m.state().gpr[kRax], (total + 1) / 2);
    r.equal("ip", m.state().rip, kCode + total % 2);
  }
  r.equal("counted since power-on", m.state().instructions, total);
  r.equal("empty budget", m.run(0).instructions, 0u);
  r.equal("ax", m.state().gpr[kRax], (total + 1) / 2);
}

// inc ax; int 30h; inc bx   handler: inc cx; iret
void step(EngineRig& m, Report& r) {
  m.put(kCode, {0x40, 0xcd, 0x30, 0x43});
  m.put(kHandler, {0x41, 0xcf});
  m.vector(0x30, kHandler);
  m.vector(0x31, kHandler + 0x100);
  CpuState s = m.realMode(kCode);
  s.rflags |= 0x200;
  m.load(s);
  for (const u64 ip : {kCode + 1, +kHandler, kHandler + 1, kCode + 3, kCode + 4}) {
    r.equal("exit", m.vcpu->step(StepEvents::Take).reason, ExitReason::Budget);
    r.equal("ip", m.state().rip, ip);
  }
  m.interrupts.raise(0x31);
  m.vcpu->step(StepEvents::Take);
  r.equal("a delivery is a step", m.state().rip, kHandler + 0x100u);
}

// xor bx,bx; div bx   handler of #DE: hlt
void faultIsRestartable(EngineRig& m, Report& r) {
  m.put(kCode, {0x31, 0xdb, 0x40, 0xf7, 0xf3});
  m.put(kHandler, {0xf4});
  m.vector(0, kHandler);
  m.load(m.realMode(kCode));
  const VcpuExit exit = m.run();
  r.equal("return address is the instruction's", m.word<u16>(0x8000 - 6), kCode + 3);
  if (m.engine->caps().countsInstructions)
    r.equal("a faulting instruction does not retire", exit.instructions, 3u);
}

// ud2 with an empty IDT
void tripleFault(EngineRig& m, Report& r) {
  m.put(kCode, {0x0f, 0x0b});
  CpuState s = m.realMode(kCode);
  s.idtr.limit = 0;
  m.load(s);
  r.equal("exit", m.run().reason, ExitReason::Shutdown);
  r.equal("stays down", m.run().reason, ExitReason::Shutdown);
}

// mov byte [patched],48h (dec ax); jmp +0; patched: inc ax; hlt — then the same within one straight run.
void selfModifyingCode(EngineRig& m, Report& r) {
  m.put(kCode, {0xc6, 0x06, 0x07, 0x10, 0x48, 0xeb, 0x00, 0x40, 0xf4});
  m.load(m.realMode(kCode));
  m.run();
  r.equal("after a jump", m.state().gpr[kRax] & 0xffff, 0xffffu);
  m.put(kCode, {0xc6, 0x06, 0x05, 0x10, 0x48, 0x40, 0xf4});
  m.load(m.realMode(kCode));
  m.run();
  r.equal("the next instruction", m.state().gpr[kRax] & 0xffff, 0xffffu);
}

// inc ax; hlt, run, changed by "DMA" to dec ax; run again
void codeChangedFromOutside(EngineRig& m, Report& r) {
  m.put(kCode, {0x40, 0xf4});
  m.load(m.realMode(kCode));
  m.run();
  u8* host = m.memory.hostPointer(Gpa(kCode), 2, true);
  *host = 0x48;
  m.engine->codeModified(Gpa(kCode), 1);
  m.load(m.realMode(kCode));
  m.run();
  r.equal("ax", m.state().gpr[kRax] & 0xffff, 0xffffu);
}

// mov al,[0]; hlt with ds = c000h, where RAM appears between two runs' instructions.
void memoryMapChange(EngineRig& m, Report& r) {
  m.put(kCode, {0xa0, 0, 0, 0xa0, 0, 0, 0xf4});
  m.putWord<u8>(0xc0000, 0x11);
  CpuState s = m.realMode(kCode);
  s.segment[kSegDs].selector = 0xc000;
  s.segment[kSegDs].base = 0xc0000;
  m.load(s);
  m.run(1);
  r.equal("before", m.state().gpr[kRax] & 0xff, 0x11u);
  m.rom->host[0] = 0x22;
  auto mapped = m.physical.mapRam({"shadow", 0xc0000, 0x1000, 2}, *m.rom, 0, false);
  r.isTrue("mapped", mapped.has_value());
  m.engine->memoryMapChanged();
  m.run(1);
  r.equal("after", m.state().gpr[kRax] & 0xff, 0x22u);
}

CpuState unusualState(EngineRig& m) {
  CpuState s = m.realMode(kCode);
  for (unsigned i = 0; i < 16; ++i) s.gpr[i] = 0x0101010101010101u * (i + 1);
  s.gpr[kRsp] = 0x7000;
  s.rflags = 0x8d7 & ~0x100u;  // CF PF AF ZF SF OF
  s.segment[kSegFs] = {0x1234, 0x12340, 0xffff, s.segment[kSegDs].attributes};
  s.cr2 = 0x123456789a;
  s.dr = {1, 2, 3, 4};
  s.msr.star = 0x0023001000000000;
  s.msr.lstar = 0xffffffff81000000;
  s.msr.kernelGsBase = 0x7fff00001000;
  s.msr.sysenterEip = 0x1000;
  s.msr.tscAux = 7;
  s.interruptShadow = InterruptShadow::Sti;
  s.nmiBlocked = true;
  for (unsigned i = 0; i < 256; ++i) s.xsave[160 + i] = static_cast<u8>(i * 3);
  s.xsave[512] = 3;  // XSTATE_BV: x87, SSE
  s.instructions = 12345;
  return s;
}

void stateRoundTrip(EngineRig& m, Report& r) {
  const CpuState in = unusualState(m);
  m.load(in);
  const CpuState out = m.state();
  r.isTrue("gpr", in.gpr == out.gpr);
  r.equal("rip", out.rip, in.rip);
  r.equal("rflags", out.rflags, in.rflags);
  r.isTrue("segments", in.segment == out.segment && in.ldtr == out.ldtr && in.tr == out.tr);
  r.isTrue("tables", in.gdtr == out.gdtr && in.idtr == out.idtr);
  r.equal("cr0", out.cr0, in.cr0);
  r.equal("cr2", out.cr2, in.cr2);
  r.isTrue("dr", in.dr == out.dr && in.dr6 == out.dr6 && in.dr7 == out.dr7);
  r.isTrue("msr", in.msr == out.msr);
  r.isTrue("shadow", in.interruptShadow == out.interruptShadow);
  r.isTrue("nmi", in.nmiBlocked == out.nmiBlocked);
  r.isTrue("xmm", std::equal(in.xsave.begin() + 160, in.xsave.begin() + 416, out.xsave.begin() + 160));
  if (m.engine->caps().countsInstructions) r.equal("instructions", out.instructions, in.instructions);
  m.load(out);
  r.isTrue("second trip", m.state() == out);
}

void impossibleStateIsRefused(EngineRig& m, Report& r) {
  const CpuState good = unusualState(m);
  m.load(good);
  const CpuState before = m.state();
  CpuState bad = good;
  bad.cr0 = 0x80000000;  // PG without PE
  bad.gpr[kRax] = 99;
  r.isTrue("refused", !m.vcpu->loadState(bad).has_value());
  r.isTrue("nothing changed", m.state() == before);
}

// No model offers SVM or VMX, so what enables them is reserved (APM vol. 2 3.1.7, SDM vol. 3 2.5), whatever the host has:
// no guest runs a guest of its own, of which CpuState could not tell.
//   mov ecx,C0000080h; rdmsr; or eax,1000h; wrmsr; hlt and: mov eax,cr4; or eax,2000h; mov cr4,eax; hlt
void noGuestsOfGuests(EngineRig& m, Report& r) {
  m.vector(kExcGP, kHandler);
  m.put(kHandler, {0xf4});
  m.put(kCode, {0x66, 0xb9, 0x80, 0, 0, 0xc0, 0x0f, 0x32, 0x66, 0x0d, 0, 0x10, 0, 0, 0x0f, 0x30, 0xf4});
  m.put(kCode + 0x80, {0x0f, 0x20, 0xe0, 0x66, 0x0d, 0, 0x20, 0, 0, 0x0f, 0x22, 0xe0, 0xf4});
  constexpr u64 kSvme = 1u << 12;
  for (const unsigned start : {0u, 0x80u}) {
    m.load(m.realMode(static_cast<u16>(kCode + start)));
    r.equal("exit", m.run().reason, ExitReason::Halt);
    r.equal("rip: #GP", m.state().rip, u64{kHandler} + 1);
    r.equal("EFER", m.state().msr.efer & kSvme, 0u);
    r.equal("CR4", m.state().cr4 & kCr4Vmxe, 0u);
  }
  CpuState bad = m.realMode(kCode);
  bad.msr.efer |= kSvme;
  r.isTrue("such a state is refused", !m.vcpu->loadState(bad).has_value());
}

// A checksum with memory, stack and flags in play:
//   mov cx,100; again: push cx; add ax,cx; adc bx,ax; rol bx,3; mov [3000h],bx; add dx,[3000h]; pop cx; loop again; hlt
void putChecksum(EngineRig& m) {
  m.put(kCode, {0xb9, 100,  0,    0x51, 0x01, 0xc8, 0x11, 0xc3, 0xc1, 0xc3, 0x03, 0x89,
                0x1e, 0x00, 0x30, 0x03, 0x16, 0x00, 0x30, 0x59, 0xe2, 0xed, 0xf4});
}

void handOver(EngineRig& m, Report& r) {
  putChecksum(m);
  m.load(m.realMode(kCode));
  r.equal("straight run", m.run().reason, ExitReason::Halt);
  const CpuState expected = m.state();
  m.load(m.realMode(kCode));
  Vcpu* engines[2] = {m.vcpu.get(), &m.second()};
  unsigned turns = 0;
  while (engines[turns % 2]->run({1 + turns % 3}).reason != ExitReason::Halt && turns < 2000) {
    CpuState s;
    engines[turns % 2]->saveState(s);
    ++turns;
    r.isTrue("accepted", engines[turns % 2]->loadState(s).has_value());
  }
  CpuState found;
  engines[turns % 2]->saveState(found);
  r.isTrue("handed over often", turns > 10);
  r.isTrue("registers", found.gpr == expected.gpr);
  r.equal("rip", found.rip, expected.rip);
  r.equal("rflags", found.rflags, expected.rflags);
}

// A pending interrupt travels with the hand-over.
void handOverWithInterrupt(EngineRig& m, Report& r) {
  m.put(kCode, {0x40, 0xfb, 0x90, 0xf4});
  m.put(kHandler, {0xb8, 0x55, 0, 0xf4});
  m.vector(0x23, kHandler);
  m.load(m.realMode(kCode));
  m.interrupts.raise(0x23);
  m.run(1);  // IF is still clear: the engine may have taken the mail, not the interrupt
  CpuState s;
  m.vcpu->saveState(s);
  r.isTrue("accepted", m.second().loadState(s).has_value());
  m.second().run({100});
  m.second().saveState(s);
  r.equal("handler ran on the second engine", s.gpr[kRax], 0x55u);
}

void putGdt(EngineRig& m) {
  m.putWord<u64>(0x3000, 0);
  m.putWord<u64>(0x3008, 0x00cf9a000000ffff);  // 32-bit code
  m.putWord<u64>(0x3010, 0x00cf92000000ffff);  // data
  m.putWord<u64>(0x3018, 0x00af9a000000ffff);  // 64-bit code
  m.putWord<u16>(0x3020, 0x1f);
  m.putWord<u32>(0x3022, 0x3000);
}

// lgdt; mov eax,cr0; or al,1; mov cr0,eax; jmp 8:2000h   2000h: mov ax,10h; mov ds,ax; mov eax,[500000h]; hlt
void protectedModeEntry(EngineRig& m, Report& r) {
  putGdt(m);
  m.put(kCode, {0x0f, 0x01, 0x16, 0x20, 0x30, 0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f,
                0x22, 0xc0, 0x66, 0xea, 0x00, 0x20, 0x00, 0x00, 0x08, 0x00});
  m.put(kHandler, {0x66, 0xb8, 0x10, 0x00, 0x8e, 0xd8, 0xa1, 0x00, 0x00, 0x50, 0x00, 0xf4});
  m.putWord<u32>(0x500000, 0xcafebabe);
  m.load(m.realMode(kCode));
  r.equal("exit", m.run().reason, ExitReason::Halt);
  r.equal("eax", m.state().gpr[kRax], 0xcafebabeu);
  r.equal("cs", m.state().segment[kSegCs].selector, 8u);
}

// Page tables map the first 2 MiB and, at 40000000h, the 2 MiB from 400000h.
void putPageTables(EngineRig& m) {
  m.putWord<u64>(0x10000, 0x11003);
  m.putWord<u64>(0x11000, 0x12003);
  m.putWord<u64>(0x11008, 0x13003);
  m.putWord<u64>(0x12000, 0x83);
  m.putWord<u64>(0x13000, 0x400083);
}

// lgdt; cr4.PAE; cr3; EFER.LME; cr0.PE|PG; jmp 18h:2000h   2000h: mov rax,[40000008h] by a 64-bit address; hlt
void longModeEntry(EngineRig& m, Report& r) {
  putGdt(m);
  putPageTables(m);
  m.put(kCode,
        {0x0f, 0x01, 0x16, 0x20, 0x30,                                                        // lgdt [3020h]
         0x66, 0xb8, 0x20, 0,    0,    0,    0x0f, 0x22, 0xe0,                                // cr4 = PAE
         0x66, 0xb8, 0x00, 0x00, 0x01, 0x00, 0x0f, 0x22, 0xd8,                                // cr3 = 10000h
         0x66, 0xb9, 0x80, 0,    0,    0xc0, 0x0f, 0x32, 0x66, 0x0d, 0, 1, 0, 0, 0x0f, 0x30,  // EFER.LME
         0x66, 0xb8, 0x01, 0,    0,    0x80, 0x0f, 0x22, 0xc0,                                // cr0 = PG | PE
         0x66, 0xea, 0x00, 0x20, 0,    0,    0x18, 0});                                       // jmp 18h:2000h
  m.put(kHandler, {0x48, 0xa1, 8, 0, 0, 0x40, 0, 0, 0, 0, 0xf4});
  m.putWord<u64>(0x400008, 0x123456789abcdef0);
  m.load(m.realMode(kCode));
  r.equal("exit", m.run().reason, ExitReason::Halt);
  const CpuState s = m.state();
  r.equal("rax", s.gpr[kRax], 0x123456789abcdef0u);
  r.isTrue("EFER.LMA", s.msr.efer & 0x400);
  r.equal("accessed bit", m.word<u64>(0x13000) & 0x60, 0x20u);
}

// INIT stops an application processor, which starts at its SIPI; the boot processor restarts at reset.
void initRestarts(EngineRig& m, Report& r) {
  m.rom->host[0xfff0] = 0xf4;
  m.put(kCode, {0xeb, 0xfe});
  m.load(m.realMode(kCode));
  m.mailbox.post(kMailInit);
  // The reset vector FFFFFFF0h is not mapped here: all ones there make an invalid instruction, which triple-faults
  // or reaches a handler; only the restart itself is looked at.
  m.vcpu->run({0});
  r.equal("controller told", m.interrupts.inits, 1);
  r.equal("cs base", m.state().segment[kSegCs].base, 0xffff0000u);
}

// INIT and SIPI that a running application processor finds at one time: it starts at the SIPI's page, wherever it was.
void sipiFollowsInit(EngineRig& m, Report& r) {
  Vcpu& processor = m.applicationProcessor();
  m.put(kCode, {0xeb, 0xfe});
  m.put(0x9000, {0x40, 0xf4});
  for (const bool saved : {false, true}) {
    CpuState s = m.realMode(kCode);
    r.isTrue("accepted", processor.loadState(s).has_value());
    m.mailbox.post(kMailInit);
    m.mailbox.postSipi(9);
    if (saved) processor.saveState(s);
    r.equal("halts", processor.run({1000}).reason, ExitReason::Halt);
    processor.saveState(s);
    r.equal("cs", s.segment[kSegCs].base, 0x9000u);
    r.equal("ip", s.rip, 2u);
    r.equal("ax", s.gpr[kRax], 1u);
  }
}

// A processor that waits for a SIPI goes on there, also when its state is taken before it has run.
void sipiIsSaved(EngineRig& m, Report& r) {
  m.put(0x12000, {0x40, 0xf4});
  CpuState s = m.realMode(kCode);
  s.activity = Activity::WaitForSipi;
  m.load(s);
  r.equal("waits", m.run().reason, ExitReason::WaitForSipi);
  m.mailbox.postSipi(0x12);
  s = m.state();
  r.isTrue("accepted", m.second().loadState(s).has_value());
  r.equal("exit", m.second().run({100}).reason, ExitReason::Halt);
  m.second().saveState(s);
  r.equal("ax", s.gpr[kRax], 1u);
  r.equal("cs", s.segment[kSegCs].selector, 0x1200u);
}

constexpr ContractCase kCases[] = {
    {"adder", adder},
    {"portSizes", portSizes},
    {"mmioSizes", mmioSizes},
    {"romWrite", romWrite},
    {"haltThenInterrupt", haltThenInterrupt},
    {"stiShadow", stiShadow, "interrupt-window"},
    {"movSsShadow", movSsShadow, "exact-step interrupt-window"},
    {"nmiInLoop", interruptInLoop},
    {"cancelFromAnotherThread", cancelFromAnotherThread},
    {"cancelIsSticky", cancelIsSticky},
    {"exactBudget", exactBudget, "exact-step"},
    {"step", step, "exact-step"},
    {"faultIsRestartable", faultIsRestartable},
    {"tripleFault", tripleFault, "triple-fault"},
    {"selfModifyingCode", selfModifyingCode},
    {"codeChangedFromOutside", codeChangedFromOutside},
    {"memoryMapChange", memoryMapChange, "exact-step"},
    {"stateRoundTrip", stateRoundTrip},
    {"impossibleStateIsRefused", impossibleStateIsRefused},
    {"noGuestsOfGuests", noGuestsOfGuests},
    {"handOver", handOver, "exact-step", 2},
    {"handOverWithInterrupt", handOverWithInterrupt, "interrupt-window", 2},
    {"protectedModeEntry", protectedModeEntry},
    {"longModeEntry", longModeEntry},
    {"initRestarts", initRestarts},
    {"sipiIsSaved", sipiIsSaved, {}, 2},
    {"sipiFollowsInit", sipiFollowsInit},
};

}  // namespace

void Report::add(const char* what, long long found, long long expected) {
  text_ += std::string(what) + ": found " + std::to_string(found) + ", expected " + std::to_string(expected) +
           "; ";
}

std::span<const ContractCase> engineContract() {
  static const std::vector<ContractCase> all = [] {
    std::vector<ContractCase> cases(std::begin(kCases), std::end(kCases));
    for (const auto part : {smmContract(), stepContract(), debugContract(), timeContract()})
      cases.insert(cases.end(), part.begin(), part.end());
    return cases;
  }();
  return all;
}

std::string runContractCase(const ContractCase& c, const EngineFactory& factory, u64 budget,
                            const EngineFactory& second) {
  Report report;
  try {
    EngineRig rig(factory, "max", budget, second);
    c.run(rig, report);
  } catch (const std::exception& e) {
    return std::string("refused: ") + e.what();
  }
  return report.text();
}

}  // namespace duet::test
