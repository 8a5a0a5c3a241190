#include "hw/host/make_char_backend.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "core/base/suggest.h"
#include "hw/host/fd_char.h"

namespace duet::hw {
namespace {

CharBackendMade made(FdPair fds, bool usesTerminal = false, std::string notice = {}) {
  return {std::make_unique<FdChar>(std::move(fds)), usesTerminal, std::move(notice)};
}

Result<CharBackendMade> makeFile(std::string_view option, const std::string& path) {
  if (path.empty()) return fail("{} file: a path is missing; write file:PATH", option);
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return fail("{} file:{}: cannot write: {}", option, path, errnoText(errno));
  return made({.out = fd});
}

Result<CharBackendMade> makePty(std::string_view option) {
  int master = -1, slave = -1;
  char name[128] = {};
  if (::openpty(&master, &slave, name, nullptr, nullptr) != 0)
    return fail("{} pty: cannot open a pseudo-terminal: {}", option, errnoText(errno));
  termios mode{};
  ::tcgetattr(slave, &mode);
  ::cfmakeraw(&mode);
  ::tcsetattr(slave, TCSANOW, &mode);
  ::fcntl(master, F_SETFD, FD_CLOEXEC);
  ::fcntl(master, F_SETFL, O_NONBLOCK);
  // The slave stays open here, so that reading does not end when the user's program closes its side.
  ::fcntl(slave, F_SETFD, FD_CLOEXEC);
  return made({.in = master, .out = master}, false, fmt::format("{}: serial port on {}", option, name));
}

struct SocketOptions {
  std::string path;
  bool server = false;
  bool wait = true;
};

Result<SocketOptions> parseSocket(std::string_view option, const std::string& text) {
  SocketOptions parsed;
  std::vector<std::string> words(1);
  for (char c : text) c == ',' ? (void)words.emplace_back() : (void)(words.back() += c);
  parsed.path = words[0];
  if (parsed.path.empty()) return fail("{} unix: a path is missing; write unix:PATH,server", option);
  for (size_t i = 1; i < words.size(); ++i) {
    const std::string& w = words[i];
    if (w == "server" || w == "server=on")
      parsed.server = true;
    else if (w == "server=off")
      parsed.server = false;
    else if (w == "nowait" || w == "wait=off")
      parsed.wait = false;
    else if (w == "wait" || w == "wait=on")
      parsed.wait = true;
    else
      return fail("{} unix: unknown word '{}'; known: server, wait=on|off, nowait", option, w);
  }
  return parsed;
}

Result<CharBackendMade> makeUnix(std::string_view option, const std::string& text) {
  auto parsed = parseSocket(option, text);
  if (!parsed) return tl::unexpected(parsed.error());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (parsed->path.size() >= sizeof address.sun_path)
    return fail("{} unix:{}: the path is longer than {} characters", option, parsed->path,
                sizeof address.sun_path - 1);
  std::memcpy(address.sun_path, parsed->path.c_str(), parsed->path.size());
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto refuse = [&](const char* what) {
    const int error = errno;
    ::close(fd);
    return fail("{} unix:{}: cannot {}: {}", option, parsed->path, what, errnoText(error));
  };
  if (!parsed->server) {
    if (::connect(fd, generic, sizeof address) != 0)
      return refuse("connect (is somebody listening? else add ,server)");
    ::fcntl(fd, F_SETFL, O_NONBLOCK);
    return made({.in = fd, .out = fd});
  }
  // A socket file left by a killed process would refuse the bind: take it away if nobody answers.
  if (::connect(fd, generic, sizeof address) == 0) {
    errno = EADDRINUSE;
    return refuse("listen");
  }
  if (errno == ECONNREFUSED) ::unlink(parsed->path.c_str());
  if (::bind(fd, generic, sizeof address) != 0 || ::listen(fd, 1) != 0) return refuse("listen");
  FdPair fds{.listen = fd, .unlinkPath = parsed->path};
  if (parsed->wait) {
    fds.in = fds.out = ::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fds.in < 0) return refuse("accept");
  }
  return made(std::move(fds));
}

}  // namespace

Result<CharBackendMade> makeCharBackend(std::string_view option, const std::string& spec) {
  if (spec == "null" || spec == "none") return CharBackendMade{std::make_unique<NullChar>(), false, {}};
  if (spec == "stdio" || spec == "mon:stdio")
    return made({.in = STDIN_FILENO, .out = STDOUT_FILENO, .owned = false}, true);
  if (spec == "stderr") return made({.out = STDERR_FILENO, .owned = false});
  if (spec == "pty") return makePty(option);
  if (spec.starts_with("file:")) return makeFile(option, spec.substr(5));
  if (spec.starts_with("unix:")) return makeUnix(option, spec.substr(5));
  constexpr std::string_view kWords[] = {"stdio", "file:", "unix:", "pty", "null", "none", "stderr"};
  return fail("{} {}: unknown backend{}; known: stdio, file:PATH, unix:PATH[,server], pty, null, none",
              option, spec, didYouMean(spec, kWords));
}

}  // namespace duet::hw
