// What of the board moves and branches while the machine runs: windows, and wires to the vCPUs.
#include "core/base/log.h"
#include "hw/board/pc_addresses.h"
#include "hw/board/pc_board.h"

namespace duet::hw {

VcpuEnv PcBoard::vcpuEnv(unsigned vcpu) {
  return {.index = vcpu,
          .memory = config_.memory,
          .physical = config_.physical,
          .ports = *portViews_[vcpu],
          .interrupts = *apics_[vcpu],
          .mailbox = *mailboxes_[vcpu],
          .clock = config_.timers.clock(),
          .model = config_.model,
          .fpuError = fpuErrorPins(vcpu),
          .smm = &smram_.memory(),
          .chips = &apicBus_,
          .apicModel = apics_[vcpu],
          .alone = vcpuCount() == 1};
}

void PcBoard::addMemoryListener(const std::function<void()>& listener) {
  config_.physical.addListener(listener);
  config_.ports.addListener(listener);
  smram_.addListener(listener);
}

void PcBoard::sendSmi(unsigned vcpu) {
  for (unsigned i = 0; i < vcpuCount(); ++i)
    if (vcpu == kEveryCpu || vcpu == i) mailboxes_[i]->post(kMailSmi);
}

// INIT# reaches every processor (ICH9 5.13.1.2): the boot processor starts at its reset vector, the others wait for SIPI.
void PcBoard::sendInit() {
  for (auto& mailbox : mailboxes_) mailbox->post(kMailInit);
}

u64 PcBoard::unreadInterrupts() const {
  u64 unread = 0;
  for (size_t i = 0; i < std::min<size_t>(mailboxes_.size(), 64); ++i)
    if (mailboxes_[i]->peek() & kMailInterrupt) unread |= u64{1} << i;
  return unread;
}

void PcBoard::moveEcam(bool enabled, u64 base, u64 size) {
  // Windows of 128 and 64 buses show the first part; only bus 0 has devices, so the size does not matter.
  const Result<> done = config_.physical.change([&](AddressSpace& space) -> Result<> {
    if (enabled && size)
      if (auto ok = space.move(ecamMap_, base); !ok) return ok;
    return space.setEnabled(ecamMap_, enabled);
  });
  if (!done) guestLog(LogChannel::GuestErrors, "PCIEXBAR {:#x}: {}", base, done.error().message);
}

void PcBoard::movePowerManagement(bool enabled, u16 base) {
  const Result<> done = config_.ports.change([&](AddressSpace& space) -> Result<> {
    if (enabled)
      if (auto ok = space.move(powerMap_, base); !ok) return ok;
    return space.setEnabled(powerMap_, enabled && base);
  });
  if (!done) guestLog(LogChannel::GuestErrors, "PMBASE {:#x}: {}", base, done.error().message);
}

}  // namespace duet::hw
