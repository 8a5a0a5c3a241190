// tools/diff/known/decode.txt, as it was when the program was built.
#pragma once

#include <string_view>

namespace duet::diff {

std::string_view builtinDecodeList();

}  // namespace duet::diff
