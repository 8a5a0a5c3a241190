// "did you mean …" for misspelt names.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace duet {

// " (did you mean 'stdio'?)" when a known word is close enough, else "".
std::string didYouMean(std::string_view word, std::span<const std::string_view> known);

// The nearest known word, or "" when none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace duet
