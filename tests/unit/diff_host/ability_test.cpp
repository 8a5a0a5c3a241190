// What the engine says of itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/diff_host/host.h"
#include "tools/diff/host/host_engine.h"

namespace duet::diff::test {
namespace {

struct Sample {
  Feature feature;
  const char* name;
  Bytes code;  // with registers alone, or with memory at RBX
};

// One instruction that is #UD exactly where the feature is absent (SDM vol. 2, AMD APM vol. 4).
const Sample kSamples[] = {
    {Feature::Sse3, "addsubps", {0xf2, 0x0f, 0xd0, 0xc1}},
    {Feature::Ssse3, "phaddw", {0x66, 0x0f, 0x38, 0x01, 0xc1}},
    {Feature::Sse41, "pmulld", {0x66, 0x0f, 0x38, 0x40, 0xc1}},
    {Feature::Sse42, "crc32", {0xf2, 0x0f, 0x38, 0xf1, 0xc1}},
    {Feature::Pclmulqdq, "pclmulqdq", {0x66, 0x0f, 0x3a, 0x44, 0xc1, 0x00}},
    {Feature::Aes, "aesenc", {0x66, 0x0f, 0x38, 0xdc, 0xc1}},
    {Feature::ShaNi, "sha1nexte", {0x0f, 0x38, 0xc8, 0xc1}},
    {Feature::Gfni, "gf2p8mulb", {0x66, 0x0f, 0x38, 0xcf, 0xc1}},
    {Feature::Movbe, "movbe", {0x0f, 0x38, 0xf0, 0x03}},
    {Feature::Adx, "adcx", {0x66, 0x0f, 0x38, 0xf6, 0xc1}},
    {Feature::Bmi1, "andn", {0xc4, 0xe2, 0x78, 0xf2, 0xc1}},
    {Feature::Bmi2, "pdep", {0xc4, 0xe2, 0x7b, 0xf5, 0xc1}},
    {Feature::Avx, "vaddps", {0xc5, 0xf4, 0x58, 0xc2}},
    {Feature::Avx2, "vpaddb", {0xc5, 0xf5, 0xfc, 0xc2}},
    {Feature::Fma, "vfmadd132ps", {0xc4, 0xe2, 0x75, 0x98, 0xc2}},
    {Feature::F16c, "vcvtph2ps", {0xc4, 0xe2, 0x7d, 0x13, 0xc1}},
    {Feature::Vaes, "vaesenc ymm", {0xc4, 0xe2, 0x75, 0xdc, 0xc2}},
    {Feature::Vpclmulqdq, "vpclmulqdq ymm", {0xc4, 0xe3, 0x75, 0x44, 0xc2, 0x00}},
    {Feature::Fsgsbase, "rdfsbase", {0xf3, 0x0f, 0xae, 0xc0}},
    {Feature::Rdrand, "rdrand", {0x0f, 0xc7, 0xf0}},
    {Feature::Rdseed, "rdseed", {0x0f, 0xc7, 0xf8}},
    {Feature::Rdpid, "rdpid", {0xf3, 0x0f, 0xc7, 0xf8}},
    {Feature::Xsavec, "xsavec", {0x0f, 0xc7, 0x23}},
    {Feature::Sse4a, "extrq", {0x66, 0x0f, 0x79, 0xc1}},
    {Feature::Clzero, "clzero", {0x0f, 0x01, 0xfc}},
    {Feature::Pku, "rdpkru", {0x0f, 0x01, 0xee}},
};

TEST(HostAbilities, FeaturesAreThoseTheProcessorRuns) {
  const EngineAbilities& a = host().abilities();
  for (const Sample& s : kSamples) {
    const Outcome o = run64(s.code, [](Case& c) { c.start.gpr[kRbx] = kData; });
    const bool runs = o.ending == Ending::Exception && o.exception.vector != kExcUD;
    EXPECT_EQ(a.features.has(s.feature), runs) << s.name << ": " << say(o);
  }
}

TEST(HostAbilities, NameTheProcessor) {
  const EngineAbilities& a = host().abilities();
  EXPECT_TRUE(a.user64 && a.user32);
  EXPECT_FALSE(a.system);
  EXPECT_THAT(a.processor, testing::MatchesRegex(
                               ".+, family [0-9]+ model [0-9]+ stepping [0-9]+, microcode 0x[0-9a-f]+.*"));
}

// A child that were tied to the thread that started it would be gone.
TEST(HostAbilities, EngineOutlivesTheThreadThatMadeIt) {
  std::unique_ptr<Engine> engine;
  std::thread([&] { engine = std::move(*makeHostEngine()); }).join();
  Outcome o;
  const Case c = makeCase(World::User64, {0x90});
  ASSERT_TRUE(engine->run({&c, 1}, {&o, 1}));
  EXPECT_EQ(say(o), ranThrough(1));
}

TEST(HostAbilities, EnginesDoNotMeet) {
  // Each adds its own number to the same byte, at the same time.
  const auto work = [](u8 number, unsigned& wrong) {
    auto engine = std::move(*makeHostEngine());
    const std::vector<Case> cases(
        3000, makeCase(World::User64, {0x80, 0x03, number}, [](Case& c) { c.start.gpr[kRbx] = kData; }));
    std::vector<Outcome> outcomes(cases.size());
    ASSERT_TRUE(engine->run(cases, outcomes));
    for (const Outcome& o : outcomes) wrong += o.writes != std::vector<Piece>{{kData, {number}}};
  };
  unsigned wrong[2] = {};
  std::thread other([&] { work(0x11, wrong[0]); });
  work(0x22, wrong[1]);
  other.join();
  EXPECT_EQ(wrong[0] + wrong[1], 0u);
}

}  // namespace
}  // namespace duet::diff::test
