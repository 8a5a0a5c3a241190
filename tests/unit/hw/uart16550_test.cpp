// Against the PC16550D datasheet.
#include "hw/serial/uart16550.h"

#include <gtest/gtest.h>

#include "tests/unit/hw/fake_char.h"
#include "tests/unit/hw/irq_fixture.h"

namespace duet::hw {
namespace {

struct UartTest : ::testing::Test {
  ManualTime time;
  RecordingSink irq;
  FakeChar host;
  Uart16550 uart{"serial0", host, IrqLine(irq, 4), time.timers};

  u8 get(unsigned reg) { return static_cast<u8>(uart.read(0, reg, 1)); }
  void set(unsigned reg, u8 value) { uart.write(0, reg, 1, value); }
  void SetUp() override {
    uart.reset();
    set(4, 0x08);  // OUT2: interrupts reach the bus
  }
};

TEST_F(UartTest, AfterReset) {
  uart.reset();
  EXPECT_EQ(get(1), 0);
  EXPECT_EQ(get(2), 0x01);
  EXPECT_EQ(get(3), 0);
  EXPECT_EQ(get(4), 0);
  EXPECT_EQ(get(5), 0x60);
  EXPECT_EQ(get(6), 0xb0);
}

TEST_F(UartTest, ScratchAndDivisor) {
  set(7, 0xa5);
  EXPECT_EQ(get(7), 0xa5);
  set(3, 0x83);
  set(0, 0x01);
  set(1, 0x02);
  EXPECT_EQ(get(0), 0x01);
  EXPECT_EQ(get(1), 0x02);
  set(3, 0x03);
  EXPECT_EQ(get(1), 0);
}

TEST_F(UartTest, TransmitAndThrEmptyInterrupt) {
  set(0, 'h');
  set(0, 'i');
  EXPECT_EQ(host.written, "hi");
  EXPECT_FALSE(irq.levels[4]);
  set(1, 0x02);
  EXPECT_TRUE(irq.levels[4]);
  EXPECT_EQ(get(2), 0x02);
  EXPECT_FALSE(irq.levels[4]);  // reading IIR acknowledged it
  EXPECT_EQ(get(2), 0x01);
  set(0, 'x');
  EXPECT_TRUE(irq.levels[4]);
}

TEST_F(UartTest, ReceiveWithoutFifo) {
  set(1, 0x01);
  host.type("ab");
  EXPECT_TRUE(irq.levels[4]);
  EXPECT_EQ(get(2), 0x04);
  EXPECT_EQ(get(5) & 1, 1);
  EXPECT_EQ(get(0), 'a');
  EXPECT_EQ(get(0), 'b');  // taken over as soon as there was room
  EXPECT_EQ(get(5) & 1, 0);
  EXPECT_FALSE(irq.levels[4]);
}

TEST_F(UartTest, FifoTriggerAndTimeout) {
  set(2, 0x81);  // trigger level 8
  set(1, 0x01);
  EXPECT_EQ(get(2), 0xc1);
  host.type("1234567");
  EXPECT_FALSE(irq.levels[4]);
  time.advance(10'000'000);  // four characters at 9600 baud are 4.2 ms
  EXPECT_TRUE(irq.levels[4]);
  EXPECT_EQ(get(2), 0xcc);
  EXPECT_EQ(get(0), '1');
  EXPECT_FALSE(irq.levels[4]);
  host.type("89");
  EXPECT_EQ(get(2), 0xc4);
}

TEST_F(UartTest, FullFifoHoldsTheHostBack) {
  set(2, 0x01);
  host.type(std::string(40, 'z'));
  EXPECT_EQ(host.waiting.size(), 24u);
  host.type("z");
  EXPECT_EQ(host.waiting.size(), 9u) << "16 are on the line";
  for (int i = 0; i < 41; ++i) EXPECT_EQ(get(0), 'z');
  EXPECT_EQ(get(5), 0x60);
}

TEST_F(UartTest, ClearingTheFifoLetsInputGoOn) {
  set(2, 0x01);
  host.type(std::string(16, 'a') + "bc");
  set(2, 0x03);
  EXPECT_EQ(get(0), 'b');
}

TEST_F(UartTest, Loopback) {
  set(4, 0x1f);
  EXPECT_EQ(get(6) & 0xf0, 0xf0);
  set(0, 'L');
  EXPECT_EQ(host.written, "");
  EXPECT_EQ(get(5) & 1, 1);
  EXPECT_EQ(get(0), 'L');
  set(1, 0x02);
  EXPECT_FALSE(irq.levels[4]);  // OUT2 is cut off
  set(4, 0x12);                 // RTS alone → CTS
  EXPECT_EQ(get(6) & 0xf0, 0x10);
  get(6);
  set(4, 0x14);  // CTS falls, RI rises: DCTS, no TERI
  EXPECT_EQ(get(6), 0x41);
  set(4, 0x10);  // RI falls: TERI
  EXPECT_EQ(get(6), 0x04);
}

TEST_F(UartTest, OverrunInLoopback) {
  set(4, 0x10);
  set(0, '1');
  set(0, '2');
  EXPECT_EQ(get(5) & 2, 2);
  EXPECT_EQ(get(5) & 2, 0);
  EXPECT_EQ(get(0), '2');  // the new character replaces the old one
}

TEST_F(UartTest, LineStatusComesFirst) {
  set(1, 0x07);
  set(4, 0x18);
  set(0, '1');
  set(0, '2');
  EXPECT_EQ(get(2), 0x06);
  get(5);
  EXPECT_EQ(get(2), 0x04);
  get(0);
  EXPECT_EQ(get(2), 0x02);
}

// While the machine is paused, its timers stand still.
TEST(UartInput, WaitsForThePausedMachine) {
  VirtualClock clock;
  TimerQueue timers(clock);
  RecordingSink irq;
  FakeChar host;
  Uart16550 uart("serial0", host, IrqLine(irq, 4), timers);
  const auto arrived = [&] { return (uart.read(0, 5, 1) & 1) != 0; };
  host.type("ab");
  const std::vector<u8> paused = uart.saveState();
  EXPECT_FALSE(arrived());
  EXPECT_EQ(uart.saveState(), paused);
  timers.runDue();
  EXPECT_TRUE(arrived());
  EXPECT_EQ(uart.read(0, 0, 1), 'a');
  EXPECT_EQ(uart.read(0, 0, 1), 'b');
}

}  // namespace
}  // namespace duet::hw
