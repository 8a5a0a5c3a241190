#include "firmware/guest/guest_bios.h"

#include <algorithm>
#include <cstring>

#include "core/base/assert.h"
#include "firmware/layout/byte_writer.h"

extern "C" const duet::u8 duetGuestBios[], duetGuestBiosEnd[];

namespace duet::firmware {
namespace {

constexpr size_t kParametersOffset = 8;
constexpr size_t kMostMapEntries = 32;
constexpr size_t kResetVector = kGuestBiosSize - 16;

std::vector<u8> parameters(const RealModeStart& start, const MemoryLayout& layout,
                           const std::vector<MemoryRange>& map) {
  const u64 above1 = std::max(layout.lowRam, 1_MiB) - 1_MiB;
  const u64 above16 = std::max(layout.lowRam, 16_MiB) - 16_MiB;
  ByteWriter w;
  w.u16le(start.offset);
  w.u16le(start.codeSegment);
  w.u16le(start.dataSegment);
  w.u16le(start.stackPointer);
  w.u16le(std::min(above1, 15_MiB) >> 10);
  w.u16le(std::min<u64>(above16 >> 16, 0xffff));
  w.u16le(std::min<u64>(above1 >> 10, 0xfc00));  // 63 MiB: old callers add to it in 16 bits
  w.u16le(map.size());
  w.raw(encodeMemoryMap(map));
  return w.take();
}

}  // namespace

Result<std::vector<u8>> buildGuestBios(const RealModeStart& start, const MemoryLayout& layout) {
  const std::vector<MemoryRange> map = memoryMap(layout);
  if (map.size() > kMostMapEntries)
    return fail("the memory map has {} ranges; the built-in BIOS can tell {}: use -bios", map.size(),
                kMostMapEntries);
  const auto codeSize = static_cast<size_t>(duetGuestBiosEnd - duetGuestBios);
  DUET_ASSERT(codeSize <= kResetVector);
  std::vector<u8> image(kGuestBiosSize, 0);
  std::memcpy(image.data(), duetGuestBios, codeSize);
  const std::vector<u8> block = parameters(start, layout, map);
  std::memcpy(image.data() + kParametersOffset, block.data(), block.size());
  image[kResetVector] = 0xea;  // far jump
  setField<u16>(image, kResetVector + 1, kGuestBiosRestart);
  setField<u16>(image, kResetVector + 3, kGuestBiosSegment);
  return image;
}

}  // namespace duet::firmware
