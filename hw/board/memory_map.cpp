#include "hw/board/memory_map.h"

#include "core/base/assert.h"
#include "core/bus/guest_bytes.h"
#include "hw/board/pc_addresses.h"

namespace duet::hw {
namespace {

// Higher hides lower. RAM and fixed devices are 0; PCI BARs lie far below.
constexpr int kShadowRamPriority = 1, kShadowWriterPriority = 2, kA20Priority = 3;

constexpr u64 kLowSegment = 16_KiB, kTopSegment = 64_KiB;

u64 segmentBase(unsigned segment) {
  return segment == 0 ? 0xf0000 : pc::kShadow + (segment - 1) * kLowSegment;
}
u64 segmentSize(unsigned segment) { return segment == 0 ? kTopSegment : kLowSegment; }

}  // namespace

class ShadowWriter : public IoHandler {
 public:
  ShadowWriter(const u8* rom, u8* ram) : rom_(rom), ram_(ram) {}
  u64 read(unsigned, u64 offset, unsigned size) override {
    return rom_ ? bus_detail::loadGuestBytes(rom_ + offset, size) : ~u64{0};
  }
  void write(unsigned, u64 offset, unsigned size, u64 value) override {
    bus_detail::storeGuestBytes(ram_ + offset, size, value);
  }

 private:
  const u8* rom_;  // null where the image does not reach
  u8* ram_;
};

MemoryMap::MemoryMap(AddressSpace& physical, const RamBlock& ram, const RamBlock* bios)
    : physical_(physical), ram_(ram), bios_(bios) {}

MemoryMap::~MemoryMap() = default;

Result<> MemoryMap::build() {
  const u64 low = std::min(ram_.size, pc::kLowRamLimit);
  return physical_.change([&](AddressSpace& space) -> Result<> {
    auto piece = [&](const char* name, u64 base, u64 end, u64 offset) -> Result<> {
      if (base >= end) return {};
      auto mapped = space.mapRam({.name = name, .base = base, .size = end - base}, ram_, offset, true);
      return mapped ? Result<>{} : tl::unexpected(mapped.error());
    };
    if (auto ok = piece("ram (conventional)", 0, std::min(low, pc::kVgaHole), 0); !ok) return ok;
    if (auto ok = piece("ram (below 4 GiB)", pc::kOneMiB, low, pc::kOneMiB); !ok) return ok;
    if (auto ok = piece("ram (above 4 GiB)", pc::kHighRam, pc::kHighRam + (ram_.size - low), low); !ok)
      return ok;
    if (auto ok =
            bios_ ? buildBios() : piece("ram (shadow)", pc::kShadow, std::min(low, pc::kOneMiB), pc::kShadow);
        !ok)
      return ok;
    if (auto ok = bios_ ? Result<>{} : buildResetRom(); !ok) return ok;
    auto alias = space.mapAlias({.name = "a20 wrap",
                                 .base = pc::kOneMiB,
                                 .size = pc::kOneMiB,
                                 .priority = kA20Priority,
                                 .enabled = false},
                                0);
    if (!alias) return tl::unexpected(alias.error());
    a20Alias_ = *alias;
    return {};
  });
}

Result<> MemoryMap::buildBios() {
  const u64 window = std::min(bios_->size, pc::kOneMiB - pc::kBiosWindow);
  auto top = physical_.mapRam({.name = "bios", .base = pc::kHighRam - bios_->size, .size = bios_->size},
                              *bios_, 0, false);
  if (!top) return tl::unexpected(top.error());
  auto legacy = physical_.mapRam({.name = "bios (below 1 MiB)", .base = pc::kOneMiB - window, .size = window},
                                 *bios_, bios_->size - window, false);
  if (!legacy) return tl::unexpected(legacy.error());
  return buildShadow();
}

Result<> MemoryMap::buildResetRom() {
  if (ram_.size < pc::kOneMiB) return {};
  auto mapped =
      physical_.mapRam({.name = "reset vector", .base = pc::kHighRam - pc::kResetRom, .size = pc::kResetRom},
                       ram_, pc::kOneMiB - pc::kResetRom, false);
  return mapped ? Result<>{} : tl::unexpected(mapped.error());
}

Result<> MemoryMap::buildShadow() {
  if (ram_.size < pc::kOneMiB) return fail("-m: firmware needs at least 1M of memory");
  const u64 romStart = pc::kOneMiB - std::min(bios_->size, pc::kOneMiB - pc::kBiosWindow);
  for (unsigned i = 0; i < kPamSegments; ++i) {
    const u64 base = segmentBase(i), size = segmentSize(i);
    auto ram = physical_.mapRam({.name = fmt::format("shadow {:x}", base),
                                 .base = base,
                                 .size = size,
                                 .priority = kShadowRamPriority,
                                 .enabled = false},
                                ram_, base, true);
    if (!ram) return tl::unexpected(ram.error());
    shadowRam_[i] = *ram;
    const u8* rom = base >= romStart ? bios_->host + (bios_->size - (pc::kOneMiB - base)) : nullptr;
    writers_[i] = std::make_unique<ShadowWriter>(rom, ram_.host + base);
    auto writer = physical_.mapIo({.name = fmt::format("shadow write {:x}", base),
                                   .base = base,
                                   .size = size,
                                   .priority = kShadowWriterPriority,
                                   .enabled = false},
                                  *writers_[i], 0);
    if (!writer) return tl::unexpected(writer.error());
    shadowWriter_[i] = *writer;
  }
  return {};
}

void MemoryMap::setPam(unsigned segment, bool readRam, bool writeRam) {
  const u8 rights = static_cast<u8>(readRam | writeRam << 1);
  if (!bios_ || pam_[segment] == rights) return;
  pam_[segment] = rights;
  const Result<> done = physical_.change([&](AddressSpace& space) -> Result<> {
    if (auto ok = space.setEnabled(shadowRam_[segment], readRam); !ok) return ok;
    if (auto ok = space.setWritable(shadowRam_[segment], writeRam); !ok) return ok;
    return space.setEnabled(shadowWriter_[segment], writeRam && !readRam);
  });
  DUET_ASSERT(done);  // each mapping has its own place and priority
}

void MemoryMap::setA20(bool enabled) {
  const Result<> done = physical_.setEnabled(a20Alias_, !enabled);
  DUET_ASSERT(done);
}

}  // namespace duet::hw
