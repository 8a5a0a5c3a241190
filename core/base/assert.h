// DUET_ASSERT checks our own invariants, in every build. Never use it on guest or user input.
#pragma once

namespace duet {
[[noreturn]] void assertFailed(const char* expression, const char* file, int line);
}  // namespace duet

#define DUET_ASSERT(expression) \
  (__builtin_expect(!!(expression), 1) ? (void)0 : ::duet::assertFailed(#expression, __FILE__, __LINE__))
