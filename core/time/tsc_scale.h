// TSC ticks in nanoseconds, in the integers that guests of KVM reckon with (struct pvclock_vcpu_time_info, Linux
// Documentation/virt/kvm/x86/msr.rst): whoever reckons with them gets the same nanoseconds as the guest.
#pragma once

#include "core/base/types.h"

namespace duet {

struct TscScale {
  u32 multiplier = u32{1} << 31;  // top bit set, so the rate is right to 2^-32
  i8 shift = 1;

  static TscScale of(u64 hertz);  // not 0
  // (ticks shifted left by `shift`, right if negative) * multiplier / 2^32
  u64 nanoseconds(u64 ticks) const;
};

// Nanoseconds that follow a TSC: `time` when it read `tsc`.
struct TscLine {
  u64 tsc = 0;
  u64 time = 0;
  // The line begins at `tsc`: before that it is flat.
  u64 at(u64 now, const TscScale& scale) const {
    const u64 ticks = now - tsc;
    return ticks >> 63 ? time : time + scale.nanoseconds(ticks);
  }
  bool operator==(const TscLine&) const = default;
};

}  // namespace duet
