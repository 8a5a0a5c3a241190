// CPUID leaves against SDM vol. 2A "CPUID" and APM vol. 3 appendix E.
#include <gtest/gtest.h>

#include <cstring>

#include "core/cpu/cpu_model.h"
#include "core/cpu/registers.h"

namespace duet {
namespace {

CpuModel make(std::string_view option) { return CpuModel::parse(option, FeatureSet::all()).value(); }

std::string text(std::initializer_list<u32> words) {
  std::string s;
  for (const u32 w : words) {
    char bytes[4];
    std::memcpy(bytes, &w, 4);
    s.append(bytes, 4);
  }
  return s;
}

class Cpuid : public ::testing::Test {
 protected:
  CpuidResult leaf(const CpuModel& m, u32 n, u32 sub = 0, unsigned vcpu = 0) {
    return m.cpuid(n, sub, vcpu, state_);
  }
  CpuState state_ = resetState(true);
};

TEST_F(Cpuid, VendorAndSignature) {
  CpuidResult r = leaf(make("Haswell"), 0);
  EXPECT_EQ(text({r.ebx, r.edx, r.ecx}), "GenuineIntel");
  r = leaf(make("EPYC"), 0);
  EXPECT_EQ(text({r.ebx, r.edx, r.ecx}), "AuthenticAMD");
  EXPECT_EQ(leaf(make("Haswell"), 1).eax, 0x306c4u);
  EXPECT_EQ(leaf(make("EPYC"), 1).eax, 0x800f12u);
  EXPECT_EQ(leaf(make("486"), 1).eax, 0x480u);
  EXPECT_EQ(leaf(make("486"), 0).eax, 1u);
}

TEST_F(Cpuid, RunTimeBits) {
  const CpuModel m = make("max,vendor=GenuineIntel");
  EXPECT_FALSE(leaf(m, 1).ecx & (1u << 27));
  EXPECT_FALSE(leaf(m, 7).ecx & (1u << 4));
  state_.cr4 = kCr4Osxsave | kCr4Pke;
  EXPECT_TRUE(leaf(m, 1).ecx & (1u << 27));
  EXPECT_TRUE(leaf(m, 7).ecx & (1u << 4));
}

TEST_F(Cpuid, XsaveLayout) {
  const CpuModel m = make("max,vendor=GenuineIntel");
  state_.xcr0 = 1;
  CpuidResult r = leaf(m, 0xd, 0);
  EXPECT_EQ(r.eax, 0x207u);
  EXPECT_EQ(r.ebx, 576u);
  EXPECT_EQ(r.ecx, 2696u);
  state_.xcr0 = 7;
  EXPECT_EQ(leaf(m, 0xd, 0).ebx, 832u);
  state_.xcr0 = 0x207;
  EXPECT_EQ(leaf(m, 0xd, 0).ebx, 2696u);
  EXPECT_EQ(leaf(m, 0xd, 1).ebx, 840u);
  EXPECT_EQ(leaf(m, 0xd, 1).eax, 0xfu);
  EXPECT_EQ(leaf(m, 0xd, 2), (CpuidResult{256, 576, 0, 0}));
  EXPECT_EQ(leaf(m, 0xd, 9), (CpuidResult{8, 2688, 0, 0}));
  EXPECT_EQ(leaf(m, 0xd, 3), CpuidResult{});
  EXPECT_EQ(leaf(make("Haswell"), 0xd, 9), CpuidResult{});
}

TEST_F(Cpuid, Topology) {
  CpuModel m = make("Icelake-Server");
  m.setTopology({2, 3, 2});
  EXPECT_EQ(m.apicId(0), 0u);
  EXPECT_EQ(m.apicId(1), 1u);
  EXPECT_EQ(m.apicId(5), 5u);
  EXPECT_EQ(m.apicId(6), 8u) << "three cores take two bits";
  for (const u32 n : {0xbu, 0x1fu}) {
    EXPECT_EQ(leaf(m, n, 0, 7), (CpuidResult{1, 2, 0x100, 9}));
    EXPECT_EQ(leaf(m, n, 1, 7), (CpuidResult{3, 6, 0x201, 9}));
    EXPECT_EQ(leaf(m, n, 2, 7), (CpuidResult{0, 0, 2, 9}));
  }
  const CpuidResult r = leaf(m, 1, 0, 7);
  EXPECT_EQ(r.ebx >> 24, 9u);
  EXPECT_EQ(r.ebx >> 16 & 0xff, 8u);
  EXPECT_TRUE(r.edx & (1u << 28));
  EXPECT_EQ(leaf(m, 4, 0).eax >> 26, 3u);
  EXPECT_EQ(leaf(m, 4, 3).eax >> 14 & 0xfff, 7u);
  EXPECT_EQ(leaf(m, 4, 4).eax, 0u);
  m.setTopology({});
  EXPECT_FALSE(leaf(m, 1).edx & (1u << 28));
}

TEST_F(Cpuid, CacheSizesAgree) {
  const CpuModel m = make("Haswell");
  const u32 expected[] = {32u << 10, 32u << 10, 1u << 20, 16u << 20};
  for (u32 i = 0; i < 4; ++i) {
    const CpuidResult r = leaf(m, 4, i);
    const u32 ways = (r.ebx >> 22) + 1, line = (r.ebx & 0xfff) + 1, partitions = (r.ebx >> 12 & 0x3ff) + 1;
    EXPECT_EQ(ways * line * partitions * (r.ecx + 1), expected[i]);
  }
}

TEST_F(Cpuid, BrandStringAndAddressSizes) {
  const CpuModel m = make("Haswell,model-id=Hello");
  std::string brand;
  for (u32 n = 0x80000002; n <= 0x80000004; ++n) {
    const CpuidResult r = leaf(m, n);
    brand += text({r.eax, r.ebx, r.ecx, r.edx});
  }
  EXPECT_EQ(brand.size(), 48u);
  EXPECT_STREQ(brand.c_str(), "Hello");
  EXPECT_EQ(leaf(m, 0x80000008).eax, 40u | 48u << 8);
  EXPECT_EQ(leaf(make("Icelake-Server"), 0x80000008).eax, 40u | 57u << 8);
}

TEST_F(Cpuid, ExtendedFeaturesByVendor) {
  const CpuModel intel = make("Haswell"), amd = make("EPYC");
  EXPECT_FALSE(leaf(intel, 0x80000001).edx & 1);
  EXPECT_TRUE(leaf(amd, 0x80000001).edx & 1);  // the bits of leaf 1 again
  EXPECT_TRUE(leaf(intel, 0x80000001).edx & (1u << 29));
  EXPECT_EQ(leaf(intel, 0x80000000).eax, 0x80000008u);
  EXPECT_EQ(leaf(amd, 0x80000000).eax, 0x80000021u);
}

TEST_F(Cpuid, BeyondTheLastLeaf) {
  const CpuModel intel = make("Haswell"), amd = make("EPYC");
  EXPECT_EQ(leaf(intel, 0x77777777, 2), leaf(intel, leaf(intel, 0).eax, 2));
  EXPECT_EQ(leaf(amd, 0x77777777), CpuidResult{});
}

TEST_F(Cpuid, HypervisorLeaves) {
  const CpuModel m = make("max");
  const CpuidResult r = leaf(m, 0x40000000);
  EXPECT_EQ(r.eax, 0x40000010u);
  EXPECT_EQ(text({r.ebx, r.ecx, r.edx}), std::string("KVMKVMKVM\0\0\0", 12));
  EXPECT_TRUE(leaf(m, 1).ecx & (1u << 31));
  const CpuidResult own = leaf(make("max,kvm=off"), 0x40000000);
  EXPECT_EQ(text({own.ebx, own.ecx, own.edx}), "DuetDuetDuet");
  const CpuModel bare = make("Haswell,-hypervisor");
  EXPECT_FALSE(leaf(bare, 1).ecx & (1u << 31));
  EXPECT_NE(leaf(bare, 0x40000000).eax, 0x40000010u);
}

// Linux Documentation/virt/kvm/x86/cpuid.rst: the bits of leaf 40000001h.
TEST_F(Cpuid, KvmFeatures) {
  constexpr u32 kMostBits = 1u << 0 | 1u << 1 | 1u << 3 | 1u << 4 | 1u << 5 | 1u << 6 | 1u << 7 | 1u << 9 |
                            1u << 11 | 1u << 12 | 1u << 13 | 1u << 14 | 1u << 24;
  for (const char* model : {"max", "Haswell", "EPYC", "qemu64"})
    EXPECT_EQ(leaf(make(model), 0x40000001), (CpuidResult{kMostBits, 0, 0, 0})) << model;
  EXPECT_EQ(leaf(make("max,+kvm-hint-dedicated"), 0x40000001).edx, 1u);
  EXPECT_EQ(leaf(make("max,kvmclock=off"), 0x40000001).eax, kMostBits & ~(1u << 0 | 1u << 3 | 1u << 24));
  EXPECT_EQ(leaf(make("max,-kvm-steal-time"), 0x40000001).eax, kMostBits & ~(1u << 5 | 1u << 9));
  EXPECT_EQ(leaf(make("max,kvm_pv_eoi=off"), 0x40000001).eax, kMostBits & ~(1u << 6));
  EXPECT_EQ(leaf(make("max,kvm=off"), 0x40000001), CpuidResult{});
  const CpuModel bare = make("max,-hypervisor");
  EXPECT_FALSE(bare.has(Feature::Kvmclock));
  // A processor without MSRs, TSC and APIC keeps what needs none of them.
  EXPECT_EQ(leaf(make("486"), 0x40000001).eax, 1u << 1);
}

// What a guest computes from leaf 15h, in 32 bits as Linux does, comes within 2 ppm of the truth.
TEST_F(Cpuid, CrystalLeafGivesTheTscFrequency) {
  CpuModel m = make("max,vendor=GenuineIntel");
  if (leaf(m, 0).eax >= 0x15) {
    EXPECT_EQ(leaf(m, 0x15), CpuidResult{});
  }
  for (const u64 hz :
       {800'000'000ull, 1'996'213'000ull, 2'000'000'000ull, 2'494'749'123ull, 3'999'999'937ull}) {
    m.tscFrequency = hz;
    const CpuidResult r = leaf(m, 0x15);
    ASSERT_NE(r.eax, 0u);
    EXPECT_EQ(r.ecx, kApicTimerHz);
    const u32 khz = r.ecx / 1000 * r.ebx / r.eax;
    const double error = static_cast<double>(khz) * 1000 / static_cast<double>(hz) - 1;
    EXPECT_LT(std::abs(error), 2e-6) << hz;
  }
}

TEST_F(Cpuid, NeverWhatCannotRun) {
  const CpuModel m = make("max");
  EXPECT_EQ(leaf(m, 1).ecx & (1u << 5), 0u);                                        // VMX
  EXPECT_EQ(leaf(m, 7).ebx & (1u << 16 | 1u << 4 | 1u << 11 | 1u << 14 | 4u), 0u);  // AVX512F, TSX, MPX, SGX
  EXPECT_EQ(leaf(m, 0x80000001).ecx & 4, 0u);                                       // SVM
  EXPECT_EQ(leaf(m, 0xd, 0).eax & ~0x207u, 0u);
}

}  // namespace
}  // namespace duet
