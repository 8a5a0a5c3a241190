// Where the gdb server listens: the value of -gdb.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/types.h"

namespace duet::ui::gdb {

struct Address {
  enum class Kind : u8 { None, Tcp, Unix };
  Kind kind = Kind::None;
  std::string host;  // Tcp; empty: this host alone (127.0.0.1)
  std::string port;  // Tcp: a number
  std::string path;  // Unix
};

// none, tcp:[HOST]:PORT, unix:PATH; both with the words ,server[=on] ,wait=off ,nowait ,nodelay[=on|off] that QEMU
// takes (they are how it works anyway). `option` is named in errors.
Result<Address> parseAddress(std::string_view option, std::string_view text);

}  // namespace duet::ui::gdb
