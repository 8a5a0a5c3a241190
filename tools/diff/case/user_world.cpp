#include "tools/diff/case/user_world.h"

#include <algorithm>
#include <array>

#include "core/base/assert.h"
#include "core/cpu/registers.h"
#include "tools/diff/case/descriptor.h"

namespace duet::diff {
namespace {

// Present, user, code or data, marked accessed, as Linux makes its own and those of set_thread_area(2) (there AVL is
// `useable`).
constexpr u32 kTls = kSegPresent | 3u << 5 | kSegS | kSegDb | 1u << 12;

constexpr std::array kDescriptors{
    Descriptor{0x08, 0x00cf9b000000ffff},  // kernel code, 32 bits
    Descriptor{0x10, 0x00af9b000000ffff},  // kernel code
    Descriptor{0x18, 0x00cf93000000ffff},  // kernel data
    Descriptor{kUserCode32, 0x00cffb000000ffff},
    Descriptor{kUserData, 0x00cff3000000ffff},
    Descriptor{kUserCode64, 0x00affb000000ffff},
    Descriptor{kTlsLow, descriptor(kTlsBase, kTlsLimit, kTls | 3)},
    Descriptor{kTlsExpandDown, descriptor(kTlsBase, kTlsLimit, kTls | 7)},
    Descriptor{kTlsReadOnly, descriptor(0, 0xfffff, kTls | kSegG | 1)},
};

}  // namespace

std::span<const Descriptor> userDescriptors() { return kDescriptors; }

SegmentRegister userSegment(u16 selector) {
  const auto found = std::ranges::find(kDescriptors, selector, &Descriptor::selector);
  DUET_ASSERT(found != kDescriptors.end());
  return loadedSegment(selector, found->value);
}

CpuState userState(World world) {
  DUET_ASSERT(world != World::System);
  const bool wide = world == World::User64;
  CpuState s = resetState(true);
  s.gpr = {};
  s.rip = 0;
  s.rflags = 2 | kFlagIf;
  const SegmentRegister null{0, 0, 0, kSegUnusable};
  for (auto& segment : s.segment) segment = null;
  s.segment[kSegCs] = userSegment(wide ? kUserCode64 : kUserCode32);
  s.segment[kSegSs] = userSegment(kUserData);
  if (!wide) s.segment[kSegDs] = s.segment[kSegEs] = userSegment(kUserData);
  s.cr0 = kCr0Pe | kCr0Mp | kCr0Et | kCr0Ne | kCr0Wp | kCr0Am | kCr0Pg;
  s.cr4 = kCr4Pse | kCr4Pae | kCr4Pge | kCr4Osfxsr | kCr4Osxmmexcpt;
  s.xsave.fill(0);  // as FNINIT and XRSTOR leave it: initial
  s.xsave[0] = 0x7f;
  s.xsave[1] = 0x03;
  s.xsave[24] = 0x80;
  s.xsave[25] = 0x1f;
  s.msr.efer = kEferSce | kEferLme | kEferLma | kEferNxe;
  return s;
}

}  // namespace duet::diff
