#include "hw/host/fd_char.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/assert.h"

namespace duet::hw {
namespace {

constexpr int kWriteWaitMs = 200;

void closeFd(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

bool isSocket(int fd) {
  struct stat info{};
  return fd >= 0 && ::fstat(fd, &info) == 0 && S_ISSOCK(info.st_mode);
}

}  // namespace

FdChar::FdChar(FdPair fds)
    : fds_(std::move(fds)), socket_(fds_.listen >= 0 || isSocket(fds_.out)), out_(fds_.out) {
  DUET_ASSERT(::pipe2(wakePipe_, O_CLOEXEC | O_NONBLOCK) == 0);
}

FdChar::~FdChar() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    resumed_.notify_all();
  }
  if (thread_.joinable()) {
    (void)!::write(wakePipe_[1], "x", 1);
    thread_.join();
  }
  if (fds_.owned) {
    if (fds_.out != fds_.in) closeFd(fds_.out);
    closeFd(fds_.in);
    closeFd(fds_.listen);
  }
  closeFd(wakePipe_[0]);
  closeFd(wakePipe_[1]);
  if (!fds_.unlinkPath.empty()) ::unlink(fds_.unlinkPath.c_str());
}

void FdChar::write(std::span<const u8> data) {
  std::lock_guard lock(writeMutex_);
  const int fd = out_.load();
  while (fd >= 0 && !data.empty()) {
    // A socket must not raise SIGPIPE when the peer is gone.
    const ssize_t n =
        socket_ ? ::send(fd, data.data(), data.size(), MSG_NOSIGNAL) : ::write(fd, data.data(), data.size());
    if (n > 0) {
      data = data.subspan(static_cast<size_t>(n));
      stalled_ = false;
      continue;
    }
    if (n < 0 && errno == EINTR) continue;
    if (n == 0 || errno != EAGAIN || stalled_) return;
    pollfd wait{fd, POLLOUT, 0};
    stalled_ = ::poll(&wait, 1, kWriteWaitMs) <= 0;
    if (stalled_) return;
  }
}

void FdChar::setReceiver(Receiver receiver) {
  std::lock_guard lock(receiverMutex_);
  receiver_ = std::move(receiver);
}

void FdChar::resumeInput() {
  std::lock_guard lock(mutex_);
  roomSignalled_ = true;
  resumed_.notify_all();
}

void FdChar::start() {
  if (thread_.joinable() || (fds_.in < 0 && fds_.listen < 0)) return;
  thread_ = std::thread([this] { readLoop(); });
}

void FdChar::flush() {
  const int fd = out_.load();
  if (fd >= 0 && ::isatty(fd)) ::tcdrain(fd);
}

bool FdChar::waitReadable(int fd) {
  for (;;) {
    pollfd wait[2] = {{fd, POLLIN, 0}, {wakePipe_[0], POLLIN, 0}};
    if (::poll(wait, 2, -1) < 0 && errno != EINTR) return false;
    if (wait[1].revents) return false;
    if (wait[0].revents) return true;
  }
}

bool FdChar::acceptPeer() {
  if (!waitReadable(fds_.listen)) return false;
  fds_.in = ::accept4(fds_.listen, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  fds_.out = fds_.in;
  out_.store(fds_.out);
  return true;
}

void FdChar::dropPeer() {
  std::lock_guard lock(writeMutex_);
  out_.store(-1);
  fds_.out = -1;
  closeFd(fds_.in);
}

// Hands bytes over until the receiver has taken all of them, waiting for resumeInput() in between.
void FdChar::deliver(std::span<const u8> data) {
  while (!data.empty()) {
    {
      std::lock_guard lock(mutex_);
      if (stopping_) return;
      roomSignalled_ = false;
    }
    {
      std::lock_guard receiving(receiverMutex_);
      if (!receiver_) return;
      data = data.subspan(std::min(data.size(), receiver_(data)));
    }
    if (data.empty()) return;
    std::unique_lock lock(mutex_);
    resumed_.wait(lock, [&] { return roomSignalled_ || stopping_; });
  }
}

void FdChar::readLoop() {
  for (;;) {
    if (fds_.in < 0 && (fds_.listen < 0 || !acceptPeer())) return;
    if (fds_.in < 0) continue;  // the peer was gone before it was accepted
    if (!waitReadable(fds_.in)) return;
    u8 buffer[512];
    const ssize_t n = ::read(fds_.in, buffer, sizeof buffer);
    if (n > 0) {
      deliver(std::span<const u8>(buffer, static_cast<size_t>(n)));
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
      if (fds_.listen < 0) return;  // end of input: output goes on
      dropPeer();
    }
    std::lock_guard lock(mutex_);
    if (stopping_) return;
  }
}

}  // namespace duet::hw
