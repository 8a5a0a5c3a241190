// The manual page, made from the option table.
#pragma once

#include <string>

namespace duet::ui {

// troff source of duet(1).
std::string manPage();

}  // namespace duet::ui
