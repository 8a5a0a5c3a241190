// fw_cfg items, SMBIOS and firmware images.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "firmware/bios/bios_image.h"
#include "firmware/fwcfg/fw_cfg_contents.h"
#include "firmware/layout/byte_writer.h"
#include "tests/unit/firmware/sample_config.h"

namespace duet::firmware {
namespace {

using namespace test;
using testing::HasSubstr;

const FwCfgItem* find(const std::vector<FwCfgItem>& items, const std::string& name, u16 key = 0) {
  for (const FwCfgItem& item : items)
    if (item.name == name && item.key == key) return &item;
  return nullptr;
}

std::string nameAt(std::span<const u8> bytes, size_t at) { return reinterpret_cast<const char*>(&bytes[at]); }

// Does what firmware does with the loader script; the files as they end up in memory.
struct Interpreter {
  std::map<std::string, std::vector<u8>> files;
  std::map<std::string, u64> places;

  void run(const std::vector<FwCfgItem>& items) {
    const std::vector<u8>& script = find(items, "etc/table-loader")->data;
    ASSERT_EQ(script.size() % 128, 0u);
    for (size_t at = 0; at < script.size(); at += 128) step(items, std::span(script).subspan(at, 128));
  }
  void step(const std::vector<FwCfgItem>& items, std::span<const u8> c) {
    const std::string name = nameAt(c, 4);
    switch (fieldAt<u32>(c, 0)) {
      case 1: {
        const FwCfgItem* item = find(items, name);
        ASSERT_NE(item, nullptr) << name;
        files[name] = item->data;
        places[name] = c[64] == 2 ? 0xf5000 : 0x7fe0000;
        EXPECT_EQ(places[name] % fieldAt<u32>(c, 60), 0u);
        break;
      }
      case 2: {
        const std::string from = nameAt(c, 60);
        ASSERT_TRUE(files.count(name) && places.count(from));
        const u32 offset = fieldAt<u32>(c, 116);
        const u8 size = c[120];
        ASSERT_LE(offset + size, files[name].size());
        u64 value = 0;
        std::memcpy(&value, &files[name][offset], size);
        EXPECT_LT(value, files[from].size());
        value += places[from];
        std::memcpy(&files[name][offset], &value, size);
        break;
      }
      case 3: {
        const u32 offset = fieldAt<u32>(c, 60), start = fieldAt<u32>(c, 64), length = fieldAt<u32>(c, 68);
        ASSERT_LE(start + length, files[name].size());
        files[name][offset] = 0;
        files[name][offset] = checksumOf(std::span(files[name]).subspan(start, length));
        break;
      }
      default:
        FAIL() << "command " << fieldAt<u32>(c, 0);
    }
  }
};

TEST(FwCfg, LoaderScriptGivesTheSameTablesAsPlacingThem) {
  AcpiImage acpi = buildAcpi(sampleAcpi());
  FwCfgConfig config;
  config.memory = sampleLayout();
  config.acpi = &acpi;
  Interpreter firmware;
  firmware.run(buildFwCfg(config));
  placeAcpi(acpi, 0x7fe0000);
  EXPECT_EQ(firmware.files["etc/acpi/tables"], acpi.tables);
  EXPECT_EQ(firmware.files["etc/acpi/rsdp"], acpi.rsdp);
}

TEST(FwCfg, ItemsAreUniqueAndNamesShort) {
  const AcpiImage acpi = buildAcpi(sampleAcpi());
  const SmbiosImage smbios = buildSmbios({});
  FwCfgConfig config{.processors = 2,
                     .apicIdLimit = 4,
                     .graphics = false,
                     .bootOrder = "/pci@i0cf8/ide@1",
                     .memory = sampleLayout(128_MiB, 1_GiB),
                     .acpi = &acpi,
                     .smbios = &smbios,
                     .kernel = FwCfgKernel{std::vector<u8>(5000, 1), {1, 2, 3}, "quiet"}};
  const auto items = buildFwCfg(config);
  std::set<std::pair<u16, std::string>> seen;
  for (const FwCfgItem& item : items) {
    EXPECT_TRUE(seen.emplace(item.key, item.name).second) << item.key << item.name;
    EXPECT_NE(item.key == 0, item.name.empty());
    EXPECT_LE(item.name.size(), 55u);
  }
  EXPECT_EQ(fieldAt<u64>(find(items, "", 0x03)->data, 0), 128_MiB + 1_GiB);
  EXPECT_EQ(fieldAt<u16>(find(items, "", 0x05)->data, 0), 2);
  EXPECT_EQ(fieldAt<u16>(find(items, "", 0x0f)->data, 0), 4);
  EXPECT_EQ(fieldAt<u32>(find(items, "", 0x14)->data, 0), 6u);
  // setup_sects is 1 in this "kernel": two sectors of setup, the rest apart.
  EXPECT_EQ(find(items, "", 0x18)->data.size(), 1024u);
  EXPECT_EQ(find(items, "", 0x11)->data.size(), 5000u - 1024);
  EXPECT_EQ(find(items, "", 0x12)->data.size(), 3u);
  const auto& map = find(items, "etc/e820")->data;
  EXPECT_EQ(map.size() % 20, 0u);
  EXPECT_EQ(fieldAt<u64>(map, 8), 128_MiB);
  EXPECT_EQ(find(items, "etc/system-states")->data.size(), 6u);
  for (const char* name :
       {"bootorder", "etc/smbios/smbios-tables", "etc/smbios/smbios-anchor", "etc/acpi/rsdp"})
    EXPECT_NE(find(items, name), nullptr) << name;
}

TEST(Smbios, StructuresWalkToTheEnd) {
  SmbiosImage image =
      buildSmbios({.processors = 3, .processorName = "Test", .lowRam = 2_GiB, .highRam = 62_GiB});
  placeSmbios(image, 0xf1000);
  const std::span<const u8> anchor(image.anchor);
  ASSERT_EQ(anchor.size(), 31u);
  EXPECT_EQ(checksumOf(anchor), 0);
  EXPECT_EQ(checksumOf(anchor.subspan(16)), 0);
  EXPECT_EQ(fieldAt<u32>(anchor, 24), 0xf1000u);
  EXPECT_EQ(fieldAt<u16>(anchor, 22), image.tables.size());

  const std::span<const u8> t(image.tables);
  std::map<u8, int> kinds;
  size_t at = 0, largest = 0, count = 0;
  std::set<u16> handles;
  for (u8 type = 0; type != 127; ++count) {
    ASSERT_LE(at + 4, t.size());
    type = t[at];
    const size_t start = at;
    EXPECT_TRUE(handles.insert(fieldAt<u16>(t, at + 2)).second);
    ++kinds[type];
    at += t[at + 1];
    while (at + 1 < t.size() && (t[at] || t[at + 1])) ++at;
    at += 2;
    largest = std::max(largest, at - start);
  }
  EXPECT_EQ(at, t.size());
  EXPECT_EQ(fieldAt<u16>(anchor, 8), largest);
  EXPECT_EQ(fieldAt<u16>(anchor, 28), count);
  for (const int type : {0, 1, 3, 16, 32, 127}) EXPECT_EQ(kinds[static_cast<u8>(type)], 1) << type;
  EXPECT_EQ(kinds[4], 3);
  EXPECT_EQ(kinds[17], 4);
  EXPECT_EQ(kinds[19], 2);
  // Sizes the specification fixes for version 2.8.
  const std::map<u8, u8> lengths{{0, 24},  {1, 27},  {3, 22},  {4, 42}, {16, 23},
                                 {17, 40}, {19, 31}, {32, 11}, {127, 4}};
  for (size_t s = 0; s < t.size();) {
    EXPECT_EQ(t[s + 1], lengths.at(t[s])) << int{t[s]};
    s += t[s + 1];
    while (t[s] || t[s + 1]) ++s;
    s += 2;
  }
}

TEST(BiosImage, ChecksSizeAndFindsByName) {
  char name[] = "/tmp/duet-bios-XXXXXX";
  const std::string folder = mkdtemp(name);
  const auto save = [&](const std::string& file, const std::vector<u8>& bytes) {
    std::ofstream(folder + "/" + file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  };
  std::vector<u8> good(128 << 10, 0xff);
  good[good.size() - 16] = 0xea;
  save("good.bin", good);
  save("odd.bin", std::vector<u8>(100000, 1));
  save("blank.bin", std::vector<u8>(65536, 0xff));
  save("empty.bin", {});
  const char* directories[] = {folder.c_str()};
  const auto error = [&](const std::string& n) { return loadBios(n, directories).error().message; };
  const auto found = loadBios("good.bin", directories);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->bytes, good);
  EXPECT_THAT(error("odd.bin"), testing::AllOf(HasSubstr("100000"), HasSubstr("64 KiB")));
  EXPECT_THAT(error("empty.bin"), HasSubstr("64 KiB"));
  EXPECT_THAT(error("blank.bin"), HasSubstr("reset vector"));
  EXPECT_THAT(error("nosuch.bin"), testing::AllOf(HasSubstr("nosuch.bin"), HasSubstr(folder)));
  EXPECT_THAT(error(folder + "/nosuch.bin"), HasSubstr("No such file"));
  EXPECT_THAT(error("."), HasSubstr("directory"));
  std::filesystem::remove_all(folder);
}

TEST(MemoryLayout, ReservedRangesCutRam) {
  MemoryLayout m;
  m.lowRam = 1_GiB;
  m.highRam = 1_GiB;
  m.reserved = {{1_GiB - 64_KiB, 64_KiB, MemoryType::AcpiReclaim}, {0x9fc00, 0x400, MemoryType::Reserved}};
  m.holes = {{0xa0000, 0x60000, MemoryType::Reserved}};
  const std::vector<MemoryRange> expected{{0, 0x9fc00, MemoryType::Ram},
                                          {0x9fc00, 0x400, MemoryType::Reserved},
                                          {1_MiB, 1_GiB - 64_KiB - 1_MiB, MemoryType::Ram},
                                          {1_GiB - 64_KiB, 64_KiB, MemoryType::AcpiReclaim},
                                          {4_GiB, 1_GiB, MemoryType::Ram}};
  EXPECT_EQ(memoryMap(m), expected);
  EXPECT_TRUE(isUsableRam(m, 1_MiB, 1_MiB));
  EXPECT_FALSE(isUsableRam(m, 0x9f000, 0x1000));
  EXPECT_FALSE(isUsableRam(m, 1_GiB - 64_KiB, 1));
  EXPECT_FALSE(isUsableRam(m, ~u64{0}, 2));
}

}  // namespace
}  // namespace duet::firmware
