#include "mmu/ram/ram_section.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstring>

namespace duet::mmu {
namespace {

constexpr u64 kSize = 64 * 4096;

struct Memory {
  explicit Memory(u64 size = kSize) : main(*ram.addBlock("main", size)), bios(*ram.addBlock("bios", 8192)) {}
  Ram ram;
  const RamBlock *main, *bios;
};

Snapshot saved(const Memory& m) {
  Snapshot snapshot;
  EXPECT_TRUE(saveRam(m.ram, snapshot));
  return snapshot;
}

std::string refusal(Memory& m, const Snapshot& snapshot) {
  m.main->host[5] = 0x55;
  const auto loaded = loadRam(m.ram, snapshot);
  EXPECT_FALSE(loaded);
  EXPECT_EQ(m.main->host[5], 0x55);  // nothing was touched
  return loaded ? "" : loaded.error().message;
}

TEST(RamSection, RoundTrip) {
  Memory from, to;
  from.main->host[4096 * 3 + 7] = 1;
  from.main->host[kSize - 1] = 2;
  from.bios->host[0] = 3;
  std::memset(to.main->host, 0xff, kSize);
  const u32 before = to.ram.beginDecode(to.main->firstPage, 0, 1);
  ASSERT_TRUE(loadRam(to.ram, saved(from)));
  EXPECT_EQ(std::memcmp(to.main->host, from.main->host, kSize), 0);
  EXPECT_EQ(to.bios->host[0], 3);
  EXPECT_NE(to.ram.codeVersion(to.main->firstPage), before);
}

u64 pagesOfHost(const Memory& m) {
  struct stat info{};
  EXPECT_EQ(fstat(m.ram.memfd(*m.main), &info), 0);
  return static_cast<u64>(info.st_blocks) * 512 / 4096;
}

TEST(RamSection, UntouchedMemoryStaysUntouched) {
  Memory from, to;
  from.main->host[4096] = 1;
  to.main->host[4096 * 9] = 1;
  ASSERT_TRUE(loadRam(to.ram, saved(from)));
  EXPECT_EQ(pagesOfHost(from), 1u);
  EXPECT_EQ(pagesOfHost(to), 2u);
  EXPECT_EQ(to.main->host[4096 * 9], 0);
}

TEST(RamSection, RefusesOtherMachines) {
  Memory from, larger(2 * kSize);
  EXPECT_NE(refusal(larger, saved(from)).find("give the same -m"), std::string::npos);
  Memory to;
  EXPECT_NE(refusal(to, Snapshot{}).find("no RAM 'main'"), std::string::npos);
}

TEST(RamSection, RefusesDamage) {
  Memory from;
  from.main->host[4096] = 1;
  const Snapshot good = saved(from);
  for (size_t cut : {size_t{0}, size_t{8}, size_t{20}}) {
    Snapshot bad;
    for (SnapshotSection s : good.sections()) {
      s.data.resize(std::min(cut, s.data.size()));
      ASSERT_TRUE(bad.add(s));
    }
    Memory to;
    EXPECT_FALSE(refusal(to, bad).empty()) << cut;
  }
  for (const auto& [offset, value] :
       {std::pair{size_t{8}, u8{0x77}}, {size_t{15}, u8{0x80}}, {size_t{20}, u8{0xff}}}) {
    Snapshot bad;
    for (SnapshotSection s : good.sections()) {
      if (s.name == "ram:main") s.data[offset] = value;
      ASSERT_TRUE(bad.add(s));
    }
    Memory to;
    EXPECT_FALSE(refusal(to, bad).empty()) << offset;
  }
}

}  // namespace
}  // namespace duet::mmu
