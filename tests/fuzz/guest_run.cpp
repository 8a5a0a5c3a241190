#include "tests/fuzz/guest_run.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "tests/fuzz/check.h"
#include "tests/fuzz/tier.h"

namespace duet::fuzz {
namespace {

// With less left to run, the translator takes code that counts more exactly (kSlack of cpu-tcg/baseline), twice this one.
constexpr u32 kLongBudget = 8500;

class Runner {
 public:
  Runner(FuzzMachine& machine, const Run& run) : m_(machine), manner_(run.manner), current_(run.vcpu) {}

  void start(const CpuState& s) { FUZZ_CHECK(vcpu().loadState(s).has_value()); }
  // Up to `until` steps in all; less when the vCPU waits for something.
  void advance(u32 until) {
    while (steps_ < until) {
      const u32 asked = piece(until - static_cast<u32>(steps_));
      const VcpuExit exit = manner_ == Manner::Steps ? vcpu().step(StepEvents::Take) : vcpu().run({asked});
      steps_ += exit.steps;
      FUZZ_CHECK(exit.steps <= asked && exit.instructions <= exit.steps);
      if (manner_ == Manner::Hops) hop();
      if (exit.reason != ExitReason::Budget) {
        FUZZ_CHECK(exit.reason == ExitReason::Halt || exit.reason == ExitReason::WaitForSipi ||
                   exit.reason == ExitReason::Shutdown);
        return;
      }
      FUZZ_CHECK(exit.steps == asked);
    }
  }
  void happen(const OutsideEvent& e) {
    constexpr u32 kMail[] = {kMailNmi, kMailInit, kMailSmi, kMailMemoryMap, kMailWake};
    if (e.kind < 0x80) return m_.interrupts.raise(e.vector);
    if (e.kind < 0x90) return m_.mailbox.postSipi(e.vector & 0x1f);
    m_.mailbox.post(kMail[e.kind % std::size(kMail)]);
  }
  Outcome finish() {
    Outcome o;
    vcpu().saveState(o.state);
    checkRoundTrip(o.state, *m_.vcpus[current_]);
    o.steps = steps_;
    o.deviceHash = m_.device.hash;
    return o;
  }

 private:
  Vcpu& vcpu() { return *m_.vcpus[current_]; }
  u32 piece(u32 left) {
    if (manner_ == Manner::Whole) return left;
    if (manner_ == Manner::Steps) return 1;
    const u32 few = 1 + static_cast<u32>(steps_ * 7 + 3) % 11;
    return std::min(left, ++pieces_ % 4 ? few : kLongBudget + few);
  }
  static void checkRoundTrip(const CpuState& s, Vcpu& vcpu) {
    const auto loaded = vcpu.loadState(s);
    if (!loaded) std::fprintf(stderr, "%s\n", loaded.error().message.c_str());
    FUZZ_CHECK(loaded.has_value());
    CpuState again;
    vcpu.saveState(again);
    FUZZ_CHECK(again == s);
  }
  void hop() {
    CpuState s;
    vcpu().saveState(s);
    current_ ^= 1;
    checkRoundTrip(s, vcpu());
  }

