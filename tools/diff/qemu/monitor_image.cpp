#include "tools/diff/qemu/monitor_image.h"

#include <algorithm>

#include "core/base/assert.h"
#include "tools/diff/qemu/monitor_layout.h"

extern "C" const duet::u8 duetQemuMonitor[], duetQemuMonitorEnd[], duetQemuException[];

namespace duet::diff::qemu {

std::vector<u8> monitorImage() {
  constexpr u64 kReset = 0xfff0;
  std::vector<u8> image(0x10000, 0xf4);
  DUET_ASSERT(duetQemuMonitorEnd - duetQemuMonitor < static_cast<i64>(kReset));
  std::copy(duetQemuMonitor, duetQemuMonitorEnd, image.begin());
  constexpr u8 kJump[] = {0xe9, 0x0d, 0x00};  // to offset 0, in 16-bit code
  std::ranges::copy(kJump, image.begin() + kReset);
  return image;
}

u64 exceptionEntry() {
  return QEMU_DIRECT + QEMU_ROM + static_cast<u64>(duetQemuException - duetQemuMonitor);
}

}  // namespace duet::diff::qemu
