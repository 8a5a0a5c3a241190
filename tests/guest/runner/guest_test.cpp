// Every program of tests/guest in every mode it names, on every engine.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "cpu-kvm/vcpu/kvm_backend.h"
#include "cpu-tcg/baseline/translator.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "cpu-tcg/region/regions.h"
#include "tests/guest/runner/case_run.h"

namespace duet::test {
namespace {

namespace fs = std::filesystem;

struct Engine {
  const char* name;
  EngineFactory factory;
  bool limited = true;  // has the case's budget; KVM counts by single steps
};

std::unique_ptr<CpuBackend> makeKvm(mmu::Ram&) {
  auto made = kvm::KvmBackend::create();
  if (!made) throw std::runtime_error(made.error().message);
  return std::move(*made);
}

// DUET_GUEST_ENGINE=kvm adds KVM, running freely and in steps: a second witness for hosts that have all of it.
const std::vector<Engine>& engines() {
  static const std::vector<Engine> list = [] {
    std::vector<Engine> all{{"tcg", [](mmu::Ram& ram) { return std::make_unique<tcg::TcgBackend>(ram); }}};
    // Every block compiled at once.
    all.push_back({"baseline", [](mmu::Ram& ram) {
                     return std::make_unique<tcg::TcgBackend>(ram,
                                                              tcg::baseline::tierFactory({.threshold = 1}));
                   }});
    all.push_back(
        {"llvm", [](mmu::Ram& ram) {
           return std::make_unique<tcg::TcgBackend>(
               ram, tcg::baseline::tierFactory(
                        {.threshold = 1, .hot = tcg::region::regionFactory(tcg::region::everything(4))}));
         }});
    const char* wish = std::getenv("DUET_GUEST_ENGINE");
    if (wish && std::string_view(wish) == "kvm") {
      all.push_back({"kvm", makeKvm, false});
      all.push_back({"kvmInSteps", makeKvm});
    }
    return all;
  }();
  return list;
}

std::string contents(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<fs::path> sources() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(GUEST_SOURCES))
    if (entry.path().extension() == ".S") found.push_back(entry.path().lexically_relative(GUEST_SOURCES));
  std::sort(found.begin(), found.end());
  return found;
}

struct AllCases {
  std::vector<GuestCase> real, broken;  // broken: the self-test's
  std::string errors;
};

const AllCases& allCases() {
  static const AllCases cases = [] {
    AllCases all;
    for (const fs::path& path : sources()) {
      const std::string name = (path.parent_path() / path.stem()).generic_string();
      auto parsed = parseCaseFile(name, contents(fs::path(GUEST_SOURCES) / path));
      if (!parsed) {
        all.errors += parsed.error().message + "\n";
        continue;
      }
      for (GuestCase& c : *parsed) (c.mustFail.empty() ? all.real : all.broken).push_back(std::move(c));
    }
    return all;
  }();
  return cases;
}

std::string programPath(const GuestCase& c) {
  return std::string(GUEST_PROGRAMS) + "/" + c.name + "." + c.mode + ".elf";
}

struct Param {
  Engine engine;
  GuestCase guestCase;
};
// GoogleTest would print the bytes.
void PrintTo(const Param& p, std::ostream* out) { *out << p.guestCase.name; }

class GuestProgram : public ::testing::TestWithParam<Param> {};

TEST_P(GuestProgram, EndsAsTheManualSays) {
  const auto& [engine, c] = GetParam();
  GuestCase limited = c;
  if (!engine.limited) limited.budget = ~u64{0};
  const CaseResult result = runCase(limited, programPath(c), engine.factory);
  if (!result.skipped.empty()) GTEST_SKIP() << result.skipped;
  EXPECT_TRUE(result.differences.empty())
      << "tests/guest/" << c.name << ".S, " << c.mode << ", " << c.cpu << ":\n"
      << result.differences << "  by:" << c.manual;
}

std::vector<Param> params() {
  std::vector<Param> all;
  for (const Engine& engine : engines())
    for (const GuestCase& c : allCases().real) all.push_back({engine, c});
  return all;
}

std::string testName(const ::testing::TestParamInfo<Param>& p) {
  std::string name =
      std::string(p.param.engine.name) + "_" + p.param.guestCase.name + "_" + p.param.guestCase.mode;
  if (p.param.guestCase.cpu != GuestCase{}.cpu) name += "_" + p.param.guestCase.cpu;
  std::replace_if(name.begin(), name.end(), [](unsigned char ch) { return !isalnum(ch); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, GuestProgram, ::testing::ValuesIn(params()), testName);

TEST(GuestSuite, ReadsEveryHeader) { EXPECT_EQ(allCases().errors, ""); }

TEST(GuestSuite, NamesEveryPitfall) {
  std::set<unsigned> named;
  for (const GuestCase& c : allCases().real) named.insert(c.pitfalls.begin(), c.pitfalls.end());
  for (unsigned row = 1; row <= kPitfalls; ++row)
    EXPECT_TRUE(named.count(row)) << "no program names row " << row << " of tests/guest/pitfalls.md";
}

TEST(GuestSuite, NoticesWrongExpectations) {
  ASSERT_FALSE(allCases().broken.empty());
  for (const GuestCase& c : allCases().broken) {
    const CaseResult result = runCase(c, programPath(c), engines()[0].factory);
    EXPECT_NE(result.differences.find(c.mustFail), std::string::npos)
        << c.name << ", " << c.mode << " has a wrong expectation and is not reported; found:\n"
        << result.differences;
  }
}

TEST(GuestSuite, RefusesDamagedHeaders) {
  const char* const headers[] = {
      "// mode: real16\n// manual: x\n",                           // expects nothing
      "// mode: real16\n// expect: ax=1\n",                        // no manual
      "// manual: x\n// expect: ax=1\n",                           // no mode
      "// mode: real16\n// manual: x\n// expct: ax=1\n",           // misspelt
      "// mode: real16\n// manual: x\n// expect: ax\n",            // no value
      "// mode: prot32\n// manual: x\n// expect-fault: gp\n",      // no error code
      "// mode: prot32\n// manual: x\n// expect-fault: xy 0\n",    // no such exception
      "// mode: prot32\n// manual: x\n// expect[long64]: ax=1\n",  // nothing for this mode
      "// mode: prot32\n// manual: x\n// expect-exit: explosion\n",
      "// mode: prot32\n// manual: x\n// expect: ax=1\n// pitfall: 31\n",
      "// mode: prot32\n// manual: x\n// expect: ax=1\n// machine: vax\n",
      "// mode: prot32\n// manual: x\n// expect: ax=1\n// cpus: 2\n",  // of which machine?
      "// mode: prot32\n// manual: x\n// expect: ax=1\n// machine: pc\n// cpus: 9\n",
      "// mode: prot32\n// manual: x\n// expect-exit: reset\n",
      "// mode: prot32\n// cpu:\n// manual: x\n// expect: ax=1\n",
      "// mode: prot32\n// cpu: a b\n// manual: x\n// expect[a]: ax=1\n",  // nothing for b
  };
  for (const char* header : headers) EXPECT_FALSE(parseCaseFile("t", header)) << header;
}

}  // namespace
}  // namespace duet::test