  FuzzMachine& m_;
  Manner manner_;
  unsigned current_;
  u64 steps_ = 0, pieces_ = 0;
};

// Every value of the state by a name, for the message.
template <class F>
void forEachValue(const CpuState& s, F f) {
  for (unsigned i = 0; i < 16; ++i) f("gpr", i, s.gpr[i]);
  f("rip", 0, s.rip);
  f("rflags", 0, s.rflags);
  const auto segment = [&](const char* name, unsigned i, const SegmentRegister& r) {
    f(name, i, r.selector);
    f(name, i, r.base);
    f(name, i, u64{r.attributes} << 32 | r.limit);
  };
  for (unsigned i = 0; i < 6; ++i) segment("segment", i, s.segment[i]);
  segment("ldtr", 0, s.ldtr);
  segment("tr", 0, s.tr);
  for (const auto& table : {s.gdtr, s.idtr}) f("table base", 0, table.base), f("table limit", 0, table.limit);
  for (const u64 v : {s.cr0, s.cr2, s.cr3, s.cr4, s.cr8, s.xcr0}) f("control (cr0 2 3 4 8 xcr0)", 0, v);
  for (unsigned i = 0; i < 4; ++i) f("dr", i, s.dr[i]), f("pdpte", i, s.pdpte[i]);
  f("dr6", 0, s.dr6);
  f("dr7", 0, s.dr7);
  f("activity", 0, static_cast<u64>(s.activity));
  f("shadow", 0, static_cast<u64>(s.interruptShadow));
  f("nmi blocked, smm", 0, u64{s.nmiBlocked} << 1 | s.inSmm);
  f("pending", 0, static_cast<u64>(s.pending.type) << 8 | s.pending.vector);
  f("pending code", s.pending.hasErrorCode, s.pending.errorCode);
  f("pending payload", 0, s.pending.payload);
  f("port before", s.portBefore.in, u64{s.portBefore.size} << 16 | s.portBefore.port);
  f("port's rip", 0, s.portBefore.rip);
  f("instructions", 0, s.instructions);
  for (u32 i = 0; i < kXsaveAreaSize; i += 8) {
    u64 word;
    std::memcpy(&word, &s.xsave[i], sizeof word);
    f("xsave", i, word);
  }
  f("efer", 0, s.msr.efer);
  f("latched nmi, smi, init", 0, u64{s.nmiPending} << 2 | u64{s.smiPending} << 1 | s.initPending);
}

void printDifferences(const CpuState& a, const CpuState& b) {
  std::vector<u64> first;
  forEachValue(a, [&](const char*, unsigned, u64 v) { first.push_back(v); });
  size_t n = 0;
  forEachValue(b, [&](const char* name, unsigned i, u64 v) {
    const u64 before = first[n++];
    if (before != v)
      std::fprintf(stderr, "  %s %u: %llx, then %llx\n", name, i, static_cast<unsigned long long>(before),
                   static_cast<unsigned long long>(v));
  });
  if (!(a.msr == b.msr)) std::fprintf(stderr, "  model-specific registers\n");
}

}  // namespace

std::vector<OutsideEvent> takeEvents(Input& input, u32 steps) {
  std::vector<OutsideEvent> events(input.take<u8>() % 8);
  for (OutsideEvent& e : events)
    e = {input.take<u16>() % std::max(steps, 1u), input.take<u8>(), input.take<u8>()};
  std::ranges::stable_sort(events, {}, &OutsideEvent::atStep);
  return events;
}

Outcome runGuest(FuzzMachine& machine, const CpuState& start, std::span<const OutsideEvent> events,
                 const Run& run) {
  Runner runner(machine, run);
  runner.start(start);
  for (const OutsideEvent& e : events) {
    runner.advance(e.atStep);
    runner.happen(e);
  }
  runner.advance(run.steps);
  return runner.finish();
}

void compareOutcomes(const FuzzMachine& a, const Outcome& x, const FuzzMachine& b, const Outcome& y) {
  if (!(x.state == y.state)) printDifferences(x.state, y.state);
  FUZZ_CHECK(x.state == y.state);
  FUZZ_CHECK(x.steps == y.steps);
  FUZZ_CHECK(x.deviceHash == y.deviceHash);
  for (u64 n = 0; n < FuzzMachine::kRamSize / kPageSize; ++n) {
    if (!a.ram.isDirty(a.ramBlock->firstPage + n) && !b.ram.isDirty(b.ramBlock->firstPage + n)) continue;
    if (std::memcmp(a.page(n), b.page(n), kPageSize) == 0) continue;
    std::fprintf(stderr, "page %llx differs\n", static_cast<unsigned long long>(n));
    FUZZ_CHECK(false);
  }
}

int fuzzGuest(Input input, u32 fewSteps, GuestProgram (*prepare)(FuzzMachine&, Input, u32 steps)) {
  static FuzzMachine witness{{}}, fuzzed{fuzzedTier()};
  beginInput();
  // Manner, whether it is to be long, and which vCPU begins.
  const u8 how = input.take<u8>();
  const u32 steps = how & 4 ? fewSteps + 2 * kLongBudget : fewSteps;
  const Run run{steps, static_cast<Manner>(how % static_cast<u8>(Manner::kCount)), how >> 3 & 1u};
  const GuestProgram a = prepare(witness, input, steps);
  const Outcome x = runGuest(witness, a.start, a.events, {steps});
  const GuestProgram b = prepare(fuzzed, input, steps);
  const Outcome y = runGuest(fuzzed, b.start, b.events, run);
  compareOutcomes(witness, x, fuzzed, y);
  return 0;
}

}  // namespace duet::fuzz
