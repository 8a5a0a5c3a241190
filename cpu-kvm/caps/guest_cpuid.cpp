#include "cpu-kvm/caps/guest_cpuid.h"

#include <algorithm>

#include "core/cpu/feature_bits.h"

namespace duet::kvm {
namespace {

constexpr u32 kAvxComponent = 2, kPkruComponent = 9;
constexpr u32 kXsaveLeaf = 0xd;
constexpr u32 kMaxSubleaf = 63;

// What the machine provides, whatever KVM's list says.
constexpr Feature kOurs[] = {Feature::Apic, Feature::Hypervisor, Feature::Arat,
                             Feature::Ht,   Feature::Mtrr,       Feature::KvmHintDedicated};
constexpr Feature kByApicMsrs[] = {Feature::X2apic, Feature::TscDeadline};
// What KVM shows for every machine and does only with local APICs of its own.
constexpr Feature kByKernelApics[] = {
    Feature::KvmAsyncPf, Feature::KvmAsyncPfInt,  Feature::KvmPvEoi,       Feature::KvmPvUnhalt,
    Feature::KvmPvIpi,   Feature::KvmPollControl, Feature::KvmPvSchedYield};

const kvm_cpuid_entry2* find(std::span<const kvm_cpuid_entry2> entries, u32 leaf, u32 subleaf) {
  const auto it = std::ranges::find_if(entries, [&](const kvm_cpuid_entry2& e) {
    const bool indexed = e.flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX;
    return e.function == leaf && (!indexed || e.index == subleaf);
  });
  return it == entries.end() ? nullptr : &*it;
}

bool hasSubleaves(u32 leaf) {
  constexpr u32 kIndexed[] = {4, 7, 0xb, kXsaveLeaf, 0x1f, 0x8000001d};
  return std::ranges::find(kIndexed, leaf) != std::end(kIndexed);
}

kvm_cpuid_entry2 entryOf(u32 leaf, u32 subleaf, const CpuidResult& r) {
  kvm_cpuid_entry2 e{};
  e.function = leaf;
  e.index = subleaf;
  e.flags = hasSubleaves(leaf) ? KVM_CPUID_FLAG_SIGNIFCANT_INDEX : 0;
  e.eax = r.eax;
  e.ebx = r.ebx;
  e.ecx = r.ecx;
  e.edx = r.edx;
  return e;
}

// The host's own instruction saves the area, so its places are what the guest must see.
void placeComponent(kvm_cpuid_entry2& e, const XsaveLayout& layout) {
  if (e.function != kXsaveLeaf || e.eax == 0) return;
  if (e.index == kAvxComponent) e.ebx = layout.avx;
  if (e.index == kPkruComponent) e.ebx = layout.pkru;
}

// Up to the first subleaf of zeros; of leaf 0Dh all, as its components have gaps.
void addLeaf(const CpuModel& model, unsigned vcpu, u32 leaf, const XsaveLayout& layout,
             std::vector<kvm_cpuid_entry2>& out) {
  const CpuState reset = resetState(vcpu == 0);
  const u32 last = hasSubleaves(leaf) ? kMaxSubleaf : 0;
  for (u32 subleaf = 0; subleaf <= last; ++subleaf) {
    const CpuidResult r = model.cpuid(leaf, subleaf, vcpu, reset);
    const bool empty = r.eax == 0 && r.ebx == 0 && (leaf != 7 || (r.ecx | r.edx) == 0);
    if (subleaf > 1 && empty && leaf == kXsaveLeaf) continue;
    out.push_back(entryOf(leaf, subleaf, r));
    placeComponent(out.back(), layout);
    if (empty && leaf != kXsaveLeaf) return;
  }
}

}  // namespace

FeatureSet offeredFeatures(std::span<const kvm_cpuid_entry2> supported, const OfferFacts& facts) {
  FeatureSet set = featuresShown([&](u32 leaf, u32 subleaf) {
    const kvm_cpuid_entry2* e = find(supported, leaf, subleaf);
    return e ? CpuidResult{e->eax, e->ebx, e->ecx, e->edx} : CpuidResult{};
  });
  set.remove(Feature::X2apic).remove(Feature::TscDeadline).remove(Feature::Monitor);
  for (const Feature f : kOurs) set.add(f);
  if (facts.apicMsrs)
    for (const Feature f : kByApicMsrs) set.add(f);
  if (!facts.xcr0Seen) set.remove(Feature::Xsave);  // and with it what needs it (core/cpu, dependencies())
  if (!facts.kernelApics)
    for (const Feature f : kByKernelApics) set.remove(f);
  return set;
}

XsaveLayout hostXsaveLayout(std::span<const kvm_cpuid_entry2> supported) {
  XsaveLayout layout;
  if (const auto* avx = find(supported, kXsaveLeaf, kAvxComponent); avx && avx->eax) layout.avx = avx->ebx;
  if (const auto* pkru = find(supported, kXsaveLeaf, kPkruComponent); pkru && pkru->eax)
    layout.pkru = pkru->ebx;
  return layout;
}

std::vector<kvm_cpuid_entry2> guestCpuid(const CpuModel& model, unsigned vcpu, const XsaveLayout& layout) {
  std::vector<kvm_cpuid_entry2> entries;
  const CpuState reset = resetState(vcpu == 0);
  for (const u32 first : {0u, 0x40000000u, 0x80000000u}) {
    const u32 last = model.cpuid(first, 0, vcpu, reset).eax;
    if (last < first || last - first > 0xff) continue;
    for (u32 leaf = first; leaf <= last; ++leaf) addLeaf(model, vcpu, leaf, layout, entries);
  }
  return entries;
}

}  // namespace duet::kvm
