#include "cpu-tcg/native/native_state.h"

#include <xmmintrin.h>

namespace duet::tcg {

NativeState::NativeState(u64* gprs, u8* xsaveArea)
    : gpr(gprs), xsave(xsaveArea), hostMxcsr(_mm_getcsr() & ~kMxcsrFlags) {}

}  // namespace duet::tcg
