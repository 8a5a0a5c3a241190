// The sandboxed process in which code under test runs, and the memory shared with it.
#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "tools/diff/host/child_code.h"
#include "tools/diff/host/shared_layout.h"

namespace duet::diff::host {

// Threads: one at a time, but not always the same.
class ChildProcess {
 public:
  // Shares the memory and starts the first child.
  static Result<std::unique_ptr<ChildProcess>> create();
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  template <class T>
  T* shared(u64 offset) const {
    return reinterpret_cast<T*>(shared_ + offset);
  }
  Control& control() const { return *shared<Control>(kControlOffset); }

  // Runs the cases that stand in the shared memory. False: the child died on the way (whyDead() says of what);
  // control().outcomes are done, and restart() gives a new one, which has no pages mapped.
  bool runBatch();
  const std::string& whyDead() const { return whyDead_; }
  Result<> restart();

 private:
  ChildProcess() = default;
  Result<> share();
  Result<> start();
  bool waitForChild();  // false: it died
  void bury(bool kill);

  UniqueFd memory_, channel_;
  u8* shared_ = nullptr;
  u8* stack_ = nullptr;  // the child's; this process only writes what it begins with
  int pid_ = 0;
  std::string whyDead_;
};

}  // namespace duet::diff::host
