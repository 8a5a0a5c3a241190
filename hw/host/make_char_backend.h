// Character backends by the words of -serial and chardev=.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/backend/char_backend.h"
#include "core/base/result.h"

namespace duet::hw {

struct CharBackendMade {
  std::unique_ptr<CharBackend> backend;
  bool usesTerminal = false;  // stdio: the caller decides on raw mode and escape keys
  std::string notice;         // something to tell the user ("serial port on /dev/pts/3")
};

// `option` is named in errors. Words: stdio, mon:stdio, stderr, null, none, pty, file:PATH,
// unix:PATH[,server[=on|off]][,wait=on|off | ,nowait].
Result<CharBackendMade> makeCharBackend(std::string_view option, const std::string& spec);

}  // namespace duet::hw
