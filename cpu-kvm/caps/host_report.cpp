#include "cpu-kvm/caps/host_report.h"

#include <nlohmann/json.hpp>

#include "cpu-kvm/caps/kept_exits.h"

namespace duet::kvm {
namespace {

struct Known {
  int number;
  std::string_view name;
};
#define DUET_CAP(name) {KVM_CAP_##name, #name}
constexpr Known kCapabilities[] = {DUET_CAP(USER_MEMORY),
                                   DUET_CAP(NR_VCPUS),
                                   DUET_CAP(MAX_VCPUS),
                                   DUET_CAP(NR_MEMSLOTS),
                                   DUET_CAP(READONLY_MEM),
                                   DUET_CAP(IRQCHIP),
                                   DUET_CAP(SPLIT_IRQCHIP),
                                   DUET_CAP(PIT2),
                                   DUET_CAP(PIT_STATE2),
                                   DUET_CAP(REINJECT_CONTROL),
                                   DUET_CAP(IRQFD),
                                   DUET_CAP(IOEVENTFD),
                                   DUET_CAP(SIGNAL_MSI),
                                   DUET_CAP(DIRTY_LOG_RING),
                                   DUET_CAP(MANUAL_DIRTY_LOG_PROTECT2),
                                   DUET_CAP(COALESCED_MMIO),
                                   DUET_CAP(COALESCED_PIO),
                                   DUET_CAP(IMMEDIATE_EXIT),
                                   DUET_CAP(SYNC_REGS),
                                   DUET_CAP(SREGS2),
                                   DUET_CAP(XSAVE2),
                                   DUET_CAP(EXCEPTION_PAYLOAD),
                                   DUET_CAP(X86_USER_SPACE_MSR),
                                   DUET_CAP(X86_MSR_FILTER),
                                   DUET_CAP(TSC_CONTROL),
                                   DUET_CAP(TSC_DEADLINE_TIMER),
                                   DUET_CAP(VCPU_ATTRIBUTES),
                                   DUET_CAP(ADJUST_CLOCK),
                                   DUET_CAP(SET_GUEST_DEBUG),
                                   DUET_CAP(SET_GUEST_DEBUG2),
                                   DUET_CAP(X86_SMM),
                                   DUET_CAP(MULTI_ADDRESS_SPACE),
                                   DUET_CAP(NESTED_STATE),
                                   DUET_CAP(X86_DISABLE_EXITS),
                                   DUET_CAP(HALT_POLL),
                                   DUET_CAP(MP_STATE)};
#undef DUET_CAP

std::string verdictOf(const HostReport& r) {
  if (!r.problem.empty()) return "no KVM: " + r.problem;
  if (r.wholePc) return "KVM runs whole PCs";
  return "a software KVM that cannot run a whole PC; these probes fail: " + failedProbes(r.probes);
}

}  // namespace

HostReport reportHost(const std::string& device) {
  HostReport report;
  const auto fillIn = [&]() -> Result<> {
    auto system = System::open(device);
    if (!system) return tl::unexpected(system.error());
    for (const Known& k : kCapabilities) report.capabilities.push_back({k.name, system->extension(k.number)});
    report.keptExits = exitNames(static_cast<u64>(system->extension(KVM_CAP_X86_DISABLE_EXITS)));
    auto probes = runProbes(*system);
    if (!probes) return tl::unexpected(probes.error());
    report.probes = std::move(*probes);
    report.wholePc = runsWholePc(report.probes).has_value();
    return {};
  };
  if (auto ok = fillIn(); !ok) report.problem = ok.error().message;
  report.verdict = verdictOf(report);
  return report;
}

std::string reportText(const HostReport& report) {
  std::string text = fmt::format("verdict: {}\n", report.verdict);
  if (!report.probes.empty()) text += "\nprobes (small guests that were run just now)\n";
  for (const ProbeResult& p : report.probes) {
    text += fmt::format("  {:<6} {:<15} {}\n", p.works ? "works" : "FAILS", p.name, p.what);
    if (!p.works) text += fmt::format("  {:<6} {:<15} {}\n", "", "", p.detail);
  }
  if (!report.capabilities.empty()) text += "\ncapabilities that the kernel names\n";
  for (const Capability& c : report.capabilities) text += fmt::format("  {:<26} {}\n", c.name, c.value);
  if (!report.capabilities.empty())
    text += fmt::format(
        "\n-accel kvm,disable-exits= can have: {}\n",
        report.keptExits.empty() ? "nothing" : fmt::format("{}", fmt::join(report.keptExits, "+")));
  return text;
}

std::string reportJson(const HostReport& report) {
  nlohmann::ordered_json kvm;
  kvm["usable"] = report.problem.empty();
  kvm["whole_pc"] = report.wholePc;
  kvm["verdict"] = report.verdict;
  kvm["problem"] = report.problem;
  kvm["capabilities"] = nlohmann::ordered_json::object();
  for (const Capability& c : report.capabilities) kvm["capabilities"][std::string(c.name)] = c.value;
  kvm["disable_exits"] = report.keptExits;
  kvm["probes"] = nlohmann::ordered_json::array();
  for (const ProbeResult& p : report.probes)
    kvm["probes"].push_back({{"name", p.name}, {"what", p.what}, {"works", p.works}, {"detail", p.detail}});
  return nlohmann::ordered_json{{"kvm", kvm}}.dump(2) + "\n";
}

}  // namespace duet::kvm
