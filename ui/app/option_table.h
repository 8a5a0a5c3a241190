// Every command-line option, once: name, argument, help, example and what it does to Options.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ui/app/options.h"

namespace duet::ui {

struct OptionSpec {
  std::string_view name;      // without the dash
  std::string_view argument;  // shown in help; empty: the option takes none
  std::string_view help;
  std::string_view example;
  // Applies the value; text in `printAndLeave` ends the program with status 0.
  Result<> (*apply)(ParseOutcome& outcome, std::string_view value);
};

std::span<const OptionSpec> optionTable();

}  // namespace duet::ui
