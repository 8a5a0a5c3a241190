// QEMU as a child process: the memory shared with it, waking the guest, its end.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/cpu/cpu_model.h"

namespace duet::diff::qemu {

// "QEMU emulator version ...", as the program says it. The error names the package to install.
Result<std::string> qemuVersion();

// Threads: one at a time, but not always the same.
class QemuProcess {
 public:
  // The shared memory, all 0, and the guest's firmware; no process yet. `vendor`: what its CPUID is to say.
  static Result<std::unique_ptr<QemuProcess>> create(CpuVendor vendor);
  ~QemuProcess();
  QemuProcess(const QemuProcess&) = delete;
  QemuProcess& operator=(const QemuProcess&) = delete;

  // The guest's physical memory; the same for all processes that start() makes.
  u8* ram() const { return ram_; }

  Result<> start();
  void stop();
  bool running() const { return pid_ > 0 && !ended_.load(); }
  // Of one that has ended by itself: the last line it has said, or what has killed it.
  std::string lastWords();
  // A nonmaskable interrupt for the guest's processor.
  void interrupt();

 private:
  QemuProcess() = default;
  Result<> share();
  int launch(int input, int parent) const;
  void keep(int input);

  std::string vendor_;
  UniqueFd memory_, firmware_, errors_, monitor_;
  u8* ram_ = nullptr;
  int pid_ = 0;
  std::atomic<int> launched_{0};  // by keeper_: process id or negative errno
  int signal_ = 0;                // by keeper_, before ended_: what has killed it
  std::atomic<bool> ended_{false};
  std::thread keeper_;
};

}  // namespace duet::diff::qemu
