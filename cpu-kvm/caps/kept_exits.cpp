#include "cpu-kvm/caps/kept_exits.h"

#include <algorithm>

#include "cpu-kvm/api/kvm_abi.h"

namespace duet::kvm {
namespace {

struct Named {
  std::string_view name;
  u64 bit;
};
constexpr Named kExits[] = {{"mwait", KVM_X86_DISABLE_EXITS_MWAIT},
                            {"hlt", KVM_X86_DISABLE_EXITS_HLT},
                            {"pause", KVM_X86_DISABLE_EXITS_PAUSE},
                            {"cstate", KVM_X86_DISABLE_EXITS_CSTATE}};

}  // namespace

std::vector<std::string_view> exitNames(u64 mask) {
  std::vector<std::string_view> names;
  for (const Named& exit : kExits)
    if (mask & exit.bit) names.push_back(exit.name);
  return names;
}

Result<u64> exitMask(const KeptExits& wanted, u64 available) {
  u64 mask = 0;
  for (const std::string& name : wanted.names) {
    const auto exit = std::ranges::find(kExits, name, &Named::name);
    if (exit == std::end(kExits) || !(available & exit->bit))
      return fail("-accel kvm,disable-exits={}: this host kernel's KVM can leave to the guest: {}", name,
                  available ? fmt::format("{}", fmt::join(exitNames(available), ", ")) : "nothing");
    mask |= exit->bit;
  }
  if (!wanted.all) return mask;
  for (const Named& exit : kExits) mask |= available & exit.bit;
  if (!mask)
    return fail("-overcommit cpu-pm=on: this host kernel's KVM can leave no such instruction to the guest");
  return mask;
}

}  // namespace duet::kvm
