// fw_cfg by its interface specification; the small ports by theirs.
#include <gtest/gtest.h>

#include <cstring>

#include "hw/misc/fw_cfg.h"
#include "hw/misc/simple_ports.h"
#include "tests/unit/hw/fake_char.h"
#include "tests/unit/hw/irq_fixture.h"

namespace duet::hw {
namespace {

struct FlatMemory : GuestMemory {
  std::vector<u8> bytes = std::vector<u8>(0x10000);
  bool inside(Gpa a, u64 n) const { return a.value <= bytes.size() && n <= bytes.size() - a.value; }
  bool read(Gpa a, std::span<u8> out) override {
    if (!inside(a, out.size())) return false;
    std::memcpy(out.data(), bytes.data() + a.value, out.size());
    return true;
  }
  bool write(Gpa a, std::span<const u8> data) override {
    if (!inside(a, data.size())) return false;
    std::memcpy(bytes.data() + a.value, data.data(), data.size());
    return true;
  }
  u8* hostPointer(Gpa, u64, bool) override { return nullptr; }
  void wrote(Gpa, u64) override {}
};

struct FwCfgTest : ::testing::Test {
  FlatMemory ram;
  FwCfg cfg{ram};
  void SetUp() override {
    ASSERT_TRUE(cfg.setItems({{0, "etc/table", {1, 2, 3, 4, 5}}, {0, "bootorder", {9}}, {5, "", {4, 0}}}));
    cfg.reset();
  }
  void select(u16 key) { cfg.write(0, 0, 2, key); }
  u8 next() { return static_cast<u8>(cfg.read(0, 1, 1)); }
  std::string take(unsigned n) {
    std::string s;
    while (n--) s += static_cast<char>(next());
    return s;
  }
  u32 dma(u32 control, u32 length, u64 address) {
    const u32 words[] = {__builtin_bswap32(control), __builtin_bswap32(length),
                         __builtin_bswap32(static_cast<u32>(address >> 32)),
                         __builtin_bswap32(static_cast<u32>(address))};
    std::memcpy(ram.bytes.data() + 0x100, words, 16);
    cfg.write(1, 0, 4, 0);
    cfg.write(1, 4, 4, __builtin_bswap32(0x100));
    u32 result = 0;
    std::memcpy(&result, ram.bytes.data() + 0x100, 4);
    return __builtin_bswap32(result);
  }
};

TEST_F(FwCfgTest, SignatureAndFeatures) {
  select(0);
  EXPECT_EQ(take(6), std::string("QEMU\0\0", 6));
  select(1);
  EXPECT_EQ(next(), 3);
  EXPECT_EQ(__builtin_bswap64(cfg.read(1, 0, 8)), 0x51454d5520434647u);  // "QEMU CFG"
}

TEST_F(FwCfgTest, DirectoryIsSortedAndReadable) {
  select(0x19);
  EXPECT_EQ(take(4), std::string("\0\0\0\2", 4));
  EXPECT_EQ(take(8), std::string("\0\0\0\1\0\x20\0\0", 8));
  EXPECT_EQ(take(56).substr(0, 10), std::string("bootorder\0", 10));
  EXPECT_EQ(take(8), std::string("\0\0\0\5\0\x21\0\0", 8));
  EXPECT_EQ(take(56).substr(0, 10), std::string("etc/table\0", 10));
  select(0x21);
  EXPECT_EQ(take(6), std::string("\1\2\3\4\5\0", 6));
  select(0x7777);
  EXPECT_EQ(next(), 0);
}

TEST_F(FwCfgTest, Dma) {
  EXPECT_EQ(dma(0x0021'000a, 8, 0x200), 0u);  // select 21h, read 8: the rest is zeros
  EXPECT_EQ(std::memcmp(ram.bytes.data() + 0x200, "\1\2\3\4\5\0\0\0", 8), 0);
  EXPECT_EQ(dma(0x0021'000c, 3, 0), 0u);  // select, skip 3
  EXPECT_EQ(next(), 4);
  EXPECT_EQ(dma(0x0021'0018, 1, 0x200), 1u);            // writing is an error
  EXPECT_EQ(dma(0x0021'000a, 0xffffffff, 0x8000), 1u);  // runs out of memory: an error, and it ends
}

TEST_F(FwCfgTest, BadListsAreRefused) {
  EXPECT_FALSE(cfg.setItems({{0, "a", {}}, {0, "a", {}}}));
  EXPECT_FALSE(cfg.setItems({{0, std::string(56, 'x'), {}}}));
  EXPECT_FALSE(cfg.setItems({{7, "", {}}, {7, "", {}}}));
  EXPECT_TRUE(cfg.setItems({{0, std::string(55, 'x'), {}}}));
}

TEST(DebugExit, StatusIsTwiceThePortPlusOne) {
  int status = -1;
  DebugExit device([&](int s) { status = s; });
  device.write(0, 0, 4, 0);
  EXPECT_EQ(status, 1);
  device.write(0, 0, 1, 0x10);
  EXPECT_EQ(status, 0x21);
}

TEST(ResetControl, RisingEdgeOfRstCpu) {
  int resets = 0, inits = 0;
  ResetControl device([&] { ++resets; }, [&] { ++inits; });
  device.write(0, 0, 1, 0x02);
  EXPECT_EQ(resets, 0);
  device.write(0, 0, 1, 0x06);
  EXPECT_EQ(resets, 1);
  device.write(0, 0, 1, 0x06);
  EXPECT_EQ(resets, 1);
  EXPECT_EQ(device.read(0, 0, 1), 0x06u);
  EXPECT_EQ(inits, 0);
  device.write(0, 0, 1, 0x00);
  device.write(0, 0, 1, 0x04);
  EXPECT_EQ(inits, 1);
  device.write(0, 0, 1, 0x06);
  EXPECT_EQ(resets, 1);
  EXPECT_EQ(inits, 1);
}

TEST(DebugConsole, BytesOutAndReadback) {
  FakeChar out;
  DebugConsole device(out, 0xe9);
  for (char c : std::string("ok\n")) device.write(0, 0, 1, static_cast<u8>(c));
  EXPECT_EQ(out.written, "ok\n");
  EXPECT_EQ(device.read(0, 0, 1), 0xe9u);
}

TEST(Pvpanic, Events) {
  u8 events = 0;
  Pvpanic device([&](u8 e) { events = e; });
  EXPECT_EQ(device.read(0, 0, 1), 3u);
  device.write(0, 0, 1, 4);
  EXPECT_EQ(events, 0);
  device.write(0, 0, 1, 1);
  EXPECT_EQ(events, 1);
}

TEST(PcTestdev, EchoLinesAndMemory) {
  RecordingSink lines;
  int flushes = 0;
  PcTestdev device(lines, [&] { ++flushes; });
  device.write(PcTestdev::kEcho, 0, 4, 0x12345678);
  EXPECT_EQ(device.read(PcTestdev::kEcho, 1, 1), 0x56u);
  EXPECT_EQ(device.read(PcTestdev::kEcho, 2, 2), 0x1234u);
  device.write(PcTestdev::kEcho, 3, 1, 0xff);
  EXPECT_EQ(device.read(PcTestdev::kEcho, 0, 4), 0xff345678u);
  device.write(PcTestdev::kFlush, 0, 4, 0);
  EXPECT_EQ(flushes, 1);
  device.write(PcTestdev::kIrqLines, 5, 1, 1);
  EXPECT_TRUE(lines.levels[5]);
  device.write(PcTestdev::kIrqLines, 5, 1, 0);
  EXPECT_FALSE(lines.levels[5]);
  device.write(PcTestdev::kMemory, 0xfff8, 8, 0x1122334455667788);
  EXPECT_EQ(device.read(PcTestdev::kMemory, 0xfffc, 4), 0x11223344u);
}

}  // namespace
}  // namespace duet::hw
