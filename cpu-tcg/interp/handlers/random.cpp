#include "cpu-tcg/interp/handlers/random.h"

#include <sys/random.h>

#include "core/base/assert.h"

namespace duet::tcg::interp {

u64 hostRandom() {
  u64 value = 0;
  // Up to 256 bytes are never cut short once the generator is seeded (getrandom(2)).
  ssize_t got;
  do {
    got = ::getrandom(&value, sizeof value, 0);
  } while (got < 0);
  DUET_ASSERT(got == sizeof value);
  return value;
}

}  // namespace duet::tcg::interp
