// CPUID as the model shows it (SDM vol. 2A "CPUID", APM vol. 3 appendix E).
#include <bit>
#include <cstring>

#include "core/base/bits.h"
#include "core/cpu/cpu_model_table.h"
#include "core/cpu/registers.h"

namespace duet {

using cpu_model::FeatureInfo;
using cpu_model::featureTable;

namespace {

constexpr u32 kHypervisorFirst = 0x40000000, kKvmFeatures = 0x40000001, kHypervisorLast = 0x40000010;
constexpr u32 kExtendedFirst = 0x80000000, kExtendedLastIntel = 0x80000008, kExtendedLastAmd = 0x80000021;

u32 fourChars(std::string_view text, size_t offset) {
  char bytes[4] = {};
  if (offset < text.size())
    std::memcpy(bytes, text.data() + offset, std::min<size_t>(4, text.size() - offset));
  u32 value;
  std::memcpy(&value, bytes, 4);
  return value;
}

CpuidResult vendorResult(u32 eax, CpuVendor vendor) {
  const std::string_view name = vendor == CpuVendor::Amd ? "AuthenticAMD" : "GenuineIntel";
  return {eax, fourChars(name, 0), fourChars(name, 8), fourChars(name, 4)};
}

struct Cache {
  u32 type;  // 1 data, 2 instruction, 3 unified
  u32 level, bytes, ways;
  bool wholePackage;
};

constexpr u32 kLineBytes = 64;
constexpr Cache kCaches[] = {{1, 1, 32u << 10, 8, false},
                             {2, 1, 32u << 10, 8, false},
                             {3, 2, 1u << 20, 16, false},
                             {3, 3, 16u << 20, 16, true}};

struct XsaveComponent {
  unsigned bit;
  u32 offset, size;
};
constexpr XsaveComponent kXsaveComponents[] = {{2, kXsaveAvxOffset, 256}, {9, kXsavePkruOffset, 8}};
constexpr u32 kXsaveMinimum = kXsaveLegacySize + 64;

u32 standardSize(u64 components) {
  u32 size = kXsaveMinimum;
  for (const XsaveComponent& c : kXsaveComponents)
    if (testBit(components, c.bit)) size = std::max(size, c.offset + c.size);
  return size;
}

u32 compactedSize(u64 components) {
  u32 size = kXsaveMinimum;
  for (const XsaveComponent& c : kXsaveComponents)
    if (testBit(components, c.bit)) size += c.size;
  return size;
}

}  // namespace

u32 CpuModel::maxBasicLeaf() const {
  if (maxBasicLeaf_ < 7) return maxBasicLeaf_;
  u32 leaf = maxBasicLeaf_;
  if (has(Feature::Xsave)) leaf = std::max(leaf, 0xdu);
  if (tscFrequency != 0 && vendor_ == CpuVendor::Intel) leaf = std::max(leaf, 0x16u);
  return leaf;
}

// SDM vol. 4 table 2-2 IA32_MISC_ENABLE[22].
u32 CpuModel::lastBasicLeaf(const CpuState& state) const {
  const bool limited = vendor_ == CpuVendor::Intel && (state.msr.miscEnable & kMiscLimitCpuid);
  return limited ? std::min(maxBasicLeaf(), 2u) : maxBasicLeaf();
}

u32 CpuModel::featureBits(u32 leaf, u32 subleaf, unsigned reg) const {
  u32 bits = 0;
  for (const FeatureInfo& info : featureTable())
    if (info.leaf == leaf && info.subleaf == subleaf && static_cast<unsigned>(info.reg) == reg &&
        has(info.feature))
      bits |= 1u << info.bit;
  return bits;
}

CpuidResult CpuModel::versionLeaf(unsigned vcpuIndex, const CpuState& state) const {
  CpuidResult r{signature(), 0, featureBits(1, 0, 2), featureBits(1, 0, 3)};
  const unsigned logical = 1u << packageBits();
  r.ebx = ((apicId(vcpuIndex) & 0xff) << 24) | (std::min(logical, 255u) << 16);
  if (has(Feature::Clflush)) r.ebx |= (kLineBytes / 8) << 8;
  r.edx &= ~(1u << 28);
  if (topology_.cores * topology_.threads > 1) r.edx |= 1u << 28;  // HTT: EBX[23:16] is valid
  if (has(Feature::Xsave) && (state.cr4 & kCr4Osxsave)) r.ecx |= 1u << 27;
  if (vendor_ == CpuVendor::Intel && !(state.msr.miscEnable & kMiscMonitor)) r.ecx &= ~(1u << 3);
  return r;
}

CpuidResult CpuModel::cacheLeaf(u32 subleaf) const {
  if (subleaf >= std::size(kCaches)) return {};
  const Cache& c = kCaches[subleaf];
  const u32 sharing = c.wholePackage ? (1u << packageBits()) - 1 : (1u << threadBits()) - 1;
  const u32 cores = (1u << (packageBits() - threadBits())) - 1;
  CpuidResult r;
  r.eax = c.type | (c.level << 5) | (1u << 8) | (std::min(sharing, 0xfffu) << 14);
  if (vendor_ == CpuVendor::Intel) r.eax |= std::min(cores, 0x3fu) << 26;
  r.ebx = (kLineBytes - 1) | ((c.ways - 1) << 22);
  r.ecx = c.bytes / (c.ways * kLineBytes) - 1;
  r.edx = c.wholePackage ? 2 : 0;  // the last level includes the lower ones
  return r;
}

CpuidResult CpuModel::topologyLeaf(u32 subleaf, unsigned vcpuIndex) const {
  CpuidResult r{0, 0, subleaf & 0xff, apicId(vcpuIndex)};
  if (subleaf == 0) {
    r.eax = threadBits();
    r.ebx = topology_.threads;
    r.ecx |= 1u << 8;
  } else if (subleaf == 1) {
    r.eax = packageBits();
    r.ebx = topology_.threads * topology_.cores;
    r.ecx |= 2u << 8;
  }
  return r;
}

CpuidResult CpuModel::xsaveLeaf(u32 subleaf, const CpuState& state) const {
  if (!has(Feature::Xsave)) return {};
  const u64 supported = supportedXcr0();
  if (subleaf == 0)
    return {static_cast<u32>(supported), standardSize(state.xcr0), standardSize(supported),
            static_cast<u32>(supported >> 32)};
  if (subleaf == 1) {
    const bool compacts = has(Feature::Xsavec);
    return {featureBits(0xd, 1, 0), compacts ? compactedSize(state.xcr0 | state.msr.xss) : 0, 0, 0};
  }
  for (const XsaveComponent& c : kXsaveComponents)
    if (c.bit == subleaf && testBit(supported, c.bit)) return {c.size, c.offset, 0, 0};
  return {};
}

// TSC = crystal * EBX / EAX. The best fraction whose numerator times the crystal in kHz still fits 32 bits, as
// guests compute it that way.
CpuidResult CpuModel::crystalLeaf() const {
  if (tscFrequency == 0) return {};
  constexpr u64 kLimit = ~u32{0} / (kApicTimerHz / 1000);
  u64 p0 = 0, q0 = 1, p1 = 1, q1 = 0, n = tscFrequency, d = kApicTimerHz;
  while (d != 0) {
    const u64 whole = n / d;
    const u64 p2 = whole * p1 + p0, q2 = whole * q1 + q0;
    if (p2 > kLimit || q2 > kLimit) break;
    p0 = p1, q0 = q1, p1 = p2, q1 = q2;
    n -= whole * d;
    std::swap(n, d);
  }
  if (q1 == 0 || p1 == 0) return {};
  return {static_cast<u32>(q1), static_cast<u32>(p1), static_cast<u32>(kApicTimerHz), 0};
}

CpuidResult CpuModel::standardLeaf(u32 leaf, u32 subleaf, unsigned vcpuIndex, const CpuState& state) const {
  switch (leaf) {
    case 0:
      return vendorResult(lastBasicLeaf(state), vendor_);
    case 1:
      return versionLeaf(vcpuIndex, state);
    case 2:
      // Without leaf 4: 4 KB and 4 MB TLBs, 16 KB L1s, 256 KB L2; with it: "see leaf 4".
      if (vendor_ == CpuVendor::Amd) return {};
      return maxBasicLeaf() < 4 ? CpuidResult{0x03020101, 0, 0, 0x0c040842}
                                : CpuidResult{0x00feff01, 0, 0, 0xf0};
    case 4:
      return vendor_ == CpuVendor::Amd ? CpuidResult{} : cacheLeaf(subleaf);
    case 5:
      return has(Feature::Monitor) ? CpuidResult{kLineBytes, kLineBytes, 3, 0} : CpuidResult{};
    case 6:
      return {featureBits(6, 0, 0), 0, 0, 0};
    case 7: {
      const bool branchHistory = has(Feature::SpecCtrl) && vendor_ == CpuVendor::Intel;
      if (subleaf == 2 && branchHistory) return {0, 0, 0, 1u << 4};  // BHI_DIS_S in IA32_SPEC_CTRL
      if (subleaf != 0) return {};
      CpuidResult r{branchHistory ? 2u : 0u, featureBits(7, 0, 1), featureBits(7, 0, 2),
                    featureBits(7, 0, 3)};
      if (has(Feature::Pku) && (state.cr4 & kCr4Pke)) r.ecx |= 1u << 4;  // OSPKE
      return r;
    }
    case 0xb:
      return has(Feature::Apic) ? topologyLeaf(subleaf, vcpuIndex) : CpuidResult{};
    case 0xd:
      return xsaveLeaf(subleaf, state);
    case 0x15:
      return crystalLeaf();
    case 0x16: {
      const u32 mhz = static_cast<u32>(std::min<u64>(tscFrequency / 1'000'000, 0xffff));
      return mhz ? CpuidResult{mhz, mhz, 100, 0} : CpuidResult{};
    }
    case 0x1f:
      return has(Feature::Apic) ? topologyLeaf(subleaf, vcpuIndex) : CpuidResult{};
    default:
      return {};
  }
}

CpuidResult CpuModel::hypervisorLeafAt(u32 leaf) const {
  using namespace std::string_view_literals;
  const std::string_view signature = kvmSignature_ ? "KVMKVMKVM\0\0\0"sv : "DuetDuetDuet"sv;
  if (leaf == kHypervisorFirst)
    return {kHypervisorLast, fourChars(signature, 0), fourChars(signature, 4), fourChars(signature, 8)};
  if (leaf == kKvmFeatures) return {featureBits(leaf, 0, 0), 0, 0, featureBits(leaf, 0, 3)};
  if (leaf == kHypervisorLast && tscFrequency != 0)
    return {static_cast<u32>(tscFrequency / 1000), static_cast<u32>(kApicTimerHz / 1000), 0, 0};
  return {};
}

CpuidResult CpuModel::brandLeaf(u32 leaf) const {
  const size_t offset = (leaf - 0x80000002) * 16;
  return {fourChars(brand_, offset), fourChars(brand_, offset + 4), fourChars(brand_, offset + 8),
          fourChars(brand_, offset + 12)};
}

CpuidResult CpuModel::extendedLeaf(u32 leaf, u32 subleaf, unsigned vcpuIndex) const {
  const bool amd = vendor_ == CpuVendor::Amd;
  const unsigned logical = topology_.cores * topology_.threads;
  switch (leaf) {
    case 0x80000000: {
      CpuidResult r = vendorResult(amd ? kExtendedLastAmd : kExtendedLastIntel, vendor_);
      if (!amd) r.ebx = r.ecx = r.edx = 0;
      return r;
    }
    case 0x80000001: {
      CpuidResult r{amd ? signature() : 0, 0, featureBits(leaf, 0, 2), featureBits(leaf, 0, 3)};
      if (amd) {
        r.edx |= featureBits(1, 0, 3) & 0x0183f3ff;  // the bits AMD shows in both leaves
        if (logical > 1) r.ecx |= 1u << 1;           // CmpLegacy
        if (family_ >= 0x17) r.ecx |= 1u << 22;      // TopologyExtensions: leaves 8000001Dh, 8000001Eh
      }
      return r;
    }
    case 0x80000002:
    case 0x80000003:
    case 0x80000004:
      return brandLeaf(leaf);
    case 0x80000005:
      return amd ? CpuidResult{0x01ff01ff, 0x01ff01ff, 0x20080140, 0x20080140} : CpuidResult{};
    case 0x80000006:  // L2: 1 MB; AMD also L3: 16 MB in units of 512 KB
      return amd ? CpuidResult{0, 0x42004200, 0x04008140, (32u << 18) | (8u << 12) | 0x140}
                 : CpuidResult{0, 0, 0x04008040, 0};
    case 0x80000007:
      return {0, 0, 0, featureBits(leaf, 0, 3)};
    case 0x80000008: {
      const u32 linear = has(Feature::Lm) ? linearBits() : 32;
      CpuidResult r{physicalBits_ | (linear << 8), featureBits(leaf, 0, 1), 0, 0};
      if (amd && logical > 1) r.ecx = (logical - 1) | (packageBits() << 12);
      if (amd && has(Feature::ArchCapabilities)) r.ebx |= 1u << 29;  // no branch type confusion
      return r;
    }
    case 0x8000001d:
      return amd && family_ >= 0x17 ? cacheLeaf(subleaf) : CpuidResult{};
    case 0x8000001e: {
      if (!amd || family_ < 0x17) return {};
      const u32 id = apicId(vcpuIndex);
      const u32 core = (id & static_cast<u32>(lowMask(packageBits()))) >> threadBits();
      return {id, (core & 0xff) | ((topology_.threads - 1) << 8), id >> packageBits(), 0};
    }
    case 0x80000021: {
      if (!amd || family_ < 0x17) return {};
      // LFENCE serializes, a null selector clears the base; and no speculative return stack overflow.
      return {(1u << 2) | (1u << 6) | (has(Feature::ArchCapabilities) ? 1u << 29 : 0), 0, 0, 0};
    }
    default:
      return {};
  }
}

CpuidResult CpuModel::cpuid(u32 leaf, u32 subleaf, unsigned vcpuIndex, const CpuState& state) const {
  const bool extendedLeaves = has(Feature::Syscall) || has(Feature::Lm) || !brand_.empty();
  const u32 lastExtended = vendor_ == CpuVendor::Amd ? kExtendedLastAmd : kExtendedLastIntel;
  if (extendedLeaves && leaf >= kExtendedFirst && leaf <= lastExtended) {
    CpuidResult r = extendedLeaf(leaf, subleaf, vcpuIndex);
    const bool noExecute = vendor_ != CpuVendor::Intel || !(state.msr.miscEnable & kMiscXdDisable);
    if (leaf == 0x80000001 && !noExecute) r.edx &= ~(1u << 20);
    return r;
  }
  const bool hypervisor = hypervisorLeaf && has(Feature::Hypervisor);
  if (hypervisor && leaf >= kHypervisorFirst && leaf <= kHypervisorLast) return hypervisorLeafAt(leaf);
  const u32 last = lastBasicLeaf(state);
  if (leaf <= last) return standardLeaf(leaf, subleaf, vcpuIndex, state);
  // Beyond the last leaf Intel repeats the highest basic one; AMD answers zeros.
  if (vendor_ == CpuVendor::Amd) return {};
  return standardLeaf(last, subleaf, vcpuIndex, state);
}

}  // namespace duet
