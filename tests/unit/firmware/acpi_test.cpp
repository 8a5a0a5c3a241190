// The ACPI tables: structure and checksums by hand, meaning by ACPICA's own disassembler and compiler.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "firmware/acpi/acpi_tables.h"
#include "firmware/acpi/aml.h"
#include "firmware/layout/byte_writer.h"
#include "tests/unit/firmware/sample_config.h"

namespace duet::firmware {
namespace {

using test::sampleAcpi;
using testing::HasSubstr;
using testing::Not;

constexpr u64 kPlace = 0x7ff0000;

u8 sumOf(std::span<const u8> bytes) { return static_cast<u8>(-checksumOf(bytes)); }

std::span<const u8> tableOf(const AcpiImage& image, const std::string& signature) {
  for (const auto& t : image.directory)
    if (t.signature == signature) return std::span(image.tables).subspan(t.offset, t.length);
  return {};
}

// Runs a command; its output, or "failed: ..." when it does not return 0.
std::string run(const std::string& command) {
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::string out;
  char part[4096];
  while (const size_t n = std::fread(part, 1, sizeof part, pipe)) out.append(part, n);
  return pclose(pipe) == 0 ? out : "failed: " + out;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class Iasl : public testing::Test {
 protected:
  Iasl() {
    char name[] = "/tmp/duet-acpi-XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~Iasl() override { std::filesystem::remove_all(folder_); }

  std::string disassemble(const AcpiImage& image, const std::string& signature) {
    const auto table = tableOf(image, signature);
    const auto path = folder_ / (signature + ".aml");
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(table.data()), static_cast<std::streamsize>(table.size()));
    const std::string said = run("cd " + folder_.string() + " && iasl -d " + signature + ".aml");
    EXPECT_THAT(said, Not(HasSubstr("failed"))) << said;
    EXPECT_THAT(said, Not(HasSubstr("Warning"))) << said;
    EXPECT_THAT(said, Not(HasSubstr("Error"))) << said;
    return contents(folder_ / (signature + ".dsl"));
  }
  std::string recompile(const std::string& signature) {
    return run("cd " + folder_.string() + " && iasl " + signature + ".dsl");
  }

  std::filesystem::path folder_;
};

AcpiImage placed(const AcpiConfig& config) {
  AcpiImage image = buildAcpi(config);
  placeAcpi(image, kPlace);
  return image;
}

TEST_F(Iasl, ReadsEveryTableBackAndCompilesItAgain) {
  AcpiConfig config = sampleAcpi(300);
  config.hpet = 0xfed00000;
  config.pvpanicPort = 0x505;
  const AcpiImage image = placed(config);
  ASSERT_EQ(image.directory.size(), 8u);
  for (const auto& table : image.directory) {
    SCOPED_TRACE(table.signature);
    EXPECT_FALSE(disassemble(image, table.signature).empty());
    const std::string said = recompile(table.signature);
    EXPECT_THAT(said, HasSubstr("Compilation successful. 0 Errors, 0 Warnings")) << said;
  }
}

TEST_F(Iasl, DsdtSaysWhatWasConfigured) {
  const AcpiImage image = placed(sampleAcpi());
  const std::string dsl = disassemble(image, "DSDT");
  for (const char* text :
       {"EisaId (\"PNP0A08\")", "EisaId (\"PNP0501\")", "EisaId (\"PNP0303\")", "EisaId (\"PNP0F13\")",
        "EisaId (\"PNP0B00\")", "EisaId (\"PNP0C0F\")", "EisaId (\"PNP0C02\")", "Device (LNKH)",
        "Method (\\_PIC, 1", "\"ACPI0007\"", "\\_S3", "\\_S5", "0x0CF8", "0xC0000000", "0xFEBFFFFF",
        "0x0000000180000000", "0x001FFFFF"})
    EXPECT_THAT(dsl, HasSubstr(text));
  EXPECT_THAT(dsl, Not(HasSubstr("PNP0103"))) << "no HPET was configured";
}

TEST_F(Iasl, FadtNamesTheRegisters) {
  const std::string dsl = disassemble(placed(sampleAcpi()), "FACP");
  for (const char* text :
       {"SCI Interrupt : 0009", "PM1A Event Block Address : 00000600", "PM Timer Block Address : 00000608",
        "SMI Command Port : 000000B2", "ACPI Enable Value : 02", "ACPI Disable Value : 03",
        "RTC wake not in fixed reg space (V1) : 0", "Reset Register Supported (V2) : 1",
        "Value to cause reset : 06", "GPE0 Block Length : 10"})
    EXPECT_THAT(dsl, HasSubstr(text));
}

TEST(AcpiTables, ChecksumsAndPointers) {
  const AcpiImage image = placed(sampleAcpi());
  for (const auto& t : image.directory) {
    const auto bytes = std::span(image.tables).subspan(t.offset, t.length);
    EXPECT_EQ(fieldAt<u32>(bytes, 4), t.length);
    if (t.signature != "FACS") {
      EXPECT_EQ(sumOf(bytes), 0) << t.signature;
    }
  }
  EXPECT_EQ(image.rsdp.size(), 36u);
  EXPECT_EQ(sumOf(std::span(image.rsdp).first(20)), 0);
  EXPECT_EQ(sumOf(image.rsdp), 0);
  EXPECT_EQ(image.rsdp[15], 2);

  const u64 xsdtAt = fieldAt<u64>(image.rsdp, 24) - kPlace;
  const std::span<const u8> all(image.tables);
  ASSERT_LT(xsdtAt, all.size());
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(&all[xsdtAt]), 4), "XSDT");
  const u32 count = (fieldAt<u32>(all, xsdtAt + 4) - 36) / 8;
  std::vector<std::string> found;
  for (u32 i = 0; i < count; ++i) {
    const u64 at = fieldAt<u64>(all, xsdtAt + 36 + 8 * i) - kPlace;
    ASSERT_LT(at, all.size());
    found.emplace_back(reinterpret_cast<const char*>(&all[at]), 4);
  }
  EXPECT_THAT(found, testing::UnorderedElementsAre("FACP", "APIC", "MCFG", "WAET"));

