#include "cpu-kvm/caps/watchdog.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

#include "cpu-kvm/api/kick_signal.h"

namespace duet::kvm {
namespace {

double threadSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace

Watchdog::Watchdog(std::chrono::milliseconds limit) : limit_(limit), start_(threadSeconds()) {
  installKickSignal();
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = kickSignal();
  event._sigev_un._tid = static_cast<pid_t>(syscall(SYS_gettid));
  armed_ = timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer_) == 0;
  if (!armed_) return;
  itimerspec when{};
  when.it_value.tv_sec = limit.count() / 1000;
  when.it_value.tv_nsec = limit.count() % 1000 * 1'000'000;
  when.it_interval.tv_nsec = 1'000'000;
  timer_settime(timer_, 0, &when, nullptr);
}

Watchdog::~Watchdog() {
  if (armed_) timer_delete(timer_);
}

double Watchdog::elapsed() const { return threadSeconds() - start_; }

}  // namespace duet::kvm
