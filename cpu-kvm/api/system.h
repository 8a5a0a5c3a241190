// /dev/kvm itself: what the host's KVM offers, and machines made from it.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/base/unique_fd.h"
#include "cpu-kvm/api/kvm_abi.h"

namespace duet::kvm {

class Vm;

// Why the device cannot be opened, by errno, and the remedy.
Error cannotOpen(const std::string& device, int error);

// Threads: any.
class System {
 public:
  static constexpr const char* kDevice = "/dev/kvm";
  // Refusals name the reason and the remedy: no such device (modules, virtualization switched off or not passed
  // on), no permission (the group), busy with another hypervisor, a KVM interface other than version 12.
  static Result<System> open(const std::string& device = kDevice);

  // The value of KVM_CHECK_EXTENSION for a KVM_CAP_ number; 0: not there.
  int extension(int capability) const;
  Result<Vm> createVm() const;
  // CPUID as a guest may see it (KVM_GET_SUPPORTED_CPUID).
  Result<std::vector<kvm_cpuid_entry2>> supportedCpuid() const;
  // MSRs that belong to a vCPU's state (KVM_GET_MSR_INDEX_LIST).
  Result<std::vector<u32>> msrIndices() const;
  // Bytes of the shared page of a vCPU.
  Result<size_t> runSize() const;

 private:
  explicit System(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace duet::kvm
