// What instructions of the system world need besides a place for their memory operand.
#pragma once

#include <span>
#include <string_view>

#include "tools/diff/system/system_builder.h"

namespace duet::diff {

struct SystemRecipe {
  std::string_view sem;  // the row's last column
  // Decides registers, immediates and the stack, before the memory operand is sent. False: not possible in this case.
  bool (*before)(SystemBuilder&, Draft&) = nullptr;
  // What the memory operand holds; without it, what lies there.
  void (*content)(SystemBuilder&, Draft&, std::span<u8>) = nullptr;
  bool leaves = false;  // what follows would not run
  bool plain = false;   // not of the system: fewer cases have it for their subject
};

// Nullptr: not generated.
const SystemRecipe* systemRecipeOf(const tcg::isa::Row& row);

// One table a file.
std::span<const SystemRecipe> controlRecipes();
std::span<const SystemRecipe> segmentRecipes();
std::span<const SystemRecipe> transferRecipes();
std::span<const SystemRecipe> plainRecipes();

}  // namespace duet::diff
