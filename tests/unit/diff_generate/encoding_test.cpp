// Every instruction that is meant to be valid decodes to its row, at its length; every one that is not does not.
#include <set>

#include "tests/unit/diff_generate/generators.h"
#include "tools/diff/generate/rows.h"

namespace duet::diff::test {
namespace {

using tcg::isa::DecodeStatus;
using tcg::isa::Insn;

struct Seen {
  std::set<u16> rows;
  std::set<u64> forms;
  std::set<unsigned> prefixes, lengths, scales, bases, indices, mods;
  unsigned long_ = 0, invalid = 0, ripRelative = 0, addressOf16Bits = 0, lock = 0;
};

void checkCase(const GeneratedCase& out, const Target& target, Seen& seen) {
  for (unsigned i = 0; i < out.count; ++i) {
    const MadeInstruction& m = out.made[i];
    if (!m.whole) continue;  // its end is not in memory
    Insn insn;
    const DecodeStatus status = target.decode(codeAt(out.c, m.address, 15), insn);
    if (m.form.row == kInvalidRow) {
      EXPECT_TRUE(status == DecodeStatus::Invalid || status == DecodeStatus::TooLong);
      ++(status == DecodeStatus::TooLong ? seen.long_ : seen.invalid);
      EXPECT_EQ(out.count, 1u);
      continue;
    }
    ASSERT_EQ(status, DecodeStatus::Ok);
    EXPECT_EQ(insn.row->index, m.form.row) << insn.row->encoding;
    EXPECT_EQ(insn.length, m.length) << insn.row->encoding;
    EXPECT_EQ(formOf(insn, target), m.form);
    seen.rows.insert(m.form.row);
    seen.forms.insert(m.form.plain().packed());
    seen.prefixes.insert(insn.prefixes);
    seen.lengths.insert(insn.length);
    seen.lock += insn.has(tcg::isa::kPrefixLock);
    if (!insn.hasMemory()) continue;
    seen.mods.insert(insn.modrm >> 6);
    seen.scales.insert(insn.mem.scale);
    seen.bases.insert(insn.mem.base);
    seen.indices.insert(insn.mem.index);
    seen.ripRelative += insn.mem.base == tcg::isa::kRipBase;
    seen.addressOf16Bits += insn.addrSize == 2;
  }
}

Seen generate(const Generator& g, unsigned cycles) {
  Seen seen;
  GeneratedCase out;
  for (u64 n = 0; n < u64{cycles} * g.cycle(); ++n) {
    g.at(n, out);
    checkCase(out, g.options().target, seen);
  }
  return seen;
}

TEST(Encoding, WideCasesDecodeToTheirRows) {
  const Seen seen = generate(generator(World::User64, 1), 12);
  EXPECT_EQ(seen.scales.size(), 4u);
  EXPECT_EQ(seen.mods.size(), 3u);
  EXPECT_EQ(seen.bases.size(), 18u);    // 16 registers, RIP, none
  EXPECT_EQ(seen.indices.size(), 17u);  // 15 registers, XMM4 in the place of RSP, none
  EXPECT_GT(seen.ripRelative, 100u);
  EXPECT_EQ(seen.addressOf16Bits, 0u);
  EXPECT_GT(seen.invalid, 500u);
  EXPECT_GT(seen.long_, 50u);
  EXPECT_GT(seen.lock, 20u);
  EXPECT_GT(seen.prefixes.size(), 40u);
  for (unsigned length = 1; length <= 13; ++length) EXPECT_TRUE(seen.lengths.contains(length)) << length;
}

TEST(Encoding, NarrowCasesDecodeToTheirRows) {
  const Seen seen = generate(generator(World::User32, 1), 12);
  EXPECT_EQ(seen.bases.size(), 9u);  // 8 registers, none
  EXPECT_EQ(seen.ripRelative, 0u);
  EXPECT_GT(seen.addressOf16Bits, 100u);
  EXPECT_GT(seen.invalid, 500u);
}

TEST(Encoding, SequencesDecodeToTheirRows) {
  generate(generator(World::User64, 8, 2), 3);
  generate(generator(World::User32, 8, 2), 3);
  generate(generator(World::User64, 4, 3, CpuVendor::Amd), 3);
}

// The tables' own list of forms is what coverage is measured by: everything on it can be made, and nothing else is.
TEST(Encoding, FormsAreThoseThatTheTablesCallFor) {
  for (const World world : {World::User64, World::User32}) {
    for (const CpuVendor vendor : {CpuVendor::Intel, CpuVendor::Amd}) {
      const Generator g = generator(world, 8, 9, vendor);
      std::set<u64> called;
      for (const tcg::isa::Row* row : g.rows())
        for (const FormKey& key : formsOf(*row, g.options().target)) called.insert(key.packed());
      const Seen seen = generate(g, 12);
      unsigned missing = 0;
      for (const u64 form : seen.forms)
        EXPECT_TRUE(called.contains(form)) << tcg::isa::allRows()[FormKey::unpack(form).row].encoding;
      for (const u64 form : called) missing += !seen.forms.contains(form);
      EXPECT_LT(missing, called.size() / 12) << called.size();
    }
  }
}

TEST(Encoding, KeysPackWithoutLoss) {
  const Generator g = generator(World::User32, 8);
  GeneratedCase out;
  for (u64 n = 0; n < 2000; ++n) {
    g.at(n, out);
    for (unsigned i = 0; i < out.count; ++i) {
      FormKey key = out.made[i].form;
      key.ending = static_cast<u8>(n % 34);
      EXPECT_EQ(FormKey::unpack(key.packed()), key);
    }
  }
}

}  // namespace
}  // namespace duet::diff::test
