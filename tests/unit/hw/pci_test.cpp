// Against PCI Local Bus 3.0 chapters 3 and 6 and the chip set's datasheets.
#include <gtest/gtest.h>

#include <map>

#include "hw/pci/ich9_lpc.h"
#include "hw/pci/pci_host_bridge.h"
#include "hw/pci/pci_testdev.h"
#include "hw/pci/q35_mch.h"
#include "tests/unit/hw/irq_fixture.h"

namespace duet::hw {
namespace {

struct NoPort : IoHandler {
  u64 last = 0;
  u64 read(unsigned, u64, unsigned) override { return 0x77; }
  void write(unsigned, u64, unsigned, u64 value) override { last = value; }
};

struct PciTest : ::testing::Test {
  AddressSpace memory{"memory", u64{1} << 40};
  AddressSpace ports{"ports", 0x10000};
  PciBus bus;
  NoPort reset;
  PciHostBridge host{bus, reset};
  PciTestdev dev{memory, ports};
  std::map<unsigned, std::pair<bool, bool>> pam;
  bool ecamOn = false;
  u64 ecamBase = 0, ecamSize = 0;
  Q35Mch mch{{[this](unsigned s, bool r, bool w) { pam[s] = {r, w}; },
              [this](bool on, u64 base, u64 size) {
                ecamOn = on;
                ecamBase = base;
                ecamSize = size;
              },
              [this](const Smram& s) { smram = s; }}};
  Smram smram;
  void SetUp() override {
    ASSERT_TRUE(bus.attach(dev, devfn(3, 0)));
    ASSERT_TRUE(bus.attach(mch, devfn(0, 0)));
    dev.reset();
    mch.reset();
  }
  u32 address(unsigned device, unsigned offset) { return 0x80000000u | device << 11 | offset; }
  u32 get(unsigned device, unsigned offset, unsigned size = 4) {
    host.write(PciHostBridge::kAddressPort, 0, 4, address(device, offset & ~3u));
    return static_cast<u32>(host.read(PciHostBridge::kDataPort, offset & 3, size));
  }
  void set(unsigned device, unsigned offset, u32 value, unsigned size = 4) {
    host.write(PciHostBridge::kAddressPort, 0, 4, address(device, offset & ~3u));
    host.write(PciHostBridge::kDataPort, offset & 3, size, value);
  }
};

TEST_F(PciTest, MechanismOneInAllSizes) {
  EXPECT_EQ(get(3, 0), 0x00051b36u);
  EXPECT_EQ(get(3, 2, 2), 0x0005u);
  EXPECT_EQ(get(3, 1, 1), 0x1bu);
  EXPECT_EQ(get(4, 0), 0xffffffffu);
  EXPECT_EQ(host.read(PciHostBridge::kAddressPort, 0, 4), address(4, 0));
  host.write(PciHostBridge::kAddressPort, 0, 4, 0);  // not enabled
  EXPECT_EQ(host.read(PciHostBridge::kDataPort, 0, 4), 0xffffffffu);
  host.write(PciHostBridge::kAddressPort, 0, 4, address(3, 0) | 1u << 16);  // bus 1
  EXPECT_EQ(host.read(PciHostBridge::kDataPort, 0, 4), 0xffffffffu);
}

TEST_F(PciTest, PortCf9IsTheResetRegister) {
  EXPECT_EQ(host.read(PciHostBridge::kAddressPort, 1, 1), 0x77u);
  host.write(PciHostBridge::kAddressPort, 1, 1, 6);
  EXPECT_EQ(reset.last, 6u);
}

TEST_F(PciTest, Ecam) {
  EXPECT_EQ(host.read(PciHostBridge::kEcam, 3 << 15, 4), 0x00051b36u);
  EXPECT_EQ(host.read(PciHostBridge::kEcam, (3 << 15) + 0x100, 4), 0xffffffffu);
  EXPECT_EQ(host.read(PciHostBridge::kEcam, 1 << 20, 4), 0xffffffffu);
}

TEST_F(PciTest, BarSizingAndDecoding) {
  set(3, 0x10, 0xffffffff);
  EXPECT_EQ(get(3, 0x10), 0xfffff000u);
  set(3, 0x14, 0xffffffff);
  EXPECT_EQ(get(3, 0x14), 0xffffff01u);
  set(3, 0x18, 0xffffffff);
  EXPECT_EQ(get(3, 0x18), 0u);
  set(3, 0x10, 0xe0000000);
  set(3, 0x14, 0xc000);
  EXPECT_EQ(memory.lookup(0xe0000000).kind, MappingKind::Hole);
  set(3, 4, 3, 2);
  EXPECT_EQ(memory.lookup(0xe0000000).kind, MappingKind::Io);
  EXPECT_EQ(ports.lookup(0xc0ff).kind, MappingKind::Io);
  set(3, 0x10, 0xe8000000);  // moved while it decodes
  EXPECT_EQ(memory.lookup(0xe0000000).kind, MappingKind::Hole);
  EXPECT_EQ(memory.lookup(0xe8000fff).kind, MappingKind::Io);
  set(3, 4, 0, 2);
  EXPECT_EQ(memory.lookup(0xe8000000).kind, MappingKind::Hole);
  EXPECT_EQ(ports.lookup(0xc000).kind, MappingKind::Hole);
}

TEST_F(PciTest, IdentityIsReadOnly) {
  set(3, 0, 0);
  set(3, 8, 0);
  EXPECT_EQ(get(3, 0), 0x00051b36u);
  EXPECT_EQ(get(3, 8), 0x00ff0000u);
  set(3, 0x3c, 0x010b);
  EXPECT_EQ(get(3, 0x3c), 0x0bu);
}

TEST_F(PciTest, LoadedStateMovesTheBars) {
  set(3, 0x10, 0xe0000000);
  set(3, 4, 2, 2);
  const auto saved = dev.saveState();
  dev.reset();
  EXPECT_EQ(memory.lookup(0xe0000000).kind, MappingKind::Hole);
  ASSERT_TRUE(dev.loadState(saved, 1));
  EXPECT_EQ(memory.lookup(0xe0000000).kind, MappingKind::Io);
}

TEST_F(PciTest, TestdevCountsMatchingWrites) {
  set(3, 0x10, 0xe0000000);
  set(3, 4, 2, 2);
  memory.write(0xe0000000, 1, 0);
  std::string name;
  for (u64 i = 16; memory.read(0xe0000000 + i, 1); ++i)
    name += static_cast<char>(memory.read(0xe0000000 + i, 1));
  EXPECT_EQ(name, "mmio-no-eventfd");
  const u32 offset = static_cast<u32>(memory.read(0xe0000004, 4));
  const unsigned width = static_cast<unsigned>(memory.read(0xe0000001, 1));
  const u32 data = static_cast<u32>(memory.read(0xe0000008, 4));
  for (int i = 0; i < 5; ++i) memory.write(0xe0000000 + offset, width, data);
  EXPECT_EQ(memory.read(0xe000000c, 4), 5u);
}

TEST_F(PciTest, MchPam) {
  EXPECT_EQ(get(0, 0), 0x29c08086u);
  EXPECT_EQ(pam.size(), 13u);
  for (const auto& [segment, access] : pam) EXPECT_EQ(access, std::make_pair(false, false)) << segment;
  set(0, 0x90, 0x30, 1);
  EXPECT_EQ(pam[0], std::make_pair(true, true));
  set(0, 0x91, 0x21, 1);  // C0000: read; C4000: write
  EXPECT_EQ(pam[1], std::make_pair(true, false));
  EXPECT_EQ(pam[2], std::make_pair(false, true));
}

TEST_F(PciTest, MchKeepsTheShadowAsleep) {
  set(0, 0x90, 0x30, 1);
  set(0, 0x91, 0x21, 1);
  set(0, 0x9d, 0x4a, 1);  // SMRAM open
  mch.wake();
  EXPECT_EQ(pam[0], std::make_pair(true, true));
  EXPECT_EQ(pam[1], std::make_pair(true, false));
  EXPECT_EQ(pam[2], std::make_pair(false, true));
  EXPECT_EQ(get(0, 0x9d) & 0xff, 0x02u);
  mch.reset();
  EXPECT_EQ(pam[0], std::make_pair(false, false));
}

TEST_F(PciTest, MchEcamWindow) {
  EXPECT_FALSE(ecamOn);
  set(0, 0x64, 0);
  set(0, 0x60, 0xb0000001);
  EXPECT_TRUE(ecamOn);
  EXPECT_EQ(ecamBase, 0xb0000000u);
  EXPECT_EQ(ecamSize, 0x10000000u);
  set(0, 0x60, 0xb8000003);  // 128 MiB
  EXPECT_EQ(ecamBase, 0xb8000000u);
  EXPECT_EQ(ecamSize, 0x8000000u);
  set(0, 0x60, 0);
  EXPECT_FALSE(ecamOn);
}

// 3 Series datasheet 5.1.25 (SMRAM) and 5.1.26 (ESMRAMC).
TEST_F(PciTest, SmramRegisters) {
  EXPECT_EQ(get(0, 0x9d, 1), 0x02u);
  EXPECT_EQ(smram, Smram{});
  set(0, 0x9d, 0x4a, 1);
  EXPECT_EQ(smram, (Smram{.enabled = true, .open = true}));
  set(0, 0x9e, 0x03, 1);
  EXPECT_EQ(get(0, 0x9e, 1), 0x3bu);
  EXPECT_EQ(smram, (Smram{.enabled = true, .open = true, .tsegMegabytes = 2}));
  set(0, 0x9e, 0x85, 1);
  EXPECT_EQ(smram, (Smram{.enabled = true, .open = true, .high = true, .tsegMegabytes = 8}));
  set(0, 0x9d, 0x42, 1);  // without G_SMRAME nothing is there
  EXPECT_EQ(smram, (Smram{.high = true}));
}

TEST_F(PciTest, SmramLock) {
  set(0, 0x9e, 0x01, 1);
  set(0, 0x9d, 0x5a, 1);  // D_OPEN with D_LCK: closed
  EXPECT_EQ(get(0, 0x9d, 1), 0x1au);
  EXPECT_EQ(smram, (Smram{.enabled = true, .tsegMegabytes = 1}));
  set(0, 0x9c, 0x00004200, 4);  // only D_CLS can still change
  EXPECT_EQ(get(0, 0x9d, 2), 0x391au);
  set(0, 0x9d, 0x3a, 1);
  EXPECT_EQ(smram, (Smram{.enabled = true, .closedToData = true, .tsegMegabytes = 1}));
  const auto saved = mch.saveState();
  mch.reset();
  EXPECT_EQ(get(0, 0x9d, 2), 0x3802u);
  set(0, 0x9d, 0x0a, 1);
  EXPECT_TRUE(smram.enabled);
  ASSERT_TRUE(mch.loadState(saved, 1));
  set(0, 0x9d, 0x42, 1);
  EXPECT_EQ(get(0, 0x9d, 1), 0x1au) << "the lock is part of the state";
}

// ICH9 13.8.1.1.
TEST(Ich9Lpc, SmiLockStaysUntilReset) {
  RecordingSink router;
  bool locked = false;
  Ich9Lpc lpc({[](bool, u16) {}, [&](bool on) { locked = on; }}, router, 32, 16);
  lpc.reset();
  EXPECT_FALSE(locked);
  lpc.configWrite(0xa0, 2, 0x0210);
  EXPECT_TRUE(locked);
  lpc.configWrite(0xa0, 2, 0);
  EXPECT_TRUE(locked);
  EXPECT_EQ(lpc.configRead(0xa0, 2), 0x0010u);
  lpc.reset();
  EXPECT_FALSE(locked);
}

TEST(Ich9Lpc, PirqRoutingAndPmBase) {
  RecordingSink router;
  bool pmOn = false;
  u16 pmBase = 0;
  Ich9Lpc lpc({[&](bool on, u16 base) {
                 pmOn = on;
                 pmBase = base;
               },
               [](bool) {}},
              router, 32, 16);
  lpc.reset();
  EXPECT_EQ(lpc.configRead(0, 4), 0x29188086u);
  lpc.setIrqLevel(1, true);  // PIRQB, not routed
  EXPECT_TRUE(router.levels[17]);
  EXPECT_FALSE(router.levels[32 + 11]);
  lpc.configWrite(0x61, 1, 11);
  EXPECT_TRUE(router.levels[32 + 11]);
  lpc.configWrite(0x68, 1, 11);
  lpc.setIrqLevel(4, true);
  lpc.setIrqLevel(1, false);
  EXPECT_TRUE(router.levels[32 + 11]);  // shared
  lpc.setIrqLevel(4, false);
  EXPECT_FALSE(router.levels[32 + 11]);
  lpc.configWrite(0x40, 4, 0x600);
  EXPECT_FALSE(pmOn);
  lpc.configWrite(0x44, 1, 0x80);
  EXPECT_TRUE(pmOn);
  EXPECT_EQ(pmBase, 0x600);
}

}  // namespace
}  // namespace duet::hw
