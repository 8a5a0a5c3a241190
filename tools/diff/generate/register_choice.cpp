#include "tools/diff/generate/register_choice.h"

#include "core/base/bits.h"

namespace duet::diff {

RegisterChoice::RegisterChoice(CpuState& start, bool wide, u64 seed)
    : random_(seed), start_(start), wide_(wide), lost_(wide ? 0 : 0xff00) {}

bool RegisterChoice::decide(unsigned gpr, u64 value, unsigned bytes) {
  if (!isKnown(gpr)) return false;
  u64& now = start_.gpr[gpr];
  const u64 mask = lowMask(8 * bytes);
  if (!isFree(gpr)) return ((now ^ value) & mask) == 0;
  // What lies above the part that counts is anything.
  if (bytes < 8) value = (value & mask) | (random_.oneIn(2) ? random_() & ~mask : 0);
  now = wide_ ? value : value & 0xffffffff;
  decided_ |= static_cast<u16>(1u << gpr);
  return true;
}

}  // namespace duet::diff
