// SDM vol. 1 appendix D.1 and D.2.1.2: FERR# raises IRQ 13; a write to port F0h drops the request and asserts
// IGNNE#, which lasts until FERR# is deasserted.
#include "hw/irq/fpu_error_latch.h"

#include <gtest/gtest.h>

namespace duet::hw {
namespace {

struct OnePin : IrqSink {
  bool level = false;
  unsigned rises = 0;
  void setIrqLevel(unsigned, bool now) override {
    rises += now && !level;
    level = now;
  }
};

struct FpuErrorLatchTest : testing::Test {
  OnePin pin;
  FpuErrorLatch latch{IrqLine(pin, 13)};
};

TEST_F(FpuErrorLatchTest, ErrorRaisesTheInterrupt) {
  EXPECT_FALSE(pin.level);
  latch.setFerr(true);
  EXPECT_TRUE(pin.level);
  EXPECT_FALSE(latch.ignne());
}

TEST_F(FpuErrorLatchTest, WriteToTheFirstPortLowersItAndIgnoresTheError) {
  latch.setFerr(true);
  latch.write(0, 0, 1, 0);
  EXPECT_FALSE(pin.level);
  EXPECT_TRUE(latch.ignne());
  latch.setFerr(true);  // the same error, still asserted
  EXPECT_EQ(pin.rises, 1u);
}

TEST_F(FpuErrorLatchTest, TheSecondPortDoesNothing) {
  latch.setFerr(true);
  latch.write(0, 1, 1, 0);
  EXPECT_TRUE(pin.level);
  EXPECT_FALSE(latch.ignne());
}

TEST_F(FpuErrorLatchTest, IgnneEndsWithTheError) {
  latch.setFerr(true);
  latch.write(0, 0, 1, 0);
  latch.setFerr(false);
  EXPECT_FALSE(latch.ignne());
  latch.setFerr(true);
  EXPECT_EQ(pin.rises, 2u);
}

TEST_F(FpuErrorLatchTest, WriteWithoutAnErrorIgnoresNothing) {
  latch.write(0, 0, 1, 0);
  EXPECT_FALSE(latch.ignne());
}

}  // namespace
}  // namespace duet::hw
