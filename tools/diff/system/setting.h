// What surrounds the code of a case of the system world.
#pragma once

#include "tools/diff/case/system_stage.h"
#include "tools/diff/generate/form.h"

namespace duet::diff {

struct Setting {
  SystemMode mode;
  u8 cpl;
};

inline constexpr Setting kSettings[] = {
    {SystemMode::Real16, 0},      {SystemMode::Virtual8086, 3}, {SystemMode::Protected16, 0},
    {SystemMode::Protected16, 1}, {SystemMode::Protected16, 2}, {SystemMode::Protected16, 3},
    {SystemMode::Protected32, 0}, {SystemMode::Protected32, 1}, {SystemMode::Protected32, 2},
    {SystemMode::Protected32, 3}, {SystemMode::Compat16, 0},    {SystemMode::Compat16, 3},
    {SystemMode::Compat32, 0},    {SystemMode::Compat32, 1},    {SystemMode::Compat32, 2},
    {SystemMode::Compat32, 3},    {SystemMode::Long64, 0},      {SystemMode::Long64, 1},
    {SystemMode::Long64, 2},      {SystemMode::Long64, 3}};

// Bits of CR4 that a processor has by a feature (Base: always).
struct Cr4Bit {
  u64 bit;
  Feature feature;
};
std::span<const Cr4Bit> cr4Bits();

}  // namespace duet::diff
