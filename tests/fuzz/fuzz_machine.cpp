#include "tests/fuzz/fuzz_machine.h"

#include <cstring>

#include "core/base/bits.h"
#include "core/cpu/registers.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "tests/fuzz/check.h"

namespace duet::fuzz {
namespace {

template <class T>
T must(Result<T> result) {
  FUZZ_CHECK(result.has_value());
  return std::move(*result);
}

u64 mix(u64 hash, u64 value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15;
  return hash ^ hash >> 29;
}

constexpr size_t kMostVectors = 16;

}  // namespace

void FuzzInterrupts::raise(u8 vector) {
  if (vectors_.size() < kMostVectors) vectors_.push_back(vector);
  mailbox_.post(kMailInterrupt);
}

void FuzzInterrupts::clear() {
  vectors_.clear();
  taskPriority_ = 0;
}

int FuzzInterrupts::acknowledge() {
  if (vectors_.empty()) return -1;
  const u8 v = vectors_.front();
  vectors_.pop_front();
  return v;
}

MsrAccess FuzzInterrupts::readMsr(u32 index, u64& value) {
  if (index != kMsrApicBase) return MsrAccess::Fault;
  value = FuzzMachine::kApicPage | 0x900;
  return MsrAccess::Done;
}

MsrAccess FuzzInterrupts::writeMsr(u32 index, u64) {
  return index == kMsrApicBase ? MsrAccess::Done : MsrAccess::Fault;
}

std::optional<Gpa> FuzzInterrupts::mmioPage() { return Gpa(FuzzMachine::kApicPage); }

bool FuzzInterrupts::sendIpi(u32 destination, u32 icrLow) {
  if (destination == 0) raise(static_cast<u8>(icrLow));
  return destination == 0;
}

u64 FuzzInterrupts::read(unsigned, u64 offset, unsigned) { return offset * 0x10001; }

// A self-IPI at any register.
void FuzzInterrupts::write(unsigned, u64, unsigned, u64 value) { raise(static_cast<u8>(value)); }

u64 HashDevice::read(unsigned range, u64 offset, unsigned size) {
  hash = mix(hash, range << 28 | offset << 4 | size);
  return hash & lowMask(8 * size);
}

void HashDevice::write(unsigned range, u64 offset, unsigned size, u64 value) {
  hash = mix(mix(hash, range << 28 | offset << 4 | size | 8), value);
  if (effect) effect(offset << 8 | (value & 0xff));
}

FuzzMachine::FuzzMachine(const tcg::TierFactory& tier) {
  ramBlock = must(ram.addBlock("ram", kRamSize));
  const RamBlock* rom = must(ram.addBlock("rom", kRomSize));
  for (u64 i = 0; i < kRomSize; i += 8) {
    const u64 word = mix(i, 1);
    std::memcpy(rom->host + i, &word, sizeof word);
  }
  must(physical.mapRam({"ram", 0, kRamSize, 0}, *ramBlock, 0, true));
  must(physical.mapRam({"rom", kRomBase, kRomSize, 1}, *rom, 0, false));
  must(physical.mapIo({"device", kDevicePage, 0x1000, 1}, device, 0));
  // Part of a page: RAM and a device share it.
  must(physical.mapIo({"small device", kDevicePage + 0x1800, 0x100, 1}, device, 1));
  shadow_ = must(physical.mapRam({"shadow", kShadowPage, 0x1000, 2, false}, *rom, 0x1000, false));
  must(ports.mapIo({"device", 0, 0x10000, 0}, device, 2));
  device.effect = [this](u64 what) { deviceEffect(what); };
  engine = std::make_unique<tcg::TcgBackend>(ram, tier);
  // What the host decides by the moment is left out: two runs of one input must not differ.
  model = std::make_unique<CpuModel>(
      must(CpuModel::parse("max,vendor=GenuineIntel,-rdrand,-rdseed", engine->caps().features)));
  for (auto& vcpu : vcpus)
    vcpu = must(engine->createVcpu({0, memory, physical, ports, interrupts, mailbox, clock, *model}));
  physical.addListener([this] { engine->memoryMapChanged(); });
  clear();
}

// Some writes raise events for the running vCPU, or change the memory map under it.
void FuzzMachine::deviceEffect(u64 what) {
  switch (what & 0x3f) {
    case 1:
      return interrupts.raise(static_cast<u8>(what >> 8));
    case 2:
      return mailbox.post(kMailNmi);
    case 3:
      return mailbox.post(kMailInit);
    case 4:
      return mailbox.postSipi(static_cast<u8>(what >> 8 & 0x1f));
    case 5:
      return showShadow(!shadowShown_);
    case 6:
      return mailbox.post(kMailSmi);
    default:
      return;
  }
}

void FuzzMachine::showShadow(bool on) {
  shadowShown_ = on;
  FUZZ_CHECK(physical.setEnabled(shadow_, on).has_value());
}

void FuzzMachine::putBytes(u64 address, std::span<const u8> bytes) {
  FUZZ_CHECK(address <= kRamSize && bytes.size() <= kRamSize - address);
  if (bytes.empty()) return;
  std::memcpy(ramBlock->host + address, bytes.data(), bytes.size());
  ram.noteWrite(ramBlock->host + address, bytes.size());
}

void FuzzMachine::clear() {
  if (shadowShown_) showShadow(false);
  mailbox.take(~u32{0});
  interrupts.clear();
  device.hash = 0;
  for (u64 n = 0; n < kRamSize / kPageSize; ++n) {
    const u64 index = ramBlock->firstPage + n;
    if (!ram.isDirty(index)) continue;
    std::memset(ramBlock->host + n * kPageSize, 0, kPageSize);
    ram.noteWrite(ramBlock->host + n * kPageSize, kPageSize);
    ram.takeDirty(index);
  }
}

}  // namespace duet::fuzz
