#include "firmware/legacy/pir_table.h"

#include "firmware/layout/byte_writer.h"

namespace duet::firmware {
namespace {

constexpr size_t kSizeAt = 6, kChecksumAt = 31;

u8 devfn(unsigned slot, unsigned function = 0) { return static_cast<u8>(slot << 3 | function); }

}  // namespace

std::vector<u8> buildPirTable(const AcpiPciInterrupts& pci, const PirRouter& router) {
  u16 choices = 0;
  for (const u32 irq : pci.isaChoices) choices = static_cast<u16>(choices | 1u << irq);
  ByteWriter out;
  out.text("$PIR");
  out.u16le(0x100);  // version 1.0
  out.u16le(0);
  out.u8le(0);  // the router's bus
  out.u8le(devfn(pci.bridgeSlot, pci.bridgeFunction));
  out.u16le(0);  // no interrupt is for PCI alone
  out.u16le(router.vendor);
  out.u16le(router.device);
  out.zeros(16);  // no miniport data; reserved; checksum
  for (unsigned slot = 0; slot < pci.wire.size(); ++slot) {
    out.u8le(0);  // bus
    out.u8le(devfn(slot));
    for (const u8 wire : pci.wire[slot]) {
      out.u8le(pci.routeRegister[wire]);  // the link value is the router's register
      out.u16le(choices);
    }
    out.u8le(0);  // on the board, not in a numbered slot
    out.u8le(0);
  }
  out.patch(kSizeAt, out.size(), 2);
  out.patch(kChecksumAt, checksumOf(out.bytes()), 1);
  return out.take();
}

}  // namespace duet::firmware
