#include "firmware/legacy/mp_table.h"

#include <algorithm>

#include "core/base/assert.h"
#include "firmware/layout/byte_writer.h"

namespace duet::firmware {
namespace {

enum EntryType : u8 { kProcessor = 0, kBus = 1, kIoApic = 2, kIoInterrupt = 3, kLocalInterrupt = 4 };
enum InterruptType : u8 { kInt = 0, kNmi = 1, kExtInt = 3 };

constexpr size_t kPointerSize = 16, kHeaderSize = 44;
constexpr size_t kLengthAt = 4, kChecksumAt = 7, kCountAt = 34;
constexpr u8 kSpecification14 = 4;
constexpr u8 kLocalApicVersion = 0x14, kIoApicVersion = 0x20;
constexpr u8 kEnabled = 1, kBootProcessor = 2;
constexpr u8 kPciBus = 0, kIsaBus = 1;
constexpr u8 kEveryLocalApic = 0xff;
constexpr u8 kCascade = 2, kIsaInterrupts = 16;
constexpr u16 kAsTheBus = 0;

class Table {
 public:
  Table(const AcpiConfig& machine, const MpProcessorFacts& facts) : machine_(machine) {
    header();
    for (const AcpiProcessor& p : machine.processors) processor(p.apicId, facts);
    bus(kPciBus, "PCI");
    bus(kIsaBus, "ISA");
    ioApic();
    for (u8 irq = 0; irq < kIsaInterrupts; ++irq)
      if (irq != kCascade) isaInterrupt(irq);
    for (u8 slot = 0; slot < machine.pciInterrupts.wire.size(); ++slot)
      for (u8 pin = 0; pin < 4; ++pin) pciInterrupt(slot, pin);
    localInterrupt(kExtInt, 0);
    localInterrupt(kNmi, 1);
  }

  std::vector<u8> finish() {
    out_.patch(kLengthAt, out_.size(), 2);
    out_.patch(kCountAt, entries_, 2);
    out_.patch(kChecksumAt, checksumOf(out_.bytes()), 1);
    return out_.take();
  }

 private:
  void header() {
    out_.text("PCMP");
    out_.u16le(0);
    out_.u8le(kSpecification14);
    out_.u8le(0);
    out_.text("DUET", 8, ' ');
    out_.text("DUETPC", 12, ' ');
    out_.zeros(8);  // no OEM table; number of entries
    out_.u32le(machine_.localApicAddress);
    out_.zeros(4);  // no extended table
    DUET_ASSERT(out_.size() == kHeaderSize);
  }

  void entry(EntryType type) {
    out_.u8le(type);
    ++entries_;
  }

  void processor(u32 apicId, const MpProcessorFacts& facts) {
    if (apicId >= kEveryLocalApic) return;
    const bool first = entries_ == 0;
    entry(kProcessor);
    out_.u8le(apicId);
    out_.u8le(kLocalApicVersion);
    out_.u8le(kEnabled | (first ? kBootProcessor : 0));
    out_.u32le(facts.signature);
    out_.u32le(facts.features);
    out_.zeros(8);
  }

  void bus(u8 id, std::string_view name) {
    entry(kBus);
    out_.u8le(id);
    out_.text(name, 6, ' ');
  }

  void ioApic() {
    entry(kIoApic);
    out_.u8le(machine_.ioApicId);
    out_.u8le(kIoApicVersion);
    out_.u8le(kEnabled);
    out_.u32le(machine_.ioApicAddress);
  }

  void interrupt(u16 flags, u8 sourceBus, u8 source, u32 gsi) {
    entry(kIoInterrupt);
    out_.u8le(kInt);
    out_.u16le(flags);
    out_.u8le(sourceBus);
    out_.u8le(source);
    out_.u8le(machine_.ioApicId);
    out_.u8le(gsi - machine_.ioApicGsiBase);
  }

  void isaInterrupt(u8 irq) {
    const auto& all = machine_.overrides;
    const auto it = std::find_if(all.begin(), all.end(), [&](const auto& o) { return o.isaIrq == irq; });
    interrupt(it == all.end() ? kAsTheBus : it->flags, kIsaBus, irq, it == all.end() ? irq : it->gsi);
  }

  void pciInterrupt(u8 slot, u8 pin) {
    const auto& pci = machine_.pciInterrupts;
    interrupt(kAsTheBus, kPciBus, static_cast<u8>(slot << 2 | pin), pci.firstGsi + pci.wire[slot][pin]);
  }

  void localInterrupt(InterruptType type, u8 pin) {
    entry(kLocalInterrupt);
    out_.u8le(type);
    out_.u16le(kAsTheBus);
    out_.u8le(kIsaBus);
    out_.u8le(0);
    out_.u8le(kEveryLocalApic);
    out_.u8le(pin);
  }

  const AcpiConfig& machine_;
  ByteWriter out_;
  u16 entries_ = 0;
};

std::vector<u8> floatingPointer(u64 table) {
  ByteWriter out;
  out.text("_MP_");
  out.u32le(table);
  out.u8le(kPointerSize / 16);
  out.u8le(kSpecification14);
  out.u8le(0);
  out.zeros(5);  // a table is present; no IMCR: virtual wire mode
  out.patch(10, checksumOf(out.bytes()), 1);
  return out.take();
}

}  // namespace

std::vector<u8> buildMpTable(const AcpiConfig& machine, const MpProcessorFacts& facts, u64 address) {
  DUET_ASSERT(address % 16 == 0 && address < 4_GiB);
  std::vector<u8> image = floatingPointer(address + kPointerSize);
  DUET_ASSERT(image.size() == kPointerSize);
  const std::vector<u8> table = Table(machine, facts).finish();
  image.insert(image.end(), table.begin(), table.end());
  return image;
}

}  // namespace duet::firmware
