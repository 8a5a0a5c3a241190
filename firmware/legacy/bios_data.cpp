#include "firmware/legacy/bios_data.h"

#include <algorithm>

#include "firmware/layout/byte_writer.h"

namespace duet::firmware {
namespace {

// Offsets from 400h, names as in every BIOS listing.
enum Offset : size_t {
  kSerial = 0x00,
  kExtendedArea = 0x0e,
  kEquipment = 0x10,
  kMemory = 0x13,
  kKeyboardHead = 0x1a,
  kKeyboardTail = 0x1c,
  kKeyboardStart = 0x80,
  kKeyboardEnd = 0x82,
  kSize = 0x100
};

constexpr unsigned kCoprocessor = 1u << 1;
constexpr unsigned kSerialShift = 9;
constexpr u16 kKeyboardBuffer = 0x1e, kKeyboardBufferEnd = 0x3e;

}  // namespace

std::vector<u8> buildBiosData(const BiosData& facts) {
  ByteWriter out;
  out.zeros(kSize);
  const size_t ports = std::min<size_t>(facts.serialPorts.size(), 4);
  for (size_t i = 0; i < ports; ++i) out.patch(kSerial + 2 * i, facts.serialPorts[i], 2);
  out.patch(kExtendedArea, facts.extendedArea >> 4, 2);
  out.patch(kEquipment, kCoprocessor | ports << kSerialShift, 2);
  out.patch(kMemory, facts.extendedArea / 1_KiB, 2);
  for (const Offset at : {kKeyboardHead, kKeyboardTail, kKeyboardStart}) out.patch(at, kKeyboardBuffer, 2);
  out.patch(kKeyboardEnd, kKeyboardBufferEnd, 2);
  return out.take();
}

}  // namespace duet::firmware
