#include "ui/app/pc_machine.h"

#include "core/base/log.h"
#include "hw/timer/rtc_base.h"
#include "mmu/ram/ram_section.h"
#include "ui/app/suboptions.h"

namespace duet::ui {
namespace {

constexpr u64 kPhysicalSpace = u64{1} << 40;  // what a model with 40 physical address bits reaches
constexpr u64 kPortSpace = 0x10000;
constexpr u32 kLastApicId = 254;  // 255 is the broadcast

void reportSwitches(const SwitchTimes& times) {
  const auto milliseconds = [](Nanoseconds t) { return static_cast<double>(t) * 1e-6; };
  log(LogChannel::Warn, "engine changed {} times; pauses: median {:.3f} ms, worst {:.3f} ms", times.count,
      milliseconds(times.median), milliseconds(times.worst));
}

}  // namespace

PcMachine::PcMachine(const Options& options)
    : options_(options),
      physical_("memory", kPhysicalSpace),
      ports_("ports", kPortSpace),
      memory_(physical_, ram_),
      clock_(options.accel.deterministic ? VirtualClock::Kind::Counted : VirtualClock::Kind::Host),
      timers_(clock_) {}

PcMachine::~PcMachine() {
  // Threads first, then what they used.
  gdb_.reset();
  machine_.reset();
  timers_.stop();
}

Result<std::unique_ptr<PcMachine>> PcMachine::create(const Options& options, const HostEngines& engines) {
  std::unique_ptr<PcMachine> pc(new PcMachine(options));
  if (auto ok = pc->build(engines(pc->ram_, options.accel)); !ok) return tl::unexpected(ok.error());
  return pc;
}

Result<> PcMachine::makeCpuModel() {
  auto model = engines_->guestCpu(options_.cpu);
  if (!model) return tl::unexpected(model.error());
  model_ = std::make_unique<CpuModel>(std::move(*model));
  model_->setTopology(options_.topology);
  if (const u32 last = model_->apicId(options_.topology.count() - 1); last > kLastApicId)
    return fail(
        "-smp: this grouping needs APIC ID {}, and {} is the last; use cores and threads in powers of two",
        last, kLastApicId);
  model_->tscFrequency = clock_.tscFrequency();
  return {};
}

Result<> PcMachine::build(EngineMakers engines) {
  auto pair = EnginePair::choose(options_.accel, std::move(engines), options_.accel.switchAfter.any());
  if (!pair) return tl::unexpected(pair.error());
  engines_ = std::move(*pair);
  if (!engines_->line().empty()) fmt::print(stderr, "duet: {}\n", engines_->line());
  if (auto ok = makeCpuModel(); !ok) return ok;

  machine_ =
      std::make_unique<Machine>(clock_, timers_, MachinePolicy{options_.noReboot, options_.noShutdown, true});
  const ConsoleActions actions{.quit = [this] { requestQuit(); },
                               .togglePause = [this] { machine_->requestPauseToggle(); },
                               .reset = [this] { machine_->requestReset(); },
                               .powerButton = [this] { board_->pressPowerButton(); },
                               .switchEngine = [this] { machine_->requestSwitchEngine(); }};
  auto serial = setUpSerial(options_, actions);
  if (!serial) return tl::unexpected(serial.error());
  serial_ = std::move(*serial);

  auto plan = BootPlan::prepare(options_, *model_, static_cast<unsigned>(serial_.ports.size()));
  if (!plan) return tl::unexpected(plan.error());
  boot_ = std::make_unique<BootPlan>(std::move(*plan));
  if (auto ok = makeMemory(*boot_); !ok) return ok;
  if (auto ok = makeBoard(); !ok) return ok;
  if (auto ok = makeVcpus(); !ok) return ok;
  if (auto ok = makeSwitch(); !ok) return ok;
  return makeGdbServer();
}

Result<> PcMachine::makeMemory(const BootPlan& plan) {
  auto main = ram_.addBlock("main", options_.memoryBytes);
  if (!main) return fail("-m: {}", main.error().message);
  mainRam_ = *main;
  if (!plan.hasBios()) return {};
  auto bios = ram_.addBlock("bios", plan.biosImage().size());
  if (!bios) return tl::unexpected(bios.error());
  biosRam_ = *bios;
  return {};
}

hw::BoardHooks PcMachine::boardHooks() {
  return {.reset = [this] { machine_->requestReset(); },
          .powerOff = [this] { machine_->requestPowerOff(); },
          .sleep = [this] { machine_->requestSleep(); },
          .wake = [this] { machine_->requestWake(); },
          .guestStatus =
              [this](int status) { machine_->requestEnd({EndReason::GuestStatus, status & 0xff, {}}); },
          .panicked =
              [](u8 events) {
                guestLog(LogChannel::Warn, "the guest kernel says it {}",
                         events & 1 ? "panicked" : "loaded its crash kernel");
              },
          .flushCaches = [this] { engines_->memoryMapChanged(); }};
}

Result<hw::OptionalDevice> PcMachine::optionalDevice(const DeviceOption& device) {
  hw::OptionalDevice made{
      .name = device.name, .ioBase = {}, .ioSize = {}, .readback = 0, .slot = {}, .output = nullptr};
  const std::string option = "-device " + device.name;
  auto number = [&](const char* key) -> u64 {  // checked when the option was parsed
    return *parseNumber(option, device.properties.at(key), 0, ~u64{0});
  };
  if (device.properties.count("iobase")) made.ioBase = number("iobase");
  if (device.properties.count("ioport")) made.ioBase = number("ioport");
  if (device.properties.count("iosize")) made.ioSize = number("iosize");
  if (device.properties.count("readback")) made.readback = static_cast<u8>(number("readback"));
  if (auto addr = device.properties.find("addr"); addr != device.properties.end() && !addr->second.empty()) {
    const std::string hex = addr->second.starts_with("0x") ? addr->second : "0x" + addr->second;
    auto slot = parseNumber(option + ",addr", hex, 1, 30);
    if (!slot) return tl::unexpected(slot.error());
    made.slot = static_cast<u8>(*slot);
  }
  if (auto chardev = device.properties.find("chardev"); chardev != device.properties.end()) {
    auto output = addCharBackend(serial_, option + ",chardev", chardev->second);
    if (!output) return tl::unexpected(output.error());
    made.output = *output;
  }
  return made;
}

Result<> PcMachine::makeBoard() {
  auto rtc = hw::rtcBaseSeconds(options_.rtcBase);
  if (!rtc) return tl::unexpected(rtc.error());
  // Guests take paravirtual calendars for UTC, whatever the clock chip shows.
  auto calendar = options_.rtcBase == "localtime" ? hw::rtcBaseSeconds("utc") : rtc;
  clock_.setCalendarStart(*calendar * 1'000'000'000);
  std::vector<CharBackend*> serial;
  for (auto& port : serial_.ports) serial.push_back(port.get());
  board_ = std::make_unique<hw::PcBoard>(hw::BoardConfig{.physical = physical_,
                                                         .ports = ports_,
                                                         .memory = memory_,
                                                         .timers = timers_,
                                                         .model = *model_,
                                                         .ram = mainRam_,
                                                         .bios = biosRam_,
                                                         .rtcStartSeconds = *rtc,
                                                         .serial = serial,
                                                         .hpet = options_.hpet,
                                                         .hooks = boardHooks(),
                                                         .smm = options_.smm});
  if (auto ok = board_->build(); !ok) return ok;
  for (const DeviceOption& device : options_.devices) {
    auto made = optionalDevice(device);
    if (!made) return tl::unexpected(made.error());
    if (auto ok = board_->addOptionalDevice(*made); !ok) return ok;
  }
  if (auto ok = board_->fwCfg().setItems(boot_->fwCfgItems()); !ok) return ok;
  for (auto& device : board_->takeDevices()) machine_->addDevice(std::move(device));
  return {};
}

Result<> PcMachine::makeVcpus() {
  for (unsigned i = 0; i < board_->vcpuCount(); ++i) {
    auto vcpu = engines_->first().createVcpu(board_->vcpuEnv(i));
    if (!vcpu) return tl::unexpected(vcpu.error());
    machine_->addVcpu(std::move(*vcpu), board_->mailbox(i));
  }
  board_->addMemoryListener([this] { engines_->memoryMapChanged(); });
  machine_->setBoot([this] { return boot_->place(memory_, *board_, biosRam_); });
  machine_->setWake([this] { return boot_->wake(memory_, *board_, biosRam_); });
  return {};
}

Result<> PcMachine::makeSwitch() {
  std::vector<VcpuEnv> envs;
  for (unsigned i = 0; i < board_->vcpuCount(); ++i) envs.push_back(board_->vcpuEnv(i));
  machine_->setEngines(engines_->first(), std::move(envs), [this] { return engines_->other(*model_); });
  const SwitchAfter& after = options_.accel.switchAfter;
  if (!after.any()) return {};
  const auto ok =
      machine_->switchEvery({after.instructions, static_cast<Nanoseconds>(after.milliseconds) * 1'000'000});
  return ok ? ok : fail("-accel switch-after: {}", ok.error().message);
}

Result<> PcMachine::makeGdbServer() {
  if (options_.gdb.kind == gdb::Address::Kind::None) return {};
  debugger_ = std::make_unique<MachineDebugger>(*machine_, memory_);
  auto server = gdb::Server::open(options_.gdbOption, options_.gdb, *debugger_);
  if (!server) return tl::unexpected(server.error());
  gdb_ = std::move(*server);
  return {};
}

Result<MachineEnd> PcMachine::run() {
  for (const std::string& notice : serial_.notices) log(LogChannel::Error, "{}", notice);
  if (auto ok = machine_->start(); !ok) return tl::unexpected(ok.error());
  if (auto ok = restore(); !ok) return tl::unexpected(ok.error());
  if (!options_.startPaused) machine_->resume();
  for (auto& port : serial_.ports) port->start();
  if (gdb_) gdb_->start();
  MachineEnd end = machine_->runUntilEnd();
  if (gdb_) gdb_->stop();
  for (auto& port : serial_.ports) port->flush();
  if (options_.accel.switchAfter.any()) reportSwitches(machine_->switchTimes());
  fmt::print(stderr, "{}", engines_->statistics());
  return end;
}

Result<> PcMachine::beginFrom(const std::string& path) {
  // As much again as RAM: what does not shrink by compression, and the devices.
  auto snapshot = Snapshot::readFile(path, 2 * options_.memoryBytes + 64_MiB);
  if (!snapshot) return tl::unexpected(snapshot.error());
  begin_ = std::move(*snapshot);
  return {};
}

Result<> PcMachine::restore() {
  if (!begin_) return {};
  if (auto ok = mmu::loadRam(ram_, *begin_); !ok) return ok;
  if (auto ok = machine_->load(*begin_); !ok) return ok;
  begin_.reset();
  return {};
}

Result<> PcMachine::saveTo(const std::string& path) {
  Result<> saved = fail("{}: the machine has ended", path);
  machine_->call([&] {
    machine_->pause();
    auto snapshot = machine_->save();
    saved = snapshot ? mmu::saveRam(ram_, *snapshot) : tl::unexpected(snapshot.error());
    if (saved) saved = snapshot->writeFile(path);
  });
  return saved;
}

void PcMachine::requestQuit() { machine_->requestEnd({EndReason::Quit, 0, {}}); }

}  // namespace duet::ui
