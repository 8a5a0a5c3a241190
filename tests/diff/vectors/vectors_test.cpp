// The interpreter against what a processor once answered, wherever this runs.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <set>

#include "tools/diff/app/builtin_known.h"
#include "tools/diff/app/engine_table.h"
#include "tools/diff/generate/rows.h"
#include "tools/diff/vectors/recorded_engine.h"

namespace duet::diff {
namespace {

std::vector<std::string> files() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(VECTOR_DATA))
    if (entry.path().extension() == ".vec") paths.push_back(entry.path());
  return paths;
}

// A model of the maker with all that this host can do; where the host is of another maker, a model by name.
std::unique_ptr<Engine> interpreterLike(CpuVendor vendor) {
  auto most = makeEngine("interp", {.cpu = "max", .vectors = {}});
  if (most && (*most)->abilities().vendor == vendor) return std::move(*most);
  auto named = makeEngine("interp",
                          {.cpu = vendor == CpuVendor::Amd ? "EPYC-Milan" : "Skylake-Client", .vectors = {}});
  EXPECT_TRUE(named) << named.error().message;
  return named ? std::move(*named) : nullptr;
}

std::string told(const Summary& s, const Decoder& decoder) {
  std::string text;
  for (const Finding& f : s.findings)
    text += fmt::format("{} x {}\n{}\n", f.count, f.kind,
                        report(f.c, decoder, "interp", f.left, "recorded", f.right));
  return text;
}

class Vectors : public testing::TestWithParam<std::string> {};

TEST_P(Vectors, InterpreterAnswersAlike) {
  auto file = VectorFile::read(GetParam());
  ASSERT_TRUE(file) << file.error().message;
  RecordedEngine recorded(std::make_shared<VectorFile>(std::move(*file)));
  const auto interpreter = interpreterLike(recorded.abilities().vendor);
  ASSERT_TRUE(interpreter);
  ASSERT_TRUE(recorded.facing(interpreter->abilities(), hostSignature()));
  const auto known = parseKnown(builtinKnown(), "differences.txt");
  ASSERT_TRUE(known) << known.error().message;
  RecordedSource source(recorded.file());
  const auto ran =
      runSession(*interpreter, recorded, source, *known,
                 {.mostInstructions = ~u64{0}, .mostFindings = 20, .progress = {}}, std::atomic<bool>{false});
  ASSERT_TRUE(ran) << ran.error().message;
  EXPECT_TRUE(ran->findings.empty()) << told(*ran, decoderOf(recorded));
  for (const auto& [why, count] : ran->whyNot) std::cout << "not compared: " << count << ": " << why << "\n";
  // Something is left even on a processor of the first generation with long mode.
  EXPECT_GT(ran->cases - ran->notCompared, ran->cases / 4);
}

// A file stands for the processor: every row that user code can use is in it, as its first instruction or a later one, in
// nine of ten forms.
TEST_P(Vectors, HaveEveryRow) {
  const auto file = VectorFile::read(GetParam());
  ASSERT_TRUE(file) << file.error().message;
  const Decoder decoder{file->witness().features, file->witness().vendor};
  std::set<u64> forms;
  for (size_t i = 0; i < file->size(); ++i) {
    const Case c = file->at(i).c;
    for (const CodeLine& line : codeLines(c, decoder))
      if (line.insn.row)
        forms.insert(formOf(line.insn, {c.world, decoder.features, decoder.vendor}).plain().packed());
  }
  for (const World world : {World::User64, World::User32}) {
    const Target target{world, decoder.features, decoder.vendor};
    unsigned called = 0, found = 0;
    for (const tcg::isa::Row& row : tcg::isa::allRows()) {
      if (!isGenerated(row, target) || !isUserRow(row, target)) continue;
      unsigned ofRow = 0;
      const auto wanted = formsOf(row, target);
      for (const FormKey& key : wanted) ofRow += forms.contains(key.packed());
      called += static_cast<unsigned>(wanted.size());
      found += ofRow;
      EXPECT_GT(ofRow, 0u) << row.mnemonic << " [" << row.encoding << "]";
    }
    EXPECT_GT(found, called * 9 / 10);
  }
}

std::string nameOf(const testing::TestParamInfo<std::string>& file) {
  std::string name = std::filesystem::path(file.param).stem();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Committed, Vectors, testing::ValuesIn(files()), nameOf);

TEST(VectorData, IsThere) { EXPECT_FALSE(files().empty()) << VECTOR_DATA; }

}  // namespace
}  // namespace duet::diff
