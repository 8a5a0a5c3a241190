#include "hw/board/pc_board.h"

#include <fmt/format.h>

#include <tuple>

#include "core/base/assert.h"
#include "core/base/log.h"
#include "hw/board/pc_addresses.h"
#include "hw/input/i8042.h"
#include "hw/irq/io_apic.h"
#include "hw/pci/ich9_lpc.h"
#include "hw/pci/pci_host_bridge.h"
#include "hw/serial/uart16550.h"
#include "hw/timer/cmos_rtc.h"

namespace duet::hw {
namespace {

// The clock's interrupt on its way to the controllers also sets PM1_STS.RTC_STS (ICH9 13.8.3.1).
class RtcWire : public IrqSink {
 public:
  RtcWire(IrqLine on, std::function<void()> alarm) : on_(on), alarm_(std::move(alarm)) {}
  void setIrqLevel(unsigned, bool level) override {
    on_.set(level);
    if (level && !level_) alarm_();
    level_ = level;
  }

 private:
  const IrqLine on_;
  const std::function<void()> alarm_;
  bool level_ = false;  // under the clock's own lock
};

}  // namespace

PcBoard::PcBoard(BoardConfig config)
    : config_(std::move(config)),
      memoryMap_(config_.physical, *config_.ram, config_.bios),
      smram_(config_.physical, *config_.ram) {}

PcBoard::~PcBoard() = default;

Result<> PcBoard::mapPorts(const char* name, u64 base, u64 size, IoHandler& handler, unsigned range,
                           Writes writes) {
  const bool mayWait = writes == Writes::MayWait;
  auto mapped = config_.ports.mapIo({.name = name, .base = base, .size = size, .writesMayWait = mayWait},
                                    handler, range);
  return mapped ? Result<>{} : tl::unexpected(mapped.error());
}

Result<> PcBoard::mapMemory(const char* name, u64 base, u64 size, IoHandler& handler, unsigned range,
                            Writes writes) {
  const bool mayWait = writes == Writes::MayWait;
  auto mapped = config_.physical.mapIo({.name = name, .base = base, .size = size, .writesMayWait = mayWait},
                                       handler, range);
  return mapped ? Result<>{} : tl::unexpected(mapped.error());
}

Result<> PcBoard::build() {
  if (auto ok = memoryMap_.build(); !ok) return ok;
  if (auto ok = smram_.build(); !ok) return ok;
  for (auto step : {&PcBoard::buildInterrupts, &PcBoard::buildTimers, &PcBoard::buildPower,
                    &PcBoard::buildSerial, &PcBoard::buildPci, &PcBoard::buildMisc})
    if (auto ok = (this->*step)(); !ok) return ok;
  return {};
}

Result<> PcBoard::buildInterrupts() {
  const CpuModel& model = config_.model;
  pic_ = add<Pic8259>(IrqLine(apicBus_, ApicBus::kLint0));
  for (unsigned i = 0; i < model.topology().count(); ++i) {
    mailboxes_.push_back(std::make_unique<VcpuMailbox>());
    const LocalApic::Config config{.id = model.apicId(i),
                                   .bootProcessor = i == 0,
                                   .x2apic = model.has(Feature::X2apic),
                                   .tscDeadline = model.has(Feature::TscDeadline),
                                   .physicalBits = model.physicalBits()};
    auto* apic = add<LocalApic>(config, apicBus_, *mailboxes_.back(), config_.timers);
    apicBus_.attach(*apic);
    apics_.push_back(apic);
  }
  apics_[0]->setExternalSource(pic_);
  auto* ioApic = add<IoApic>(apicBus_, &apicBus_);
  apicBus_.attach(*ioApic);
  apicBus_.attachWires(*pic_);
  apicBus_.attachWires(*ioApic);
  router_ = add<IrqRouter>(*pic_, *ioApic);
  fpuError_ = add<FpuErrorLatch>(router_->line(pc::kIrqFpu));
  if (auto ok = mapPorts("fpu error", pc::kFpuError, 2, *fpuError_, 0); !ok) return ok;
  if (auto ok = mapPorts("pic8259 master", pc::kPicMaster, 2, *pic_, Pic8259::kMaster); !ok) return ok;
  if (auto ok = mapPorts("pic8259 slave", pc::kPicSlave, 2, *pic_, Pic8259::kSlave); !ok) return ok;
  if (auto ok = mapPorts("elcr", pc::kElcr, 2, *pic_, Pic8259::kElcr); !ok) return ok;
  return mapMemory("ioapic", pc::kIoApic, IoApic::kWindowSize, *ioApic, 0);
}

// The 8254's and the clock chip's interrupts go through the HPET, which may take their place.
Result<> PcBoard::buildHpet() {
  if (!config_.hpet) return {};
  std::array<IrqLine, Hpet::kRoutes> routes;
  for (unsigned i = 0; i < Hpet::kRoutes; ++i) {
    const unsigned input = Hpet::kFirstRoute + i - IrqRouter::kIoApicPins;
    routes[i] = router_->line(IrqRouter::kSharedIoApicPins + input);
  }
  hpet_ = add<Hpet>(IrqLine(*ticks_, 0), router_->line(pc::kIrqRtc), routes, config_.timers,
                    [this](bool connected) {
                      if (pit_) pit_->setConnected(connected);
                    });
  return mapMemory("hpet", pc::kHpet, Hpet::kWindowSize, *hpet_, 0);
}

Result<> PcBoard::buildTimers() {
  ticks_ =
      add<TickKeeper>(router_->line(pc::kIrqTimer), config_.timers, [this] { return unreadInterrupts(); });
  if (auto ok = buildHpet(); !ok) return ok;
  pit_ = add<Pit8254>(hpet_ ? IrqLine(*hpet_, Hpet::kPitPin) : IrqLine(*ticks_, 0), config_.timers);
  apicBus_.attachWires(*pit_);
  if (auto ok = mapPorts("pit8254", pc::kPit, 4, *pit_, Pit8254::kPorts); !ok) return ok;
  if (auto ok = mapPorts("port 61h", pc::kPort61, 1, *pit_, Pit8254::kPort61); !ok) return ok;

  const u64 low = std::min(config_.ram->size, pc::kLowRamLimit);
  const CmosRtc::Config rtcConfig{.startSeconds = config_.rtcStartSeconds,
                                  .memoryBelow4G = low,
                                  .memoryAbove4G = config_.ram->size - low,
                                  .cpus = vcpuCount()};
  rtcWire_ = std::make_unique<RtcWire>(hpet_ ? IrqLine(*hpet_, Hpet::kRtcPin) : router_->line(pc::kIrqRtc),
                                       [this] { power_->rtcAlarm(); });
  rtc_ = add<CmosRtc>(rtcConfig, IrqLine(*rtcWire_, 0), config_.timers);
  return mapPorts("cmos_rtc", pc::kRtc, 4, *rtc_, 0);
}

PowerHooks PcBoard::powerHooks() {
  // What firmware looks at when it starts: "this is a resume".
  constexpr u8 kShutdownStatus = 0x0f, kResume = 0xfe;
  return {.powerOff = config_.hooks.powerOff,
          .sleep =
              [this] {
                rtc_->setMemory(kShutdownStatus, kResume);
                if (config_.hooks.sleep) config_.hooks.sleep();
              },
          .wake = config_.hooks.wake,
          .smi = [this](unsigned cpu) { sendSmi(cpu); }};
}

Result<> PcBoard::buildPower() {
  power_ = add<AcpiPm>(router_->line(pc::kIrqSci), config_.timers, powerHooks(), config_.smm);
  auto mapped = config_.ports.mapIo(
      {.name = "acpi_pm", .base = pc::kPowerManagement, .size = AcpiPm::kPorts, .enabled = false}, *power_,
      AcpiPm::kPm);
  if (!mapped) return tl::unexpected(mapped.error());
  powerMap_ = *mapped;
  for (unsigned i = 0; i < vcpuCount(); ++i) {
    auto view = std::make_unique<AddressSpace>(fmt::format("ports of vCPU {}", i), config_.ports);
    auto apm =
        view->mapIo({.name = "apm", .base = pc::kApm, .size = AcpiPm::kApmPorts}, *power_, AcpiPm::kApm + i);
    if (!apm) return tl::unexpected(apm.error());
    portViews_.push_back(std::move(view));
  }
  return {};
}

Result<> PcBoard::buildSerial() {
  for (size_t i = 0; i < config_.serial.size(); ++i) {
    if (i >= std::size(pc::kSerial)) return fail("-serial: at most {} serial ports", std::size(pc::kSerial));
    const std::string name = fmt::format("uart16550-{}", i);
    auto* uart = add<Uart16550>(name, *config_.serial[i], router_->line(pc::kSerialIrq[i]), config_.timers);
    if (auto ok = mapPorts(name.c_str(), pc::kSerial[i], 8, *uart, 0); !ok) return ok;
  }
  return {};
}

Result<> PcBoard::buildPci() {
  resetControl_ = add<ResetControl>(config_.hooks.reset, [this] { sendInit(); });
  auto* bridge = add<PciHostBridge>(pciBus_, *resetControl_);
  if (auto ok = mapPorts("pci address", pc::kPciAddress, 4, *bridge, PciHostBridge::kAddressPort); !ok)
    return ok;
  if (auto ok = mapPorts("pci data", pc::kPciData, 4, *bridge, PciHostBridge::kDataPort); !ok) return ok;
  auto ecam = config_.physical.mapIo(
      {.name = "pci ecam", .base = pc::kEcamBase, .size = pc::kEcamSize, .enabled = false}, *bridge,
      PciHostBridge::kEcam);
  if (!ecam) return tl::unexpected(ecam.error());
  ecamMap_ = *ecam;

  mch_ = add<Q35Mch>(MchHooks{
      .pam = [this](unsigned segment, bool read, bool write) { memoryMap_.setPam(segment, read, write); },
      .ecam = [this](bool enabled, u64 base, u64 size) { moveEcam(enabled, base, size); },
      .smram = [this](const Smram& smram) { smram_.set(config_.smm ? smram : Smram{}); }});
  if (auto ok = pciBus_.attach(*mch_, devfn(pc::kSlotMch, 0)); !ok) return ok;
  auto* lpc = add<Ich9Lpc>(
      LpcHooks{.powerManagement = [this](bool enabled, u16 base) { movePowerManagement(enabled, base); },
               .smiLock = [this](bool locked) { power_->setSmiLock(locked); }},
      *router_, IrqRouter::kPicPins, IrqRouter::kIoApicPins);
  lpc_ = lpc;
  return pciBus_.attach(*lpc, devfn(pc::kSlotLpc, 0));
}

Result<> PcBoard::buildMisc() {
  auto* keyboard = add<I8042>(router_->line(pc::kIrqKeyboard), router_->line(pc::kIrqMouse),
                              I8042Hooks{.init = [this] { sendInit(); },
                                         .a20 =
                                             [this](bool enabled) {
                                               memoryMap_.setA20(enabled);
                                               smram_.setA20(enabled);
                                             }});
  if (auto ok = mapPorts("i8042 data", pc::kKeyboardData, 1, *keyboard, I8042::kDataPort); !ok) return ok;
  if (auto ok = mapPorts("i8042 command", pc::kKeyboardCommand, 1, *keyboard, I8042::kCommandPort); !ok)
    return ok;
  if (auto ok = mapPorts("port 92h", pc::kPort92, 1, *keyboard, I8042::kPort92); !ok) return ok;
  auto* post = add<PostPort>();
  if (auto ok = mapPorts("post port", pc::kPost, 1, *post, 0, Writes::MayWait); !ok) return ok;
  fwCfg_ = add<FwCfg>(config_.memory);
  if (auto ok = mapPorts("fw_cfg", pc::kFwCfg, 2, *fwCfg_, 0); !ok) return ok;
  return mapPorts("fw_cfg dma", pc::kFwCfgDma, 8, *fwCfg_, 1);
}

void PcBoard::configureWithoutFirmware() {
  // "Virtual wire": the 8259s' interrupts and NMIs pass through the boot processor's APIC.
  IoHandler& apic = apics_[0]->mmio();
  constexpr u64 kSvr = 0xf0, kLint0 = 0x350, kLint1 = 0x360;
  apic.write(0, kSvr, 4, 0x1ff);
  apic.write(0, kLint0, 4, 0x8700);
  apic.write(0, kLint1, 4, 0x0400);

  // IRQ0..7 at vectors 08h..0Fh, IRQ8..15 at 70h..77h, as every BIOS leaves them.
  for (const auto& [chip, vectors, wiring] :
       {std::tuple{Pic8259::kMaster, 0x08u, 0x04u}, std::tuple{Pic8259::kSlave, 0x70u, 0x02u}}) {
    pic_->write(chip, 0, 1, 0x11);
    for (const u32 icw : {vectors, wiring, 1u}) pic_->write(chip, 1, 1, icw);
  }

  constexpr u32 kPciexbarEnable = 1, kAcpiEnable = 0x80;
  mch_->configWrite(0x64, 4, 0);
  mch_->configWrite(0x60, 4, static_cast<u32>(pc::kEcamBase) | kPciexbarEnable);
  lpc_->configWrite(0x40, 4, pc::kPowerManagement);
  lpc_->configWrite(0x44, 1, kAcpiEnable);
  power_->setAcpiMode();
  // PIRQ A..H on the interrupts firmware commonly gives them: 10 and 11 in turn.
  for (u32 i = 0; i < 4; ++i) {
    lpc_->configWrite(0x60 + i, 1, i % 2 ? 11 : 10);
    lpc_->configWrite(0x68 + i, 1, i % 2 ? 11 : 10);
  }
}

}  // namespace duet::hw
