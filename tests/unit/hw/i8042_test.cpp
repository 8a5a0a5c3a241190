// Against the IBM PS/2 Technical Reference (keyboard controller, keyboard, auxiliary device).
#include "hw/input/i8042.h"

#include <gtest/gtest.h>

#include "tests/unit/hw/irq_fixture.h"

namespace duet::hw {
namespace {

struct I8042Test : ::testing::Test {
  RecordingSink irq;
  int inits = 0;
  bool a20 = false;
  I8042 kbc{IrqLine(irq, 1), IrqLine(irq, 12), {[this] { ++inits; }, [this](bool on) { a20 = on; }}};

  void SetUp() override { kbc.reset(); }
  u8 status() { return static_cast<u8>(kbc.read(I8042::kCommandPort, 0, 1)); }
  u8 get() { return static_cast<u8>(kbc.read(I8042::kDataPort, 0, 1)); }
  void command(u8 value) { kbc.write(I8042::kCommandPort, 0, 1, value); }
  void data(u8 value) { kbc.write(I8042::kDataPort, 0, 1, value); }
  void mouse(u8 value) {
    command(0xd4);
    data(value);
  }
};

TEST_F(I8042Test, SelfTestAndInterfaceTests) {
  EXPECT_EQ(status() & 1, 0);
  command(0xaa);
  EXPECT_EQ(status() & 5, 5);
  EXPECT_EQ(get(), 0x55);
  command(0xab);
  EXPECT_EQ(get(), 0);
  command(0xa9);
  EXPECT_EQ(get(), 0);
}

TEST_F(I8042Test, CommandByte) {
  command(0x60);
  EXPECT_EQ(status() & 8, 8);
  data(0x65);
  EXPECT_EQ(status() & 8, 0);
  command(0x20);
  EXPECT_EQ(get(), 0x65);
  command(0xa7);
  command(0xad);
  command(0x20);
  EXPECT_EQ(get(), 0x65 | 0x30);
}

TEST_F(I8042Test, KeyboardIdentifyAndReset) {
  data(0xf2);
  EXPECT_EQ(irq.rises[1], 1u);
  EXPECT_EQ(get(), 0xfa);
  EXPECT_EQ(get(), 0xab);
  EXPECT_EQ(get(), 0x83);
  EXPECT_EQ(irq.rises[1], 3u);  // one edge a byte
  EXPECT_FALSE(irq.levels[1]);
  data(0xff);
  EXPECT_EQ(get(), 0xfa);
  EXPECT_EQ(get(), 0xaa);
  data(0xed);
  EXPECT_EQ(get(), 0xfa);
  data(0x07);
  EXPECT_EQ(get(), 0xfa);
  data(0xee);
  EXPECT_EQ(get(), 0xee);
}

TEST_F(I8042Test, MouseAnswersOnTheAuxiliaryPort) {
  command(0xa8);
  mouse(0xff);
  EXPECT_EQ(status() & 0x21, 0x21);
  EXPECT_TRUE(irq.levels[12]);
  EXPECT_EQ(get(), 0xfa);
  EXPECT_EQ(get(), 0xaa);
  EXPECT_EQ(get(), 0x00);
  mouse(0xf2);
  EXPECT_EQ(get(), 0xfa);
  EXPECT_EQ(get(), 0x00);
  for (u8 rate : {u8{200}, u8{100}, u8{80}}) {
    mouse(0xf3);
    get();
    mouse(rate);
    get();
  }
  mouse(0xf2);
  EXPECT_EQ(get(), 0xfa);
  EXPECT_EQ(get(), 0x03);  // IntelliMouse
}

// How Linux's driver finds out that the auxiliary port is wired: D3h puts a byte into the buffer as if the mouse
// had sent it.
TEST_F(I8042Test, AuxiliaryLoopback) {
  command(0xd3);
  data(0x5a);
  EXPECT_EQ(status() & 0x21, 0x21);
  EXPECT_EQ(get(), 0x5a);
  command(0xd2);
  data(0xa5);
  EXPECT_EQ(status() & 0x21, 0x01);
  EXPECT_EQ(get(), 0xa5);
}

TEST_F(I8042Test, A20AndInit) {
  EXPECT_TRUE(a20);
  command(0xd1);
  data(0x01);
  EXPECT_FALSE(a20);
  command(0xdf);
  EXPECT_TRUE(a20);
  kbc.write(I8042::kPort92, 0, 1, 0);
  EXPECT_FALSE(a20);
  EXPECT_EQ(kbc.read(I8042::kPort92, 0, 1) & 2, 0u);
  EXPECT_EQ(inits, 0);
  command(0xfe);
  EXPECT_EQ(inits, 1);
  kbc.write(I8042::kPort92, 0, 1, 3);
  EXPECT_EQ(inits, 2);
  EXPECT_TRUE(a20);
  EXPECT_EQ(kbc.read(I8042::kPort92, 0, 1), 3u);
  kbc.write(I8042::kPort92, 0, 1, 3);  // no rising edge
  EXPECT_EQ(inits, 2);
}

TEST_F(I8042Test, QueuesAreBounded) {
  for (int i = 0; i < 1000; ++i) data(0xee);
  int answers = 0;
  while (status() & 1 && answers < 1000) {
    EXPECT_EQ(get(), 0xee);
    ++answers;
  }
  EXPECT_LE(answers, 17);
  EXPECT_GE(answers, 16);
}

}  // namespace
}  // namespace duet::hw
