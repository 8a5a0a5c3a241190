// Which engine -accel takes, on hosts of every kind: the makers stand for what the host can do.
#include "ui/app/engine_pair.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "cpu-kvm/api/system.h"
#include "cpu-kvm/caps/probes.h"

namespace duet::ui {
namespace {

class NamedEngine final : public CpuBackend {
 public:
  explicit NamedEngine(const char* name, FeatureSet features = {}) : name_(name), features_(features) {}
  std::string_view name() const override { return name_; }
  EngineCaps caps() const override {
    EngineCaps caps;
    caps.description = std::string("the engine ") + name_;
    caps.features = features_;
    return caps;
  }
  Result<std::unique_ptr<Vcpu>> createVcpu(const VcpuEnv&) override { return fail("not here"); }
  void setActive(bool) override {}
  void memoryMapChanged() override { ++mapChanges; }
  void codeModified(Gpa, u64) override {}
  DirtyTracker* dirtyTracker() override { return nullptr; }
  EngineEvents* events() override { return nullptr; }
  int mapChanges = 0;

 private:
  const char* name_;
  const FeatureSet features_;
};

EngineMakers host(const std::string& kvmProblem) {
  return {[kvmProblem]() -> Result<std::unique_ptr<CpuBackend>> {
            if (!kvmProblem.empty()) return tl::unexpected(Error{kvmProblem});
            return std::make_unique<NamedEngine>("kvm");
          },
          []() -> Result<std::unique_ptr<CpuBackend>> { return std::make_unique<NamedEngine>("tcg"); }};
}

AccelOption accel(std::vector<std::string> engines) {
  AccelOption option;
  option.engines = std::move(engines);
  return option;
}

TEST(EngineChoice, AutoTakesKvmWhereItWorks) {
  const auto choice = chooseEngine(accel({"auto"}), host(""));
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->engine->name(), "kvm");
  EXPECT_EQ(choice->line, "engine kvm: the engine kvm");
}

TEST(EngineChoice, AutoFallsBackAndSaysWhy) {
  const auto choice = chooseEngine(accel({"auto"}), host("/dev/kvm: no such device"));
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->engine->name(), "tcg");
  EXPECT_EQ(choice->line, "engine tcg: /dev/kvm: no such device");
}

TEST(EngineChoice, NamedFallbackToo) {
  const auto choice = chooseEngine(accel({"kvm", "tcg"}), host("busy"));
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->engine->name(), "tcg");
  EXPECT_EQ(choice->line, "engine tcg: busy");
}

TEST(EngineChoice, KvmAloneInsists) {
  const auto choice =
      chooseEngine(accel({"kvm"}), host("/dev/kvm: no permission; add yourself to the group"));
  ASSERT_FALSE(choice);
  EXPECT_EQ(choice.error().message,
            "-accel kvm: /dev/kvm: no permission; add yourself to the group; or use -accel tcg");
}

TEST(EngineChoice, AnEngineAskedForAndGotIsNoNews) {
  const auto choice = chooseEngine(accel({"tcg"}), host(""));
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->engine->name(), "tcg");
  EXPECT_EQ(choice->line, "");
}

// A host whose KVM opens, with these probes.
EngineMakers hostWith(std::vector<kvm::ProbeResult> probes) {
  const auto ok = kvm::runsWholePc(probes);
  return host(ok ? "" : ok.error().message);
}

EngineMakers hostWithout(int openError) {
  return host(kvm::cannotOpen(kvm::System::kDevice, openError).message);
}

// The four kinds of host that -accel auto meets: the line is what the user sees.
TEST(EngineChoice, AutoOnEveryKindOfHost) {
  kvm::ProbeResult good, bad;
  good.name = "x87";
  good.works = true;
  bad.name = "native-speed";
  const struct {
    EngineMakers makers;
    const char *engine, *line;
  } hosts[] = {
      {hostWithout(ENOENT), "tcg",
       "engine tcg: /dev/kvm: no such device; load the kvm-intel or kvm-amd module, and if that fails switch "
       "virtualization on in the firmware, or nested virtualization in the host of this machine"},
      {hostWithout(EACCES), "tcg",
       "engine tcg: /dev/kvm: no permission; add yourself to the group that owns it (usually kvm) and log in "
       "again"},
      {hostWith({good, bad}), "tcg",
       "engine tcg: /dev/kvm is a software KVM that cannot run a whole PC (native-speed fails; see duet "
       "--host-report)"},
      {hostWith({good}), "kvm", "engine kvm: the engine kvm"},
  };
  for (const auto& h : hosts) {
    const auto choice = chooseEngine(accel({"auto"}), h.makers);
    ASSERT_TRUE(choice);
    EXPECT_EQ(choice->engine->name(), h.engine);
    EXPECT_EQ(choice->line, h.line);
    // Who insists gets the reason.
    EXPECT_EQ(chooseEngine(accel({"kvm"}), h.makers).has_value(), h.engine == std::string_view("kvm"));
  }
}

