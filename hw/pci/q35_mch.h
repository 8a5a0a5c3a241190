// The q35 memory controller hub (Intel 3 Series, 8086:29C0): ROM shadowing and the ECAM window.
#pragma once

#include <functional>

#include "hw/pci/pci_device.h"

namespace duet::hw {

// Who sees which part of system-management RAM (3 Series datasheet 5.1.25, 5.1.26 and the table of SMM decodings).
struct Smram {
  bool enabled = false;        // G_SMRAME: SMM sees it
  bool open = false;           // D_OPEN: everybody does
  bool closedToData = false;   // D_CLS: at A0000h even SMM's data accesses go to the display
  bool high = false;           // H_SMRAME: A0000h..BFFFFh appears at FEDA0000h instead
  unsigned tsegMegabytes = 0;  // the top of low memory, 0: none
  bool operator==(const Smram&) const = default;
};

// What the hub tells the board, which owns the address map. Called on vCPU threads and at reset.
struct MchHooks {
  // PAM: segment 0 is F0000h..FFFFFh, 1..12 are the 16 KiB pieces from C0000h up to EFFFFh
  // (3 Series datasheet 5.1.17-5.1.23). Reads come from RAM when `readRam`, writes go there when `writeRam`.
  std::function<void(unsigned segment, bool readRam, bool writeRam)> pam;
  // PCIEXBAR (5.1.15): where the ECAM window is, `size` bytes; not enabled: nowhere.
  std::function<void(bool enabled, u64 base, u64 size)> ecam;
  std::function<void(const Smram&)> smram;
};

class Q35Mch : public PciDevice {
 public:
  explicit Q35Mch(MchHooks hooks);
  void wake() override;

 private:
  enum Offset : u32 { kPciexbar = 0x60, kPam0 = 0x90, kSmram = 0x9d, kEsmramc = 0x9e };
  void configChanged(u32 offset, unsigned size) override;
  u8 lockedBits(const Config& config, u32 offset) const override;
  void applyPam();
  void applyEcam();
  void applySmram();
  MchHooks hooks_;
};

}  // namespace duet::hw
