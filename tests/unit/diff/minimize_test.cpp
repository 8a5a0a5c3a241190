// Cases are cut down to what shows the difference, whatever that is.
#include "tools/diff/minimize/minimize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/diff/sample.h"
#include "tools/diff/case/case_bytes.h"
#include "tools/diff/compare/state_fields.h"

namespace duet::diff::test {
namespace {

const Decoder kDecoder{hostFeatures(), CpuVendor::Amd};

// Three instructions, a full state, data in a piece and in the background.
Case crowded() {
  Case c = sampleCase({0x48, 0x01, 0xd8, 0x66, 0xf2, 0x0f, 0xaf, 0xc3, 0x48, 0xff, 0xc1});
  for (unsigned i = 0; i < 16; ++i) c.start.gpr[i] = 0x0101010101010101 * (i + 1);
  c.pieces.push_back({kData, {9, 8, 7, 6, 5, 4, 3, 2}});
  auto memory = std::make_shared<Memory>(*c.memory);
  memory->pages[1].bytes.fill(0x77);
  memory->pages[2].bytes.fill(0x88);
  c.memory = memory;
  return c;
}

unsigned valuesSet(const Case& c) {
  const CpuState plain = userState(c.world);
  unsigned n = 0;
  for (const StateField& f : stateFields()) n += std::memcmp(f.in(c.start), f.in(plain), f.size) != 0;
  return n;
}

TEST(DiffMinimize, ToTheInstructionAndTheOperandByte) {
  const auto shows = [](const Case& c) {
    const auto lines = codeLines(c, kDecoder);
    return std::ranges::any_of(
               lines,
               [](const CodeLine& l) { return l.insn.row && l.insn.row->mnemonic == std::string("imul"); }) &&
           (c.start.gpr[kRbx] & 0xff00) == 0x0400;
  };
  const Case small = minimize(crowded(), kDecoder, shows).smallest;
  const auto lines = codeLines(small, kDecoder);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(small.pieces[0].bytes, (std::vector<u8>{0x0f, 0xaf}));  // no idle prefix; any operands do
  EXPECT_EQ(small.start.gpr[kRbx], 0x0400u);
  EXPECT_EQ(valuesSet(small), 2u);  // and RIP
  EXPECT_EQ(small.pieces.size(), 1u);
  EXPECT_EQ(small.memory->pages.size(), 1u);
}

TEST(DiffMinimize, ToTheByteOfMemory) {
  const auto shows = [](const Case& c) { return byteAt(c, kData + 5) == 4; };
  const Case small = minimize(crowded(), kDecoder, shows).smallest;
  ASSERT_EQ(small.pieces.size(), 2u);
  EXPECT_EQ(small.pieces[1].bytes, (std::vector<u8>{0, 0, 0, 0, 0, 4, 0, 0}));
  EXPECT_EQ(small.pieces[0].bytes.size(), 1u);
}

TEST(DiffMinimize, KeepsWithinItsTries) {
  unsigned calls = 0;
  const auto shows = [&](const Case&) { return ++calls, false; };
  const Minimized m = minimize(crowded(), kDecoder, shows, 10);
  EXPECT_EQ(m.tries, 10u);
  EXPECT_EQ(calls, 10u);
  EXPECT_EQ(m.smallest.pieces, crowded().pieces);
}

}  // namespace
}  // namespace duet::diff::test
