// Paravirtual time (kvmclock, Linux Documentation/virt/kvm/x86/msr.rst): what every engine that offers it promises.
#include <chrono>
#include <cstring>
#include <thread>

#include "core/cpu/registers.h"
#include "tests/contract/engine/engine_contract.h"

namespace duet::test {
namespace {

constexpr u16 kCode = 0x1000;
constexpr u64 kPage = 0x6000;
constexpr u64 kSecond = 1'000'000'000;

// mov ecx,4b564d01h; mov eax,6001h; xor edx,edx; wrmsr   100ah: rdtsc; hlt; jmp to the rdtsc
void putProgram(EngineRig& m) {
  m.put(kCode, {0x66, 0xb9, 0x01, 0x4d, 0x56, 0x4b, 0x66, 0xb8, 0x01, 0x60, 0x00,
                0x00, 0x66, 0x31, 0xd2, 0x0f, 0x30, 0x0f, 0x31, 0xf4, 0xeb, 0xfb});
  m.load(m.realMode(kCode));
}

struct Reading {
  u64 time = 0;
  bool stopped = false, whole = false;
};

// What the guest finds, at the TSC that it has read.
Reading reading(EngineRig& m, Vcpu& vcpu) {
  CpuState s;
  vcpu.saveState(s);
  const u64 tsc = s.gpr[kRdx] << 32 | (s.gpr[kRax] & 0xffffffff);
  u64 delta = tsc - m.word<u64>(kPage + 8);
  const i8 shift = m.word<i8>(kPage + 28);
  delta = shift < 0 ? delta >> -shift : delta << shift;
  const u64 time = static_cast<u64>(u128{delta} * m.word<u32>(kPage + 24) >> 32) + m.word<u64>(kPage + 16);
  return {time, (m.word<u8>(kPage + 29) & 2) != 0, m.word<u32>(kPage) % 2 == 0};
}

// Runs from one HLT to the next.
Reading readOn(EngineRig& m, Vcpu& vcpu, Report& r) {
  CpuState s;
  vcpu.saveState(s);
  s.activity = Activity::Running;
  r.isTrue("accepted", vcpu.loadState(s).has_value());
  r.equal("halts", vcpu.run({1000}).reason, ExitReason::Halt);
  return reading(m, vcpu);
}

void rest() { std::this_thread::sleep_for(std::chrono::milliseconds(40)); }

void paravirtualTime(EngineRig& m, Report& r) {
  putProgram(m);
  const auto before = std::chrono::steady_clock::now();
  r.equal("halts", m.vcpu->run({1000}).reason, ExitReason::Halt);
  const Reading first = reading(m, *m.vcpu);
  r.isTrue("whole", first.whole);
  r.isTrue("since the start", first.time < 60 * kSecond);
  rest();
  const Reading second = readOn(m, *m.vcpu, r);
  const auto most = std::chrono::steady_clock::now() - before;
  r.isTrue("goes on", second.time >= first.time + 35'000'000);
  r.isTrue("at the host's rate", second.time <= first.time + static_cast<u64>(most.count()) + 5'000'000);
  r.isTrue("nobody stopped it", !second.stopped);
}

void paravirtualTimeStopsInPauses(EngineRig& m, Report& r) {
  putProgram(m);
  m.run(1000);
  for (int i = 0; i < 3; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    const Reading before = readOn(m, *m.vcpu, r);
    m.clock.stop();
    rest();
    m.clock.start();
    const Reading after = readOn(m, *m.vcpu, r);
    const auto most = std::chrono::steady_clock::now() - begin;
    r.isTrue("not back", after.time > before.time);
    r.isTrue("without the pause", after.time < before.time + static_cast<u64>(most.count()) - 35'000'000);
    r.isTrue("the guest hears of it", after.stopped);
    m.putWord<u8>(kPage + 29, m.word<u8>(kPage + 29) & ~2);
  }
}

void paravirtualTimeHandedOver(EngineRig& m, Report& r) {
  putProgram(m);
  m.run(1000);
  Vcpu* engines[2] = {m.vcpu.get(), &m.second()};
  auto begin = std::chrono::steady_clock::now();
  Reading last = readOn(m, *m.vcpu, r);
  for (unsigned turn = 1; turn < 10; ++turn) {
    CpuState s;
    engines[(turn - 1) % 2]->saveState(s);
    m.clock.stop();
    rest();
    r.isTrue("taken", engines[turn % 2]->loadState(s).has_value());
    m.clock.start();
    const auto middle = std::chrono::steady_clock::now();
    const Reading now = readOn(m, *engines[turn % 2], r);
    const auto most = std::chrono::steady_clock::now() - begin;
    r.isTrue("not back", now.time > last.time);
    r.isTrue("without the time between", now.time < last.time + static_cast<u64>(most.count()) - 35'000'000);
    last = now;
    begin = middle;
  }
}

constexpr ContractCase kCases[] = {
    {"paravirtualTime", paravirtualTime, "kvmclock"},
    {"paravirtualTimeStopsInPauses", paravirtualTimeStopsInPauses, "kvmclock"},
    {"paravirtualTimeHandedOver", paravirtualTimeHandedOver, "kvmclock", 2},
};

}  // namespace

std::span<const ContractCase> timeContract() { return kCases; }

}  // namespace duet::test
