#include "hw/board/smram_map.h"

#include "core/base/assert.h"
#include "hw/board/pc_addresses.h"

namespace duet::hw {
namespace {

// Over display, RAM and the A20 window.
constexpr int kPriority = 10;
constexpr unsigned kTsegMegabytes[] = {1, 2, 8};
constexpr u64 kSize = pc::kShadow - pc::kVgaHole;

// A piece of RAM at `base`, disabled; nothing (0) where the machine has none.
Result<MapId> mapPiece(AddressSpace& space, const char* name, u64 base, const RamBlock& ram, u64 from,
                       u64 size) {
  if (from >= ram.size) return 0;
  return space.mapRam({.name = name,
                       .base = base,
                       .size = std::min(size, ram.size - from),
                       .priority = kPriority,
                       .enabled = false},
                      ram, from, true);
}

Result<> keep(Result<MapId> made, MapId& id) {
  if (!made) return tl::unexpected(made.error());
  id = *made;
  return {};
}

}  // namespace

// Reads as ones; writes are lost.
struct SmramMap::ClosedTseg : IoHandler {
  u64 read(unsigned, u64, unsigned) override { return ~u64{0}; }
  void write(unsigned, u64, unsigned, u64) override {}
};

SmramMap::SmramMap(AddressSpace& physical, const RamBlock& ram)
    : physical_(physical),
      ram_(ram),
      code_{.space = {"memory of code in SMM", physical}},
      data_{.space = {"memory of data in SMM", physical}},
      hole_(std::make_unique<ClosedTseg>()) {}

SmramMap::~SmramMap() = default;

Result<> SmramMap::build() {
  if (auto ok = keep(mapPiece(physical_, "smram (open)", pc::kVgaHole, ram_, pc::kVgaHole, kSize), open_);
      !ok)
    return ok;
  if (auto ok = buildView(code_); !ok) return ok;
  if (auto ok = buildView(data_); !ok) return ok;
  for (unsigned n = 0; n < kTsegs; ++n)
    if (auto ok = buildTseg(n); !ok) return ok;
  return {};
}

Result<> SmramMap::buildView(View& v) {
  AddressSpace& s = v.space;
  if (auto ok = keep(mapPiece(s, "smram", pc::kVgaHole, ram_, pc::kVgaHole, kSize), v.compatible); !ok)
    return ok;
  if (auto ok = keep(mapPiece(s, "smram (high)", pc::kHighSmram, ram_, pc::kVgaHole, kSize), v.high); !ok)
    return ok;
  return keep(mapPiece(s, "ram (second MiB)", pc::kOneMiB, ram_, pc::kOneMiB, pc::kOneMiB), v.second);
}

// Machines too small for one do without it.
Result<> SmramMap::buildTseg(unsigned n) {
  const u64 top = std::min(ram_.size, pc::kLowRamLimit), size = kTsegMegabytes[n] * 1_MiB;
  if (top < size + 2 * pc::kOneMiB) return {};
  const u64 base = top - size;
  auto hole = physical_.mapIo(
      {.name = "tseg (closed)", .base = base, .size = size, .priority = kPriority, .enabled = false}, *hole_,
      0);
  if (auto ok = keep(hole, closed_[n]); !ok) return ok;
  if (auto ok = keep(mapPiece(code_.space, "tseg", base, ram_, base, size), code_.tseg[n]); !ok) return ok;
  return keep(mapPiece(data_.space, "tseg", base, ram_, base, size), data_.tseg[n]);
}

void SmramMap::enable(AddressSpace& space, MapId id, bool enabled) {
  if (!id) return;
  const Result<> done = space.setEnabled(id, enabled);
  DUET_ASSERT(done);  // of each kind one is enabled, and each has its place
}

void SmramMap::change(View& view, const Smram& smram) {
  const Result<> done = view.space.change([&](AddressSpace& space) -> Result<> {
    const bool hidden = &view == &data_ && smram.closedToData;
    enable(space, view.compatible, smram.enabled && !smram.high && !hidden);
    enable(space, view.high, smram.enabled && smram.high);
    for (unsigned n = 0; n < kTsegs; ++n)
      enable(space, view.tseg[n], smram.tsegMegabytes == kTsegMegabytes[n]);
    return {};
  });
  DUET_ASSERT(done);
}

void SmramMap::set(const Smram& smram) {
  change(code_, smram);
  change(data_, smram);
  const Result<> done = physical_.change([&](AddressSpace& space) -> Result<> {
    enable(space, open_, smram.open);
    for (unsigned n = 0; n < kTsegs; ++n)
      enable(space, closed_[n], smram.tsegMegabytes == kTsegMegabytes[n] && !smram.open);
    return {};
  });
  DUET_ASSERT(done);
}

void SmramMap::setA20(bool enabled) {
  enable(code_.space, code_.second, !enabled);
  enable(data_.space, data_.second, !enabled);
}

void SmramMap::addListener(const std::function<void()>& listener) {
  code_.space.addListener(listener);
  data_.space.addListener(listener);
}

}  // namespace duet::hw
