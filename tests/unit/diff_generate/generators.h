// Generators as the tests want them.
#pragma once

#include <gtest/gtest.h>

#include "tools/diff/generate/generator.h"

namespace duet::diff::test {

inline Target target(World world, CpuVendor vendor = CpuVendor::Intel) {
  Target t{world, FeatureSet::all(), vendor};
  t.features.remove(Feature::La57);
  return t;
}

inline Generator generator(World world, unsigned instructions, u64 seed = 1,
                           CpuVendor vendor = CpuVendor::Intel, std::string only = "") {
  GeneratorOptions options;
  options.only = std::move(only);
  options.seed = seed;
  options.target = target(world, vendor);
  options.instructionsPerCase = instructions;
  return Generator::create(options).value();
}

// The bytes of an instruction as they lie in the case's memory, and what follows them: what no piece covers is INT3.
inline std::vector<u8> codeAt(const Case& c, u64 address, size_t size) {
  std::vector<u8> bytes(size, 0xcc);
  for (const Piece& piece : c.pieces)
    for (size_t i = 0; i < piece.bytes.size(); ++i)
      if (piece.address + i - address < size) bytes[piece.address + i - address] = piece.bytes[i];
  return bytes;
}

struct WorldCase {
  World world;
  unsigned instructions;
};

// Both worlds, with one instruction a case and with many.
class EveryWorld : public testing::TestWithParam<WorldCase> {
 protected:
  Generator make(u64 seed = 1, CpuVendor vendor = CpuVendor::Intel) const {
    return generator(GetParam().world, GetParam().instructions, seed, vendor);
  }
};

}  // namespace duet::diff::test
