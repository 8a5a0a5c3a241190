#include "tools/diff/case/descriptor.h"

namespace duet::diff {

SegmentRegister loadedSegment(u16 selector, u64 d) {
  const u32 attributes = static_cast<u32>(d >> 40) & 0xf0ff;
  const u32 limit = static_cast<u32>((d & 0xffff) | (d >> 32 & 0xf0000));
  const u64 base = (d >> 16 & 0xffffff) | (d >> 32 & 0xff000000);
  return {selector, base, attributes & kSegG ? limit << 12 | 0xfff : limit, attributes};
}

}  // namespace duet::diff
