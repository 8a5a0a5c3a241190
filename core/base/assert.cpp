#include "core/base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace duet {

void assertFailed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "duet: internal error: %s:%d: %s\n", file, line, expression);
  std::abort();
}

}  // namespace duet
