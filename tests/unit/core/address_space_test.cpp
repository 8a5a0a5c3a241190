#include "core/bus/address_space.h"

#include <gmock/gmock.h>

#include <vector>

namespace duet {
namespace {

using testing::HasSubstr;

class Recorder : public IoHandler {
 public:
  struct Access {
    unsigned range;
    u64 offset;
    unsigned size;
    u64 value;
    bool operator==(const Access&) const = default;
  };
  u64 read(unsigned range, u64 offset, unsigned size) override {
    accesses.push_back({range, offset, size, 0});
    return answer;
  }
  void write(unsigned range, u64 offset, unsigned size, u64 value) override {
    accesses.push_back({range, offset, size, value});
    if (onWrite) onWrite();
  }
  std::vector<Access> accesses;
  u64 answer = 0x1122334455667788;
  std::function<void()> onWrite;
};

class AddressSpaceTest : public testing::Test {
 protected:
  AddressSpaceTest() : backing(16 * kPageSize, 0) {
    block.name = "ram";
    block.host = backing.data();
    block.size = backing.size();
  }
  AddressSpace space{"memory", u64{1} << 40};
  std::vector<u8> backing;
  RamBlock block;
  Recorder device, other;
};

TEST_F(AddressSpaceTest, HolesReadAsOnesAndSwallowWrites) {
  EXPECT_EQ(space.read(0x1000, 4), 0xffffffffu);
  space.write(0x1000, 4, 5);
  const Mapping hole = space.lookup(0x1234);
  EXPECT_EQ(hole.kind, MappingKind::Hole);
  EXPECT_EQ(hole.base, 0u);
}

TEST_F(AddressSpaceTest, DeviceSeesRangeAndOffsetNotItsAddress) {
  ASSERT_TRUE(space.mapIo({.name = "uart", .base = 0x5000, .size = 0x10}, device, 3));
  EXPECT_EQ(space.read(0x5004, 2), 0x7788u);
  space.write(0x5008, 4, 0xdeadbeef);
  const std::vector<Recorder::Access> expected = {{3, 4, 2, 0}, {3, 8, 4, 0xdeadbeef}};
  EXPECT_EQ(device.accesses, expected);
}

TEST_F(AddressSpaceTest, OverlapOfOnePriorityNamesBoth) {
  ASSERT_TRUE(space.mapIo({.name = "first", .base = 0x100, .size = 0x100}, device, 0));
  auto second = space.mapIo({.name = "second", .base = 0x1ff, .size = 1}, other, 0);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("first"));
  EXPECT_THAT(second.error().message, HasSubstr("second"));
  EXPECT_EQ(space.lookup(0x1ff).handler, &device) << "a refused mapping must leave the map as it was";
}

TEST_F(AddressSpaceTest, HigherPriorityHidesTheLowerOnlyWhereItLies) {
  ASSERT_TRUE(space.mapRam({.name = "ram", .base = 0, .size = 4 * kPageSize}, block, 0, true));
  auto window = space.mapIo({.name = "window", .base = 0x1800, .size = 0x100, .priority = 1}, device, 0);
  ASSERT_TRUE(window);
  EXPECT_EQ(space.lookup(0x17ff).kind, MappingKind::Ram);
  EXPECT_EQ(space.lookup(0x1800).kind, MappingKind::Io);
  EXPECT_EQ(space.lookup(0x1900).host, block.host + 0x1900);
  ASSERT_TRUE(space.setEnabled(*window, false));
  EXPECT_EQ(space.lookup(0x1800).kind, MappingKind::Ram);
}

TEST_F(AddressSpaceTest, AccessAcrossMappingsIsSplit) {
  ASSERT_TRUE(space.mapRam({.name = "ram", .base = 0, .size = kPageSize}, block, 0, true));
  ASSERT_TRUE(space.mapIo({.name = "io", .base = kPageSize, .size = 8}, device, 0));
  backing[4094] = 0xaa;
  backing[4095] = 0xbb;
  device.answer = 0x11;
  EXPECT_EQ(space.read(4094, 4), 0x1111bbaau);
  space.write(4095, 2, 0x7766);
  EXPECT_EQ(backing[4095], 0x66);
  EXPECT_EQ(device.accesses.back(), (Recorder::Access{0, 0, 1, 0x77}));
}

TEST_F(AddressSpaceTest, RomDropsWritesUntilMadeWritable) {
  auto rom = space.mapRam({.name = "rom", .base = 0x2000, .size = kPageSize}, block, kPageSize, false);
  ASSERT_TRUE(rom);
  space.write(0x2000, 1, 9);
  EXPECT_EQ(backing[kPageSize], 0);
  ASSERT_TRUE(space.setWritable(*rom, true));
  space.write(0x2000, 1, 9);
  EXPECT_EQ(backing[kPageSize], 9);
}

TEST_F(AddressSpaceTest, AliasFollowsItsTarget) {
  auto target = space.mapRam({.name = "ram", .base = 0, .size = kPageSize}, block, 0, true);
  ASSERT_TRUE(target);
  ASSERT_TRUE(space.mapAlias({.name = "alias", .base = 0x100000, .size = kPageSize}, 0));
  backing[5] = 42;
  EXPECT_EQ(space.read(0x100005, 1), 42u);
  space.unmap(*target);
  EXPECT_EQ(space.lookup(0x100005).kind, MappingKind::Hole);
}

TEST_F(AddressSpaceTest, ChangeIsAllOrNothingAndNotifiesOnce) {
  int notified = 0;
  space.addListener([&] { ++notified; });
  auto failed = space.change([&](AddressSpace& s) -> Result<> {
    (void)s.mapIo({.name = "a", .base = 0, .size = 16}, device, 0);
    return fail("no");
  });
  EXPECT_FALSE(failed);
  EXPECT_EQ(space.lookup(0).kind, MappingKind::Hole);
  EXPECT_EQ(notified, 0);
  auto done = space.change([&](AddressSpace& s) -> Result<> {
    (void)s.mapIo({.name = "a", .base = 0, .size = 16}, device, 0);
    (void)s.mapIo({.name = "b", .base = 16, .size = 16}, other, 0);
    return {};
  });
  EXPECT_TRUE(done);
  EXPECT_EQ(notified, 1);
}

TEST_F(AddressSpaceTest, DeviceMayRemapInsideItsCallback) {
  auto id = space.mapIo({.name = "bar", .base = 0x1000, .size = 0x10}, device, 0);
  ASSERT_TRUE(id);
  device.onWrite = [&] { ASSERT_TRUE(space.move(*id, 0x2000)); };
  space.write(0x1000, 4, 1);
  EXPECT_EQ(space.lookup(0x1000).kind, MappingKind::Hole);
  EXPECT_EQ(space.lookup(0x2000).handler, &device);
}

TEST_F(AddressSpaceTest, RefusesWhatDoesNotFit) {
  EXPECT_FALSE(space.mapIo({.name = "none", .base = 0, .size = 0}, device, 0));
  EXPECT_FALSE(space.mapIo({.name = "beyond", .base = (u64{1} << 40) - 8, .size = 16}, device, 0));
  EXPECT_FALSE(space.mapRam({.name = "unaligned", .base = 0x10, .size = kPageSize}, block, 0, true));
  EXPECT_FALSE(space.mapRam({.name = "too large", .base = 0, .size = 17 * kPageSize}, block, 0, true));
}

TEST_F(AddressSpaceTest, ViewHidesAndShowsWhatIsBelow) {
  AddressSpace below("below", 0x10000);
  ASSERT_TRUE(below.mapRam({.name = "ram", .base = 0, .size = 0x8000}, block, 0, true));
  AddressSpace view("view", below);
  const auto id = view.mapIo({.name = "device", .base = 0x3000, .size = 0x1000}, device, 7);
  ASSERT_TRUE(id);
  EXPECT_EQ(view.lookup(0x3000).kind, MappingKind::Io);
  EXPECT_EQ(below.lookup(0x3000).kind, MappingKind::Ram);
  // What is below ends where the view's own begins.
  const Mapping low = view.lookup(0x2000), high = view.lookup(0x4000), hole = view.lookup(0x9000);
  EXPECT_EQ(low.base, 0u);
  EXPECT_EQ(low.size, 0x3000u);
  EXPECT_EQ(high.base, 0x4000u);
  EXPECT_EQ(high.size, 0x4000u);
  EXPECT_EQ(high.host, block.host + 0x4000);
  EXPECT_EQ(hole.kind, MappingKind::Hole);
  EXPECT_EQ(hole.base, 0x8000u);
  view.write(0x2ffe, 4, 0x44332211);
  EXPECT_EQ(backing[0x2ffe], 0x11);
  EXPECT_EQ(backing[0x3000], 0) << "that half went to the device";
  ASSERT_EQ(device.accesses.size(), 2u);
  // Later changes below show through; the view's own are its listeners'.
  int heard = 0;
  view.addListener([&] { ++heard; });
  ASSERT_TRUE(below.mapRam({.name = "more", .base = 0x9000, .size = 0x1000}, block, 0, false));
  EXPECT_EQ(view.lookup(0x9000).kind, MappingKind::Rom);
  EXPECT_EQ(heard, 0);
  ASSERT_TRUE(view.setEnabled(*id, false));
  EXPECT_EQ(heard, 1);
  EXPECT_EQ(view.lookup(0x3000).kind, MappingKind::Ram);
}

TEST_F(AddressSpaceTest, WhereWritesMayWait) {
  using Ranges = std::vector<AddressRange>;
  AddressSpace below("below", 0x100000);
  ASSERT_TRUE(
      below.mapRam({.name = "ram", .base = 0, .size = 0x1000, .writesMayWait = true}, block, 0, true));
  ASSERT_TRUE(below.mapIo({.name = "prompt", .base = 0x1000, .size = 0x100}, device, 0));
  const auto id =
      below.mapIo({.name = "patient", .base = 0x2000, .size = 0x1000, .writesMayWait = true}, device, 1);
  ASSERT_TRUE(id);
  EXPECT_EQ(below.waitingWrites(), (Ranges{{0x2000, 0x1000}})) << "RAM has no writes that could";
  ASSERT_TRUE(below.mapIo({.name = "window", .base = 0x2400, .size = 0x100, .priority = 1}, device, 2));
  EXPECT_EQ(below.waitingWrites(), (Ranges{{0x2000, 0x400}, {0x2500, 0xb00}}));
  EXPECT_TRUE(below.lookup(0x2000).writesMayWait);
  EXPECT_FALSE(below.lookup(0x2400).writesMayWait);

  AddressSpace view("view", below);
  ASSERT_TRUE(view.mapIo({.name = "own", .base = 0x2200, .size = 0x300, .writesMayWait = true}, device, 3));
  EXPECT_EQ(view.waitingWrites(), (Ranges{{0x2000, 0x200}, {0x2500, 0xb00}}));
  const auto all = view.mapIo({.name = "all", .base = 0x1000, .size = 0x8000, .priority = -1}, device, 4);
  ASSERT_TRUE(all);
  EXPECT_TRUE(view.waitingWrites().empty());
  view.unmap(*all);

  int heard = 0;
  below.addListener([&] { ++heard; });
  ASSERT_TRUE(below.move(*id, 0x8000));
  EXPECT_EQ(heard, 1);
  EXPECT_EQ(view.waitingWrites(), (Ranges{{0x8000, 0x1000}}));
  ASSERT_TRUE(below.setEnabled(*id, false));
  EXPECT_TRUE(view.waitingWrites().empty());
}

// The same place, handler and range, but another promise: engines have to hear of it.
TEST_F(AddressSpaceTest, AChangedPromiseIsAChange) {
  const auto prompt = space.mapIo({.name = "prompt", .base = 0x80, .size = 1}, device, 0);
  const auto patient = space.mapIo(
      {.name = "patient", .base = 0x80, .size = 1, .enabled = false, .writesMayWait = true}, device, 0);
  ASSERT_TRUE(prompt && patient);
  int heard = 0;
  space.addListener([&] { ++heard; });
  ASSERT_TRUE(space.change([&](AddressSpace& s) -> Result<> {
    if (auto ok = s.setEnabled(*prompt, false); !ok) return ok;
    return s.setEnabled(*patient, true);
  }));
  EXPECT_EQ(heard, 1);
  EXPECT_EQ(space.waitingWrites(), (std::vector<AddressRange>{{0x80, 1}}));
}

}  // namespace
}  // namespace duet
