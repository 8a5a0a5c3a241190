// INIT, SIPI, NMI and SMI between mailbox and vCPU (SDM vol. 3 6.7.1, 9.4, 32.3.1).
#include "core/cpu/event_latch.h"

#include <gtest/gtest.h>

namespace duet {
namespace {

class EventLatchTest : public ::testing::Test {
 protected:
  void collect(bool nmiBlocked = false) { latch.collect(mailbox, nmiBlocked); }
  VcpuMailbox mailbox;
  EventLatch latch;
};

TEST_F(EventLatchTest, EachFromItsMail) {
  mailbox.post(kMailSmi | kMailUnhalt);
  collect();
  EXPECT_TRUE(latch.smi && latch.unhalt);
  EXPECT_FALSE(latch.nmi || latch.init || latch.sipi);
  mailbox.post(kMailNmi | kMailInterrupt | kMailExit);
  collect();
  EXPECT_TRUE(latch.nmi && latch.smi);
  EXPECT_EQ(mailbox.peek(), u32{kMailInterrupt | kMailExit}) << "not for the latch";
}

TEST_F(EventLatchTest, AnInitDropsTheSipiBeforeIt) {
  mailbox.postSipi(8);
  collect();
  EXPECT_TRUE(latch.sipi);
  mailbox.post(kMailInit);
  collect();
  EXPECT_TRUE(latch.init);
  EXPECT_FALSE(latch.sipi);
}

TEST_F(EventLatchTest, ASipiFollowsTheInitInTheSameMail) {
  mailbox.post(kMailInit);
  mailbox.postSipi(8);
  collect();
  EXPECT_TRUE(latch.init && latch.sipi);
}

TEST_F(EventLatchTest, OnlyAWaitingProcessorHearsASipi) {
  for (const Activity activity :
       {Activity::Running, Activity::Halted, Activity::Shutdown, Activity::WaitForSipi}) {
    mailbox.postSipi(8);
    collect();
    EXPECT_EQ(latch.takeSipi(activity), activity == Activity::WaitForSipi);
    EXPECT_FALSE(latch.takeSipi(Activity::WaitForSipi)) << "once";
  }
}

TEST_F(EventLatchTest, TheInitBeforeASipiIsTakenForTheState) {
  EXPECT_FALSE(latch.initComesFirst(false));
  mailbox.post(kMailInit);
  collect();
  EXPECT_FALSE(latch.initComesFirst(false)) << "it has a place in the state";
  mailbox.postSipi(8);
  collect();
  EXPECT_TRUE(latch.initComesFirst(false));
  EXPECT_FALSE(latch.initComesFirst(true));
  mailbox.post(kMailSmi);
  collect();
  EXPECT_FALSE(latch.initComesFirst(false)) << "the SMI is first (table 6-2)";
}

// The processor holds one NMI while it starts on another.
TEST_F(EventLatchTest, ASecondNmiWaitsBehindTheFirst) {
  for (int i = 0; i < 3; ++i) {
    mailbox.post(kMailNmi);
    collect();
  }
  EXPECT_TRUE(latch.nmi);
  EXPECT_EQ(mailbox.peek(), u32{kMailNmi});
  latch.nmi = false;
  collect();
  EXPECT_TRUE(latch.nmi);
  EXPECT_EQ(mailbox.peek(), 0u) << "three are two";
}

TEST_F(EventLatchTest, WhileOneIsHandledNmisAreOne) {
  for (int i = 0; i < 2; ++i) {
    mailbox.post(kMailNmi);
    collect(true);
  }
  EXPECT_TRUE(latch.nmi);
  EXPECT_EQ(mailbox.peek(), 0u);
}

TEST_F(EventLatchTest, WhatAnInitClears) {
  mailbox.post(kMailNmi | kMailSmi | kMailInit | kMailUnhalt);
  mailbox.postSipi(8);
  collect();
  latch.clearByInit();
  EXPECT_FALSE(latch.nmi || latch.init || latch.unhalt);
  EXPECT_TRUE(latch.smi && latch.sipi);
}

TEST_F(EventLatchTest, InAndOutOfAState) {
  for (bool EventLatch::* const one :
       {&EventLatch::nmi, &EventLatch::smi, &EventLatch::init, &EventLatch::unhalt}) {
    EventLatch a, b;
    a.*one = true;
    b.sipi = true;
    CpuState state;
    a.save(state);
    b.load(state);
    EXPECT_TRUE(b.*one);
    EXPECT_EQ(b.nmi + b.smi + b.init + b.unhalt, 1);
    EXPECT_FALSE(b.sipi);
  }
}

}  // namespace
}  // namespace duet
