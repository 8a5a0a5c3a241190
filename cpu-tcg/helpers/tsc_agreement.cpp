#include "cpu-tcg/helpers/tsc_agreement.h"

namespace duet::tcg {

void TscAgreement::join(unsigned vcpu, VcpuMailbox& mailbox) {
  const std::lock_guard lock(mutex_);
  members_.push_back({vcpu, &mailbox, 0});
}

void TscAgreement::set(unsigned vcpu, u64 offset) {
  const std::lock_guard lock(mutex_);
  const bool before = agreeLocked();
  for (Member& m : members_)
    if (m.vcpu == vcpu) m.offset = offset;
  if (agreeLocked() == before) return;
  for (const Member& m : members_) m.mailbox->post(kMailClock);
}

bool TscAgreement::agree() const {
  const std::lock_guard lock(mutex_);
  return agreeLocked();
}

bool TscAgreement::agreeLocked() const {
  for (const Member& m : members_)
    if (m.offset != members_.front().offset) return false;
  return true;
}

}  // namespace duet::tcg
