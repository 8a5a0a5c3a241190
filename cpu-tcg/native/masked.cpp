#include "cpu-tcg/native/masked.h"

#include "cpu-tcg/native/x87_area.h"

namespace duet::tcg {

// MMn is the fraction of the physical register Rn.
u64 readMmx(NativeState& state, unsigned n) {
  x87Release(state);
  const unsigned top = (state.area<u16>(kXsFsw) >> 11) & 7;
  return state.area<u64>(kXsSt0 + 16 * ((n - top) & 7));
}

void mmxTouch(NativeState& state) {
  x87Release(state);
  moveTop(state, 0);
  state.setArea<u8>(kXsFtw, 0xff);
}

}  // namespace duet::tcg
