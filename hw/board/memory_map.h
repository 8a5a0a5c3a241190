// The PC's memory map: RAM around the holes, ROM, shadow segments, A20.
#pragma once

#include <array>
#include <memory>

#include "core/bus/address_space.h"

namespace duet::hw {

// While PAM sends reads to the ROM and writes to the RAM below it: neither a RAM nor a ROM mapping can say that.
class ShadowWriter;

// Threads: setPam and setA20 from any vCPU thread (through device hooks).
class MemoryMap {
 public:
  static constexpr unsigned kPamSegments = 13;

  // `bios` may be null: then the shadow area is plain RAM, PAM registers change nothing, and
  // the reset vector shows what lies at the end of the first MiB.
  MemoryMap(AddressSpace& physical, const RamBlock& ram, const RamBlock* bios);
  ~MemoryMap();

  // Maps everything; once.
  Result<> build();
  void setPam(unsigned segment, bool readRam, bool writeRam);
  void setA20(bool enabled);  // off: bit 20 of addresses in the second MiB reads as 0

 private:
  Result<> buildBios();
  Result<> buildShadow();
  Result<> buildResetRom();

  AddressSpace& physical_;
  const RamBlock& ram_;
  const RamBlock* bios_;
  MapId a20Alias_ = 0;
  std::array<MapId, kPamSegments> shadowRam_{}, shadowWriter_{};
  std::array<std::unique_ptr<ShadowWriter>, kPamSegments> writers_;
  std::array<u8, kPamSegments> pam_{};  // as last set: 1 reads RAM, 2 writes it
};

}  // namespace duet::hw
