#include "ui/monitor/gdb/listen.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/base/types.h"

namespace duet::ui::gdb {
namespace {

constexpr int kBacklog = 1;

std::string shown(const Address& a) {
  if (a.kind == Address::Kind::Unix) return "unix:" + a.path;
  return fmt::format("tcp:{}:{}", a.host, a.port);
}

// `fd` bound to the address and listening, or closed and an errno.
int bindAndListen(int fd, const sockaddr* address, socklen_t length) {
  if (bind(fd, address, length) == 0 && listen(fd, kBacklog) == 0) return 0;
  const int error = errno;
  close(fd);
  return error;
}

tl::unexpected<Error> cannotListen(std::string_view option, const Address& address, int error) {
  const char* advice = "";
  if (error == EADDRINUSE) advice = "; is another duet or QEMU using it? try another one";
  if (error == EACCES && address.kind == Address::Kind::Tcp) advice = "; ports below 1024 are the system's";
  return fail("{}: cannot listen at {}: {}{}", option, shown(address), errnoText(error), advice);
}

Result<int> listenTcp(std::string_view option, const Address& address) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  const std::string host = address.host.empty() ? "127.0.0.1" : address.host;
  if (const int error = getaddrinfo(host.c_str(), address.port.c_str(), &hints, &found); error != 0)
    return fail("{}: cannot listen at {}: {}", option, shown(address), gai_strerror(error));
  int error = EADDRNOTAVAIL, fd = -1;
  for (const addrinfo* a = found; a && error != 0; a = a->ai_next) {
    fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
      error = errno;
      continue;
    }
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    error = bindAndListen(fd, a->ai_addr, a->ai_addrlen);
  }
  freeaddrinfo(found);
  if (error != 0) return cannotListen(option, address, error);
  return fd;
}

bool somebodyListens(const sockaddr_un& address) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return true;
  const bool refused =
      connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno == ECONNREFUSED;
  close(fd);
  return !refused;
}

Result<int> listenUnix(std::string_view option, const Address& address) {
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  if (address.path.size() >= sizeof where.sun_path)
    return fail("{}: cannot listen at {}: the path is longer than {} characters", option, shown(address),
                sizeof where.sun_path - 1);
  std::memcpy(where.sun_path, address.path.data(), address.path.size());
  struct stat info{};
  if (lstat(address.path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode) && !somebodyListens(where))
    unlink(address.path.c_str());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return cannotListen(option, address, errno);
  const int error = bindAndListen(fd, reinterpret_cast<const sockaddr*>(&where), sizeof where);
  if (error != 0) return cannotListen(option, address, error);
  return fd;
}

}  // namespace

Result<int> listenAt(std::string_view option, const Address& address) {
  return address.kind == Address::Kind::Unix ? listenUnix(option, address) : listenTcp(option, address);
}

bool waitForRoom(int fd, int timeoutMs) {
  pollfd p{fd, POLLOUT, 0};
  return poll(&p, 1, timeoutMs) > 0 && (p.revents & POLLOUT);
}

}  // namespace duet::ui::gdb
