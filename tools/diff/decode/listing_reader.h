// Reads Intel-syntax listings, as LLVM, Capstone and cpu-tcg/isa/format write them.
#pragma once

#include <string_view>

#include "tools/diff/decode/reading.h"

namespace duet::diff {

// "lock add dword ptr fs:[rbx+4*rcx-0x10], eax". Sets all of `out` but valid and length. Segments are effective ones: an
// override that the text shows, else the base register's. False: the text is in another form than is known here.
bool readListing(std::string_view text, CodeMode mode, Reading& out);

}  // namespace duet::diff
