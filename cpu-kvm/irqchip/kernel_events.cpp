#include "cpu-kvm/irqchip/kernel_events.h"

#include "core/base/log.h"

namespace duet::kvm {
namespace {

kvm_ioeventfd requestOf(const Doorbell& d) {
  kvm_ioeventfd request{};
  request.addr = d.address;
  request.len = d.size;
  request.fd = d.event;
  if (d.port) request.flags |= KVM_IOEVENTFD_FLAG_PIO;
  if (d.value) {
    request.flags |= KVM_IOEVENTFD_FLAG_DATAMATCH;
    request.datamatch = *d.value;
  }
  return request;
}

}  // namespace

Result<> KernelEvents::addDoorbell(const Doorbell& doorbell) { return vm_.setIoEvent(requestOf(doorbell)); }

Result<> KernelEvents::removeDoorbell(const Doorbell& doorbell) {
  kvm_ioeventfd request = requestOf(doorbell);
  request.flags |= KVM_IOEVENTFD_FLAG_DEASSIGN;
  return vm_.setIoEvent(request);
}

Result<> KernelEvents::hear(u32 number, int event, bool on) {
  kvm_irqfd request{};
  request.fd = static_cast<u32>(event);
  request.gsi = number;
  request.flags = on ? 0 : KVM_IRQFD_FLAG_DEASSIGN;
  return vm_.setIrqEvent(request);
}

Result<u32> KernelEvents::addMessage(int event, const MsiMessage& message) {
  if (!routes_) return fail("kvm: event descriptors as interrupts need kernel-irqchip=split or on");
  auto number = routes_->add(message);
  if (!number) return number;
  const std::lock_guard lock(mutex_);
  if (listening_)
    if (auto ok = hear(*number, event, true); !ok) {
      (void)routes_->remove(*number);
      return tl::unexpected(ok.error());
    }
  messages_[*number] = event;
  return number;
}

Result<> KernelEvents::changeMessage(u32 number, const MsiMessage& message) {
  if (!routes_) return fail("kvm: interrupt route {} is not known", number);
  return routes_->change(number, message);
}

Result<> KernelEvents::removeMessage(u32 number) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = messages_.find(number);
    if (found == messages_.end()) return fail("kvm: interrupt route {} is not known", number);
    if (listening_)
      if (auto ok = hear(number, found->second, false); !ok) return ok;
    messages_.erase(found);
  }
  return routes_->remove(number);
}

// The kernel looks at a descriptor when it begins to listen, so a signal in between is not lost.
void KernelEvents::listen(bool on) {
  const std::lock_guard lock(mutex_);
  listening_ = on;
  for (const auto& [number, event] : messages_)
    if (auto ok = hear(number, event, on); !ok) log(LogChannel::Error, "{}", ok.error().message);
}

}  // namespace duet::kvm
