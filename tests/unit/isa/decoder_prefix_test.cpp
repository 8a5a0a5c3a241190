// Prefix rules, encodings that do not exist, the length limit, segments, feature gates.
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>

#include "tests/unit/isa/decode_helper.h"

namespace duet::tcg::isa {
namespace {

constexpr CodeMode k16 = CodeMode::Bits16, k32 = CodeMode::Bits32, k64 = CodeMode::Bits64;

std::string mnemonic(std::string_view hex, CodeMode mode, const FeatureSet& features = FeatureSet::all(),
                     bool protectedMode = true) {
  const Decoded d = decodeHex(hex, mode, features, protectedMode);
  if (d.status == DecodeStatus::Invalid) return "invalid";
  return d.status == DecodeStatus::Ok ? d.insn.row->mnemonic : "incomplete";
}

void expectInvalid(CodeMode mode, std::initializer_list<const char*> list) {
  for (const char* hex : list) EXPECT_EQ(decodeHex(hex, mode).status, DecodeStatus::Invalid) << hex;
}

TEST(DecoderPrefixes, LockNeedsALockableRowAndMemory) {
  expectInvalid(k64, {"f0 01 c8", "f0 03 08", "f0 90", "f0 38 08", "f0 0f a3 08", "f0 8b 00", "f0 83 38 00",
                      "f0 c3", "f0 87 c8", "f0 0f b1 c8", "f0 0f ba 20 01", "f0 d1 20", "f0 0f c7 f0"});
  for (const char* hex :
       {"f0 87 08", "f0 0f ba 28 01", "f0 f7 18", "f0 fe 00", "f2 f0 0f c1 08", "f3 f0 80 08 01"})
    EXPECT_EQ(decodeHex(hex, k64).status, DecodeStatus::Ok) << hex;
}

// The 15 bytes count prefixes; one more is #GP, not #UD (SDM vol. 3, 6.15).
TEST(DecoderPrefixes, FifteenBytes) {
  std::string hex;
  for (int i = 0; i < 14; ++i) hex += "66 ";
  EXPECT_EQ(decodeHex(hex + "90", k64).status, DecodeStatus::Ok);
  EXPECT_EQ(decodeHex(hex + "66 90", k64).status, DecodeStatus::TooLong);
  EXPECT_EQ(decodeHex(hex, k64).status, DecodeStatus::NeedMore);
  EXPECT_EQ(decodeHex(hex + "66", k64).status, DecodeStatus::TooLong);
  EXPECT_EQ(decodeHex("66 66 66 66 66 66 81 84 88 00 00 00 00 00 00", k64).status, DecodeStatus::Ok);
}

TEST(DecoderPrefixes, RexCountsOnlyBeforeTheOpcode) {
  EXPECT_EQ(decodeHex("48 66 01 c8", k64).insn.opSize, 2);
  EXPECT_EQ(decodeHex("66 48 01 c8", k64).insn.opSize, 8);
  EXPECT_EQ(decodeHex("4f 40 01 c8", k64).insn.op[0].reg, 0);
  EXPECT_EQ(decodeHex("4f 40 01 c8", k64).insn.opSize, 4);
}

TEST(DecoderPrefixes, LastOfF2AndF3Wins) {
  EXPECT_EQ(mnemonic("f2 f3 0f bc c1", k64), "tzcnt");
  EXPECT_EQ(mnemonic("f3 f2 0f 58 c1", k64), "addsd");
  EXPECT_EQ(mnemonic("f2 f3 0f 58 c1", k64), "addss");
  EXPECT_EQ(mnemonic("f3 66 0f 58 c1", k64), "addss");
  EXPECT_EQ(mnemonic("66 0f 58 c1", k64), "addpd");
  EXPECT_EQ(mnemonic("66 f2 0f 38 f0 c1", k64), "crc32");
  EXPECT_EQ(mnemonic("f3 41 90", k64), "xchg");
  EXPECT_EQ(decodeHex("f2 f3 a4", k64).insn.prefixes, kPrefixRep);
}

// SDM vol. 2 3.1.1.1: NP rows do not take 66, F2, F3.
TEST(DecoderPrefixes, RowsWithoutPrefixRefuseOne) {
  expectInvalid(k64, {"f3 0f 28 c1", "66 0f ae f0", "f3 0f ae e8", "66 0f ae 00", "66 0f 01 d0",
                      "f3 0f c7 f0", "f3 0f 38 f0 00", "66 0f 77", "f2 0f b8 c1", "0f b8 c1"});
}

TEST(DecoderPrefixes, SegmentChoice) {
  EXPECT_EQ(decodeHex("8b 00", k32).insn.mem.segment, kDs);
  EXPECT_EQ(decodeHex("8b 45 00", k32).insn.mem.segment, kSs);
  EXPECT_EQ(decodeHex("8b 04 24", k32).insn.mem.segment, kSs);
  EXPECT_EQ(decodeHex("8b 04 2d 00 00 00 00", k32).insn.mem.segment, kDs);
  EXPECT_EQ(decodeHex("3e 8b 45 00", k32).insn.mem.segment, kDs);
  EXPECT_EQ(decodeHex("26 36 8b 00", k32).insn.mem.segment, kSs);
  EXPECT_EQ(decodeHex("8b 42 00", k16).insn.mem.segment, kSs);
  EXPECT_EQ(decodeHex("8b 06 00 00", k16).insn.mem.segment, kDs);
  EXPECT_EQ(decodeHex("64 26 8b 00", k64).insn.mem.segment, kFs);
  EXPECT_EQ(decodeHex("3e 8b 45 00", k64).insn.mem.segment, kSs);
  EXPECT_EQ(decodeHex("41 8b 04 24", k64).insn.mem.segment, kDs);
  EXPECT_EQ(decodeHex("65 d7", k64).insn.mem.segment, kGs);
}

TEST(DecoderInvalid, NotInLongMode) {
  for (const char* hex : {"06",
                          "07",
                          "0e",
                          "16",
                          "17",
                          "1e",
                          "1f",
                          "27",
                          "2f",
                          "37",
                          "3f",
                          "60",
                          "61",
                          "62 08",
                          "82 c0 01",
                          "9a 00 00 00 00 00 00",
                          "ea 00 00 00 00 00 00",
                          "ce",
                          "d4 0a",
                          "d5 0a",
                          "d6"}) {
    EXPECT_EQ(decodeHex(hex, k64).status, DecodeStatus::Invalid) << hex;
    EXPECT_EQ(decodeHex(hex, k32).status, DecodeStatus::Ok) << hex;
  }
}

TEST(DecoderInvalid, MissingGroupDigitsAndRegisterForms) {
  expectInvalid(
      k64,
      {"fe d0",       "ff f8",    "ff d8",    "ff e8",       "8f c8",    "c6 c8 00", "c7 48 00 00 00 00 00",
       "0f ba c0 01", "0f c7 00", "0f c7 c8", "0f 00 f0",    "8d c0",    "0f b2 c0", "0f 01 d8",
       "0f 04",       "0f 0a",    "0f 0e",    "0f 0f c0 9e", "0f 24 c0", "0f 36",    "0f a6 c0"});
  expectInvalid(k32, {"62 c0", "0f 01 f8", "f3 0f ae c0"});
}

TEST(DecoderInvalid, RegistersThatDoNotExist) {
  expectInvalid(k64, {"8e c8", "8e f0", "8e 38", "8c f0", "8c f8", "0f 20 c8", "0f 22 e8", "44 0f 20 c8",
                      "44 0f 21 c0"});
  EXPECT_EQ(mnemonic("0f 21 e0", k64), "mov");  // DR4: #UD only with CR4.DE, at run time
}

TEST(DecoderVex, PrefixesBeforeIt) {
  expectInvalid(k64, {"66 c5 f8 77", "f2 c5 f8 77", "f3 c5 f8 77", "f0 c5 f8 77", "48 c5 f8 77"});
  EXPECT_EQ(mnemonic("64 67 c5 f8 28 00", k64), "vmovaps");
}

TEST(DecoderVex, ReservedFields) {
  expectInvalid(k64, {"c5 f0 28 c1", "c5 e8 77", "c4 e0 78 28 c1", "c4 e4 78 28 c1", "c4 e2 74 f2 c2",
                      "c4 e2 f9 18 00", "c4 e2 71 92 c1", "c4 e2 71 92 00", "c4 e2 71 92 0c 18",
                      "c4 e2 71 92 14 08", "c4 e2 71 92 14 10"});
}

TEST(DecoderVex, OutsideLongMode) {
  EXPECT_EQ(mnemonic("c5 f0 58 c2", k32), "vaddps");
  EXPECT_EQ(mnemonic("c5 30 00 00 00 00", k32), "lds");
  EXPECT_EQ(mnemonic("c4 08", k16), "les");
  // Real and virtual-8086 mode have no VEX: LDS with a register is #UD.
  EXPECT_EQ(mnemonic("c5 f0 58 c2", k16, FeatureSet::all(), false), "invalid");
  EXPECT_EQ(mnemonic("c4 08", k16, FeatureSet::all(), false), "les");
  // VEX.B is ignored there.
  EXPECT_EQ(decodeHex("c4 c1 70 58 c2", k32).insn.op[2].reg, 2);
}

TEST(DecoderFeatures, RowsThatTheCpuLacksDoNotExist) {
  FeatureSet old = FeatureSet::all();
  old.remove(Feature::Bmi1)
      .remove(Feature::Abm)
      .remove(Feature::Avx)
      .remove(Feature::Rdpid)
      .remove(Feature::Wbnoinvd);
  old.remove(Feature::LahfLm).remove(Feature::Xsave);
  EXPECT_EQ(mnemonic("f3 0f bc c1", k64, old), "bsf");
  EXPECT_EQ(mnemonic("f3 0f bd c1", k64, old), "bsr");
  EXPECT_EQ(mnemonic("c5 f0 58 c2", k64, old), "invalid");
  EXPECT_EQ(mnemonic("f3 0f c7 f8", k64, old), "invalid");
  EXPECT_EQ(mnemonic("0f c7 f8", k64, old), "rdseed");
  EXPECT_EQ(mnemonic("f3 0f 09", k64, old), "wbinvd");
  EXPECT_EQ(mnemonic("9f", k64, old), "invalid");
  EXPECT_EQ(mnemonic("9f", k32, old), "lahf");
  EXPECT_EQ(mnemonic("0f 01 d0", k64, old), "invalid");
}

TEST(DecoderFeatures, ProtectedModeOnly) {
  for (const char* hex : {"0f 00 c0", "0f 02 c1", "0f 03 c1", "63 c8", "0f 00 d8", "0f 00 e0"}) {
    EXPECT_EQ(decodeHex(hex, k16, FeatureSet::all(), false).status, DecodeStatus::Invalid) << hex;
    EXPECT_EQ(decodeHex(hex, k16, FeatureSet::all(), true).status, DecodeStatus::Ok) << hex;
  }
}

// What a Zen 4 does, and Intel's do not.
TEST(DecoderPrefixes, DialectOfAmd) {
  const auto amd = [](std::string_view hex, CodeMode mode) {
    return decodeHex(hex, mode, FeatureSet::all(), true, Dialect::Amd);
  };
  EXPECT_EQ(amd("66 e9 34 12", k64).insn.length, 4);
  EXPECT_EQ(decodeHex("66 e9 34 12 00 00", k64).insn.length, 6);
  EXPECT_EQ(amd("66 c3", k64).insn.opSize, 2);
  EXPECT_EQ(amd("66 ff e0", k64).insn.op[0].size, 2);
  EXPECT_EQ(amd("66 48 c3", k64).insn.opSize, 8);
  EXPECT_EQ(amd("c3", k64).insn.opSize, 8);
  EXPECT_EQ(amd("e8 00 00 00 00", k64).insn.length, 5);
  EXPECT_EQ(amd("66 c3", k32).insn.opSize, 2);
  for (const char* hex : {"0f ff", "0f b9", "0f 0d c0"}) {
    EXPECT_EQ(amd(hex, k64).status, DecodeStatus::Invalid) << hex;
    EXPECT_NE(decodeHex(hex, k64).status, DecodeStatus::Invalid) << hex;
  }
  EXPECT_EQ(amd("0f 0d 00", k64).status, DecodeStatus::Ok);
}

TEST(DecoderOperands, SizesOfPushesAndBranches) {
  EXPECT_EQ(decodeHex("e8 00 00 00 00", k64).insn.opSize, 8);
  EXPECT_EQ(decodeHex("66 c3", k64).insn.opSize, 8);
  EXPECT_EQ(decodeHex("66 c3", k32).insn.opSize, 2);
  EXPECT_EQ(decodeHex("66 ff e0", k64).insn.op[0].size, 8);
  EXPECT_EQ(decodeHex("ff e0", k32).insn.op[0].size, 4);
  EXPECT_EQ(decodeHex("c9", k64).insn.opSize, 8);
  EXPECT_EQ(decodeHex("cb", k64).insn.opSize, 4);
  EXPECT_EQ(decodeHex("48 cb", k64).insn.opSize, 8);
  EXPECT_EQ(decodeHex("c8 34 12 05", k32).insn.imm, 0x1234u);
  EXPECT_EQ(decodeHex("c8 34 12 05", k32).insn.imm2, 5u);
  EXPECT_EQ(static_cast<i64>(decodeHex("eb fe", k16).insn.imm), -2);
  EXPECT_EQ(decodeHex("0f ae 20", k64).insn.op[0].size, 0);
}

// Any bytes, any length: the answer never depends on what follows the span, and NeedMore is the
// answer exactly when the whole instruction is not there.
TEST(DecoderFuzz, StaysInsideTheSpan) {
  std::mt19937_64 random(7);
  for (unsigned i = 0; i < 60'000; ++i) {
    u8 bytes[16];
    for (u8& b : bytes) b = static_cast<u8>(random());
    if (i % 3 == 0) bytes[0] = 0x0f;
    if (i % 7 == 0) bytes[0] = 0xc4;
    const CodeMode mode = static_cast<CodeMode>(i / 8 % 3);
    Insn whole;
    const DecodeStatus full = decode(bytes, mode, true, FeatureSet::all(), whole);
    ASSERT_NE(full, DecodeStatus::NeedMore);
    ASSERT_LE(whole.length, 15);
    for (size_t n = 0; n < whole.length; ++n) {
      // An exact heap copy lets the address sanitizer see one byte too many.
      const std::vector<u8> part(bytes, bytes + n);
      Insn insn;
      ASSERT_EQ(decode(part, mode, true, FeatureSet::all(), insn), DecodeStatus::NeedMore);
    }
    const std::vector<u8> exact(bytes, bytes + whole.length);
    Insn insn;
    const DecodeStatus status = decode(exact, mode, true, FeatureSet::all(), insn);
    if (full != DecodeStatus::TooLong) {
      ASSERT_EQ(status, full);
    }
    ASSERT_EQ(insn.length, whole.length);
  }
}

}  // namespace
}  // namespace duet::tcg::isa
