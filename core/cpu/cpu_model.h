// The one feature model: what CPUID and the feature-dependent registers show on every engine.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/cpu/cpu_state.h"
#include "core/cpu/feature.h"

namespace duet {

struct CpuidResult {
  u32 eax = 0, ebx = 0, ecx = 0, edx = 0;
  bool operator==(const CpuidResult&) const = default;
};

enum class CpuVendor : u8 { Intel, Amd };

// Input clock of the local APIC timer on every engine; leaf 15h shows it as the core crystal, which is
// where Linux expects the timer's frequency.
inline constexpr u64 kApicTimerHz = 1'000'000'000;

// -smp: sockets x cores x threads, as CPUID 1/4/0Bh/8000001Eh show them.
struct CpuTopology {
  unsigned sockets = 1, cores = 1, threads = 1;
  unsigned count() const { return sockets * cores * threads; }
};

class CpuModel {
 public:
  // `option`: the -cpu word, "max", "host", "NAME" and ",feature=on|off", ",+feature", ",-feature".
  // `offered`: what the chosen engine can run on this host; asking for more is an error that names the
  // feature; names in a base model that are not offered are dropped with one warning.
  static Result<CpuModel> parse(std::string_view option, const FeatureSet& offered);
  static std::string help();  // `-cpu help`

  const std::string& name() const { return name_; }
  CpuVendor vendor() const { return vendor_; }
  const FeatureSet& features() const { return features_; }
  bool has(Feature f) const { return features_.has(f); }
  u32 family() const { return family_; }
  u32 modelNumber() const { return model_; }
  unsigned physicalBits() const { return physicalBits_; }
  unsigned linearBits() const { return has(Feature::La57) ? 57 : 48; }
  u64 supportedXcr0() const;  // x87, SSE, AVX, PKRU as the features say
  // Bits of CR4 (EFER) that may be 1.
  u64 cr4Mask() const;
  u64 eferMask() const;

  // CPUID.1:EAX, which RESET# also leaves in EDX.
  u32 signature() const;
  // Local APIC id of a vCPU: thread, core and socket numbers in fields of whole bits (leaf 0Bh says how wide).
  u32 apicId(unsigned vcpuIndex) const;

  void setTopology(const CpuTopology& topology) { topology_ = topology; }
  const CpuTopology& topology() const { return topology_; }
  u64 tscFrequency = 0;                                // Hz, for leaf 15h/16h; 0: leaves absent
  bool hypervisorLeaf = true;                          // 40000000h
  bool kvmSignature() const { return kvmSignature_; }  // the leaf says KVM, and 40000001h is there

  // `state` supplies what changes at run time (CR4.OSXSAVE, CR4.PKE, XCR0, IA32_MISC_ENABLE).
  CpuidResult cpuid(u32 leaf, u32 subleaf, unsigned vcpuIndex, const CpuState& state) const;

 private:
  struct Parser;
  unsigned threadBits() const;   // width of the thread field of an APIC id
  unsigned packageBits() const;  // width of the thread and core fields
  u32 maxBasicLeaf() const;
  u32 lastBasicLeaf(const CpuState& state) const;  // the same, or what IA32_MISC_ENABLE limits it to
  u32 featureBits(u32 leaf, u32 subleaf, unsigned reg) const;  // reg: 0 EAX .. 3 EDX
  CpuidResult standardLeaf(u32 leaf, u32 subleaf, unsigned vcpuIndex, const CpuState& state) const;
  CpuidResult extendedLeaf(u32 leaf, u32 subleaf, unsigned vcpuIndex) const;
  CpuidResult versionLeaf(unsigned vcpuIndex, const CpuState& state) const;
  CpuidResult cacheLeaf(u32 subleaf) const;
  CpuidResult topologyLeaf(u32 subleaf, unsigned vcpuIndex) const;
  CpuidResult xsaveLeaf(u32 subleaf, const CpuState& state) const;
  CpuidResult crystalLeaf() const;
  CpuidResult hypervisorLeafAt(u32 leaf) const;
  CpuidResult brandLeaf(u32 leaf) const;

  std::string name_;
  CpuVendor vendor_ = CpuVendor::Intel;
  std::string brand_;
  u32 family_ = 6, model_ = 0, stepping_ = 0, maxBasicLeaf_ = 0xd;
  unsigned physicalBits_ = 40;
  FeatureSet features_;
  bool kvmSignature_ = true;
  CpuTopology topology_;
};

// What the host's own CPUID shows (for `offered`).
FeatureSet hostFeatures();

}  // namespace duet
