#include "tests/diff/known/host_run.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tools/diff/app/builtin_known.h"
#include "tools/diff/app/engine_table.h"
#include "tools/diff/vectors/recorded_engine.h"

namespace duet::diff::test {
namespace {

class Generated final : public CaseSource {
 public:
  Generated(Generator generator, u64 first) : generator_(std::move(generator)), number_(first) {}
  bool next(Item& item) override {
    generator_.at(number_, made_);
    item.c = made_.c;
    item.number = number_++;
    item.instructions = made_.count;
    return true;
  }

 private:
  Generator generator_;
  u64 number_;
  GeneratedCase made_;
};

// Family and model of CPUID.1:EAX, with the extended fields (SDM vol. 2, CPUID).
bool isSurveyed(const std::string& vendor, u32 signature) {
  const u32 base = signature >> 8 & 0xf;
  const u32 family = base == 0xf ? base + (signature >> 20 & 0xff) : base;
  const u32 model = (signature >> 4 & 0xf) | (base == 6 || base == 0xf ? signature >> 12 & 0xf0 : 0);
  std::ifstream list(KNOWN_FOLDER "/processors.txt");
  EXPECT_TRUE(list) << KNOWN_FOLDER;
  for (std::string line; std::getline(list, line);) {
    std::istringstream words(line);
    std::string word;
    u32 f = 0, m = 0;
    if (words >> word >> f >> m && word == vendor && f == family && m == model) return true;
  }
  return false;
}

}  // namespace

std::string whyNoWitness() {
  const auto host = makeEngine("host", {});
  if (!host) return host.error().message;
  const EngineAbilities& a = (*host)->abilities();
  if (!isSurveyed(a.vendor == CpuVendor::Amd ? "amd" : "intel", hostSignature()))
    return "not surveyed: " + a.processor;
  return {};
}

HostRun::HostRun()
    : interpreter(makeEngine("interp", {}).value()),
      host(makeEngine("host", {}).value()),
      known(parseKnown(builtinKnown(), "differences.txt").value()) {}

Target HostRun::target(World world) const {
  const EngineAbilities &ours = interpreter->abilities(), &theirs = host->abilities();
  FeatureSet both;
  for (unsigned i = 0; i < static_cast<unsigned>(Feature::Count); ++i)
    if (const auto f = static_cast<Feature>(i); ours.features.has(f) && theirs.features.has(f)) both.add(f);
  return {world, both, theirs.vendor};
}

Summary HostRun::generated(GeneratorOptions options, u64 first, u64 instructions) const {
  auto generator = Generator::create(options);
  if (!generator) return {};  // the world has no such instruction
  Generated source(std::move(*generator), first);
  return run(source, instructions);
}

Summary HostRun::run(CaseSource& source, u64 instructions) const {
  SessionOptions options;
  options.mostInstructions = instructions;
  options.mostFindings = 20;
  const std::atomic<bool> go{false};
  auto summary = runSession(*interpreter, *host, source, known, options, go);
  EXPECT_TRUE(summary) << summary.error().message;
  return summary ? std::move(*summary) : Summary{};
}

std::string HostRun::told(const Summary& summary) const {
  std::string text;
  for (const Finding& f : summary.findings)
    text += fmt::format("{} x {}, case {}\n{}\n", f.count, f.kind, f.number,
                        report(f.c, decoderOf(*host), "interp", f.left, "host", f.right));
  return text;
}

}  // namespace duet::diff::test
