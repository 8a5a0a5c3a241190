#include "tests/fuzz/board_machine.h"

#include <cstring>

#include "core/cpu/registers.h"
#include "tests/fuzz/check.h"

namespace duet::fuzz {
namespace {

template <class T>
T must(Result<T> result) {
  if (!result) std::fprintf(stderr, "%s\n", result.error().message.c_str());
  FUZZ_CHECK(result.has_value());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// push ax; mov al,20h; out 20h,al; out 0a0h,al; pop ax; iret
constexpr u8 kAcknowledge[] = {0x50, 0xb0, 0x20, 0xe6, 0x20, 0xe6, 0xa0, 0x58, 0xcf};

CpuState startState() {
  CpuState s = resetState(true);
  s.segment[kSegCs] = {0, 0, 0xffff, 0x93};
  for (const unsigned i : {kSegEs, kSegDs, kSegFs, kSegGs}) s.segment[i].limit = 0xffffffff;
  s.cr4 = kCr4Osfxsr;
  s.rip = BoardMachine::kCode;
  s.gpr[kRsp] = 0x7000;
  s.rflags |= kFlagIf;
  return s;
}

}  // namespace

BoardMachine::BoardMachine(bool withBios, const tcg::TierFactory& tier) {
  mainRam = must(ram.addBlock("main", kRamSize));
  const RamBlock* bios = nullptr;
  if (withBios) {
    bios = must(ram.addBlock("bios", kBiosSize));
    std::memset(bios->host, 0xf4, kBiosSize);
  }
  engine = std::make_unique<tcg::TcgBackend>(ram, tier);
  model = std::make_unique<CpuModel>(
      must(CpuModel::parse("max,vendor=GenuineIntel,-rdrand,-rdseed", engine->caps().features)));
  makeBoard(bios);
  vcpu = must(engine->createVcpu(board->vcpuEnv(0)));
  board->addMemoryListener([this] { engine->memoryMapChanged(); });
  reset();
}

void BoardMachine::makeBoard(const RamBlock* bios) {
  board = std::make_unique<hw::PcBoard>(
      hw::BoardConfig{.physical = physical,
                      .ports = ports,
                      .memory = memory,
                      .timers = timers,
                      .model = *model,
                      .ram = mainRam,
                      .bios = bios,
                      .rtcStartSeconds = 1'000'000'000,
                      .serial = {&serial},
                      .hooks = {.reset = [this] { resetAsked_ = true; },
                                .powerOff = [] {},
                                .sleep = [] {},
                                .wake = [this] { wakeAsked_ = true; },
                                .guestStatus = [](int) {},
                                .panicked = [](u8) {},
                                .flushCaches = [this] { engine->memoryMapChanged(); }}});
  must(board->build());
  addOptionalDevices();
  std::vector<u8> file(300, 0x5a);
  must(board->fwCfg().setItems({{0, "etc/file", file}, {0, "opt/empty", {}}}));
  devices = board->takeDevices();
}

void BoardMachine::addOptionalDevices() {
  hw::OptionalDevice d{
      .name = "isa-debug-exit", .ioBase = 0xf4, .ioSize = 4, .readback = 0, .slot = {}, .output = nullptr};
  must(board->addOptionalDevice(d));
  d.name = "isa-debugcon";
  d.ioBase = 0xe9;
  d.output = &serial;
  must(board->addOptionalDevice(d));
  d.name = "pvpanic";
  d.ioBase = 0x505;
  must(board->addOptionalDevice(d));
  // Not pc-testdev: it drives wires that other devices own, and then those devices and the wires disagree.
  d.name = "pci-testdev";
  must(board->addOptionalDevice(d));
}

void BoardMachine::reset() {
  for (auto& device : devices) device->reset();
  board->configureWithoutFirmware();
  restart();
}

void BoardMachine::restart() {
  resetAsked_ = wakeAsked_ = false;
  for (u32 v = 0; v < 256; ++v) memory.store<u32>(Gpa(v * 4), kHandler);
  memory.write(Gpa(kHandler), kAcknowledge);
  memory.store<u16>(Gpa(kCode), 0xfeeb);
  FUZZ_CHECK(vcpu->loadState(startState()).has_value());
}

void BoardMachine::resetIfAsked() {
  if (resetAsked_) return reset();
  if (!wakeAsked_) return;
  for (auto& device : devices) device->wake();
  restart();
}

void BoardMachine::pass(Nanoseconds duration) {
  const Nanoseconds end = clock.now() + duration;
  for (int i = 0; i < 64 && timers.nextDeadline() <= end; ++i) {
    clock.advanceTo(timers.nextDeadline());
    timers.runDue();
  }
  clock.advanceTo(end);
}

VcpuExit BoardMachine::run(u64 steps) {
  const VcpuExit exit = vcpu->run({steps});
  clock.advanceInstructions(exit.steps);
  timers.runDue();
  return exit;
}

void BoardMachine::execute(std::span<const u8> instruction, u32 address, u32 value, u32 count) {
  u8 code[20] = {};
  std::memcpy(code, instruction.data(), std::min<size_t>(instruction.size(), 16));
  code[instruction.size()] = 0xeb;
  code[instruction.size() + 1] = 0xfe;
  memory.write(Gpa(kCode), std::span<const u8>(code, instruction.size() + 2));
  CpuState s = state();
  s.activity = Activity::Running;
  s.rip = kCode;
  s.segment[kSegCs] = startState().segment[kSegCs];
  s.gpr[kRax] = value;
  s.gpr[kRdx] = s.gpr[kRdi] = address;
  s.gpr[kRcx] = count;
  s.gpr[kRsi] = kCode;
  FUZZ_CHECK(vcpu->loadState(s).has_value());
  run(4);
}

std::vector<std::vector<u8>> BoardMachine::saveDevices() {
  std::vector<std::vector<u8>> all;
  for (auto& device : devices)
    if (auto* stateful = dynamic_cast<StatefulDevice*>(device.get())) all.push_back(stateful->saveState());
  return all;
}

void BoardMachine::reloadDevices() {
  const auto before = saveDevices();
  size_t i = 0;
  for (auto& device : devices) {
    auto* stateful = dynamic_cast<StatefulDevice*>(device.get());
    if (!stateful) continue;
    const auto loaded = stateful->loadState(before[i++], stateful->stateVersion());
    if (!loaded) std::fprintf(stderr, "%s\n", loaded.error().message.c_str());
    FUZZ_CHECK(loaded.has_value());
  }
  const auto after = saveDevices();
  for (size_t n = 0; n < after.size(); ++n)
    if (after[n] != before[n])
      std::fprintf(stderr, "stateful device %zu does not read back what it loaded\n", n);
  FUZZ_CHECK(after == before);
  const CpuState s = state();
  FUZZ_CHECK(vcpu->loadState(s).has_value());
  FUZZ_CHECK(state() == s);
}

CpuState BoardMachine::state() {
  CpuState s;
  vcpu->saveState(s);
  return s;
}

}  // namespace duet::fuzz
