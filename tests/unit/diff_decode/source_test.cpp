#include <gtest/gtest.h>

#include <set>

#include "tools/diff/decode/byte_source.h"
#include "tools/diff/decode/our_reading.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

// Every row is reached in every mode that has it: the walks forget none.
TEST(TableSource, ReachesEveryRow) {
  for (const CodeMode mode : {CodeMode::Bits16, CodeMode::Bits32, CodeMode::Bits64}) {
    const bool wide = mode == CodeMode::Bits64;
    for (const Row& row : allRows()) {
      if (row.has(wide ? kAttrI64 : kAttrO64) || (!wide && !row.vex && (row.w == 1 || row.rexB == 1)))
        continue;
      const TableSource source(1, &row);
      bool reached = false;
      OurReading ours;
      for (u64 n = 0; n < source.count(mode) && !reached; ++n) {
        readOurs(source.make(n, mode), mode, {}, ours);
        reached = ours.status == DecodeStatus::Ok && ours.insn.row == &row;
      }
      EXPECT_TRUE(reached) << row.encoding << " in mode " << static_cast<int>(mode);
    }
  }
}

TEST(TableSource, WalksModrmAndRexInFull) {
  const auto row = std::find_if(allRows().begin(), allRows().end(),
                                [](const Row& r) { return std::string_view(r.encoding) == "01 /r"; });
  const TableSource source(1, &*row);
  std::set<std::pair<u8, u8>> seen;
  OurReading ours;
  for (u64 n = 0; n < source.count(CodeMode::Bits64); ++n) {
    readOurs(source.make(n, CodeMode::Bits64), CodeMode::Bits64, {}, ours);
    if (ours.status == DecodeStatus::Ok) seen.insert({ours.insn.modrm, ours.insn.rex});
  }
  EXPECT_EQ(seen.size(), 256u * 16);
}

TEST(ChanceSource, MakesTheSameStringOfANumber) {
  const ChanceSource a(5, 100), b(5, 100), c(6, 100);
  EXPECT_EQ(a.make(42, CodeMode::Bits32), b.make(42, CodeMode::Bits32));
  EXPECT_NE(a.make(42, CodeMode::Bits32), c.make(42, CodeMode::Bits32));
  EXPECT_NE(a.make(42, CodeMode::Bits32), a.make(43, CodeMode::Bits32));
}

}  // namespace
}  // namespace duet::diff
