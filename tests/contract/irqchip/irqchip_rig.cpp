#include "tests/contract/irqchip/irqchip_rig.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "core/cpu/registers.h"

namespace duet::test {
namespace {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

void mustBeDone(const Result<>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}

}  // namespace

void WriteLog::write(unsigned, u64 offset, unsigned, u64) {
  const std::lock_guard lock(mutex_);
  offsets_.push_back(offset);
}

size_t WriteLog::count(u64 offset) const {
  const std::lock_guard lock(mutex_);
  return static_cast<size_t>(std::ranges::count(offsets_, offset));
}

bool WriteLog::waitFor(u64 offset, size_t times) const {
  for (unsigned i = 0; i < 5000; ++i) {
    if (count(offset) >= times) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

int FixedVector::acknowledgeExternal() {
  acknowledged();
  return vector;
}

IrqchipRig::IrqchipRig(unsigned count, kvm::KvmSettings settings) {
  block = must(ram.addBlock("ram", kRamSize));
  must(physical.mapRam({"ram", 0, kRamSize, 0}, *block, 0, true));
  must(ports.mapIo({"log", kPort, 0x20, 0}, log, 0));
  bus.attach(ioApic);
  bus.attachWires(ioApic);
  if (settings.irqchip == kvm::IrqchipMode::On) {
    bus.attachWires(pic8259);
    bus.attachWires(pit);
  }
  settings.wrote = [this](const u8* host, u64 length) { ram.noteWrite(host, length); };
  engine = must(kvm::KvmBackend::create(settings));
  model = std::make_unique<CpuModel>(must(CpuModel::parse("max", engine->caps().features)));
  model->setTopology({1, count, 1});
  for (unsigned i = 0; i < count; ++i) {
    auto& cpu = *cpus.emplace_back(std::make_unique<Cpu>());
    const hw::LocalApic::Config config{.id = model->apicId(i), .bootProcessor = i == 0};
    cpu.apic = std::make_unique<hw::LocalApic>(config, bus, cpu.mailbox, timers);
    bus.attach(*cpu.apic);
    if (i == 0) cpu.apic->setExternalSource(&pic);
    cpu.vcpu = must(engine->createVcpu({.index = i,
                                        .memory = memory,
                                        .physical = physical,
                                        .ports = ports,
                                        .interrupts = *cpu.apic,
                                        .mailbox = cpu.mailbox,
                                        .clock = clock,
                                        .model = *model,
                                        .chips = &bus,
                                        .apicModel = cpu.apic.get()}));
  }
  clock.start();
}

IrqchipRig::~IrqchipRig() { stop(); }

void IrqchipRig::put(u64 address, std::initializer_list<u8> bytes) {
  memory.write(Gpa(address), std::span(bytes.begin(), bytes.size()));
}

void IrqchipRig::handler(u8 vector, u8 offset, bool endOfInterrupt) {
  const u64 at = 0x4000 + u64{vector} * 32;
  memory.store(Gpa(u64{vector} * 4), static_cast<u32>(at));
  constexpr u8 kOut = 0xee, kIret = 0xcf, kNop = 0x90;
  // mov dx, port; out dx, al; and mov ecx, 80bh; xor eax, eax; xor edx, edx; wrmsr
  put(at, {0xba, static_cast<u8>(kPort + offset), kPort >> 8, kOut});
  if (endOfInterrupt)
    put(at + 4, {0x66, 0xb9, 0x0b, 0x08, 0, 0, 0x66, 0x31, 0xc0, 0x66, 0x31, 0xd2, 0x0f, 0x30, kNop, kIret});
  else
    put(at + 4, {kIret});
}

CpuState IrqchipRig::start(bool interrupts) {
  CpuState s = resetState(true);
  s.segment[kSegCs] = {0, 0, 0xffff, s.segment[kSegCs].attributes};
  s.rip = kProgram;
  s.gpr[kRsp] = 0x3000;
  if (interrupts) s.rflags |= kFlagIf;
  return s;
}

void IrqchipRig::load(unsigned cpu, const CpuState& state) { mustBeDone(cpus[cpu]->vcpu->loadState(state)); }

void IrqchipRig::enableApic(unsigned cpu, bool x2apic) {
  hw::LocalApic& apic = *cpus[cpu]->apic;
  apic.mmio().write(0, 0xf0, 4, 0x1ff);
  if (!x2apic) return;
  u64 base = 0;
  (void)apic.readMsr(kMsrApicBase, base);
  (void)apic.writeMsr(kMsrApicBase, base | 0xc00);
}

void IrqchipRig::go() {
  for (auto& cpu : cpus) cpu->thread = std::thread([c = cpu.get()] { c->exit = c->vcpu->run({}); });
}

void IrqchipRig::stop() {
  for (auto& cpu : cpus)
    if (cpu->thread.joinable()) cpu->vcpu->requestExit();
  for (auto& cpu : cpus)
    if (cpu->thread.joinable()) cpu->thread.join();
}

CpuState IrqchipRig::state(unsigned cpu) {
  CpuState s;
  cpus[cpu]->vcpu->saveState(s);
  return s;
}

}  // namespace duet::test
