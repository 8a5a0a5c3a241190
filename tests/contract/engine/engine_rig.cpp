#include "tests/contract/engine/engine_rig.h"

#include <stdexcept>

namespace duet::test {
namespace {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

}  // namespace

void FakeInterrupts::raise(u8 vector) {
  vectors_.push_back(vector);
  mailbox_.post(kMailInterrupt);
}

int FakeInterrupts::acknowledge() {
  if (vectors_.empty()) return -1;
  const u8 v = vectors_.front();
  vectors_.pop_front();
  return v;
}

u64 RecordingDevice::read(unsigned, u64 offset, unsigned size) {
  u64 value = 0;
  for (unsigned i = 0; i < size; ++i) value |= (0xa0 + offset + i) << (8 * i);
  accesses.push_back({false, offset, size, value});
  return value;
}

void RecordingDevice::write(unsigned, u64 offset, unsigned size, u64 value) {
  accesses.push_back({true, offset, size, value});
}

EngineRig::EngineRig(const EngineFactory& factory, std::string_view cpu, u64 budget,
                     const EngineFactory& second)
    : factory_(second ? second : factory), budget_(budget) {
  const RamBlock* block = must(ram.addBlock("ram", kRamSize));
  rom = must(ram.addBlock("rom", kRomSize));
  must(physical.mapRam({"ram", 0, kRamSize, 0}, *block, 0, true));
  must(physical.mapRam({"rom", kRomBase, kRomSize, 1}, *rom, 0, false));
  must(physical.mapIo({"device", kMmioBase, 0x1000, 1}, device, 0));
  must(ports.mapIo({"device", kPortBase, 0x10, 0}, device, 1));
  engine = factory(ram);
  FeatureSet features = engine->caps().features;
  if (second) {
    otherEngine = factory_(ram);
    features = features & otherEngine->caps().features;
  }
  model = std::make_unique<CpuModel>(must(CpuModel::parse(cpu, features)));
  vcpu = must(engine->createVcpu(env()));
  clock.start();
}

Vcpu& EngineRig::second() {
  if (!otherVcpu) {
    if (!otherEngine) otherEngine = factory_(ram);
    otherVcpu = must(otherEngine->createVcpu(env()));
  }
  return *otherVcpu;
}

Vcpu& EngineRig::applicationProcessor() {
  if (!application) application = must(engine->createVcpu(env(1)));
  return *application;
}

void EngineRig::put(u64 address, std::initializer_list<u8> bytes) {
  memory.write(Gpa(address), std::span(bytes.begin(), bytes.size()));
}

CpuState EngineRig::realMode(u16 ip) {
  CpuState s = resetState(true);
  s.segment[kSegCs] = {0, 0, 0xffff, s.segment[kSegCs].attributes};
  s.rip = ip;
  s.gpr[kRsp] = 0x8000;
  return s;
}

void EngineRig::load(const CpuState& state) {
  if (auto r = vcpu->loadState(state); !r) throw std::runtime_error(r.error().message);
}

CpuState EngineRig::state() {
  CpuState s;
  vcpu->saveState(s);
  return s;
}

}  // namespace duet::test