TEST(EngineChoice, AutoIsTheDefault) { EXPECT_EQ(AccelOption{}.engines, std::vector<std::string>{"auto"}); }

// Both engines run what a 64-bit guest needs; PKS is the translator's alone, AVX the KVM's.
class EnginePairTest : public testing::Test {
 protected:
  static FeatureSet base() {
    FeatureSet f = FeatureSet::all();
    for (const Feature one : {Feature::Pks, Feature::Avx, Feature::Avx2, Feature::Fma, Feature::F16c,
                              Feature::Vaes, Feature::Vpclmulqdq})
      f.remove(one);
    return f;
  }
  EngineMakers makers() {
    return {[this]() -> Result<std::unique_ptr<CpuBackend>> {
              ++kvmTried;
              if (!kvmProblem.empty()) return tl::unexpected(Error{kvmProblem});
              return std::make_unique<NamedEngine>("kvm", base().add(Feature::Avx));
            },
            [this]() -> Result<std::unique_ptr<CpuBackend>> {
              ++tcgMade;
              return std::make_unique<NamedEngine>("tcg", base().add(Feature::Pks));
            }};
  }
  std::unique_ptr<EnginePair> choose(const char* engine, bool both = false) {
    auto pair = EnginePair::choose(accel({engine}), makers(), both);
    EXPECT_TRUE(pair) << pair.error().message;
    return pair ? std::move(*pair) : nullptr;
  }
  std::string kvmProblem;
  int kvmTried = 0, tcgMade = 0;
};

TEST_F(EnginePairTest, UnderKvmTheGuestGetsWhatBothCan) {
  const auto pair = choose("kvm");
  const auto model = pair->guestCpu({});
  ASSERT_TRUE(model);
  EXPECT_FALSE(model->has(Feature::Avx));
  EXPECT_FALSE(model->has(Feature::Pks));
  EXPECT_TRUE(model->has(Feature::Sse42));
  const auto other = pair->other(*model);
  ASSERT_TRUE(other);
  EXPECT_EQ((*other)->name(), "tcg");
  EXPECT_EQ(*pair->other(*model), *other) << "there is one";
}

// A CPU that was asked for is kept as it is, and then there is no way to the other engine.
TEST_F(EnginePairTest, WhatTheUserAskedForStays) {
  const auto pair = choose("kvm");
  for (const char* cpu : {"host", "max", "max,+avx"}) {
    const auto model = pair->guestCpu(cpu);
    ASSERT_TRUE(model);
    EXPECT_TRUE(model->has(Feature::Avx)) << cpu;
    const auto other = pair->other(*model);
    ASSERT_FALSE(other);
    EXPECT_NE(other.error().message.find("tcg cannot run what the guest's CPU has: avx;"), std::string::npos)
        << other.error().message;
  }
  EXPECT_TRUE(pair->other(*pair->guestCpu("max,-avx")));
}

// A KVM costs time to try: nobody pays who has not asked for it.
TEST_F(EnginePairTest, TheTranslatorAloneTriesNoKvm) {
  const auto pair = choose("tcg");
  const auto model = pair->guestCpu({});
  ASSERT_TRUE(model);
  EXPECT_TRUE(model->has(Feature::Pks));
  EXPECT_EQ(kvmTried, 0);
  pair->memoryMapChanged();
  EXPECT_EQ(dynamic_cast<NamedEngine&>(pair->first()).mapChanges, 1);
  const auto other = pair->other(*model);
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.find("kvm cannot run what the guest's CPU has: pks"), std::string::npos);
}

TEST_F(EnginePairTest, NoKvmNoChange) {
  kvmProblem = "/dev/kvm: no such device";
  const auto pair = choose("auto");
  EXPECT_EQ(pair->first().name(), "tcg");
  const auto other = pair->other(*pair->guestCpu({}));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().message, "/dev/kvm: no such device");
  const auto both = EnginePair::choose(accel({"tcg"}), makers(), true);
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().message, "-accel switch-after: /dev/kvm: no such device");
}

TEST_F(EnginePairTest, BothHearOfChangesOfTheMemoryMap) {
  const auto pair = choose("tcg", true);
  const auto model = pair->guestCpu({});
  ASSERT_TRUE(model);
  EXPECT_FALSE(model->has(Feature::Pks));
  pair->memoryMapChanged();
  const auto other = pair->other(*model);
  ASSERT_TRUE(other);
  EXPECT_EQ(dynamic_cast<NamedEngine&>(pair->first()).mapChanges, 1);
  EXPECT_EQ(dynamic_cast<NamedEngine&>(**other).mapChanges, 1);
}

TEST(EngineChoice, DevicesThatAreNoKvm) {
  const auto missing = kvm::System::open("/dev/no-such-kvm");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("no such device; load the kvm-intel or kvm-amd module"),
            std::string::npos);
  const auto other = kvm::System::open("/dev/null");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().message, "/dev/null: not a KVM device");
}

}  // namespace
}  // namespace duet::ui
