#include "core/cpu/cpu_model_table.h"

#include <array>
#include <string>
#include <utility>

#include "core/base/assert.h"

namespace duet::cpu_model {

namespace {

#define DUET_FEATURE_INFO(id, name, leaf, subleaf, reg, bit) \
  FeatureInfo{Feature::id, name, leaf, subleaf, Register::reg, bit},
constexpr FeatureInfo kFeatures[] = {DUET_FEATURES(DUET_FEATURE_INFO)};
#undef DUET_FEATURE_INFO

// Other names of the same thing, in canonical spelling.
constexpr std::pair<std::string_view, std::string_view> kAliases[] = {{"pni", "sse3"},
                                                                      {"lzcnt", "abm"},
                                                                      {"sha", "sha_ni"},
                                                                      {"xd", "nx"},
                                                                      {"i64", "lm"},
                                                                      {"ffxsr", "fxsr_opt"},
                                                                      {"sse41", "sse4_1"},
                                                                      {"sse42", "sse4_2"},
                                                                      {"pclmuldq", "pclmulqdq"},
                                                                      {"fsgs_base", "fsgsbase"}};

constexpr std::string_view kNeverOffered[] = {"vmx",
                                              "svm",
                                              "smx",
                                              "sgx",
                                              "mpx",
                                              "hle",
                                              "rtm",
                                              "cet_ss",
                                              "cet_ibt",
                                              "shstk",
                                              "ibt",
                                              "xop",
                                              "fma4",
                                              "tbm",
                                              "lwp",
                                              "ds",
                                              "dtes64",
                                              "ds_cpl",
                                              "pdcm",
                                              "perfctr_core",
                                              "intel_pt",
                                              "acpi",
                                              "tm",
                                              "tm2",
                                              "pbe",
                                              "est",
                                              "xtpr",
                                              "dca",
                                              "osvw",
                                              "npt",
                                              "nrip_save",
                                              "3dnow",
                                              "3dnowext",
                                              "amx_tile",
                                              "amx_int8",
                                              "amx_bf16",
                                              "ssbd",
                                              "stibp",
                                              "md_clear",
                                              "ibpb",
                                              "virt_ssbd",
                                              "amd_ssbd",
                                              "movdiri",
                                              "movdir64b",
                                              "avx_vnni",
                                              "cldemote",
                                              "waitpkg",
                                              "fred",
                                              "lam",
                                              "kvm_mmu",
                                              "kvm_asyncpf_vmexit",
                                              "kvm_msi_ext_dest_id"};

constexpr Dependency kDependencies[] = {{Feature::Pse36, Feature::Pse},
                                        {Feature::Pge, Feature::Pse},
                                        {Feature::Lm, Feature::Pae},
                                        {Feature::Lm, Feature::Msr},
                                        {Feature::Lm, Feature::Cmov},
                                        {Feature::Lm, Feature::Fxsr},
                                        {Feature::Lm, Feature::Sse2},
                                        {Feature::Lm, Feature::Syscall},
                                        {Feature::Nx, Feature::Pae},
                                        {Feature::Nx, Feature::Msr},
                                        {Feature::Syscall, Feature::Msr},
                                        {Feature::Sep, Feature::Msr},
                                        {Feature::Mca, Feature::Mce},
                                        {Feature::Mca, Feature::Msr},
                                        {Feature::Mtrr, Feature::Msr},
                                        {Feature::Pat, Feature::Msr},
                                        {Feature::Mmx, Feature::Fpu},
                                        {Feature::Fxsr, Feature::Fpu},
                                        {Feature::Sse, Feature::Fxsr},
                                        {Feature::Sse, Feature::Mmx},
                                        {Feature::Sse2, Feature::Sse},
                                        {Feature::Sse3, Feature::Sse2},
                                        {Feature::Ssse3, Feature::Sse3},
                                        {Feature::Sse41, Feature::Ssse3},
                                        {Feature::Sse42, Feature::Sse41},
                                        {Feature::Sse4a, Feature::Sse3},
                                        {Feature::Pclmulqdq, Feature::Sse2},
                                        {Feature::Aes, Feature::Sse2},
                                        {Feature::ShaNi, Feature::Ssse3},
                                        {Feature::Gfni, Feature::Sse2},
                                        {Feature::Misalignsse, Feature::Sse},
                                        {Feature::Xsave, Feature::Fxsr},
                                        {Feature::FxsrOpt, Feature::Fxsr},
                                        {Feature::FdpExcptnOnly, Feature::Fpu},
                                        {Feature::ZeroFcsFds, Feature::Fpu},
                                        {Feature::Xsaveerptr, Feature::Fxsr},
                                        {Feature::Avx, Feature::Xsave},
                                        {Feature::Avx, Feature::Sse42},
                                        {Feature::Fma, Feature::Avx},
                                        {Feature::F16c, Feature::Avx},
                                        {Feature::Avx2, Feature::Avx},
                                        {Feature::Vaes, Feature::Avx},
                                        {Feature::Vaes, Feature::Aes},
                                        {Feature::Vpclmulqdq, Feature::Avx},
                                        {Feature::Vpclmulqdq, Feature::Pclmulqdq},
                                        {Feature::Xsaveopt, Feature::Xsave},
                                        {Feature::Xsavec, Feature::Xsave},
                                        {Feature::Xgetbv1, Feature::Xsave},
                                        {Feature::Xsaves, Feature::Xsavec},
                                        {Feature::Pku, Feature::Xsave},
                                        {Feature::Pku, Feature::Lm},
                                        {Feature::Pks, Feature::Lm},
                                        {Feature::Pcid, Feature::Lm},
                                        {Feature::Fsgsbase, Feature::Lm},
                                        {Feature::La57, Feature::Lm},
                                        {Feature::Pdpe1gb, Feature::Lm},
                                        {Feature::Cx16, Feature::Lm},
                                        {Feature::LahfLm, Feature::Lm},
                                        {Feature::Mmxext, Feature::Mmx},
                                        {Feature::X2apic, Feature::Apic},
                                        {Feature::TscDeadline, Feature::Apic},
                                        {Feature::Arat, Feature::Apic},
                                        {Feature::TscAdjust, Feature::Tsc},
                                        {Feature::Rdtscp, Feature::Tsc},
                                        {Feature::InvariantTsc, Feature::Tsc},
                                        {Feature::KvmclockOld, Feature::Kvmclock},
                                        {Feature::KvmNopIoDelay, Feature::Hypervisor},
                                        {Feature::Kvmclock, Feature::Hypervisor},
                                        {Feature::Kvmclock, Feature::Msr},
                                        {Feature::Kvmclock, Feature::Tsc},
                                        {Feature::KvmAsyncPf, Feature::Hypervisor},
                                        {Feature::KvmAsyncPf, Feature::Msr},
                                        {Feature::KvmAsyncPf, Feature::Apic},
                                        {Feature::KvmStealTime, Feature::Hypervisor},
                                        {Feature::KvmStealTime, Feature::Msr},
                                        {Feature::KvmPvEoi, Feature::Hypervisor},
                                        {Feature::KvmPvEoi, Feature::Msr},
                                        {Feature::KvmPvEoi, Feature::Apic},
                                        {Feature::KvmPvUnhalt, Feature::Hypervisor},
                                        {Feature::KvmPvUnhalt, Feature::Apic},
                                        {Feature::KvmPvTlbFlush, Feature::KvmStealTime},
                                        {Feature::KvmPvIpi, Feature::Hypervisor},
                                        {Feature::KvmPvIpi, Feature::Apic},
                                        {Feature::KvmPollControl, Feature::Hypervisor},
                                        {Feature::KvmPollControl, Feature::Msr},
                                        {Feature::KvmPvSchedYield, Feature::Hypervisor},
                                        {Feature::KvmPvSchedYield, Feature::Apic},
                                        {Feature::KvmAsyncPfInt, Feature::KvmAsyncPf},
                                        {Feature::KvmclockStable, Feature::Kvmclock},
                                        {Feature::KvmHintDedicated, Feature::Hypervisor}};

constexpr auto kIntel = CpuVendor::Intel;
constexpr auto kAmd = CpuVendor::Amd;

constexpr ModelRow kModels[] = {
    {"486", "", kIntel, 4, 8, 0, 1, "", "fpu vme pse hypervisor", ""},
    {"pentium", "486", kIntel, 5, 4, 3, 1, "", "de tsc msr mce cx8 mmx apic", ""},
    {"pentium2", "pentium", kIntel, 6, 5, 2, 2, "", "pae sep mtrr pge mca cmov pat pse36 fxsr", ""},
    {"pentium3", "pentium", kIntel, 6, 8, 3, 2, "", "pae sep mtrr pge mca cmov pat pse36 fxsr sse", ""},
    {"kvm64", "pentium3", kIntel, 15, 6, 1, 0xd, "64-bit virtual processor",
     "clflush sse2 sse3 cx16 lm syscall nx", ""},
    {"kvm32", "pentium3", kIntel, 15, 6, 1, 5, "Common 32-bit KVM processor", "clflush sse2 sse3", ""},
    {"qemu32", "pentium3", kIntel, 6, 6, 3, 4, "32-bit virtual processor", "sse2 sse3 hypervisor", ""},
    {"coreduo", "pentium3", kIntel, 6, 14, 8, 0xa, "Genuine Intel(R) CPU T2600 @ 2.16GHz",
     "clflush sse2 sse3 monitor nx ss ht", ""},
    {"n270", "coreduo", kIntel, 6, 28, 2, 0xa, "Intel(R) Atom(TM) CPU N270 @ 1.60GHz", "ssse3 movbe", ""},
    {"athlon", "pentium3", kAmd, 6, 2, 3, 1, "AMD Athlon(tm) class processor", "mmxext", "sep"},
    {"Opteron_G1", "kvm64", kAmd, 15, 6, 1, 5, "AMD Opteron 240 (Gen 1 class Opteron)", "", "cx16"},
    {"Opteron_G2", "Opteron_G1", kAmd, 15, 6, 1, 5, "AMD Opteron 22xx (Gen 2 class Opteron)", "cx16 lahf_lm",
     ""},
    {"Opteron_G3", "Opteron_G2", kAmd, 16, 2, 3, 5, "AMD Opteron 23xx (Gen 3 class Opteron)",
     "monitor popcnt abm sse4a misalignsse rdtscp", ""},
    {"Opteron_G4", "Opteron_G3", kAmd, 21, 1, 2, 0xd, "AMD Opteron 62xx class CPU",
     "pclmulqdq ssse3 sse4_1 sse4_2 aes xsave avx 3dnowprefetch pdpe1gb", "monitor"},
    {"Opteron_G5", "Opteron_G4", kAmd, 21, 2, 0, 0xd, "AMD Opteron 63xx class CPU", "fma f16c", ""},
    {"phenom", "Opteron_G3", kAmd, 16, 2, 3, 5, "AMD Phenom(tm) 9550 Quad-Core Processor",
     "mmxext pdpe1gb ht", ""},
    {"qemu64", "kvm64", kAmd, 15, 107, 1, 0xd, "64-bit virtual processor", "lahf_lm sse4a", ""},
    {"Conroe", "kvm64", kIntel, 6, 15, 3, 0xa, "Intel Core 2 Duo P9xxx (Conroe class)", "ssse3 lahf_lm ss",
     ""},
    {"core2duo", "Conroe", kIntel, 6, 15, 11, 0xa, "Intel(R) Core(TM)2 Duo CPU T7700 @ 2.40GHz", "monitor",
     ""},
    {"Penryn", "Conroe", kIntel, 6, 23, 3, 0xa, "Intel Core 2 Duo P9xxx (Penryn class)", "sse4_1", ""},
    {"Nehalem", "Penryn", kIntel, 6, 26, 3, 0xb, "Intel Core i7 9xx (Nehalem class)", "sse4_2 popcnt", ""},
    {"Westmere", "Nehalem", kIntel, 6, 44, 1, 0xb, "Intel Xeon E5620 (Westmere class)", "aes pclmulqdq", ""},
    {"SandyBridge", "Westmere", kIntel, 6, 42, 1, 0xd, "Intel Xeon E312xx (Sandy Bridge class)",
     "xsave avx tsc-deadline x2apic rdtscp xsaveopt pcid arat", ""},
    {"IvyBridge", "SandyBridge", kIntel, 6, 58, 9, 0xd, "Intel Xeon E3-12xx v2 (Ivy Bridge class)",
     "f16c rdrand fsgsbase smep erms", ""},
    {"Haswell", "IvyBridge", kIntel, 6, 60, 4, 0xd, "Intel Core Processor (Haswell class)",
     "fma movbe bmi1 bmi2 avx2 invpcid abm tsc_adjust zero_fcs_fds", ""},
    {"Broadwell", "Haswell", kIntel, 6, 61, 2, 0xd, "Intel Core Processor (Broadwell class)",
     "rdseed adx smap 3dnowprefetch", ""},
    {"Skylake-Client", "Broadwell", kIntel, 6, 94, 3, 0x16, "Intel Core Processor (Skylake class)",
     "xsavec xgetbv1 clflushopt", ""},
    {"Skylake-Server", "Skylake-Client", kIntel, 6, 85, 4, 0x16,
     "Intel Xeon Processor (Skylake class, no AVX-512)", "clwb pdpe1gb pku fdp_excptn_only", ""},
    {"Cascadelake-Server", "Skylake-Server", kIntel, 6, 85, 6, 0x16,
     "Intel Xeon Processor (Cascadelake class, no AVX-512)", "spec_ctrl", ""},
    {"Cooperlake", "Cascadelake-Server", kIntel, 6, 85, 10, 0x16,
     "Intel Xeon Processor (Cooperlake class, no AVX-512)", "arch_capabilities", ""},
    {"Denverton", "Nehalem", kIntel, 6, 95, 1, 0x15, "Intel Atom Processor (Denverton class)",
     "aes pclmulqdq xsave tsc-deadline x2apic rdtscp xsaveopt xsavec xgetbv1 arat rdrand fsgsbase smep erms "
     "movbe "
     "tsc_adjust rdseed smap 3dnowprefetch clflushopt sha_ni spec_ctrl arch_capabilities pdpe1gb",
     ""},
    {"Snowridge", "Denverton", kIntel, 6, 134, 1, 0x1b, "Intel Atom Processor (SnowRidge class)",
     "clwb umip gfni rdpid", ""},
    {"Icelake-Server", "Skylake-Server", kIntel, 6, 106, 0, 0x1f,
     "Intel Xeon Processor (Icelake class, no AVX-512)",
     "sha_ni gfni vaes vpclmulqdq umip la57 rdpid fsrm xsaves wbnoinvd", ""},
    {"EPYC", "kvm64", kAmd, 0x17, 1, 2, 0xd, "AMD EPYC Processor",
     "ssse3 sse4_1 sse4_2 popcnt aes pclmulqdq xsave avx xsaveopt xsavec xgetbv1 f16c rdrand fma movbe "
     "fsgsbase bmi1 "
     "avx2 smep bmi2 rdseed adx smap clflushopt sha_ni lahf_lm abm sse4a misalignsse 3dnowprefetch mmxext "
     "pdpe1gb "
     "rdtscp arat tsc_adjust fxsr_opt",
     ""},
    {"Dhyana", "EPYC", kAmd, 0x18, 0, 1, 0xd, "Hygon Dhyana Processor", "", "sha_ni"},
    {"EPYC-Rome", "EPYC", kAmd, 0x17, 49, 0, 0xd, "AMD EPYC-Rome Processor",
     "clwb umip rdpid clzero wbnoinvd xsaves xsaveerptr", ""},
    {"EPYC-Milan", "EPYC-Rome", kAmd, 0x19, 1, 1, 0xd, "AMD EPYC-Milan Processor",
     "pcid invpcid erms fsrm pku vaes vpclmulqdq x2apic ss", ""}};

char canonicalChar(char c) {
  if (c == '-' || c == '.') return '_';
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

template <class F>
void forEachWord(std::string_view words, F&& f) {
  while (!words.empty()) {
    const size_t end = std::min(words.find(' '), words.size());
    if (end) f(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
}

Feature tableFeature(std::string_view name) {
  const std::optional<Feature> f = featureByName(name);
  DUET_ASSERT(f.has_value());
  return *f;
}

}  // namespace

std::span<const FeatureInfo> featureTable() { return kFeatures; }
std::span<const Dependency> dependencies() { return kDependencies; }
std::span<const ModelRow> modelTable() { return kModels; }

std::string canonicalName(std::string_view name) {
  std::string out(name);
  for (char& c : out) c = canonicalChar(c);
  return out;
}

std::optional<Feature> featureByName(std::string_view name) {
  std::string wanted = canonicalName(name);
  for (const auto& [alias, target] : kAliases)
    if (wanted == alias) wanted = target;
  for (const FeatureInfo& info : kFeatures)
    if (canonicalName(info.name) == wanted) return info.feature;
  return std::nullopt;
}

bool isNeverOffered(std::string_view name) {
  const std::string wanted = canonicalName(name);
  if (wanted.starts_with("avx512") || wanted.starts_with("vmx_") || wanted.starts_with("hv_")) return true;
  for (const std::string_view n : kNeverOffered)
    if (wanted == n) return true;
  return false;
}

namespace {

// The endings by which QEMU tells revisions of a model apart ("Haswell-noTSX-IBRS", "EPYC-v2"): they differ in TSX and
// in answers to speculation attacks, neither of which these models offer in the first place.
std::string_view withoutRevision(std::string_view name) {
  for (std::string_view ending : {"_ibrs", "_ibpb", "_notsx"})
    if (name.ends_with(ending)) return withoutRevision(name.substr(0, name.size() - ending.size()));
  const size_t v = name.rfind("_v");
  const bool number =
      v != name.npos && v + 2 < name.size() && name.find_first_not_of("0123456789", v + 2) == name.npos;
  return number ? name.substr(0, v) : name;
}

}  // namespace

const ModelRow* findModel(std::string_view name) {
  const std::string given = canonicalName(name);
  for (const std::string_view wanted : {std::string_view(given), withoutRevision(given)})
    for (const ModelRow& row : kModels)
      if (canonicalName(row.name) == wanted) return &row;
  return nullptr;
}

FeatureSet featuresOf(const ModelRow& row) {
  FeatureSet set;
  if (!row.parent.empty()) {
    const ModelRow* parent = findModel(row.parent);
    DUET_ASSERT(parent);
    set = featuresOf(*parent);
  }
  forEachWord(row.add, [&](std::string_view w) { set.add(tableFeature(w)); });
  forEachWord(row.remove, [&](std::string_view w) { set.remove(tableFeature(w)); });
  return set;
}

}  // namespace duet::cpu_model
