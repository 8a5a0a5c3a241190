// Shared by the decoder tests: hex text to an instruction.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cpu-tcg/isa/decoder.h"

namespace duet::tcg::isa {

inline std::vector<u8> bytesOf(std::string_view hex) {
  std::vector<u8> bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 3)
    bytes.push_back(static_cast<u8>(std::stoul(std::string(hex.substr(i, 2)), nullptr, 16)));
  return bytes;
}

struct Decoded {
  DecodeStatus status;
  Insn insn;
};

inline Decoded decodeHex(std::string_view hex, CodeMode mode, const FeatureSet& features = FeatureSet::all(),
                         bool protectedMode = true, Dialect dialect = Dialect::Intel) {
  Decoded d;
  d.status = decode(bytesOf(hex), mode, protectedMode, features, d.insn, dialect);
  return d;
}

}  // namespace duet::tcg::isa
