// INIT and SIPI (SDM vol. 3 8.4): in whatever moment they come from another thread, a SIPI after an INIT starts the
// processor.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "core/cpu/registers.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "tests/contract/engine/engine_rig.h"

namespace duet::test {
namespace {

constexpr u8 kPage = 2;
constexpr u64 kCode = u64{kPage} << 12, kStarts = kCode + 0x100;  // a byte that counts

class StartUp : public ::testing::Test {
 protected:
  StartUp() : m([](mmu::Ram& ram) { return std::make_unique<tcg::TcgBackend>(ram); }) {
    vcpu = std::move(*m.engine->createVcpu(env));
    // inc byte cs:[100h]; again: sti; nop; cli; jmp again: looks for events all the time.
    m.put(kCode, {0x2e, 0xfe, 0x06, 0x00, 0x01, 0xfb, 0x90, 0xfa, 0xeb, 0xfb});
  }

  EngineRig m;
  VcpuEnv env{1, m.memory, m.physical, m.ports, m.interrupts, m.mailbox, m.clock, *m.model};
  std::unique_ptr<Vcpu> vcpu;  // an application processor
};

TEST_F(StartUp, NoSipiAfterAnInitIsLost) {
  constexpr unsigned kRounds = 20000;  // as far as a busy host gets in some seconds
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds(5);
  std::thread thread([&] {
    for (;;) {
      const VcpuExit exit = vcpu->run({});
      if (exit.reason == ExitReason::Cancelled) return;
      m.mailbox.wait(exit.wakeMask);
    }
  });
  unsigned lost = 0;
  for (unsigned i = 1; i <= kRounds && !lost && Clock::now() < end; ++i) {
    m.mailbox.post(kMailInit);
    m.mailbox.postSipi(kPage);
    const auto start = Clock::now();
    while (m.word<u8>(kStarts) != static_cast<u8>(i) && !lost) {
      std::this_thread::yield();
      if (Clock::now() - start > std::chrono::seconds(10)) ++lost;
    }
  }
  vcpu->requestExit();
  thread.join();
  EXPECT_EQ(lost, 0u);
}

// A saved state has no place for a SIPI that was sent and not yet heard.
TEST_F(StartUp, SavedStateHasHeardTheSipi) {
  CpuState s = m.realMode(0x1000);
  s.activity = Activity::WaitForSipi;
  ASSERT_TRUE(vcpu->loadState(s));
  m.mailbox.postSipi(kPage);
  vcpu->saveState(s);
  EXPECT_EQ(s.activity, Activity::Running);
  EXPECT_EQ(s.segment[kSegCs].base, kCode);
  EXPECT_EQ(s.rip, 0u);

  s = m.realMode(0x1000);
  ASSERT_TRUE(vcpu->loadState(s));
  m.mailbox.post(kMailInit);
  m.mailbox.postSipi(kPage);
  vcpu->saveState(s);
  EXPECT_FALSE(s.initPending);
  EXPECT_EQ(s.activity, Activity::Running);
  EXPECT_EQ(s.segment[kSegCs].base, kCode);

  s = m.realMode(0x1000);  // runs, and does not hear it
  ASSERT_TRUE(vcpu->loadState(s));
  m.mailbox.postSipi(kPage);
  vcpu->saveState(s);
  EXPECT_EQ(s.segment[kSegCs].base, 0u);
  EXPECT_EQ(s.rip, 0x1000u);
}

}  // namespace
}  // namespace duet::test
