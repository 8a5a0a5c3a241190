// Sockets of the gdb server.
#pragma once

#include "core/base/result.h"
#include "ui/monitor/gdb/address.h"

namespace duet::ui::gdb {

// A listening socket that does not block. A socket file that nobody listens at any more is replaced.
Result<int> listenAt(std::string_view option, const Address& address);

// Whether `fd` takes output within that time.
bool waitForRoom(int fd, int timeoutMs);

}  // namespace duet::ui::gdb
