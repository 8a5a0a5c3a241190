// What `-device` adds.
#include "hw/board/pc_addresses.h"
#include "hw/board/pc_board.h"
#include "hw/pci/pci_testdev.h"

namespace duet::hw {
namespace {

constexpr u64 kEchoPorts = 0xe0, kFlushPort = 0xe4, kIrqLinePorts = 0x2000, kIrqLineCount = 24;

}  // namespace

Result<> PcBoard::addOptionalDevice(const OptionalDevice& d) {
  if (d.name == "isa-debug-exit") {
    if (*d.ioSize == 0 || (*d.ioSize & (*d.ioSize - 1)))
      return fail("-device isa-debug-exit: iosize={} must be 1, 2, 4 or 8", *d.ioSize);
    return mapPorts("isa-debug-exit", *d.ioBase, *d.ioSize, *add<DebugExit>(config_.hooks.guestStatus), 0);
  }
  if (d.name == "isa-debugcon")
    return mapPorts("isa-debugcon", *d.ioBase, 1, *add<DebugConsole>(*d.output, d.readback), 0);
  if (d.name == "pvpanic") return mapPorts("pvpanic", *d.ioBase, 1, *add<Pvpanic>(config_.hooks.panicked), 0);
  if (d.name == "pc-testdev") {
    auto* testdev = add<PcTestdev>(*router_, config_.hooks.flushCaches);
    if (auto ok = mapPorts("pc-testdev echo", kEchoPorts, 4, *testdev, PcTestdev::kEcho); !ok) return ok;
    if (auto ok = mapPorts("pc-testdev flush", kFlushPort, 4, *testdev, PcTestdev::kFlush); !ok) return ok;
    if (auto ok = mapPorts("pc-testdev irq", kIrqLinePorts, kIrqLineCount, *testdev, PcTestdev::kIrqLines);
        !ok)
      return ok;
    return mapMemory("pc-testdev memory", pc::kTestdevMemory, 0x10000, *testdev, PcTestdev::kMemory,
                     Writes::MayWait);
  }
  if (d.name == "pci-testdev") {
    auto slot = d.slot ? Result<u8>(devfn(*d.slot, 0)) : pciBus_.freeSlot(pc::kFirstFreeSlot);
    if (!slot) return tl::unexpected(slot.error());
    return pciBus_.attach(*add<PciTestdev>(config_.physical, config_.ports), *slot);
  }
  return fail("-device {}: this machine has no place for it", d.name);
}

}  // namespace duet::hw
