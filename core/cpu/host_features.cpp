#include <cpuid.h>

#include "core/cpu/cpu_model_table.h"
#include "core/cpu/feature_bits.h"

namespace duet {

FeatureSet featuresShown(const std::function<CpuidResult(u32 leaf, u32 subleaf)>& cpuid) {
  FeatureSet set;
  for (const cpu_model::FeatureInfo& info : cpu_model::featureTable()) {
    const CpuidResult r = cpuid(info.leaf, info.subleaf);
    const u32 regs[] = {r.eax, r.ebx, r.ecx, r.edx};
    if (regs[static_cast<unsigned>(info.reg)] >> info.bit & 1) set.add(info.feature);
  }
  return set;
}

// Hypervisors answer CPUID, in microseconds; it is asked twice for each feature.
FeatureSet hostFeatures() {
  static const FeatureSet features = featuresShown([](u32 leaf, u32 subleaf) {
    CpuidResult r;
    if (leaf <= __get_cpuid_max(leaf & 0x80000000u, nullptr))
      __cpuid_count(leaf, subleaf, r.eax, r.ebx, r.ecx, r.edx);
    return r;
  });
  return features;
}

namespace cpu_model {

HostIdentity hostIdentity() {
  HostIdentity id;
  u32 a = 0, b = 0, c = 0, d = 0;
  __cpuid(0, a, b, c, d);
  id.vendor = b == signature_AMD_ebx || b == 0x6f677948 /* "Hygo" */ ? CpuVendor::Amd : CpuVendor::Intel;
  __cpuid(1, a, b, c, d);
  id.stepping = a & 15;
  id.family = (a >> 8) & 15;
  id.model = (a >> 4) & 15;
  if (id.family == 15) id.family += (a >> 20) & 0xff;
  if (id.family >= 6) id.model |= ((a >> 16) & 15) << 4;
  if (__get_cpuid(0x80000008, &a, &b, &c, &d)) id.physicalBits = a & 0xff;
  if (__get_cpuid_max(0x80000000, nullptr) < 0x80000004) return id;
  for (u32 leaf = 0x80000002; leaf <= 0x80000004; ++leaf) {
    __cpuid(leaf, a, b, c, d);
    for (const u32 word : {a, b, c, d})
      for (unsigned shift = 0; shift < 32; shift += 8)
        if (const char ch = static_cast<char>(word >> shift); ch != 0) id.brand += ch;
  }
  return id;
}

}  // namespace cpu_model
}  // namespace duet
