#include <gtest/gtest.h>

#include <thread>

#include "core/cpu/vcpu_mailbox.h"

namespace duet {
namespace {

TEST(VcpuMailbox, BitsStayUntilTaken) {
  VcpuMailbox m;
  m.post(kMailNmi | kMailExit);
  EXPECT_EQ(m.peek(), u32{kMailNmi | kMailExit});
  EXPECT_EQ(m.take(kMailNmi), u32{kMailNmi});
  EXPECT_EQ(m.take(kMailNmi), 0u);
  EXPECT_EQ(m.peek(), u32{kMailExit});
}

TEST(VcpuMailbox, LastSipiCountsAndEveryPostKicks) {
  VcpuMailbox m;
  int kicks = 0;
  const std::function<void()> kick = [&] { ++kicks; };
  m.setKick(&kick);
  m.postSipi(0x10);
  m.postSipi(0x9a);
  EXPECT_EQ(m.sipiVector(), 0x9a);
  EXPECT_EQ(kicks, 2);
}

// SDM vol. 3 8.4: a processor that does not wait for a SIPI does not hear it, so only one after the INIT counts.
TEST(VcpuMailbox, InitDropsTheSipiBeforeIt) {
  VcpuMailbox m;
  m.postSipi(0x10);
  m.post(kMailInit);
  EXPECT_EQ(m.peek(), u32{kMailInit});
  m.postSipi(0x20);
  EXPECT_EQ(m.take(kMailInit | kMailSipi), u32{kMailInit | kMailSipi});
}

TEST(VcpuMailbox, WaitReturnsAtOnceWhenTheBitIsThere) {
  VcpuMailbox m;
  m.post(kMailWake);
  m.wait(kMailWake);
  EXPECT_EQ(m.peek(), u32{kMailWake});
}

// Every round needs the wake-up of the other side: a lost one hangs the test.
TEST(VcpuMailbox, NoWakeUpIsLost) {
  VcpuMailbox ping, pong;
  constexpr int kRounds = 2000;
  std::thread other([&] {
    for (int i = 0; i < kRounds; ++i) {
      ping.wait(kMailInterrupt);
      ping.take(kMailInterrupt);
      pong.post(kMailInterrupt);
    }
  });
  for (int i = 0; i < kRounds; ++i) {
    ping.post(kMailInterrupt);
    pong.wait(kMailInterrupt);
    pong.take(kMailInterrupt);
  }
  other.join();
  EXPECT_EQ(ping.peek() | pong.peek(), 0u);
}

}  // namespace
}  // namespace duet
