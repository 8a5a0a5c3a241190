// duet: parse, build, run, say how it ended.
#include <signal.h>
#include <sys/prctl.h>

#include <cstdio>
#include <thread>

#include "core/base/log.h"
#include "cpu-kvm/caps/host_report.h"
#include "ui/app/options.h"
#include "ui/app/pc_machine.h"

namespace {

using namespace duet;

// SIGINT, SIGTERM and SIGHUP end the machine in an orderly way. They are blocked in every thread
// (before any is made) and taken by one that waits for them.
class SignalWatch {
 public:
  SignalWatch() {
    sigemptyset(&set_);
    for (int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR2}) sigaddset(&set_, number);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    signal(SIGPIPE, SIG_IGN);
  }
  void start(ui::PcMachine& pc) {
    thread_ = std::thread([this, &pc] {
      int number = 0;
      while (sigwait(&set_, &number) == 0 && number != SIGUSR2) pc.requestQuit();
    });
  }
  void stop() {
    if (!thread_.joinable()) return;
    pthread_kill(thread_.native_handle(), SIGUSR2);  // our own word for "go home"
    thread_.join();
  }

 private:
  sigset_t set_;
  std::thread thread_;
};

int fatal(const Error& error) {
  log(LogChannel::Error, "{}", error.message);
  return 1;
}

Result<MachineEnd> runMachine(const ui::Options& options) {
  SignalWatch signals;
  auto pc = ui::PcMachine::create(options);
  if (!pc) return tl::unexpected(pc.error());
  signals.start(**pc);
  auto end = (*pc)->run();
  signals.stop();
  return end;
}

int printHostReport(ui::HostReportFormat format) {
  const kvm::HostReport report = kvm::reportHost();
  const bool json = format == ui::HostReportFormat::Json;
  std::fputs((json ? kvm::reportJson(report) : kvm::reportText(report)).c_str(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  auto outcome = ui::parseOptions({argv + 1, argv + argc});
  if (!outcome) return fatal(outcome.error());
  if (outcome->printAndLeave) {
    std::fputs(outcome->printAndLeave->c_str(), stdout);
    return 0;
  }
  const ui::Options& options = outcome->options;
  if (options.hostReport != ui::HostReportFormat::None) return printHostReport(options.hostReport);
  if (auto ok = configureLog(options.logItems, options.logFile); !ok) return fatal(ok.error());
  prctl(PR_SET_NAME, options.name.c_str());
  auto end = runMachine(options);
  if (!end) return fatal(end.error());
  if (end->reason == EndReason::EngineFault) return fatal(Error{end->message});
  return end->status;
}
