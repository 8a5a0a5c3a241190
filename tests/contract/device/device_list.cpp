// Every device of the machine, each made with the least it needs.
#include <cstring>
#include <mutex>

#include "hw/input/i8042.h"
#include "hw/irq/apic_bus.h"
#include "hw/irq/fpu_error_latch.h"
#include "hw/irq/io_apic.h"
#include "hw/irq/irq_router.h"
#include "hw/irq/local_apic.h"
#include "hw/irq/pic8259.h"
#include "hw/misc/fw_cfg.h"
#include "hw/misc/simple_ports.h"
#include "hw/pci/ich9_lpc.h"
#include "hw/pci/pci_host_bridge.h"
#include "hw/pci/pci_testdev.h"
#include "hw/pci/q35_mch.h"
#include "hw/power/acpi_pm.h"
#include "hw/serial/uart16550.h"
#include "hw/timer/cmos_rtc.h"
#include "hw/timer/hpet.h"
#include "hw/timer/pit8254.h"
#include "hw/timer/tick_keeper.h"
#include "tests/contract/device/device_contract.h"

namespace duet::contract {

namespace {

struct SilentChar : CharBackend {
  void write(std::span<const u8>) override {}
  void setReceiver(Receiver) override {}
  void resumeInput() override {}
  void start() override {}
  void flush() override {}
};

// 64 KiB of RAM at 0 and nothing else.
struct SmallMemory : GuestMemory {
  std::mutex mutex;
  std::vector<u8> bytes = std::vector<u8>(0x10000);
  bool inside(Gpa a, u64 n) const { return a.value <= bytes.size() && n <= bytes.size() - a.value; }
  bool read(Gpa a, std::span<u8> out) override {
    const std::lock_guard lock(mutex);
    if (!inside(a, out.size())) return false;
    std::memcpy(out.data(), bytes.data() + a.value, out.size());
    return true;
  }
  bool write(Gpa a, std::span<const u8> data) override {
    const std::lock_guard lock(mutex);
    if (!inside(a, data.size())) return false;
    std::memcpy(bytes.data() + a.value, data.data(), data.size());
    return true;
  }
  u8* hostPointer(Gpa, u64, bool) override { return nullptr; }
  void wrote(Gpa, u64) override {}
};

struct NoRegisters : IoHandler {
  u64 read(unsigned, u64, unsigned) override { return 0; }
  void write(unsigned, u64, unsigned, u64) override {}
};

// What several devices are built on; a World so that it lives as long.
struct Board : World {
  SilentChar chars;
  SmallMemory ram;
  hw::ApicBus apics;
  VcpuMailbox mailbox;
  hw::PciBus pci;
  NoRegisters nothing;
};

template <class D, class Make>
Candidate device(std::string name, std::vector<RangeInfo> ranges, Make make) {
  return {std::move(name), [ranges, make] {
            auto board = std::make_shared<Board>();
            std::shared_ptr<D> d = make(*board);
            Specimen s;
            s.world = board;
            s.device = d.get();
            if constexpr (std::is_base_of_v<StatefulDevice, D>) s.stateful = d.get();
            if constexpr (std::is_base_of_v<IoHandler, D>) s.io = d.get();
            s.ranges = ranges;
            // Devices go before what they refer to.
            s.keep = d;
            return s;
          }};
}

// The local APIC shows its registers through mmio().
Candidate localApic() {
  return {"lapic", [] {
            auto board = std::make_shared<Board>();
            auto apic = std::make_shared<hw::LocalApic>(hw::LocalApic::Config{}, board->apics, board->mailbox,
                                                        board->timers);
            board->apics.attach(*apic);
            Specimen s;
            s.world = board;
            s.device = s.stateful = apic.get();
            s.io = &apic->mmio();
            s.ranges = {{0, 0x1000}};
            s.keep = apic;
            return s;
          }};
}

// Configuration space of one PCI function, reached as by ECAM.
template <class D>
struct ConfigSpace : IoHandler {
  ConfigSpace(std::shared_ptr<D> d, hw::PciBus& bus) : device(std::move(d)), bridge(bus, nothing) {
    (void)bus.attach(*device, 0);
  }
  u64 read(unsigned, u64 o, unsigned n) override { return bridge.read(hw::PciHostBridge::kEcam, o, n); }
  void write(unsigned, u64 o, unsigned n, u64 v) override { bridge.write(hw::PciHostBridge::kEcam, o, n, v); }
  NoRegisters nothing;
  std::shared_ptr<D> device;
  hw::PciHostBridge bridge;
};

template <class D, class Make>
Candidate pciFunction(std::string name, Make make) {
  return {std::move(name), [make] {
            auto board = std::make_shared<Board>();
            auto space = std::make_shared<ConfigSpace<D>>(make(*board), board->pci);
            Specimen s;
            s.world = board;
            s.device = s.stateful = space->device.get();
            s.io = space.get();
            s.ranges = {{0, 0x1000}};
            s.keep = space;
            return s;
          }};
}

std::vector<FwCfgItem> someItems() {
  return {{0, "etc/one", {1, 2, 3}}, {0, "etc/two", {4}}, {5, "", {6, 7}}};
}

std::vector<Candidate> list() {
  using namespace hw;
  return {
      localApic(),
      device<IoApic>("ioapic", {{0, 0x1000}}, [](Board& b) { return std::make_shared<IoApic>(b.apics); }),
      device<Pic8259>("pic8259", {{0, 2}, {1, 2}, {2, 2}},
                      [](Board& b) { return std::make_shared<Pic8259>(IrqLine(b.irqs, 0)); }),
      device<IrqRouter>("irq-router", {},
                        [](Board& b) { return std::make_shared<IrqRouter>(b.irqs, b.irqs); }),
      device<TickKeeper>("tick-keeper", {},
                         [](Board& b) {
                           auto d =
                               std::make_shared<TickKeeper>(IrqLine(b.irqs, 0), b.timers, [] { return 0; });
                           d->setIrqLevel(0, true);
                           return d;
                         }),
      device<Pit8254>("pit8254", {{0, 4}, {1, 1}},
                      [](Board& b) { return std::make_shared<Pit8254>(IrqLine(b.irqs, 0), b.timers); }),
      device<CmosRtc>("cmos_rtc", {{0, 4}},
                      [](Board& b) {
                        return std::make_shared<CmosRtc>(CmosRtc::Config{.startSeconds = 1'000'000'000},
                                                         IrqLine(b.irqs, 8), b.timers);
                      }),
      device<Hpet>("hpet", {{0, 0x400}},
                   [](Board& b) {
                     return std::make_shared<Hpet>(IrqLine(b.irqs, 0), IrqLine(b.irqs, 8),
                                                   std::array{IrqLine(b.irqs, 20), IrqLine(b.irqs, 21),
                                                              IrqLine(b.irqs, 22), IrqLine(b.irqs, 23)},
                                                   b.timers);
                   }),
      device<AcpiPm>("acpi_pm", {{0, 128}, {1, 2}},
                     [](Board& b) {
                       return std::make_shared<AcpiPm>(IrqLine(b.irqs, 9), b.timers, PowerHooks{}, true);
                     }),
      device<Uart16550>("uart16550", {{0, 8}},
                        [](Board& b) {
                          return std::make_shared<Uart16550>("serial0", b.chars, IrqLine(b.irqs, 4),
                                                             b.timers);
                        }),
      device<I8042>("i8042", {{0, 1}, {1, 1}, {2, 1}},
                    [](Board& b) {
                      return std::make_shared<I8042>(IrqLine(b.irqs, 1), IrqLine(b.irqs, 12),
                                                     I8042Hooks{[] {}, [](bool) {}});
                    }),
      device<FwCfg>("fw-cfg", {{0, 2}, {1, 8}},
                    [](Board& b) {
                      auto d = std::make_shared<FwCfg>(b.ram);
                      (void)d->setItems(someItems());
                      return d;
                    }),
      device<FpuErrorLatch>("fpu-error", {{0, 2}},
                            [](Board& b) {
                              auto d = std::make_shared<FpuErrorLatch>(IrqLine(b.irqs, 13));
                              d->setFerr(true);
                              return d;
                            }),
      device<ResetControl>("reset-control", {{0, 1}},
                           [](Board&) { return std::make_shared<ResetControl>([] {}, [] {}); }),
      device<DebugExit>("isa-debug-exit", {{0, 4}},
                        [](Board&) { return std::make_shared<DebugExit>([](int) {}); }),
      device<DebugConsole>("isa-debugcon", {{0, 1}},
                           [](Board& b) { return std::make_shared<DebugConsole>(b.chars, u8{0xe9}); }),
      device<Pvpanic>("pvpanic", {{0, 1}}, [](Board&) { return std::make_shared<Pvpanic>([](u8) {}); }),
      device<PostPort>("post-port", {{0, 1}}, [](Board&) { return std::make_shared<PostPort>(); }),
      device<PcTestdev>("pc-testdev", {{0, 4}, {1, 4}, {2, 24}, {3, 0x10000}},
                        [](Board& b) { return std::make_shared<PcTestdev>(b.irqs, [] {}); }),
      device<PciHostBridge>("pci-host", {{0, 4}, {1, 4}, {2, 0x10000000}},
                            [](Board& b) { return std::make_shared<PciHostBridge>(b.pci, b.nothing); }),
      pciFunction<Q35Mch>("q35-mch",
                          [](Board&) {
                            return std::make_shared<Q35Mch>(MchHooks{
                                [](unsigned, bool, bool) {}, [](bool, u64, u64) {}, [](const Smram&) {}});
                          }),
      pciFunction<Ich9Lpc>("ich9-lpc",
                           [](Board& b) {
                             return std::make_shared<Ich9Lpc>(LpcHooks{[](bool, u16) {}, [](bool) {}}, b.irqs,
                                                              32u, 16u);
                           }),
      pciFunction<PciTestdev>("pci-testdev config",
                              [](Board& b) { return std::make_shared<PciTestdev>(b.memory, b.ports); }),
      device<PciTestdev>("pci-testdev", {{0, 4096}, {1, 256}},
                         [](Board& b) { return std::make_shared<PciTestdev>(b.memory, b.ports); }),
  };
}

}  // namespace

const std::vector<Candidate>& allDevices() {
  static const std::vector<Candidate> devices = list();
  return devices;
}

}  // namespace duet::contract
