// Which memory accesses of a block lie so near to each other that one look at the TLB does for all of them.
#pragma once

#include <array>
#include <vector>

#include "cpu-tcg/interp/block.h"

namespace duet::tcg::baseline {

// Accesses by addresses that are made from the same registers with constants added, as stack slots and members of one
// structure are. All of [first + low, first + high) of an access at `first` is accessed before the block ends, if nothing
// faults; no more than kWidest bytes, so that few windows lie over two pages.
struct Window {
  i64 low, high;  // offsets, as in WindowAccess
  unsigned accesses, stores;
  bool holds(i64 offset, i64 size) const {
    const i64 at = distance(low, offset);
    return at >= 0 && at <= kWidest && at + size <= distance(low, high);
  }
  // Offsets go round as addresses do: those of constants may lie anywhere.
  static i64 distance(i64 from, i64 to) {
    return static_cast<i64>(static_cast<u64>(to) - static_cast<u64>(from));
  }
  static constexpr i64 kWidest = 1024;
};

enum class AccessKind : u8 { Operand, Stack };  // an instruction may have one of each

struct WindowAccess {
  int window = -1;  // none
  i64 offset = 0;
};

// PCMPESTRI and PCMPISTRI: their result is in ECX, which no operand names. (The other registers they use so are read alone.)
bool isPcmpstri(const isa::Row& row);

// Worked out from decoded instructions alone. What is not known to leave registers, segments and rights as they are ends all
// windows.
class AccessWindows {
 public:
  AccessWindows();
  ~AccessWindows();
  // What was found before is forgotten. segmented: segments differ in their bases (mode_key.h). False: no accesses of the block have
  // anything to do with each other, and nothing is known of it here.
  bool find(const Block& block, bool segmented);

  WindowAccess of(unsigned insn, AccessKind kind) const {
    const WindowAccess& a = accesses_[insn][static_cast<unsigned>(kind)];
    return a.window >= 0 && windows_[a.window].accesses > 1 ? a : WindowAccess{};
  }
  bool has(unsigned insn, AccessKind kind) const {
    return accesses_[insn][static_cast<unsigned>(kind)].window >= 0;
  }
  const Window& window(int n) const { return windows_[n]; }
  // Instructions that do no more than make accesses that are known here, and write registers: they end nothing and ask nobody.
  bool isSimple(unsigned insn) const { return simple_[insn]; }

 private:
  struct Key;
  class Builder;
  std::vector<Window> windows_;
  std::vector<std::array<WindowAccess, 2>> accesses_;
  std::vector<u8> simple_;
  std::vector<Key> keys_;  // of windows_
};

}  // namespace duet::tcg::baseline
