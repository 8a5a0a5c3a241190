#include "cpu-kvm/vcpu/waiting_writes.h"

#include <algorithm>
#include <limits>

namespace duet::kvm {

std::unique_ptr<WaitingWrites> WaitingWrites::create(Vm& vm, const AddressSpace& physical,
                                                     const AddressSpace& ports) {
  const int page = vm.extension(KVM_CAP_COALESCED_MMIO);
  if (page <= 0) return nullptr;
  const bool withPorts = vm.extension(KVM_CAP_COALESCED_PIO) > 0;
  return std::unique_ptr<WaitingWrites>(new WaitingWrites(vm, physical, ports, page, withPorts));
}

WaitingWrites::WaitingWrites(Vm& vm, const AddressSpace& physical, const AddressSpace& ports, int page,
                             bool withPorts)
    : vm_(vm),
      physical_(physical),
      ports_(ports),
      page_(page),
      withPorts_(withPorts),
      ring_([this](bool port, u64 address, unsigned size, u64 value) {
        (port ? ports_ : physical_).write(address, size, value);
      }) {}

std::vector<WaitingWrites::Range> WaitingWrites::wanted() const {
  std::vector<Range> ranges;
  for (const AddressRange& r : physical_.waitingWrites())
    if (r.size <= std::numeric_limits<u32>::max()) ranges.push_back({false, r});
  if (withPorts_)
    for (const AddressRange& r : ports_.waitingWrites()) ranges.push_back({true, r});
  return ranges;
}

Result<> WaitingWrites::tell(const Range& range, bool on) {
  kvm_coalesced_mmio_zone zone{};
  zone.addr = range.where.base;
  zone.size = static_cast<u32>(range.where.size);
  zone.pio = range.port;
  return vm_.keepBackWrites(zone, on);
}

// Gone ranges first. What waits of them goes where the address spaces now lead, as if the write had come after the change;
// whoever made the change with an access of his own has given all that came before.
Result<> WaitingWrites::update() {
  const std::lock_guard lock(mutex_);
  const std::vector<Range> now = wanted();
  for (auto range = ranges_.begin(); range != ranges_.end();) {
    if (std::ranges::find(now, *range) != now.end()) {
      ++range;
      continue;
    }
    if (auto ok = tell(*range, false); !ok) return ok;
    range = ranges_.erase(range);
  }
  for (const Range& range : now) {
    if (std::ranges::find(ranges_, range) != ranges_.end()) continue;
    if (auto ok = tell(range, true); !ok) return ok;
    ranges_.push_back(range);
  }
  return {};
}

}  // namespace duet::kvm
