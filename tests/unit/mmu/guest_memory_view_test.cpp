#include "mmu/ram/guest_memory_view.h"

#include <gtest/gtest.h>

#include <array>

namespace duet::mmu {
namespace {

class NoisyDevice : public IoHandler {
 public:
  u64 read(unsigned, u64, unsigned) override { return ++accesses, 0; }
  void write(unsigned, u64, unsigned, u64) override { ++accesses; }
  int accesses = 0;
};

class View : public testing::Test {
 protected:
  View() {
    EXPECT_TRUE(space_.mapRam({.name = "low", .base = 0, .size = 8192}, low_, 0, true));
    EXPECT_TRUE(space_.mapRam({.name = "high", .base = 8192, .size = 4096}, high_, 0, true));
    EXPECT_TRUE(space_.mapRam({.name = "rom", .base = 0x10000, .size = 4096}, rom_, 0, false));
    EXPECT_TRUE(space_.mapIo({.name = "io", .base = 0x11000, .size = 4096}, device_, 0));
  }
  NoisyDevice device_;
  AddressSpace space_{"memory", u64{1} << 40};
  Ram ram_;
  const RamBlock& low_ = **ram_.addBlock("low", 8192);
  const RamBlock& high_ = **ram_.addBlock("high", 4096);
  const RamBlock& rom_ = **ram_.addBlock("rom", 4096);
  GuestMemoryView view_{space_, ram_};
};

TEST_F(View, CrossesBlocksAndTellsTheEngines) {
  const u32 version = ram_.beginDecode(high_.firstPage, 0, 64);
  const std::array<u8, 4> data{1, 2, 3, 4};
  EXPECT_TRUE(view_.write(Gpa(8190), data));
  EXPECT_EQ(low_.host[8191], 2);
  EXPECT_EQ(high_.host[0], 3);
  EXPECT_TRUE(ram_.isDirty(low_.firstPage + 1));
  EXPECT_TRUE(ram_.isDirty(high_.firstPage));
  EXPECT_FALSE(ram_.isDirty(low_.firstPage));
  EXPECT_NE(ram_.codeVersion(high_.firstPage), version);
  std::array<u8, 4> back{};
  EXPECT_TRUE(view_.read(Gpa(8190), back));
  EXPECT_EQ(back, data);
}

TEST_F(View, HolesReadAsOnesAndSwallowWrites) {
  std::array<u8, 6> bytes{};
  high_.host[4095] = 7;
  EXPECT_FALSE(view_.read(Gpa(8192 + 4095), bytes));
  EXPECT_EQ(bytes, (std::array<u8, 6>{7, 0xff, 0xff, 0xff, 0xff, 0xff}));
  EXPECT_FALSE(view_.write(Gpa(8192 + 4095), std::array<u8, 2>{9, 9}));
  EXPECT_EQ(high_.host[4095], 9);
  EXPECT_FALSE(view_.read(Gpa(~u64{0} - 2), bytes));
  EXPECT_FALSE(view_.write(Gpa(~u64{0} - 2), bytes));
}

TEST_F(View, DevicesAreNotReached) {
  u32 value = 0;
  EXPECT_FALSE(view_.load(Gpa(0x11000), value));
  EXPECT_EQ(value, 0xffffffffu);
  EXPECT_FALSE(view_.store(Gpa(0x11000), value));
  EXPECT_EQ(device_.accesses, 0);
}

TEST_F(View, RomReadsButRefusesWrites) {
  rom_.host[5] = 0x77;
  u8 value = 0;
  EXPECT_TRUE(view_.load(Gpa(0x10005), value));
  EXPECT_EQ(value, 0x77);
  EXPECT_FALSE(view_.store(Gpa(0x10005), u8{1}));
  EXPECT_EQ(rom_.host[5], 0x77);
}

TEST_F(View, HostPointersAreOnePieceOfMemory) {
  EXPECT_EQ(view_.hostPointer(Gpa(16), 100, true), low_.host + 16);
  EXPECT_EQ(view_.hostPointer(Gpa(8192), 4096, true), high_.host);
  EXPECT_EQ(view_.hostPointer(Gpa(8192), 4097, true), nullptr);
  EXPECT_EQ(view_.hostPointer(Gpa(8192 + 4095), ~u64{0}, false), nullptr);
  EXPECT_EQ(view_.hostPointer(Gpa(0x10000), 1, true), nullptr);
  EXPECT_EQ(view_.hostPointer(Gpa(0x10000), 1, false), rom_.host);
  EXPECT_EQ(view_.hostPointer(Gpa(0x11000), 1, false), nullptr);
  EXPECT_EQ(view_.hostPointer(Gpa(0x20000), 1, false), nullptr);
  view_.wrote(Gpa(8191), 2);
  EXPECT_TRUE(ram_.isDirty(low_.firstPage + 1) && ram_.isDirty(high_.firstPage));
}

}  // namespace
}  // namespace duet::mmu
