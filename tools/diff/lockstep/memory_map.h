// Which RAM lies where, as a value without host addresses: taken from one machine's address map, laid over another's RAM.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/bus/address_space.h"
#include "core/cpu/cpu_backend.h"
#include "mmu/ram/ram.h"

namespace duet::diff::lockstep {

// How many address spaces of memory a vCPU has: everybody's, and code and data of system-management mode.
inline constexpr unsigned kSpaces = 3;

struct MapPiece {
  MappingKind kind = MappingKind::Ram;
  u64 base = 0, size = 0;  // guest-physical
  unsigned block = 0;      // Ram, Rom: number of the block in mmu::Ram, and where in it
  u64 offset = 0;
  bool operator==(const MapPiece&) const = default;
};

// RAM that is visible, ascending. Of system-management mode only what hides the rest there.
struct MemoryMap {
  std::array<std::vector<MapPiece>, kSpaces> spaces;
  bool operator==(const MemoryMap&) const = default;
};

// `smm` may be null.
MemoryMap takeMap(const AddressSpace& physical, const SmmMemory* smm, const mmu::Ram& ram);

// The place in RAM of a guest-physical address, as everybody sees it.
struct RamPlace {
  unsigned block;
  u64 offset;
};
std::optional<RamPlace> findRam(const MemoryMap& map, Gpa address);
std::optional<Gpa> findAddress(const MemoryMap& map, const RamPlace& place);

// The RAM of one address space, laid out by such pieces.
class MappedSpace {
 public:
  explicit MappedSpace(AddressSpace& space) : space_(space) {}
  Result<> lay(const std::vector<MapPiece>& pieces, const mmu::Ram& ram);

 private:
  AddressSpace& space_;
  std::vector<MapId> laid_;
};

}  // namespace duet::diff::lockstep
