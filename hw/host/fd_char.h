// A CharBackend over file descriptors: a thread that reads, writes straight away.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "core/backend/char_backend.h"

namespace duet::hw {

// Where the bytes come from and go to. -1 for "none".
struct FdPair {
  int in = -1;
  int out = -1;
  int listen = -1;           // a listening socket: peers come and go, one at a time
  bool owned = true;         // close them at the end
  std::string unlinkPath{};  // socket file to remove at the end
};

// Threads: write from any; the receiver runs on the reading thread; setReceiver waits for a call in
// progress, so that after setReceiver({}) the old receiver is never called again. A peer that does not take
// output for kWriteWaitMs loses the rest of that write, and all further output until it takes some again.
class FdChar : public CharBackend {
 public:
  explicit FdChar(FdPair fds);
  ~FdChar() override;
  void write(std::span<const u8> data) override;
  void setReceiver(Receiver receiver) override;
  void resumeInput() override;
  void start() override;
  void flush() override;

 private:
  void readLoop();
  bool acceptPeer();
  void dropPeer();
  bool waitReadable(int fd);
  void deliver(std::span<const u8> data);

  FdPair fds_;
  const bool socket_;
  int wakePipe_[2] = {-1, -1};
  std::atomic<int> out_;
  bool stalled_ = false;      // with writeMutex_: the peer takes nothing; do not wait for it again
  std::mutex receiverMutex_;  // held while the receiver runs; before mutex_
  Receiver receiver_;
  std::mutex mutex_;
  std::condition_variable resumed_;
  bool roomSignalled_ = false;
  bool stopping_ = false;
  std::mutex writeMutex_;
  std::thread thread_;
};

// Swallows everything, never has input.
class NullChar : public CharBackend {
 public:
  void write(std::span<const u8>) override {}
  void setReceiver(Receiver) override {}
  void resumeInput() override {}
  void start() override {}
  void flush() override {}
};

}  // namespace duet::hw
