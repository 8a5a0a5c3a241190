// System-management RAM on the memory map: what everybody sees of it, and the views of memory that only SMM has.
#pragma once

#include <array>
#include <functional>
#include <memory>

#include "core/bus/address_space.h"
#include "core/cpu/cpu_backend.h"
#include "hw/pci/q35_mch.h"

namespace duet::hw {

// Three ranges (3 Series datasheet, "System Management Mode"): A0000h..BFFFFh, which lies under the display; FEDA0000h,
// where the same memory can be shown instead; and TSEG, the top 1, 2 or 8 MiB of low memory, which outside SMM is a
// hole. DMA goes through `physical` and sees what everybody sees.
// Threads: set and setA20 from any vCPU thread (through device hooks).
class SmramMap {
 public:
  SmramMap(AddressSpace& physical, const RamBlock& ram);
  ~SmramMap();

  Result<> build();  // once
  void set(const Smram& smram);
  // In SMM A20M# has no effect: the second MiB is there.
  void setA20(bool enabled);

  const SmmMemory& memory() const { return memory_; }
  void addListener(const std::function<void()>& listener);  // on changes of what SMM sees

 private:
  static constexpr unsigned kTsegs = 3;
  struct View {
    AddressSpace space;
    MapId compatible = 0, high = 0, second = 0;
    std::array<MapId, kTsegs> tseg{};
  };
  struct ClosedTseg;

  Result<> buildView(View& view);
  Result<> buildTseg(unsigned n);
  void change(View& view, const Smram& smram);
  static void enable(AddressSpace& space, MapId id, bool enabled);

  AddressSpace& physical_;
  const RamBlock& ram_;
  View code_, data_;
  const SmmMemory memory_{code_.space, data_.space};
  MapId open_ = 0;
  std::array<MapId, kTsegs> closed_{};
  std::unique_ptr<ClosedTseg> hole_;
};

}  // namespace duet::hw
