// The 512 bytes from SMBASE + FE00h on in which an SMI leaves the processor's state, in the two forms there are.
#pragma once

#include <array>

#include "core/cpu/cpu_state.h"

namespace duet::tcg {

// What the save area holds beside CpuState's own members.
struct SmmSaveExtras {
  bool haltRestart = false;  // RSM goes back into HLT
  u8 ioRestart = 0;          // FFh: RSM executes the I/O instruction again
  u32 ioTrap = 0;            // AMD64 form: the I/O instruction that the SMI followed; bit 1: there was one
  u64 ioRip = 0, ioRcx = 0, ioRsi = 0, ioRdi = 0;
  bool nmiBlocked = false;
  u8 interruptShadow = 0;
  u64 pendingTraps = 0;
};

class SmmSaveArea {
 public:
  static constexpr u32 kStart = 0xfe00;  // from SMBASE
  static constexpr u32 kSize = 512;
  using Bytes = std::array<u8, kSize>;

  // `wide`: the AMD64 form (APM vol. 2 table 10-1), which every 64-bit processor has here; else the form of 32-bit
  // processors (SDM vol. 3 table 32-1).
  explicit SmmSaveArea(bool wide) : wide_(wide) {}

  Bytes& bytes() { return bytes_; }
  void save(const CpuState& state, const SmmSaveExtras& extras);
  // Replaces those members of `state` that the area holds. Reserved flags, CR0.ET and the fixed bits of DR6 and DR7
  // get their value; everything else is as found and may be impossible.
  void load(CpuState& state, SmmSaveExtras& extras) const;

 private:
  const bool wide_;
  Bytes bytes_{};
};

}  // namespace duet::tcg
