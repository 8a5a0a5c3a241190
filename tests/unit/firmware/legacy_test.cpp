// The tables for systems without ACPI, read as a guest reads them. Offsets and values: Intel MultiProcessor
// Specification 1.4 chapter 4; Microsoft PCI IRQ Routing Table Specification 1.0.
#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "firmware/layout/byte_writer.h"
#include "firmware/legacy/bios_data.h"
#include "firmware/legacy/mp_table.h"
#include "firmware/legacy/pir_table.h"
#include "tests/unit/firmware/sample_config.h"

namespace duet::firmware {
namespace {

using Bytes = std::span<const u8>;

u8 sum(Bytes bytes) {
  return std::accumulate(bytes.begin(), bytes.end(), u8{0},
                         [](u8 a, u8 b) { return static_cast<u8>(a + b); });
}

std::string textAt(Bytes bytes, size_t at, size_t size) {
  return {reinterpret_cast<const char*>(bytes.data()) + at, size};
}

class MpTable : public testing::Test {
 protected:
  static constexpr u64 kAddress = 0xfb400;

  explicit MpTable(unsigned processors = 2) : image_(build(processors)) {
    table_ = Bytes(image_).subspan(16);
    // Table 4-3: processors take 20 bytes, the others 8.
    for (size_t at = 44; at < table_.size(); at += table_[at] == 0 ? 20 : 8)
      entries_.emplace(table_[at], table_.subspan(at, table_[at] == 0 ? 20 : 8));
  }
  static std::vector<u8> build(unsigned processors) {
    return buildMpTable(test::sampleAcpi(processors), {0x000a20f0, 0x178bfbff}, kAddress);
  }
  // The I/O interrupt entry of that source: nullopt unless there is exactly one.
  std::optional<Bytes> wire(u8 bus, u8 source) const {
    std::optional<Bytes> found;
    for (auto [it, end] = entries_.equal_range(3); it != end; ++it) {
      if (it->second[4] != bus || it->second[5] != source) continue;
      if (found) return std::nullopt;
      found = it->second;
    }
    return found;
  }

