// Which memory slots an address space asks for.
#include <gtest/gtest.h>

#include "cpu-kvm/vcpu/memory_slots.h"

namespace duet::kvm {
namespace {

// Page aligned, as RAM blocks are; never touched.
u8* const kHost = reinterpret_cast<u8*>(0x10000000);

Mapping piece(MappingKind kind, u64 base, u64 size, u8* host) {
  Mapping m;
  m.kind = kind;
  m.base = base;
  m.size = size;
  m.host = host;
  return m;
}

TEST(Slots, RamAndRomButNoDevices) {
  const auto slots =
      slotsOf({piece(MappingKind::Ram, 0, 0xa0000, kHost), piece(MappingKind::Io, 0xa0000, 0x20000, nullptr),
               piece(MappingKind::Rom, 0xf0000, 0x10000, kHost + 0x100000)});
  ASSERT_EQ(slots.size(), 2u);
  EXPECT_EQ(slots[0], (Slot{0, 0xa0000, kHost, true}));
  EXPECT_EQ(slots[1], (Slot{0xf0000, 0x10000, kHost + 0x100000, false}));
}

TEST(Slots, NeighboursBecomeOne) {
  const auto slots = slotsOf({piece(MappingKind::Ram, 0, 0x1000, kHost),
                              piece(MappingKind::Ram, 0x1000, 0x2000, kHost + 0x1000),
                              piece(MappingKind::Ram, 0x3000, 0x1000, kHost + 0x8000)});
  ASSERT_EQ(slots.size(), 2u);
  EXPECT_EQ(slots[0].size, 0x3000u);
  EXPECT_EQ(slots[1].base, 0x3000u);
}

TEST(Slots, WholePagesOnly) {
  EXPECT_TRUE(slotsOf({piece(MappingKind::Ram, 0x1800, 0x1000, kHost + 0x800)}).empty());
  const auto slots = slotsOf({piece(MappingKind::Ram, 0x1800, 0x2000, kHost + 0x800)});
  ASSERT_EQ(slots.size(), 1u);
  EXPECT_EQ(slots[0], (Slot{0x2000, 0x1000, kHost + 0x1000, true}));
  // Guest and host do not have the same offset in the page.
  EXPECT_TRUE(slotsOf({piece(MappingKind::Ram, 0x1000, 0x1000, kHost + 0x800)}).empty());
}

TEST(Slots, OneViewOverAnother) {
  const auto seen =
      overlaid({piece(MappingKind::Ram, 0, 0x10000, kHost), piece(MappingKind::Ram, 0x10000, 0x1000, kHost)},
               {piece(MappingKind::Ram, 0x4000, 0x2000, kHost + 0x100000),
                piece(MappingKind::Ram, 0xf000, 0x3000, kHost + 0x200000)});
  const auto slots = slotsOf(seen);
  ASSERT_EQ(slots.size(), 4u);
  EXPECT_EQ(slots[0], (Slot{0, 0x4000, kHost, true}));
  EXPECT_EQ(slots[1], (Slot{0x4000, 0x2000, kHost + 0x100000, true}));
  EXPECT_EQ(slots[2], (Slot{0x6000, 0x9000, kHost + 0x6000, true}));
  EXPECT_EQ(slots[3], (Slot{0xf000, 0x3000, kHost + 0x200000, true}));
}

}  // namespace
}  // namespace duet::kvm
