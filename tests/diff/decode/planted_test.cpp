// Mistakes put into our decoder's answer, one at a time: the witnesses see each, and the list explains none away.
#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "tests/diff/decode/witnesses.h"

namespace duet::diff::test {
namespace {

using namespace tcg::isa;

struct Mistake {
  std::string_view name;
  CodeMode mode;
  std::string_view encoding;  // of the row that it is in
  DecodeKind kind;            // how it shows
  void (*make)(Insn& insn);
};

constexpr CodeMode k16 = CodeMode::Bits16, k32 = CodeMode::Bits32, k64 = CodeMode::Bits64;

const Row* rowOf(std::string_view encoding) {
  for (const Row& row : allRows())
    if (encoding == row.encoding) return &row;
  return nullptr;
}

const Mistake kMistakes[] = {
    {"a byte too many", k64, "01 /r", DecodeKind::Length, [](Insn& i) { ++i.length; }},
    {"an immediate is not read", k32, "81 /0 id", DecodeKind::Length, [](Insn& i) { i.length -= i.opSize; }},
    {"66 does not shorten the immediate", k16, "C7 /0 id", DecodeKind::Length,
     [](Insn& i) { i.length += 2; }},
    {"another row", k64, "29 /r", DecodeKind::Name, [](Insn& i) { i.row = rowOf("01 /r"); }},
    {"another row of a vector map", k64, "VEX.256.66.0F38.W0 A8 /r", DecodeKind::Name,
     [](Insn& i) { i.row = rowOf("VEX.256.66.0F38.W0 B8 /r"); }},
    {"operands swapped", k64, "89 /r", DecodeKind::Register, [](Insn& i) { std::swap(i.op[0], i.op[1]); }},
    {"REX.R lost", k64, "0F AF /r", DecodeKind::Register, [](Insn& i) { i.op[0].reg &= 7; }},
    {"AH for SPL", k64, "88 /r", DecodeKind::Register,
     [](Insn& i) {
       if (i.op[1].kind == OperandKind::Gpr && i.op[1].reg >= 4 && i.op[1].reg < 8)
         i.op[1] = {OperandKind::GprHigh, static_cast<u8>(i.op[1].reg - 4), 1};
     }},
    {"a size too wide", k32, "8B /r", DecodeKind::Register, [](Insn& i) { i.op[0].size = 8; }},
    {"memory of another size", k64, "0F B6 /r", DecodeKind::Size, [](Insn& i) { i.op[1].size = 2; }},
    {"vvvv not inverted", k64, "VEX.128.66.0F.WIG FE /r", DecodeKind::Register,
     [](Insn& i) { i.op[1].reg ^= 15; }},
    {"VEX.L lost", k64, "VEX.256.NP.0F.WIG 58 /r", DecodeKind::Register, [](Insn& i) { i.op[0].size = 16; }},
    {"an index for a base", k64, "03 /r", DecodeKind::Address,
     [](Insn& i) { std::swap(i.mem.base, i.mem.index); }},
    {"scale lost", k64, "8D /r m", DecodeKind::Address, [](Insn& i) { i.mem.scale = 0; }},
    {"displacement not sign-extended", k64, "33 /r", DecodeKind::Address,
     [](Insn& i) { i.mem.disp &= 0xffffffff; }},
    {"RIP lost", k64, "NP 0F 10 /r", DecodeKind::Address,
     [](Insn& i) {
       if (i.mem.base == kRipBase) i.mem.base = kNoReg;
     }},
    {"BP+SI for BX+SI", k16, "02 /r", DecodeKind::Address,
     [](Insn& i) {
       if (i.addrSize == 2 && i.mem.base == 3) i.mem.base = 5;
     }},
    {"67 ignored", k32, "0B /r", DecodeKind::Address, [](Insn& i) { i.addrSize = 4; }},
    {"SS is not BP's segment", k32, "2B /r", DecodeKind::Segment,
     [](Insn& i) {
       if (i.mem.segment == kSs) i.mem.segment = kDs;
     }},
    {"FS for GS", k64, "3B /r", DecodeKind::Segment,
     [](Insn& i) {
       if (i.mem.segment == kGs) i.mem.segment = kFs;
     }},
    {"immediate not sign-extended", k64, "83 /0 ib", DecodeKind::Immediate, [](Insn& i) { i.imm &= 0xff; }},
    {"immediates swapped", k32, "C8 iw ib", DecodeKind::Immediate,
     [](Insn& i) { i.imm2 = static_cast<u32>(std::exchange(i.imm, i.imm2)); }},
    {"target not sign-extended", k64, "EB cb", DecodeKind::Target, [](Insn& i) { i.imm &= 0xff; }},
    {"far pointer cut", k32, "EA cp", DecodeKind::Immediate, [](Insn& i) { i.imm &= 0xffff; }},
    {"LOCK lost", k64, "0F C1 /r", DecodeKind::Prefix,
     [](Insn& i) { i.prefixes = static_cast<u8>(i.prefixes & ~kPrefixLock); }},
    {"REPNE for REP", k64, "A5", DecodeKind::Prefix,
     [](Insn& i) {
       if (i.has(kPrefixRep)) i.prefixes = static_cast<u8>(i.prefixes ^ (kPrefixRep | kPrefixRepne));
     }},
    {"x87 stack register", k32, "D8 /0 r", DecodeKind::Register, [](Insn& i) { i.op[1].reg ^= 1; }},
    {"control register", k64, "0F 22 /r", DecodeKind::Register, [](Insn& i) { i.op[0].reg ^= 2; }},
    {"segment register", k16, "8C /r", DecodeKind::Register, [](Insn& i) { i.op[1].reg ^= 1; }},
    {"gather's mask", k64, "VEX.128.66.0F38.W0 92 /r m", DecodeKind::Register,
     [](Insn& i) { i.op[2].reg ^= 1; }},
};

DecodeOptions withMistake(const Mistake& m, u64 stride = 1) {
  DecodeOptions options{.modes = {m.mode}, .stride = stride};
  options.ours = [&m](std::span<const u8> bytes, CodeMode mode, const Reader& reader, OurReading& out) {
    readOurs(bytes, mode, reader, out);
    if (out.status != DecodeStatus::Ok || m.encoding != out.insn.row->encoding) return;
    m.make(out.insn);
    toReading(out.insn, out.reading);
  };
  return options;
}

bool shows(const DecodeSummary& s, const Mistake& m) {
  return std::ranges::any_of(
      s.findings, [&](const auto& f) { return f.first.witness == "llvm" && f.first.kinds.has(m.kind); });
}

TEST(PlantedDecode, EveryMistakeIsSeen) {
  for (const Mistake& m : kMistakes) {
    ASSERT_NE(rowOf(m.encoding), nullptr) << m.encoding;
    const TableSource source(1, rowOf(m.encoding));
    ASSERT_GT(source.count(m.mode), 0u) << m.name;
    EXPECT_TRUE(shows(run(source, witnesses({"llvm"}), withMistake(m)), m)) << m.name;
  }
}

// Without a mistake the same strings show nothing.
TEST(PlantedDecode, NoMistakeIsNoFinding) {
  for (const Mistake& m : kMistakes) {
    const DecodeSummary s = run(TableSource(1, rowOf(m.encoding)), witnesses({"llvm"}), {.modes = {m.mode}});
    EXPECT_TRUE(s.findings.empty()) << m.name << "\n" << told(s);
  }
}

// What the disassemblers would not see: an instruction called none, and none called one, against the processor.
TEST(PlantedDecode, TheProcessorSeesLengthAndValidity) {
  if (const std::string why = whyNoHost(); !why.empty()) GTEST_SKIP() << why;
  const Mistake length{"", k64, "F6 /1 ib", DecodeKind::Length, [](Insn& i) { --i.length; }};
  const DecodeSummary s =
      run(TableSource(1, rowOf(length.encoding)), witnesses({"host"}), withMistake(length, 7));
  EXPECT_FALSE(s.findings.empty());
  DecodeOptions refusing{.modes = {k64}, .stride = 7};
  refusing.ours = [](std::span<const u8> bytes, CodeMode mode, const Reader& reader, OurReading& out) {
    readOurs(bytes, mode, reader, out);
    out.reading.valid = false;
  };
  const DecodeSummary r = run(TableSource(1, rowOf("C0 /6 ib")), witnesses({"host"}), refusing);
  EXPECT_FALSE(r.findings.empty());
}

}  // namespace
}  // namespace duet::diff::test
