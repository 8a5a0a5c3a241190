#include "cpu-tcg/native/host_flags.h"

#include <bit>
#include <initializer_list>

#include "core/base/types.h"

namespace duet::tcg {
namespace {

// As LAHF and SETO AL leave them; all were set before.
template <bool kReverse>
u32 flagsBehindScan(u32 source) {
  u32 flags = 0xd501, index;
  asm volatile(
      "addb $0x7f, %%al\n\t"
      "sahf\n\t"
      ".if %c[reverse]\n\tbsr %[source], %[index]\n\t.else\n\tbsf %[source], %[index]\n\t.endif\n\t"
      "lahf\n\t"
      "seto %%al"
      : "+a"(flags), [index] "=&r"(index)
      : [source] "r"(source), [reverse] "i"(int{kReverse})
      : "cc");
  return flags & 0xd501;
}

bool leavesParity(u32 source) {
  const auto index = static_cast<u32>(std::countr_zero(source));  // of its only bit
  const u32 parity = std::popcount(index) % 2 == 0 ? 0x400 : 0;
  return flagsBehindScan<false>(source) == parity && flagsBehindScan<true>(source) == parity;
}

}  // namespace

bool hostScansLikeGuests() {
  for (const u32 source : {1u, 2u, 8u, 0x80000000u})
    if (!leavesParity(source)) return false;
  return true;
}

}  // namespace duet::tcg
