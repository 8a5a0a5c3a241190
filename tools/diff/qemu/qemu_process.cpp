#include "tools/diff/qemu/qemu_process.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <vector>

#include "core/base/assert.h"
#include "tools/diff/qemu/monitor_image.h"
#include "tools/diff/qemu/monitor_layout.h"

namespace duet::diff::qemu {
namespace {

constexpr const char* kProgram = "qemu-system-x86_64";
constexpr u64 kErrorsRoom = 4096;

Result<UniqueFd> memoryFile(const char* name, u64 size) {
  UniqueFd file(memfd_create(name, MFD_CLOEXEC));
  if (!file || ftruncate(file.get(), static_cast<off_t>(size)) != 0)
    return fail("qemu engine: no memory file: {}", errnoText(errno));
  return file;
}

// In the child, between fork and exec: keeps a descriptor open.
void inherit(int fd) { fcntl(fd, F_SETFD, 0); }

}  // namespace

Result<std::string> qemuVersion() {
  std::string line;
  if (FILE* out = popen(fmt::format("{} --version 2>/dev/null", kProgram).c_str(), "re")) {
    std::array<char, 256> text{};
    if (fgets(text.data(), text.size(), out)) line = text.data();
    pclose(out);
  }
  while (!line.empty() && line.back() == '\n') line.pop_back();
  if (line.empty()) return fail("qemu engine: there is no {} here: install qemu-system-x86", kProgram);
  return line;
}

Result<std::unique_ptr<QemuProcess>> QemuProcess::create(CpuVendor vendor) {
  std::unique_ptr<QemuProcess> process(new QemuProcess);
  process->vendor_ = vendor == CpuVendor::Amd ? "AuthenticAMD" : "GenuineIntel";
  if (auto ok = process->share(); !ok) return tl::unexpected(ok.error());
  return process;
}

QemuProcess::~QemuProcess() {
  stop();
  if (ram_) munmap(ram_, QEMU_RAM_SIZE);
}

Result<> QemuProcess::share() {
  auto memory = memoryFile("duet-diff-qemu", QEMU_RAM_SIZE);
  if (!memory) return tl::unexpected(memory.error());
  const std::vector<u8> image = monitorImage();
  auto firmware = memoryFile("duet-diff-monitor", image.size());
  if (!firmware) return tl::unexpected(firmware.error());
  memory_ = std::move(*memory);
  firmware_ = std::move(*firmware);
  if (pwrite(firmware_.get(), image.data(), image.size(), 0) != static_cast<ssize_t>(image.size()))
    return fail("qemu engine: cannot write its firmware: {}", errnoText(errno));
  void* ram = mmap(nullptr, QEMU_RAM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, memory_.get(), 0);
  if (ram == MAP_FAILED) return fail("qemu engine: cannot map its memory: {}", errnoText(errno));
  ram_ = static_cast<u8*>(ram);
  return {};
}

Result<> QemuProcess::start() {
  DUET_ASSERT(pid_ == 0);
  auto errors = memoryFile("duet-diff-errors", 0);
  if (!errors) return tl::unexpected(errors.error());
  errors_ = std::move(*errors);
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return fail("qemu engine: no channel to QEMU: {}", errnoText(errno));
  monitor_ = UniqueFd(ends[0]);
  UniqueFd theirs(ends[1]);
  ended_ = false;
  launched_ = 0;
  keeper_ = std::thread([this, input = theirs.get()] { keep(input); });
  launched_.wait(0);
  if (launched_ < 0) {
    keeper_.join();
    return fail("qemu engine: cannot start a process: {}", errnoText(-launched_));
  }
  pid_ = launched_;
  return {};
}

// A thread of its own starts the process and lives as long: PR_SET_PDEATHSIG is about the thread.
void QemuProcess::keep(int input) {
  const int child = launch(input, getpid());
  launched_ = child < 0 ? -errno : child;
  launched_.notify_one();
  if (child < 0) return;
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  signal_ = info.si_code == CLD_EXITED ? 0 : info.si_status;
  ended_ = true;
}

int QemuProcess::launch(int input, int parent) const {
  const std::string memory = fmt::format("memory-backend-file,id=ram,size={},mem-path=/dev/fd/{},share=on",
                                         u64{QEMU_RAM_SIZE}, memory_.get());
  const std::string firmware = fmt::format("/dev/fd/{}", firmware_.get());
  const std::string cpu = "max,vendor=" + vendor_;
  const std::string size = fmt::format("{}M", QEMU_RAM_SIZE >> 20);
  const char* const arguments[] = {kProgram,
                                   "-nodefaults",
                                   "-no-user-config",
                                   "-accel",
                                   "tcg",
                                   "-machine",
                                   "pc,memory-backend=ram",
                                   "-m",
                                   size.c_str(),
                                   "-object",
                                   memory.c_str(),
                                   "-cpu",
                                   cpu.c_str(),
                                   "-bios",
                                   firmware.c_str(),
                                   "-display",
                                   "none",
                                   "-vga",
                                   "none",
                                   "-no-reboot",
                                   "-monitor",
                                   "stdio",
                                   nullptr};
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  const int child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(0);
    dup2(input, 0);
    dup2(nowhere, 1);
    dup2(errors_.get(), 2);
    inherit(memory_.get());
    inherit(firmware_.get());
    execvp(kProgram, const_cast<char* const*>(arguments));
    _exit(127);
  }
  const int error = errno;
  close(nowhere);
  errno = error;
  return child;
}

void QemuProcess::stop() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  keeper_.join();
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

std::string QemuProcess::lastWords() {
  std::array<char, kErrorsRoom> text{};
  const ssize_t size = pread(errors_.get(), text.data(), text.size(), 0);
  std::string_view said(text.data(), size > 0 ? static_cast<size_t>(size) : 0);
  while (said.ends_with('\n')) said.remove_suffix(1);
  if (const size_t line = said.rfind('\n'); line != said.npos) said.remove_prefix(line + 1);
  if (!said.empty()) return std::string(said);
  return signal_ ? fmt::format("killed by SIG{}", sigabbrev_np(signal_)) : "as after a reset of the machine";
}

void QemuProcess::interrupt() {
  constexpr std::string_view kCommand = "nmi\n";
  send(monitor_.get(), kCommand.data(), kCommand.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace duet::diff::qemu