  const auto fadt = tableOf(image, "FACP");
  const u64 dsdt = fieldAt<u64>(fadt, 140), facs = fieldAt<u32>(fadt, 36);
  EXPECT_EQ(fieldAt<u32>(fadt, 40), dsdt);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(&all[dsdt - kPlace]), 4), "DSDT");
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(&all[facs - kPlace]), 4), "FACS");
  EXPECT_EQ(facs % 64, 0u);
}

TEST(AcpiTables, MadtUsesX2ApicEntriesForLargeIds) {
  const AcpiImage image = placed(sampleAcpi(257));
  const auto madt = tableOf(image, "APIC");
  std::map<u8, int> kinds;
  for (size_t at = 44; at + 2 <= madt.size(); at += madt[at + 1]) {
    ++kinds[madt[at]];
    ASSERT_GE(madt[at + 1], 2);
  }
  EXPECT_EQ(kinds[0], 255);
  EXPECT_EQ(kinds[9], 2);
  EXPECT_EQ(kinds[1], 1);
  EXPECT_EQ(kinds[2], 2);
  EXPECT_EQ(kinds[4], 1);
  EXPECT_EQ(kinds[10], 1);
}

// Encodings worked out by hand from ACPI 6.4 ch. 20.
TEST(Aml, Encodings) {
  using namespace aml;
  EXPECT_EQ(integer(0), (Term{0x00}));
  EXPECT_EQ(integer(1), (Term{0x01}));
  EXPECT_EQ(integer(0x80), (Term{0x0a, 0x80}));
  EXPECT_EQ(integer(0x1234), (Term{0x0b, 0x34, 0x12}));
  EXPECT_EQ(integer(0x12345678), (Term{0x0c, 0x78, 0x56, 0x34, 0x12}));
  EXPECT_EQ(integer(0x1'0000'0000).size(), 9u);
  EXPECT_EQ(eisaId("PNP0A03"), (Term{0x0c, 0x41, 0xd0, 0x0a, 0x03}));
  EXPECT_EQ(path("\\_S5"), (Term{'\\', '_', 'S', '5', '_'}));
  EXPECT_EQ(path("A.B"), (Term{0x2e, 'A', '_', '_', '_', 'B', '_', '_', '_'}));
  EXPECT_EQ(path("A.B.C").front(), 0x2f);
  EXPECT_EQ(string("hi"), (Term{0x0d, 'h', 'i', 0}));
  EXPECT_EQ(name("X", integer(1)), (Term{0x08, 'X', '_', '_', '_', 0x01}));
  EXPECT_EQ(scope("X", {}), (Term{0x10, 0x05, 'X', '_', '_', '_'}));
  // Lengths from 63 up need two bytes.
  const Term longer = buffer(std::vector<u8>(80));
  EXPECT_EQ(longer[0], 0x11);
  EXPECT_EQ(longer[1], 0x40 | (84 & 0xf));
  EXPECT_EQ(longer[2], 84 >> 4);
  EXPECT_EQ(longer.size(), 85u);
}

}  // namespace
}  // namespace duet::firmware
