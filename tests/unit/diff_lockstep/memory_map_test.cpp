#include "tools/diff/lockstep/memory_map.h"

#include <gtest/gtest.h>

namespace duet::diff::lockstep {
namespace {

class Nothing final : public IoHandler {
  u64 read(unsigned, u64, unsigned) override { return 0; }
  void write(unsigned, u64, unsigned, u64) override {}
};

struct Machine {
  Machine() : low(*ram.addBlock("low", 0x10000)), rom(*ram.addBlock("rom", 0x4000)) {
    EXPECT_TRUE(physical.mapRam({"low", 0, 0x10000}, *low, 0, true));
    EXPECT_TRUE(physical.mapRam({"rom", 0xfffc000, 0x4000}, *rom, 0, false));
    EXPECT_TRUE(physical.mapRam({.name = "shadow", .base = 0x8000, .size = 0x2000, .priority = 1}, *rom,
                                0x1000, false));
    EXPECT_TRUE(physical.mapIo({.name = "device", .base = 0x4000, .size = 0x1000, .priority = 1}, device, 0));
  }
  mmu::Ram ram;
  const RamBlock *low, *rom;
  AddressSpace physical{"memory", u64{1} << 40};
  Nothing device;
};

TEST(MemoryMap, HasWhatIsVisible) {
  Machine m;
  const MemoryMap map = takeMap(m.physical, nullptr, m.ram);
  EXPECT_EQ(map.spaces[0], (std::vector<MapPiece>{{MappingKind::Ram, 0, 0x4000, 0, 0},
                                                  {MappingKind::Ram, 0x5000, 0x3000, 0, 0x5000},
                                                  {MappingKind::Rom, 0x8000, 0x2000, 1, 0x1000},
                                                  {MappingKind::Ram, 0xa000, 0x6000, 0, 0xa000},
                                                  {MappingKind::Rom, 0xfffc000, 0x4000, 1, 0}}));
  EXPECT_FALSE(findRam(map, Gpa(0x4000)));
  ASSERT_TRUE(findRam(map, Gpa(0x8123)));
  EXPECT_EQ(findRam(map, Gpa(0x8123))->block, 1u);
  EXPECT_EQ(findRam(map, Gpa(0x8123))->offset, 0x1123u);
  EXPECT_EQ(findAddress(map, {0, 0xb000})->value, 0xb000u);
  EXPECT_FALSE(findAddress(map, {0, 0x8000}));  // hidden
}

TEST(MemoryMap, IsLaidOverOtherRam) {
  Machine m;
  const MemoryMap map = takeMap(m.physical, nullptr, m.ram);
  mmu::Ram other;
  const RamBlock* low = *other.addBlock("low", 0x10000);
  const RamBlock* rom = *other.addBlock("rom", 0x4000);
  AddressSpace space("other", u64{1} << 40);
  MappedSpace laid(space);
  for (int again = 0; again < 2; ++again) {
    ASSERT_TRUE(laid.lay(map.spaces[0], other));
    EXPECT_EQ(space.lookup(0x8000).host, rom->host + 0x1000);
    EXPECT_EQ(space.lookup(0x8000).kind, MappingKind::Rom);
    EXPECT_EQ(space.lookup(0xa000).host, low->host + 0xa000);
    EXPECT_EQ(space.lookup(0x4000).kind, MappingKind::Hole);
    EXPECT_EQ(takeMap(space, nullptr, other), map);
  }
}

TEST(MemoryMap, RefusesDevicesThatOnlySmmSees) {
  Machine m;
  AddressSpace view("SMM", m.physical);
  ASSERT_TRUE(view.mapIo({.name = "hidden", .base = 0x9000, .size = 0x1000}, m.device, 0));
  const SmmMemory smm{view, view};
  const MemoryMap map = takeMap(m.physical, &smm, m.ram);
  AddressSpace space("other", u64{1} << 40);
  const auto laid = MappedSpace(space).lay(map.spaces[1], m.ram);
  ASSERT_FALSE(laid);
  EXPECT_NE(laid.error().message.find("system-management"), std::string::npos);
}

}  // namespace
}  // namespace duet::diff::lockstep
