// Instructions that a guest may execute without leaving guest mode (KVM API 7.13, KVM_CAP_X86_DISABLE_EXITS).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"

namespace duet::kvm {

// What a user asks for: "mwait", "hlt", "pause", "cstate" by name, and with `all` those that the host has.
struct KeptExits {
  bool all = false;
  std::vector<std::string> names = {};
  bool any() const { return all || !names.empty(); }
};

// Of a mask of KVM_X86_DISABLE_EXITS_ bits.
std::vector<std::string_view> exitNames(u64 mask);

// The bits asked for. Fails where `available`, the capability's value, lacks one that was named, or has none at all.
Result<u64> exitMask(const KeptExits& wanted, u64 available);

}  // namespace duet::kvm
