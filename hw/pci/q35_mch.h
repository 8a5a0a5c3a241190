// The q35 memory controller hub (Intel 3 Series, 8086:29C0): ROM shadowing and the ECAM window.
#pragma once

#include <functional>

#include "hw/pci/pci_device.h"

namespace duet::hw {

// What the hub tells the board, which owns the address map. Called on vCPU threads and at reset.
struct MchHooks {
  // PAM: segment 0 is F0000h..FFFFFh, 1..12 are the 16 KiB pieces from C0000h up to EFFFFh
  // (3 Series datasheet 5.1.17-5.1.23). Reads come from RAM when `readRam`, writes go there when `writeRam`.
  std::function<void(unsigned segment, bool readRam, bool writeRam)> pam;
  // PCIEXBAR (5.1.15): where the ECAM window is, `size` bytes; not enabled: nowhere.
  std::function<void(bool enabled, u64 base, u64 size)> ecam;
};

class Q35Mch : public PciDevice {
 public:
  explicit Q35Mch(MchHooks hooks);

 private:
  enum Offset : u32 { kPciexbar = 0x60, kPam0 = 0x90, kSmram = 0x9d };
  void configChanged(u32 offset, unsigned size) override;
  void applyPam();
  void applyEcam();
  MchHooks hooks_;
};

}  // namespace duet::hw
