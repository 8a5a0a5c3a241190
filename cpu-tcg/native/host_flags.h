// What the host's processor leaves in flags that manuals leave undefined, where makers and generations differ.
#pragma once

namespace duet::tcg {

// Whether BSF and BSR leave what they leave in guests (sem/bit_ops.h): PF of the index, and of the others none. Zen 4 and Intel's
// processors do; Zen 3 changes ZF alone.
bool hostScansLikeGuests();

}  // namespace duet::tcg
