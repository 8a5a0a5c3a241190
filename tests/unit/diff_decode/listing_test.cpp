// Listings as LLVM and Capstone write them, and what counts as a difference. Expected values are what the text says.
#include <gtest/gtest.h>

#include "tools/diff/decode/conventions.h"
#include "tools/diff/decode/difference.h"
#include "tools/diff/decode/known_decode.h"
#include "tools/diff/decode/listing_reader.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

Reading read(std::string_view text, CodeMode mode = CodeMode::Bits64) {
  Reading r;
  EXPECT_TRUE(readListing(text, mode, r)) << text;
  toManualNames(r);
  r.valid = true;
  return r;
}

OurReading ours(std::string_view bytes) {
  OurReading o;
  const auto written = parseBytes(bytes).value();
  readOurs(written.bytes, written.mode, {}, o);
  return o;
}

TEST(Listing, ReadsMemoryOperands) {
  const Reading r = read("lock add\tdword ptr fs:[rbx + 4*r12 - 0x10], eax");
  EXPECT_TRUE(r.lock);
  EXPECT_EQ(r.name, "add");
  ASSERT_EQ(r.count, 2);
  EXPECT_EQ(r.parts[0].base, (RegisterName{RegisterSet::Gpr, 3, 8}));
  EXPECT_EQ(r.parts[0].index, (RegisterName{RegisterSet::Gpr, 12, 8}));
  EXPECT_EQ(r.parts[0].scale, 4);
  EXPECT_EQ(r.parts[0].size, 4);
  EXPECT_EQ(r.parts[0].segment, kFs);
  EXPECT_EQ(static_cast<i64>(r.parts[0].value), -16);
  EXPECT_EQ(r.parts[1].reg, (RegisterName{RegisterSet::Gpr, 0, 4}));
}

TEST(Listing, KnowsTheSegmentOfABase) {
  EXPECT_EQ(read("mov al, [bp + si]", CodeMode::Bits16).parts[1].segment, kSs);
  EXPECT_EQ(read("mov al, [bx + si]", CodeMode::Bits16).parts[1].segment, kDs);
  EXPECT_EQ(read("mov al, [rbp]").parts[1].segment, kNoSegment);  // flat in 64-bit mode
}

TEST(Listing, TakesOtherNamesForTheManuals) {
  const Reading compare = read("vcmpngt_uqps xmm0, xmm1, xmm1");
  EXPECT_EQ(compare.name, "vcmpps");
  EXPECT_EQ(compare.parts[3].value, 0x1au);  // SDM vol. 2, VCMPPS: NGT_UQ
  const Reading far = read("lcall 16, 0x1234", CodeMode::Bits32);
  EXPECT_EQ(far.name, "call far");
  EXPECT_EQ(far.parts[0].selector, 16u);
  EXPECT_EQ(far.parts[0].value, 0x1234u);
}

TEST(Difference, ComparesWhatBothSay) {
  OurReading o = ours("64: 01 54 8b 10");  // add [rbx+rcx*4+0x10], edx
  const auto kinds = [&](std::string_view text) {
    Reading r = read(text);
    r.length = 4;
    return difference(o.reading, r).text();
  };
  EXPECT_EQ(kinds("add dword ptr [rbx + 4*rcx + 16], edx"), "");
  EXPECT_EQ(kinds("add [rbx + rcx*4 + 16], edx"), "");
  EXPECT_EQ(kinds("sub dword ptr [rbx + 4*rcx + 16], edx"), "name");
  EXPECT_EQ(kinds("lock add dword ptr [rbx + 4*rcx + 16], edx"), "prefix");
  EXPECT_EQ(kinds("add qword ptr [rbx + 4*rcx + 16], edx"), "size");
  EXPECT_EQ(kinds("add dword ptr [rbx + 2*rcx + 16], edx"), "address");
  EXPECT_EQ(kinds("add dword ptr [ebx + 4*ecx + 16], edx"), "address");
  EXPECT_EQ(kinds("add dword ptr gs:[rbx + 4*rcx + 16], edx"), "segment");
  EXPECT_EQ(kinds("add dword ptr [rbx + 4*rcx + 16], rdx"), "register");
  EXPECT_EQ(kinds("add dword ptr [rbx + 4*rcx + 16]"), "operands");
  EXPECT_EQ(kinds("add dword ptr [rbx + 4*rcx + 16], 2"), "operands");
}

TEST(Difference, ListingsMayLeaveOutWhatIsImplied) {
  const OurReading add = ours("32: d8 c1");  // fadd st(0), st(1)
  Reading r = read("fadd st(1)");
  r.length = 2;
  EXPECT_TRUE(difference(add.reading, r).empty());
  r = read("fadd st(2)");
  r.length = 2;
  EXPECT_EQ(difference(add.reading, r).text(), "register");
}

TEST(KnownDecode, EveryKindNeedsAnEntry) {
  const auto list =
      parseKnownDecode("only-name | llvm | 64 | add | s* | !lock | name | why | where | 64: 01 d0\n",
                       "a list")
          .value();
  const OurReading o = ours("64: 01 d0");
  Reading theirs = read("sub eax, edx");
  theirs.length = 2;
  const auto entries = [&](std::string_view witness) {
    const ByteString bytes = list[0].example;
    return explain(list, {witness, bytes, CodeMode::Bits64, o, theirs, difference(o.reading, theirs)}).size();
  };
  EXPECT_EQ(entries("llvm"), 1u);
  EXPECT_EQ(entries("capstone"), 0u);
  theirs.length = 3;
  EXPECT_EQ(entries("llvm"), 0u);
}

TEST(KnownDecode, NamesTheLineThatIsWrong) {
  const auto wrong =
      parseKnownDecode("# a comment\nx | llvm | 64 | - | * | no-such-word | name | a | b | 64: 90\n", "f");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message, "f:2: there is no condition \"no-such-word\"");
}

}  // namespace
}  // namespace duet::diff
