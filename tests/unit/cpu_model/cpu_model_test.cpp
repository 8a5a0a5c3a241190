// `-cpu` words: names, features, errors.
#include "core/cpu/cpu_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/cpu/cpu_model_table.h"
#include "core/cpu/registers.h"

namespace duet {
namespace {

using ::testing::HasSubstr;

CpuModel parse(std::string_view option, const FeatureSet& offered = FeatureSet::all()) {
  auto r = CpuModel::parse(option, offered);
  EXPECT_TRUE(r) << r.error().message;
  return r ? *r : CpuModel{};
}

std::string errorOf(std::string_view option, const FeatureSet& offered = FeatureSet::all()) {
  auto r = CpuModel::parse(option, offered);
  EXPECT_FALSE(r) << option;
  return r ? "" : r.error().message;
}

TEST(CpuModelParse, EveryNamedModel) {
  for (const char* name : {"max",       "host",           "qemu64",         "kvm64",          "486",
                           "pentium",   "pentium3",       "core2duo",       "Conroe",         "Penryn",
                           "Nehalem",   "Westmere",       "SandyBridge",    "IvyBridge",      "Haswell",
                           "Broadwell", "Skylake-Client", "Skylake-Server", "Icelake-Server", "EPYC",
                           "EPYC-Rome", "EPYC-Milan",     "Opteron_G1",     "Opteron_G5",     "phenom",
                           "athlon",    "n270",           "coreduo",        "qemu32",         "kvm32",
                           "Denverton", "Snowridge",      "Cooperlake",     "Dhyana",         "pentium2"}) {
    EXPECT_EQ(parse(name).name(), name);
    EXPECT_THAT(CpuModel::help(), HasSubstr(name));
  }
  EXPECT_EQ(parse("haswell").name(), "Haswell");
}

TEST(CpuModelParse, RevisionsByTheirEndings) {
  EXPECT_EQ(parse("Haswell-noTSX-IBRS").name(), "Haswell");
  EXPECT_EQ(parse("EPYC-v2").name(), "EPYC");
  EXPECT_EQ(parse("EPYC-Milan-v1").name(), "EPYC-Milan");
  EXPECT_EQ(parse("Opteron_G1-v1").name(), "Opteron_G1");
  EXPECT_THAT(errorOf("Haswell-v"), HasSubstr("no such CPU model"));
  EXPECT_THAT(errorOf("Haswell-v1x"), HasSubstr("no such CPU model"));
  EXPECT_THAT(errorOf("v1"), HasSubstr("no such CPU model"));
}

TEST(CpuModelParse, SwitchesThatAreNoFeatures) {
  const FeatureSet few = FeatureSet{}.add(Feature::Fpu);
  EXPECT_THAT(errorOf("Haswell,enforce", few), HasSubstr("avx2"));
  EXPECT_FALSE(parse("Haswell,check", few).has(Feature::Avx2));
  EXPECT_FALSE(parse("Haswell,enforce=off", few).has(Feature::Avx2));
  EXPECT_TRUE(parse("Haswell,enforce,migratable=off,pmu=off").has(Feature::Avx2));
  EXPECT_EQ(parse("Haswell,host-phys-bits=off").physicalBits(), 40u);
  EXPECT_THAT(errorOf("max,pmu=on"), HasSubstr("pmu"));
}

TEST(CpuModelParse, ParavirtualFeatures) {
  FeatureSet few = FeatureSet::all();
  few.remove(Feature::KvmPvEoi).remove(Feature::KvmStealTime);
  const CpuModel m =
      parse("Haswell,enforce", few);  // they are the machine's: nothing is missing from the model
  EXPECT_TRUE(m.has(Feature::Kvmclock));
  EXPECT_FALSE(m.has(Feature::KvmPvEoi));
  EXPECT_FALSE(m.has(Feature::KvmPvTlbFlush)) << "needs steal time";
  EXPECT_THAT(errorOf("Haswell,+kvm-pv-eoi", few), HasSubstr("kvm-pv-eoi"));
  EXPECT_THAT(errorOf("max,kvm=off,+kvmclock"), HasSubstr("kvm"));
  EXPECT_THAT(errorOf("max,-hypervisor,+kvmclock"), HasSubstr("hypervisor"));
  EXPECT_TRUE(parse("max,kvm=off,kvm=on").has(Feature::Kvmclock));
  EXPECT_FALSE(parse("max").has(Feature::KvmHintDedicated)) << "the user's promise";
}

TEST(CpuModelParse, Generations) {
  EXPECT_FALSE(parse("486").has(Feature::Tsc));
  EXPECT_FALSE(parse("pentium").has(Feature::Cmov));
  EXPECT_FALSE(parse("pentium3").has(Feature::Lm));
  EXPECT_TRUE(parse("pentium3").has(Feature::Sse));
  EXPECT_TRUE(parse("kvm64").has(Feature::Lm));
  EXPECT_FALSE(parse("Westmere").has(Feature::Avx));
  EXPECT_TRUE(parse("SandyBridge").has(Feature::Avx));
  EXPECT_FALSE(parse("SandyBridge").has(Feature::Avx2));
  EXPECT_TRUE(parse("Haswell").has(Feature::Avx2));
  EXPECT_EQ(parse("EPYC").vendor(), CpuVendor::Amd);
  EXPECT_EQ(parse("Haswell").vendor(), CpuVendor::Intel);
  EXPECT_EQ(parse("pentium").physicalBits(), 32u);
  EXPECT_EQ(parse("pentium3").physicalBits(), 36u);
  EXPECT_EQ(parse("Haswell").physicalBits(), 40u);
  EXPECT_EQ(parse("Icelake-Server").linearBits(), 57u);
}

TEST(CpuModelParse, NoModelContradictsItself) {
  for (const cpu_model::ModelRow& row : cpu_model::modelTable()) {
    const FeatureSet listed = cpu_model::featuresOf(row);
    for (const cpu_model::Dependency& d : cpu_model::dependencies()) {
      EXPECT_TRUE(!listed.has(d.feature) || listed.has(d.needs)) << row.name;
    }
  }
}

TEST(CpuModelParse, FeaturesOnAndOff) {
  EXPECT_TRUE(parse("kvm64,+avx2,+avx,+xsave,+sse4_2,+sse4_1,+ssse3").has(Feature::Avx2));
  EXPECT_FALSE(parse("Haswell,-avx2").has(Feature::Avx2));
  EXPECT_FALSE(parse("Haswell,avx2=off").has(Feature::Avx2));
  EXPECT_TRUE(parse("Haswell,-avx2,avx2=on").has(Feature::Avx2));
  EXPECT_TRUE(parse("kvm64,popcnt").has(Feature::Popcnt));
  EXPECT_TRUE(parse("kvm64,+sse4.1,+ssse3").has(Feature::Sse41));
  EXPECT_TRUE(parse("kvm64,+tsc-deadline").has(Feature::TscDeadline));
}

TEST(CpuModelParse, RemovingAFeatureTakesItsDependants) {
  const CpuModel m = parse("Haswell,-xsave");
  EXPECT_FALSE(m.has(Feature::Avx));
  EXPECT_FALSE(m.has(Feature::Avx2));
  EXPECT_FALSE(m.has(Feature::Fma));
  EXPECT_FALSE(m.has(Feature::Xsaveopt));
  EXPECT_EQ(m.supportedXcr0(), 0u);
  EXPECT_THAT(errorOf("Haswell,-xsave,+avx2"), HasSubstr("avx2"));
}

TEST(CpuModelParse, ErrorsNameTheWordAndTheNearest) {
  EXPECT_THAT(errorOf("Haswel"), HasSubstr("Haswell"));
  EXPECT_THAT(errorOf("max,+avx3"), HasSubstr("avx"));
  EXPECT_THAT(errorOf("max,+popcant"), HasSubstr("popcnt"));
  EXPECT_THAT(errorOf("max,+vmx"), HasSubstr("vmx"));
  EXPECT_THAT(errorOf("max,avx2=maybe"), HasSubstr("avx2=on"));
  EXPECT_THAT(errorOf("max,phys-bits=99"), HasSubstr("phys-bits"));
  EXPECT_THAT(errorOf("max,vendor=Cyrix"), HasSubstr("vendor"));
  EXPECT_FALSE(errorOf("max,").empty());
  EXPECT_FALSE(errorOf("").empty());
  parse("max,-vmx,-avx512f");  // never there: turning them off is fine
}

TEST(CpuModelParse, OnlyWhatIsOffered) {
  FeatureSet offered = FeatureSet::all();
  offered.remove(Feature::Avx2);
  EXPECT_FALSE(parse("max", offered).has(Feature::Avx2));
  EXPECT_FALSE(parse("Haswell", offered).has(Feature::Avx2));
  EXPECT_THAT(errorOf("Haswell,+avx2", offered), HasSubstr("avx2"));
  offered.remove(Feature::Avx);
  EXPECT_FALSE(parse("Haswell", offered).has(Feature::Fma)) << "FMA without AVX makes no sense";
}

TEST(CpuModelParse, Properties) {
  EXPECT_EQ(parse("max,vendor=AuthenticAMD").vendor(), CpuVendor::Amd);
  EXPECT_EQ(parse("max,phys-bits=46").physicalBits(), 46u);
  EXPECT_EQ(parse("max,tsc-frequency=2000000000").tscFrequency, 2000000000u);
}

TEST(CpuModelMasks, Cr4AndEfer) {
  const CpuModel old = parse("pentium3"), young = parse("max");
  EXPECT_EQ(old.cr4Mask() & (kCr4Smep | kCr4Osxsave | kCr4Pcide | kCr4La57), 0u);
  EXPECT_TRUE(young.cr4Mask() & kCr4Smep);
  EXPECT_EQ(young.cr4Mask() & (kCr4Vmxe | kCr4Smxe), 0u);
  EXPECT_EQ(old.eferMask(), 0u);
  EXPECT_EQ(young.eferMask(), u64{kEferSce | kEferLme | kEferLma | kEferNxe | kEferFfxsr});
  EXPECT_EQ(parse("max,-fxsr_opt").eferMask() & kEferFfxsr, 0u);
}

TEST(HostFeatures, AgreesWithTheCompilerRuntime) {
  __builtin_cpu_init();
  const FeatureSet host = hostFeatures();
  EXPECT_EQ(host.has(Feature::Sse2), static_cast<bool>(__builtin_cpu_supports("sse2")));
  EXPECT_EQ(host.has(Feature::Popcnt), static_cast<bool>(__builtin_cpu_supports("popcnt")));
  EXPECT_EQ(host.has(Feature::Sse42), static_cast<bool>(__builtin_cpu_supports("sse4.2")));
}

}  // namespace
}  // namespace duet
