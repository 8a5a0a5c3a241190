#include "tools/diff/decode/reading.h"

#include "core/base/assert.h"

namespace duet::diff {

void Reading::clear() {
  silent = lengthOnly = valid = false;
  length = 0;
  lock = false;
  repeat = Repeat::None;
  repeats = true;
  name.clear();
  text.clear();
  count = 0;
}

Part& Reading::add(PartKind kind) {
  DUET_ASSERT(count < kMostParts);
  Part& part = parts[count++];
  part = Part{};
  part.kind = kind;
  return part;
}

}  // namespace duet::diff
