// What lies in a case's memory at its start.
#pragma once

#include <optional>

#include "tools/diff/case/case.h"

namespace duet::diff {

// Nothing where no page is.
std::optional<u8> byteAt(const Case& c, u64 address);

// Up to `most` bytes; fewer where the pages end.
std::vector<u8> bytesAt(const Case& c, u64 address, size_t most);

// The piece that holds the first instruction; nullptr when the code lies in the background.
const Piece* codePiece(const Case& c);

}  // namespace duet::diff
