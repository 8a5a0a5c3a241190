#include "core/cpu/event_latch.h"

#include <utility>

namespace duet {

void EventLatch::collect(VcpuMailbox& mailbox, bool nmiBlocked) {
  const u32 mail = mailbox.take(kMailNmi | kMailSmi | kMailInit | kMailSipi | kMailUnhalt);
  if (mail & kMailInit) sipi = false;  // it came before
  sipi |= (mail & kMailSipi) != 0;
  smi |= (mail & kMailSmi) != 0;
  init |= (mail & kMailInit) != 0;
  unhalt |= (mail & kMailUnhalt) != 0;
  bool second = false;
  for (u32 more = mail & kMailNmi; more; more = mailbox.take(kMailNmi)) {
    second |= nmi && !nmiBlocked;
    nmi = true;
  }
  if (second) mailbox.post(kMailNmi);
}

bool EventLatch::takeSipi(Activity activity) {
  return std::exchange(sipi, false) && activity == Activity::WaitForSipi;
}

void EventLatch::load(const CpuState& state) {
  nmi = state.nmiPending;
  smi = state.smiPending;
  init = state.initPending;
  unhalt = state.unhaltPending;
  sipi = false;
}

void EventLatch::save(CpuState& state) const {
  state.nmiPending = nmi;
  state.smiPending = smi;
  state.initPending = init;
  state.unhaltPending = unhalt;
}

}  // namespace duet
