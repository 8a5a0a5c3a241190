// The tables themselves: every row parses, is reachable, and no two rows claim one encoding.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <set>
#include <string>

#include "cpu-tcg/isa/decoder.h"
#include "cpu-tcg/isa/row_parser.h"

namespace duet::tcg::isa {
namespace {

constexpr RowText kTexts[] = {
#define ROW(encoding, mnemonic, operands, attributes, feature, flags, sem) \
  {encoding, mnemonic, operands, attributes, Feature::feature, flags, #sem},
#include "cpu-tcg/isa/tables/all.inc"
#undef ROW
};

bool bothCan(i8 a, i8 b) { return a < 0 || b < 0 || a == b; }

bool modrmOverlaps(const Row& a, const Row& b) {
  const bool memory = a.modrm != ModrmRule::Register && b.modrm != ModrmRule::Register;
  const bool reg = a.modrm != ModrmRule::Memory && b.modrm != ModrmRule::Memory;
  if (!memory && !reg) return false;
  return bothCan(a.modrmReg, b.modrmReg) && (memory || bothCan(a.modrmRm, b.modrmRm));
}

bool modesOverlap(const Row& a, const Row& b) {
  return !(a.has(kAttrI64) && b.has(kAttrO64)) && !(a.has(kAttrO64) && b.has(kAttrI64));
}

// Whether some instruction fits both rows equally well.
bool ambiguous(const Row& a, const Row& b) {
  return a.prefix == b.prefix && modesOverlap(a, b) && modrmOverlaps(a, b) && bothCan(a.w, b.w) &&
         bothCan(a.l, b.l) && bothCan(a.rexB, b.rexB);
}

using Place = std::tuple<bool, Map, unsigned>;

std::map<Place, std::vector<const Row*>> byOpcode(std::span<const Row> rows) {
  std::map<Place, std::vector<const Row*>> places;
  for (const Row& row : rows)
    for (unsigned i = 0; i < (row.opcodeReg ? 8u : 1u); ++i)
      places[{row.vex, row.map, row.opcode + i}].push_back(&row);
  return places;
}

TEST(Tables, EveryRowParses) {
  for (const RowText& t : kTexts) {
    const Result<Row> row = parseRow(t);
    EXPECT_TRUE(row.has_value()) << t.encoding << " " << t.mnemonic << ": " << row.error().message;
  }
  EXPECT_GT(std::size(kTexts), 1500u);
}

TEST(Tables, IndexIsThePosition) {
  for (size_t i = 0; i < allRows().size(); ++i) EXPECT_EQ(allRows()[i].index, i);
}

TEST(Tables, NoTwoRowsClaimOneEncoding) {
  for (const auto& [place, rows] : byOpcode(allRows()))
    for (size_t i = 0; i < rows.size(); ++i)
      for (size_t j = i + 1; j < rows.size(); ++j)
        EXPECT_FALSE(ambiguous(*rows[i], *rows[j])) << rows[i]->encoding << " " << rows[i]->mnemonic << " / "
                                                    << rows[j]->encoding << " " << rows[j]->mnemonic;
}

TEST(Tables, AmbiguityIsSeen) {
  const Row a = *parseRow({"0F 01 /7 m", "a", "M", "", Feature::Base, "", "S"});
  const Row b = *parseRow({"0F 01 /r", "b", "Ev", "", Feature::Base, "", "S"});
  const Row c = *parseRow({"0F 01 /7 r1", "c", "", "", Feature::Base, "", "S"});
  EXPECT_TRUE(ambiguous(a, b));
  EXPECT_FALSE(ambiguous(a, c));
}

// The decoder reads ModRM when the first row that fits the mode has one.
TEST(Tables, ModrmIsAPropertyOfTheOpcode) {
  for (const auto& [place, rows] : byOpcode(allRows()))
    for (const Row* row : rows)
      EXPECT_EQ(row->modrm == ModrmRule::Absent, rows[0]->modrm == ModrmRule::Absent) << row->encoding;
}

// The immediates printed in the encoding are those the operands read.
TEST(Tables, EncodingNamesTheImmediates) {
  for (const Row& row : allRows()) {
    unsigned fromOperands = 0;
    for (unsigned i = 0; i < row.operandCount; ++i) {
      const Slot s = row.operands[i].slot;
      fromOperands +=
          s == Slot::Immediate || s == Slot::Relative || s == Slot::FarPointer || s == Slot::Imm4Reg;
    }
    unsigned printed = 0;
    for (const char* word : {" ib", " iw", " id", " io", " cb", " cd", " cp", " /is4"}) {
      const std::string text = row.encoding;
      for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++printed;
    }
    EXPECT_EQ(printed, fromOperands) << row.encoding << " " << row.mnemonic << " " << row.operandText;
  }
}

TEST(Tables, LockOnlyOnMemoryReadModifyWrite) {
  for (const Row& row : allRows()) {
    if (!row.has(kAttrLock)) continue;
    EXPECT_TRUE(row.operands[0].memoryAllowed) << row.encoding;
    EXPECT_EQ(row.operands[0].access, Access::ReadWrite) << row.encoding;
  }
}

TEST(Tables, FlagSetsAreDisjoint) {
  for (const Row& row : allRows()) {
    const FlagEffect& f = row.flags;
    EXPECT_EQ(f.cleared & f.set, 0u) << row.encoding;
    EXPECT_EQ((f.cleared | f.set) & f.written, 0u) << row.encoding;
  }
}

TEST(Tables, ParsingIsQuickEnoughForStartup) {
  const auto start = std::chrono::steady_clock::now();
  size_t parsed = 0;
  for (const RowText& t : kTexts) parsed += parseRow(t).has_value();
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  RecordProperty("milliseconds", fmt::format("{:.2f}", took.count()));
  EXPECT_EQ(parsed, std::size(kTexts));
}

}  // namespace
}  // namespace duet::tcg::isa
