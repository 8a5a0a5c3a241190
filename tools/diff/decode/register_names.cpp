#include "tools/diff/decode/register_names.h"

#include <fmt/format.h>

#include <string>
#include <unordered_map>

namespace duet::diff {
namespace {

struct Hash {
  using is_transparent = void;
  size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
};
using Names = std::unordered_map<std::string, RegisterName, Hash, std::equal_to<>>;

void addGprs(Names& names) {
  static constexpr std::string_view kLow[8] = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
  static constexpr std::string_view kBytes[8] = {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"};
  static constexpr std::string_view kHigh[4] = {"ah", "ch", "dh", "bh"};
  for (u8 n = 0; n < 8; ++n) {
    names[std::string(kLow[n])] = {RegisterSet::Gpr, n, 2};
    names[fmt::format("e{}", kLow[n])] = {RegisterSet::Gpr, n, 4};
    names[fmt::format("r{}", kLow[n])] = {RegisterSet::Gpr, n, 8};
    names[std::string(kBytes[n])] = {RegisterSet::Gpr, n, 1};
  }
  for (u8 n = 0; n < 4; ++n) names[std::string(kHigh[n])] = {RegisterSet::GprHigh, n, 1};
  for (u8 n = 8; n < 16; ++n) {
    names[fmt::format("r{}", n)] = {RegisterSet::Gpr, n, 8};
    names[fmt::format("r{}d", n)] = {RegisterSet::Gpr, n, 4};
    names[fmt::format("r{}w", n)] = {RegisterSet::Gpr, n, 2};
    names[fmt::format("r{}b", n)] = {RegisterSet::Gpr, n, 1};
  }
}

Names makeNames() {
  Names names;
  addGprs(names);
  static constexpr std::string_view kSegments[6] = {"es", "cs", "ss", "ds", "fs", "gs"};
  for (u8 n = 0; n < 6; ++n) names[std::string(kSegments[n])] = {RegisterSet::Segment, n, 0};
  names["st"] = {RegisterSet::X87, 0, 0};
  for (u8 n = 0; n < 8; ++n) {
    names[fmt::format("st({})", n)] = {RegisterSet::X87, n, 0};
    names[fmt::format("mm{}", n)] = {RegisterSet::Mmx, n, 0};
  }
  for (u8 n = 0; n < 16; ++n) {
    names[fmt::format("cr{}", n)] = {RegisterSet::Control, n, 0};
    names[fmt::format("dr{}", n)] = {RegisterSet::Debug, n, 0};
    names[fmt::format("xmm{}", n)] = {RegisterSet::Vector, n, 16};
    names[fmt::format("ymm{}", n)] = {RegisterSet::Vector, n, 32};
  }
  names["rip"] = {RegisterSet::Ip, 0, 8};
  names["eip"] = {RegisterSet::Ip, 0, 4};
  return names;
}

}  // namespace

RegisterName registerByName(std::string_view name) {
  static const Names kNames = makeNames();
  const auto at = kNames.find(name);
  return at == kNames.end() ? RegisterName{} : at->second;
}

}  // namespace duet::diff
