// Host and user faults travel as Result<T>; guest faults are data and our own bugs are asserts.
#pragma once

#include <fmt/format.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace duet {

// One line for the person at the terminal: names the option or file, what was wrong, what to try.
struct Error {
  std::string message;
};

template <class T = void>
using Result = tl::expected<T, Error>;

template <class... Args>
[[nodiscard]] tl::unexpected<Error> fail(fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(Error{fmt::format(format, std::forward<Args>(args)...)});
}

// "No such file or directory" for errno values; thread-safe.
std::string errnoText(int error);

}  // namespace duet