  std::vector<u8> image_;
  Bytes table_;
  std::multimap<u8, Bytes> entries_;
};

TEST_F(MpTable, FloatingPointer) {
  EXPECT_EQ(textAt(image_, 0, 4), "_MP_");
  EXPECT_EQ(fieldAt<u32>(image_, 4), kAddress + 16);
  EXPECT_EQ(image_[8], 1);  // paragraphs
  EXPECT_EQ(image_[9], 4);  // 1.4
  EXPECT_EQ(sum(Bytes(image_).first(16)), 0);
  EXPECT_EQ(fieldAt<u32>(image_, 11), 0u);  // a table, not a default configuration; virtual wire
}

TEST_F(MpTable, Header) {
  EXPECT_EQ(textAt(table_, 0, 4), "PCMP");
  EXPECT_EQ(fieldAt<u16>(table_, 4), table_.size());
  EXPECT_EQ(table_[6], 4);
  EXPECT_EQ(sum(table_), 0);
  EXPECT_EQ(fieldAt<u16>(table_, 34), entries_.size());
  EXPECT_EQ(fieldAt<u32>(table_, 36), 0xfee00000u);
}

TEST_F(MpTable, Processors) {
  ASSERT_EQ(entries_.count(0), 2u);
  auto it = entries_.find(0);
  const Bytes boot = it++->second, other = it->second;
  EXPECT_EQ(boot[1], 0);
  EXPECT_EQ(boot[3], 3);  // enabled, boot processor
  EXPECT_EQ(fieldAt<u32>(boot, 4), 0x000a20f0u);
  EXPECT_EQ(fieldAt<u32>(boot, 8), 0x178bfbffu);
  EXPECT_EQ(other[1], 1);
  EXPECT_EQ(other[3], 1);
}

TEST_F(MpTable, LargeApicIdsAreLeftOut) {
  const std::vector<u8> image = build(300);
  size_t count = 0;
  for (size_t at = 16 + 44; image[at] == 0; at += 20) ++count;
  EXPECT_EQ(count, 255u);
}

TEST_F(MpTable, BusesAndIoApic) {
  ASSERT_EQ(entries_.count(1), 2u);
  auto bus = entries_.find(1);
  EXPECT_EQ(textAt(bus++->second, 2, 6), "PCI   ");
  EXPECT_EQ(textAt(bus->second, 2, 6), "ISA   ");
  ASSERT_EQ(entries_.count(2), 1u);
  const Bytes ioApic = entries_.find(2)->second;
  EXPECT_EQ(ioApic[3], 1);
  EXPECT_EQ(fieldAt<u32>(ioApic, 4), 0xfec00000u);
}

TEST_F(MpTable, IsaWires) {
  ASSERT_TRUE(wire(1, 0) && wire(1, 4) && wire(1, 9));
  EXPECT_EQ((*wire(1, 0))[7], 2);  // the override of the timer
  EXPECT_EQ((*wire(1, 4))[7], 4);
  EXPECT_EQ(fieldAt<u16>(*wire(1, 4), 2), 0u);
  EXPECT_EQ(fieldAt<u16>(*wire(1, 9), 2), 0xdu);  // active high, level
  EXPECT_FALSE(wire(1, 2));                       // the cascade has no source
}

TEST_F(MpTable, PciWires) {
  // Section D.3: device in bits 6:2, pin in bits 1:0.
  ASSERT_TRUE(wire(0, 5 << 2 | 1));
  EXPECT_EQ((*wire(0, 5 << 2 | 1))[7], 16 + 6);
}

TEST_F(MpTable, LocalInterrupts) {
  std::map<u8, u8> typeOfPin;
  for (auto [it, end] = entries_.equal_range(4); it != end; ++it) {
    EXPECT_EQ(it->second[6], 0xff);
    typeOfPin[it->second[7]] = it->second[1];
  }
  EXPECT_EQ(typeOfPin, (std::map<u8, u8>{{0, 3}, {1, 1}}));  // ExtINT, NMI
}

TEST(PirTable, HeaderAndSlots) {
  const auto table = buildPirTable(test::sampleAcpi().pciInterrupts, {0x8086, 0x2918});
  EXPECT_EQ(textAt(table, 0, 4), "$PIR");
  EXPECT_EQ(fieldAt<u16>(table, 4), 0x100u);
  EXPECT_EQ(fieldAt<u16>(table, 6), table.size());
  EXPECT_EQ(table.size(), 32u + 32 * 16);
  EXPECT_EQ(sum(table), 0);
  EXPECT_EQ(table[9], 31 << 3);  // router's device and function
  EXPECT_EQ(fieldAt<u32>(table, 12), 0x29188086u);
  const Bytes slot = Bytes(table).subspan(32 + 5 * 16, 16);
  EXPECT_EQ(slot[1], 5 << 3);
  EXPECT_EQ(slot[2], 0x69);                                         // INTA of slot 5: wire 5
  EXPECT_EQ(fieldAt<u16>(slot, 3), 1u << 5 | 1u << 10 | 1u << 11);  // may become these
  EXPECT_EQ(slot[5], 0x6a);
}

TEST(BiosData, Fields) {
  const auto data = buildBiosData({{0x3f8, 0x2f8}, 0x9fc00});
  ASSERT_EQ(data.size(), 256u);
  EXPECT_EQ(fieldAt<u16>(data, 0x00), 0x3f8u);
  EXPECT_EQ(fieldAt<u16>(data, 0x02), 0x2f8u);
  EXPECT_EQ(fieldAt<u16>(data, 0x04), 0u);
  EXPECT_EQ(fieldAt<u16>(data, 0x0e), 0x9fc0u);
  EXPECT_EQ(fieldAt<u16>(data, 0x10) >> 9 & 7, 2u);  // serial ports
  EXPECT_EQ(fieldAt<u16>(data, 0x13), 639u);         // KiB below the extended area
  EXPECT_EQ(fieldAt<u16>(data, 0x1a), fieldAt<u16>(data, 0x1c));
}

}  // namespace
}  // namespace duet::firmware
