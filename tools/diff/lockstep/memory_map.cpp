#include "tools/diff/lockstep/memory_map.h"

#include <fmt/format.h>

#include "core/base/assert.h"

namespace duet::diff::lockstep {
namespace {

unsigned blockNumber(const mmu::Ram& ram, const RamBlock* block) {
  const auto blocks = ram.blocks();
  for (unsigned i = 0; i < blocks.size(); ++i)
    if (blocks[i].get() == block) return i;
  DUET_ASSERT(false);
  return 0;
}

// Devices are kept only where they hide something: in the views of system-management mode.
std::vector<MapPiece> takePieces(const AddressSpace& space, const mmu::Ram& ram, bool devices) {
  std::vector<MapPiece> pieces;
  for (const Mapping& m : space.flatView()) {
    MapPiece piece{m.kind, m.base, m.size, 0, 0};
    if (m.kind == MappingKind::Ram || m.kind == MappingKind::Rom) {
      piece.block = blockNumber(ram, m.block);
      piece.offset = static_cast<u64>(m.host - m.block->host);
    } else if (m.kind != MappingKind::Io || !devices) {
      continue;
    }
    pieces.push_back(piece);
  }
  return pieces;
}

bool isRam(const MapPiece& piece) { return piece.kind != MappingKind::Io; }

}  // namespace

MemoryMap takeMap(const AddressSpace& physical, const SmmMemory* smm, const mmu::Ram& ram) {
  MemoryMap map;
  map.spaces[0] = takePieces(physical, ram, false);
  if (smm) {
    map.spaces[1] = takePieces(smm->code, ram, true);
    map.spaces[2] = takePieces(smm->data, ram, true);
  }
  return map;
}

std::optional<RamPlace> findRam(const MemoryMap& map, Gpa address) {
  for (const MapPiece& p : map.spaces[0])
    if (isRam(p) && address.value - p.base < p.size)
      return RamPlace{p.block, p.offset + (address.value - p.base)};
  return {};
}

std::optional<Gpa> findAddress(const MemoryMap& map, const RamPlace& place) {
  for (const MapPiece& p : map.spaces[0])
    if (isRam(p) && p.block == place.block && place.offset - p.offset < p.size)
      return Gpa(p.base + (place.offset - p.offset));
  return {};
}

Result<> MappedSpace::lay(const std::vector<MapPiece>& pieces, const mmu::Ram& ram) {
  return space_.change([&](AddressSpace& space) -> Result<> {
    for (const MapId id : laid_) space.unmap(id);
    laid_.clear();
    for (const MapPiece& p : pieces) {
      const std::string name = fmt::format("memory at {:#x}", p.base);
      if (!isRam(p))
        return fail("{}: a device that only system-management mode sees cannot be followed", name);
      auto id = space.mapRam({.name = name, .base = p.base, .size = p.size}, *ram.blocks()[p.block], p.offset,
                             p.kind == MappingKind::Ram);
      if (!id) return tl::unexpected(id.error());
      laid_.push_back(*id);
    }
    return {};
  });
}

}  // namespace duet::diff::lockstep
