#include "cpu-kvm/vcpu/halt_marks.h"

#include <algorithm>

namespace duet::kvm {

HaltMarks::HaltMarks(const GuestView& view, std::span<const unsigned> vectors) {
  constexpr u8 kHlt = 0xf4;
  for (const unsigned vector : vectors) {
    const auto handler = handlerOf(view, vector);
    if (!handler || std::ranges::find(marks_, *handler, &Mark::address) != marks_.end()) continue;
    // In the IDT itself: an entry that nobody has set.
    if (handler->value - view.sregs.idt.base <= view.sregs.idt.limit) continue;
    u8* page = view.hostPage(*handler);
    if (!page || *handler == view.code()) continue;
    u8* host = page + handler->pageOffset();
    marks_.push_back({*handler, host, *host});
    *host = kHlt;
  }
}

HaltMarks::~HaltMarks() {
  for (const Mark& m : marks_) *m.host = m.byte;
}

bool HaltMarks::hit(LinearAddr next) const {
  return std::ranges::find(marks_, next - 1, &Mark::address) != marks_.end();
}

}  // namespace duet::kvm
