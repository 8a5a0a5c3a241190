// The gdb server: a listening socket and the thread that talks to whoever connects, one at a time.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "core/machine/debug_target.h"
#include "ui/monitor/gdb/address.h"
#include "ui/monitor/gdb/session.h"

namespace duet::ui::gdb {

class Server {
 public:
  // Listens at once, so that a wrong address is known before anything starts; connections wait for start().
  // `option` is named in errors. `target` outlives the server.
  static Result<std::unique_ptr<Server>> open(std::string_view option, const Address& address,
                                              DebugTarget& target);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void start();
  // Tells a connected gdb what is still to be told (the machine's end) and hangs up. After the machine has ended.
  void stop();

 private:
  Server(DebugTarget& target, int listenFd, int wakeFd, std::string unlinkPath);
  void threadMain();
  void serve(int fd);
  bool wait(int fd, short events, int timeoutMs);  // false: nothing of it came in time, or stop()
  bool exchange(int fd, Session& session);
  void passEvents(Session& session);
  bool flush(int fd, Session& session);
  void note(const StopEvent& event);
  bool stopping();

  DebugTarget& target_;
  const int listenFd_, wakeFd_;
  const std::string unlinkPath_;
  std::thread thread_;
  std::mutex mutex_;
  std::deque<StopEvent> events_;
  bool stopping_ = false;
};

}  // namespace duet::ui::gdb
