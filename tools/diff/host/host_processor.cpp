#include "tools/diff/host/host_processor.h"

#include <cpuid.h>
#include <sys/auxv.h>

#include <cstring>
#include <fstream>
#include <map>
#include <string>

#include "core/cpu/cpu_model.h"

namespace duet::diff::host {
namespace {

constexpr u64 kHwcap2Fsgsbase = 2;

// The first processor of /proc/cpuinfo: what Linux knows beyond CPUID (microcode) and what it has switched on.
std::map<std::string, std::string> processorLines() {
  std::map<std::string, std::string> lines;
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line) && !line.empty();) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const size_t nameEnd = line.find_last_not_of("\t ", colon - 1);
    lines[line.substr(0, nameEnd + 1)] = colon + 2 <= line.size() ? line.substr(colon + 2) : "";
  }
  return lines;
}

bool hasWord(const std::string& text, const std::string& word) {
  return (" " + text + " ").find(" " + word + " ") != std::string::npos;
}

u64 xcr0() {
  u32 low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low | u64{high} << 32;
}

u32 cpuidEcx(u32 leaf) {
  u32 a = 0, b = 0, c = 0, d = 0;
  __get_cpuid_count(leaf, 0, &a, &b, &c, &d);
  return c;
}

// CPUID shows what the processor has; the kernel decides what of it user code gets.
FeatureSet usableFeatures(const std::string& flags) {
  FeatureSet f = hostFeatures();
  if (!(xcr0() & kXcr0Avx))
    for (const Feature avx :
         {Feature::Avx, Feature::Avx2, Feature::Fma, Feature::F16c, Feature::Vaes, Feature::Vpclmulqdq})
      f.remove(avx);
  constexpr u32 kOspke = 1u << 4;
  if (!(cpuidEcx(7) & kOspke)) f.remove(Feature::Pku);
  if (!hasWord(flags, "umip")) f.remove(Feature::Umip);
  return f;
}

}  // namespace

Result<EngineAbilities> hostAbilities() {
  if (!(getauxval(AT_HWCAP2) & kHwcap2Fsgsbase))
    return fail(
        "host engine: Linux has not switched FSGSBASE on (needs 5.9 or newer and a processor with it)");
  constexpr u32 kOsxsave = 1u << 27;
  if (!(cpuidEcx(1) & kOsxsave)) return fail("host engine: Linux has not switched XSAVE on");
  auto lines = processorLines();
  EngineAbilities a;
  a.user64 = a.user32 = true;
  a.features = usableFeatures(lines["flags"]);
  a.vendor = lines["vendor_id"] == "AuthenticAMD" || lines["vendor_id"] == "HygonGenuine" ? CpuVendor::Amd
                                                                                          : CpuVendor::Intel;
  a.processor = processorName();
  return a;
}

std::string processorName() {
  auto lines = processorLines();
  return fmt::format("{}, family {} model {} stepping {}, microcode {}{}", lines["model name"],
                     lines["cpu family"], lines["model"], lines["stepping"], lines["microcode"],
                     hostFeatures().has(Feature::Hypervisor) ? ", in a virtual machine" : "");
}

bool isQemuProcessor() {
  constexpr u32 kHypervisorLeaf = 0x40000000;
  u32 a = 0, name[3] = {};
  __cpuid(kHypervisorLeaf, a, name[0], name[1], name[2]);
  return hostFeatures().has(Feature::Hypervisor) && std::memcmp(name, "TCGTCGTCGTCG", sizeof name) == 0;
}

}  // namespace duet::diff::host
