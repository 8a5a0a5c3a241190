// Writes of vCPUs that may wait: where they may, and giving them to their handlers in time.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "core/bus/address_space.h"
#include "cpu-kvm/api/vm.h"
#include "cpu-kvm/vcpu/write_ring.h"

namespace duet::kvm {

// Threads: any.
class WaitingWrites {
 public:
  // Null: this KVM has none. `ports` as any vCPU sees them.
  static std::unique_ptr<WaitingWrites> create(Vm& vm, const AddressSpace& physical,
                                               const AddressSpace& ports);

  // Makes the kernel's ranges what the address spaces say now.
  Result<> update();
  // After every time that `vcpu` was in the guest, before anything is done about its exit.
  void give(VcpuFd& vcpu) { ring_.empty(vcpu.waitingWrites(page_)); }

 private:
  struct Range {
    bool port;
    AddressRange where;
    bool operator==(const Range&) const = default;
  };
  WaitingWrites(Vm& vm, const AddressSpace& physical, const AddressSpace& ports, int page, bool withPorts);
  std::vector<Range> wanted() const;
  Result<> tell(const Range& range, bool on);

  Vm& vm_;
  const AddressSpace& physical_;
  const AddressSpace& ports_;
  const int page_;
  const bool withPorts_;
  WriteRing ring_;
  std::mutex mutex_;
  std::vector<Range> ranges_;  // the kernel's
};

}  // namespace duet::kvm
