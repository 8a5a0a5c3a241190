#include "ui/monitor/gdb/server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/log.h"
#include "ui/monitor/gdb/listen.h"

namespace duet::ui::gdb {
namespace {

// A gdb that takes nothing for so long is gone.
constexpr int kSendTimeoutMs = 3000;

}  // namespace

Result<std::unique_ptr<Server>> Server::open(std::string_view option, const Address& address,
                                             DebugTarget& target) {
  auto fd = listenAt(option, address);
  if (!fd) return tl::unexpected(fd.error());
  const int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake < 0) {
    close(*fd);
    return fail("{}: {}", option, errnoText(errno));
  }
  const std::string unlinkPath = address.kind == Address::Kind::Unix ? address.path : "";
  return std::unique_ptr<Server>(new Server(target, *fd, wake, unlinkPath));
}

Server::Server(DebugTarget& target, int listenFd, int wakeFd, std::string unlinkPath)
    : target_(target), listenFd_(listenFd), wakeFd_(wakeFd), unlinkPath_(std::move(unlinkPath)) {}

Server::~Server() {
  stop();
  close(listenFd_);
  close(wakeFd_);
  if (!unlinkPath_.empty()) unlink(unlinkPath_.c_str());
}

void Server::start() {
  thread_ = std::thread([this] { threadMain(); });
  pthread_setname_np(thread_.native_handle(), "gdb");
}

void Server::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  eventfd_write(wakeFd_, 1);
  thread_.join();
}

bool Server::stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Server::note(const StopEvent& event) {
  {
    const std::lock_guard lock(mutex_);
    events_.push_back(event);
  }
  eventfd_write(wakeFd_, 1);
}

void Server::threadMain() {
  while (!stopping()) {
    wait(listenFd_, POLLIN, -1);
    const int fd = accept4(listenFd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) continue;
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    serve(fd);
    close(fd);
  }
}

bool Server::wait(int fd, short events, int timeoutMs) {
  pollfd fds[2] = {{fd, events, 0}, {wakeFd_, POLLIN, 0}};
  if (poll(fds, 2, timeoutMs) <= 0) return false;
  eventfd_t ignored;
  if (fds[1].revents) eventfd_read(wakeFd_, &ignored);
  return fds[0].revents != 0;
}

void Server::serve(int fd) {
  {
    const std::lock_guard lock(mutex_);
    events_.clear();
  }
  if (!target_.attach([this](const StopEvent& event) { note(event); })) return;
  log(LogChannel::Machine, "gdb attached");
  Session session(target_);
  while (!session.over() && exchange(fd, session)) {
  }
  flush(fd, session);
  // A connection that breaks leaves a stopped machine stopped, for the next one.
  if (!session.detached()) target_.detach(false);
  log(LogChannel::Machine, "gdb is gone");
}

// One round: what the machine has to say, what gdb says, the answers.
bool Server::exchange(int fd, Session& session) {
  if (!flush(fd, session)) return false;
  const bool readable = wait(fd, POLLIN, -1);
  passEvents(session);
  if (readable && !session.over()) {
    u8 bytes[4096];
    const ssize_t n = recv(fd, bytes, sizeof bytes, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) return false;
    if (n > 0) session.input({bytes, static_cast<size_t>(n)});
  }
  return !stopping();
}

void Server::passEvents(Session& session) {
  std::deque<StopEvent> events;
  {
    const std::lock_guard lock(mutex_);
    events.swap(events_);
  }
  for (const StopEvent& event : events) session.event(event);
}

bool Server::flush(int fd, Session& session) {
  const std::string data = session.takeOutput();
  for (size_t done = 0; done < data.size();) {
    const ssize_t n = send(fd, data.data() + done, data.size() - done, MSG_NOSIGNAL);
    if (n > 0) {
      done += static_cast<size_t>(n);
    } else if (errno != EINTR && (errno != EAGAIN || !waitForRoom(fd, kSendTimeoutMs))) {
      return false;
    }
  }
  return true;
}

}  // namespace duet::ui::gdb
