// The row language: what parses, and what is refused with which word named.
#include "cpu-tcg/isa/row_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace duet::tcg::isa {
namespace {

using testing::HasSubstr;

RowText text(const char* encoding, const char* operands = "", const char* attributes = "",
             const char* flags = "") {
  return {encoding, "name", operands, attributes, Feature::Base, flags, "Sem"};
}

Row parsed(const RowText& t) {
  Result<Row> row = parseRow(t);
  EXPECT_TRUE(row.has_value()) << t.encoding << ": " << row.error().message;
  return row ? *row : Row{};
}

std::string refusal(const RowText& t) {
  Result<Row> row = parseRow(t);
  return row ? "accepted" : row.error().message;
}

TEST(RowParser, OneByteWithModrm) {
  const Row row = parsed(text("80 /4 ib", "+Eb,Ib", "lock b8", "w:szp u:a 0:oc"));
  EXPECT_EQ(row.map, Map::OneByte);
  EXPECT_EQ(row.opcode, 0x80);
  EXPECT_EQ(row.modrm, ModrmRule::Any);
  EXPECT_EQ(row.modrmReg, 4);
  EXPECT_EQ(row.operandCount, 2);
  EXPECT_EQ(row.operands[0].access, Access::ReadWrite);
  EXPECT_EQ(row.operands[0].size, SizeRule::B1);
  EXPECT_TRUE(row.has(kAttrLock));
  EXPECT_EQ(row.flags.written, 0xc4u);
  EXPECT_EQ(row.flags.undefined, 0x10u);
  EXPECT_EQ(row.flags.cleared, 0x801u);
}

TEST(RowParser, MandatoryPrefixAndThreeByteMap) {
  const Row row = parsed(text("66 0F 38 F6 /r", "+Gy,Ey"));
  EXPECT_EQ(row.prefix, MandatoryPrefix::P66);
  EXPECT_EQ(row.map, Map::M0F38);
  EXPECT_EQ(row.opcode, 0xf6);
  EXPECT_EQ(parsed(text("F3 90")).prefix, MandatoryPrefix::PF3);
  EXPECT_EQ(parsed(text("NP 0F C7 /6 r", "=Rv")).prefix, MandatoryPrefix::None);
  EXPECT_EQ(parsed(text("0F 66 /r", "Pq,Qq")).opcode, 0x66);
}

TEST(RowParser, Vex) {
  const Row row = parsed(text("VEX.256.66.0F38.W1 98 /r", "+Vx,Hx,Wx", "avx x2"));
  EXPECT_TRUE(row.vex);
  EXPECT_TRUE(row.usesVvvv);
  EXPECT_EQ(row.l, 1);
  EXPECT_EQ(row.w, 1);
  EXPECT_EQ(row.exceptionClass, 2);
  EXPECT_EQ(parsed(text("VEX.LIG.F2.0F.WIG 58 /r")).l, -1);
  EXPECT_EQ(parsed(text("VEX.LZ.0F38 F2 /r")).prefix, MandatoryPrefix::None);
}

TEST(RowParser, FixedModrmAndRegisterInOpcode) {
  const Row fixed = parsed(text("0F 01 /7 r1"));
  EXPECT_EQ(fixed.modrm, ModrmRule::Register);
  EXPECT_EQ(fixed.modrmReg, 7);
  EXPECT_EQ(fixed.modrmRm, 1);
  EXPECT_TRUE(parsed(text("50+r", "Zv")).opcodeReg);
  EXPECT_EQ(parsed(text("8D /r", "=Gv,M")).modrm, ModrmRule::Memory);
  EXPECT_EQ(parsed(text("0F D7 /r", "=Gd,Nq")).modrm, ModrmRule::Register);
  EXPECT_TRUE(parsed(text("0F 20 /r", "=Rn,Cy")).modIgnored);
}

TEST(RowParser, MixedOperand) {
  const OperandSpec o = parsed(text("8C /r", "=Rv/Mw,Sw")).operands[0];
  EXPECT_EQ(o.size, SizeRule::OpSize);
  EXPECT_EQ(o.memSize, SizeRule::B2);
  EXPECT_TRUE(o.memoryAllowed && o.registerAllowed);
}

TEST(RowParser, RefusesWithTheWord) {
  EXPECT_THAT(refusal(text("")), HasSubstr("no opcode"));
  EXPECT_THAT(refusal(text("8G /r")), HasSubstr("8G"));
  EXPECT_THAT(refusal(text("80 /9")), HasSubstr("/9"));
  EXPECT_THAT(refusal(text("80 zz")), HasSubstr("zz"));
  EXPECT_THAT(refusal(text("51+r", "Zv")), HasSubstr("51+r"));
  EXPECT_THAT(refusal(text("01 /r", "Ev,Kv")), HasSubstr("Kv"));
  EXPECT_THAT(refusal(text("01 /r", "Ev,=Iz")), HasSubstr("written"));
  EXPECT_THAT(refusal(text("01 /r", "Ev,Gv,Ib,Ib,Ib")), HasSubstr("operands"));
  EXPECT_THAT(refusal(text("01", "Ev")), HasSubstr("ModRM"));
  EXPECT_THAT(refusal(text("0F 58 /r", "=Vx,Hx,Wx")), HasSubstr("VEX"));
  EXPECT_THAT(refusal(text("01 /r", "", "locked")), HasSubstr("locked"));
  EXPECT_THAT(refusal(text("01 /r", "", "x99")), HasSubstr("x99"));
  EXPECT_THAT(refusal(text("01 /r", "", "i64 o64")), HasSubstr("i64"));
  EXPECT_THAT(refusal(text("01 /r", "", "", "w:q")), HasSubstr("w:q"));
  EXPECT_THAT(refusal(text("01 /r", "", "", "q:o")), HasSubstr("q:o"));
  EXPECT_THAT(refusal(text("VEX.512.0F.W0 58 /r")), HasSubstr("512"));
  EXPECT_THAT(refusal(text("VEX.128.W0 58 /r")), HasSubstr("map"));
}

}  // namespace
}  // namespace duet::tcg::isa
