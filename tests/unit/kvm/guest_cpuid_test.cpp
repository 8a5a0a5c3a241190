// CPUID both ways: what a KVM offers, and the table it is given.
#include <gtest/gtest.h>

#include <algorithm>

#include "cpu-kvm/caps/guest_cpuid.h"

namespace duet::kvm {
namespace {

kvm_cpuid_entry2 entry(u32 leaf, u32 subleaf, u32 a, u32 b, u32 c, u32 d, bool indexed = false) {
  kvm_cpuid_entry2 e{};
  e.function = leaf;
  e.index = subleaf;
  e.flags = indexed ? KVM_CPUID_FLAG_SIGNIFCANT_INDEX : 0;
  e.eax = a;
  e.ebx = b;
  e.ecx = c;
  e.edx = d;
  return e;
}

TEST(GuestCpuid, OffersWhatTheKernelNames) {
  const kvm_cpuid_entry2 table[] = {entry(1, 0, 0, 0, 1u << 28 | 1u << 21 | 1u << 3, 1u << 25),
                                    entry(7, 0, 0, 1u << 5, 0, 0, true), entry(7, 1, 0, 1u << 8, 0, 0, true)};
  const FeatureSet set = offeredFeatures(table, {});
  EXPECT_TRUE(set.has(Feature::Avx));
  EXPECT_TRUE(set.has(Feature::Sse));
  EXPECT_TRUE(set.has(Feature::Avx2));
  EXPECT_FALSE(set.has(Feature::Bmi2)) << "subleaf 1 is another one";
  EXPECT_FALSE(set.has(Feature::Monitor)) << "MWAIT would be a #UD";
  EXPECT_TRUE(set.has(Feature::Apic));
}

// Without the kernel's APIC, these two are the machine's to provide.
TEST(GuestCpuid, X2apicOnlyWhenMsrsReachUs) {
  const kvm_cpuid_entry2 table[] = {entry(1, 0, 0, 0, 1u << 21 | 1u << 24, 0)};
  EXPECT_FALSE(offeredFeatures(table, {}).has(Feature::X2apic));
  EXPECT_FALSE(offeredFeatures(table, {}).has(Feature::TscDeadline));
  EXPECT_TRUE(offeredFeatures(table, {.apicMsrs = true}).has(Feature::X2apic));
  EXPECT_TRUE(offeredFeatures(table, {.apicMsrs = true}).has(Feature::TscDeadline));
}

TEST(GuestCpuid, NoXsaveWhereTheKernelDoesNotSeeXcr0) {
  const kvm_cpuid_entry2 table[] = {entry(
      1, 0, 0, 0, 1u << 28 | 1u << 26 | 1u << 20 | 1u << 19 | 1u << 9 | 1u, 1u << 26 | 1u << 25 | 1u << 24)};
  EXPECT_TRUE(offeredFeatures(table, {}).has(Feature::Xsave));
  const FeatureSet without = offeredFeatures(table, {.xcr0Seen = false});
  EXPECT_FALSE(without.has(Feature::Xsave));
  const auto model = CpuModel::parse("max", without);
  ASSERT_TRUE(model);
  EXPECT_FALSE(model->has(Feature::Avx)) << "it needs XSAVE";
}

// KVM shows the same bits for every machine; some it keeps only where local APICs and HLT are its own.
TEST(GuestCpuid, ParavirtualFeaturesByTheirNeeds) {
  using enum Feature;
  const kvm_cpuid_entry2 table[] = {entry(0x40000001, 0, 0x01007efb, 0, 0, 0)};  // as Linux 6.1 answers
  const FeatureSet without = offeredFeatures(table, {}), with = offeredFeatures(table, {.kernelApics = true});
  for (const Feature f :
       {KvmclockOld, KvmNopIoDelay, Kvmclock, KvmStealTime, KvmPvTlbFlush, KvmclockStable}) {
    EXPECT_TRUE(without.has(f)) << static_cast<int>(f);
    EXPECT_TRUE(with.has(f)) << static_cast<int>(f);
  }
  for (const Feature f :
       {KvmAsyncPf, KvmAsyncPfInt, KvmPvEoi, KvmPvUnhalt, KvmPvIpi, KvmPollControl, KvmPvSchedYield}) {
    EXPECT_FALSE(without.has(f)) << static_cast<int>(f);
    EXPECT_TRUE(with.has(f)) << static_cast<int>(f);
  }
  EXPECT_FALSE(offeredFeatures({}, {.kernelApics = true}).has(Kvmclock)) << "the kernel does not name it";
}

const kvm_cpuid_entry2* find(const std::vector<kvm_cpuid_entry2>& table, u32 leaf, u32 subleaf) {
  const auto it =
      std::ranges::find_if(table, [&](const auto& e) { return e.function == leaf && e.index == subleaf; });
  return it == table.end() ? nullptr : &*it;
}

TEST(GuestCpuid, GivesTheModelsLeaves) {
  auto model = CpuModel::parse("max", FeatureSet::all());
  ASSERT_TRUE(model) << model.error().message;
  model->setTopology({1, 2, 1});
  const XsaveLayout layout{.avx = 576, .pkru = 832, .size = 4096};
  const auto table = guestCpuid(*model, 1, layout);
  const CpuState reset = resetState(false);
  for (const u32 leaf : {0u, 1u, 7u, 0x80000001u, 0x80000008u}) {
    const auto* e = find(table, leaf, 0);
    ASSERT_NE(e, nullptr) << std::hex << leaf;
    EXPECT_EQ((CpuidResult{e->eax, e->ebx, e->ecx, e->edx}), model->cpuid(leaf, 0, 1, reset))
        << std::hex << leaf;
  }
  ASSERT_NE(find(table, 0xd, 9), nullptr);
  EXPECT_EQ(find(table, 0xd, 9)->ebx, 832u) << "the host's XSAVE runs, so its places count";
  EXPECT_EQ(find(table, 0xb, 0)->flags, static_cast<u32>(KVM_CPUID_FLAG_SIGNIFCANT_INDEX));
  EXPECT_LE(table.size(), 100u);
}

}  // namespace
}  // namespace duet::kvm
