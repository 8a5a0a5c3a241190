// Our decoder against LLVM's disassembler, Capstone, our own text and the processor, on a share of what
// `duet-diff decode` runs.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/diff/decode/witnesses.h"

namespace duet::diff::test {
namespace {

const std::vector<CodeMode> kModes{CodeMode::Bits16, CodeMode::Bits32, CodeMode::Bits64};

void expectAgreement(const DecodeSummary& s, const std::string& witness, u64 valid, u64 invalid) {
  const WitnessCount& c = s.witnesses.at(witness);
  EXPECT_GT(c.agreeValid, valid) << witness;
  EXPECT_GT(c.agreeInvalid, invalid) << witness;
}

TEST(Decode, EncodingsOfTheTables) {
  // A prime, so that no prefix or register is always left out.
  const DecodeSummary s =
      run(TableSource(1), witnesses({"llvm", "capstone", "format"}), {.modes = kModes, .stride = 61});
  EXPECT_TRUE(s.findings.empty()) << told(s);
  EXPECT_GT(s.strings, 600'000u);
  for (const char* witness : {"llvm", "capstone", "format"})
    expectAgreement(s, witness, s.strings / 2, 10'000);
}

TEST(Decode, StringsByChance) {
  const DecodeSummary s =
      run(ChanceSource(20261126, 200'000), witnesses({"llvm", "capstone", "format"}), {.modes = kModes});
  EXPECT_TRUE(s.findings.empty()) << told(s);
  for (const char* witness : {"llvm", "capstone", "format"}) expectAgreement(s, witness, 250'000, 250'000);
}

TEST(Decode, TheProcessorExecutesWhatIsAnInstruction) {
  if (const std::string why = whyNoHost(); !why.empty()) GTEST_SKIP() << why;
  DecodeOptions options{.modes = {CodeMode::Bits32, CodeMode::Bits64}};
  DecodeSummary s = run(ChanceSource(7, 15'000), witnesses({"host"}), options);
  options.stride = 1999;
  s.add(run(TableSource(7), witnesses({"host"}), options));
  EXPECT_TRUE(s.findings.empty()) << told(s);
  expectAgreement(s, "host", 15'000, 10'000);
  EXPECT_LT(s.witnesses.at("host").silent, s.strings / 20);
}

// The entry still is one of those that explain what its example shows.
bool stillExplains(const std::vector<KnownDecode>& list, size_t index, DecodeWitness& witness) {
  const KnownDecode& k = list[index];
  OurReading ours;
  Reading theirs;
  readOurs(k.example, k.exampleMode, witness.reader(), ours);
  if (!witness.read({&k.example, 1}, k.exampleMode, {&theirs, 1})) return false;
  const auto used = explain(
      list, {witness.name(), k.example, k.exampleMode, ours, theirs, difference(ours.reading, theirs)});
  return std::ranges::find(used, index) != used.end();
}

TEST(Decode, EveryEntryStillExplainsItsExample) {
  const auto list = builtinList();
  EXPECT_GT(list.size(), 100u);
  auto all = witnesses({"llvm", "capstone"})().value();
  if (whyNoHost().empty()) all.push_back(std::move(witnesses({"host"})().value()[0]));
  const bool isAmd = all.size() == 3 && all[2]->reader().dialect == tcg::isa::Dialect::Amd;
  const bool isZen4 = isAmd && __builtin_cpu_supports("avx512f");  // or a later one
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i].witness == "host" && !isZen4) continue;  // these are Zen 4's
    const bool shown = std::ranges::any_of(all, [&](auto& w) { return stillExplains(list, i, *w); });
    EXPECT_TRUE(shown) << list[i].name << ": if it is gone, take it off the list";
  }
}

// The test above can fail.
TEST(Decode, AnEntryThatExplainsNothingIsFoundOut) {
  const auto list =
      parseKnownDecode("nothing | llvm | 64 | nop | nop | - | name | none | none | 64: 90", "a list").value();
  EXPECT_FALSE(stillExplains(list, 0, *witnesses({"llvm"})().value()[0]));
}

}  // namespace
}  // namespace duet::diff::test
