#include "tests/guest/runner/pc_rig.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <limits>
#include <mutex>

#include "core/cpu/registers.h"

namespace duet::test {
namespace {

// Guest time of one CPU alone: 64 ns an instruction. The clock and the timers follow in steps of 32, as
// the clock of a real machine is not looked at between two instructions either.
constexpr unsigned kNanosecondShift = 6;
constexpr u64 kSlice = 32;
// A program that has not ended by then hangs. Counted time passes quickly; the host's has to be enough for
// a loaded machine.
constexpr Nanoseconds kCountedLimit = 10'000'000'000;
constexpr std::chrono::seconds kHostLimit{60};
constexpr const char* kTimeRanOut = "the time ran out";

// HLT with interrupts disabled is the program's end, even if an NMI might wake the CPU.
bool interruptible(const VcpuExit& halt) { return halt.wakeMask & kMailInterrupt; }

// Posts an exit to the first CPU when the time is over.
class Watchdog {
 public:
  Watchdog(std::chrono::seconds limit, std::function<void()> bark)
      : thread_([this, limit, bark = std::move(bark)] {
          std::unique_lock lock(mutex_);
          if (!wake_.wait_for(lock, limit, [this] { return done_; })) bark();
        }) {}
  ~Watchdog() {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace

PcRig::PcRig(unsigned cpus)
    : cpus_(cpus),
      physical_("memory", u64{1} << 40),
      ports_("ports", 0x10000),
      memory_(physical_, ram_),
      clock_(cpus == 1 ? VirtualClock::Kind::Counted : VirtualClock::Kind::Host, kNanosecondShift),
      timers_(clock_) {}

PcRig::~PcRig() { timers_.stop(); }

Result<std::unique_ptr<GuestMachine>> PcRig::create(unsigned cpus, std::string_view cpu,
                                                    const EngineFactory& factory) {
  std::unique_ptr<PcRig> rig(new PcRig(cpus));
  if (auto ok = rig->build(cpu, factory); !ok) return tl::unexpected(ok.error());
  return rig;
}

Result<> PcRig::build(std::string_view cpu, const EngineFactory& factory) {
  engine_ = factory(ram_);
  auto model = CpuModel::parse(cpu, engine_->caps().features);
  if (!model) return tl::unexpected(model.error());
  model_ = std::make_unique<CpuModel>(std::move(*model));
  model_->setTopology({.sockets = 1, .cores = cpus_, .threads = 1});
  model_->tscFrequency = clock_.tscFrequency();
  auto ram = ram_.addBlock("ram", kRamSize);
  if (!ram) return tl::unexpected(ram.error());
  const hw::BoardHooks hooks{.reset = [this] { endAs("reset"); },
                             .powerOff = [this] { endAs("power-off"); },
                             .guestStatus = [](int) {},
                             .panicked = [](u8) {},
                             .flushCaches = [] {}};
  board_ = std::make_unique<hw::PcBoard>(hw::BoardConfig{.physical = physical_,
                                                         .ports = ports_,
                                                         .memory = memory_,
                                                         .timers = timers_,
                                                         .model = *model_,
                                                         .ram = *ram,
                                                         .bios = nullptr,
                                                         .rtcStartSeconds = 0,
                                                         .serial = {},
                                                         .hpet = true,
                                                         .hooks = hooks});
  if (auto ok = board_->build(); !ok) return ok;
  devices_ = board_->takeDevices();
  for (auto& device : devices_) device->reset();
  board_->configureWithoutFirmware();
  return makeCpus();
}

Result<> PcRig::makeCpus() {
  for (unsigned i = 0; i < cpus_; ++i) {
    auto vcpu = engine_->createVcpu(board_->vcpuEnv(i));
    if (!vcpu) return tl::unexpected(vcpu.error());
    vcpus_.push_back(std::move(*vcpu));
  }
  board_->addMemoryListener([this] { engine_->memoryMapChanged(); });
  return {};
}

Result<> PcRig::load(const CpuState& state) {
  for (unsigned i = 1; i < cpus_; ++i)
    if (auto ok = vcpus_[i]->loadState(resetState(false)); !ok) return ok;
  return vcpus_[0]->loadState(state);
}

CpuState PcRig::state() {
  CpuState s;
  vcpus_[0]->saveState(s);
  return s;
}

void PcRig::endAs(const char* name) {
  ended_ = name;
  board_->mailbox(0).post(kMailExit);
}

GuestEnd PcRig::endOf(const VcpuExit& exit) {
  if (const char* name = ended_) return {name};
  if (exit.reason == ExitReason::EngineFault) return {exit.message};
  return {nameOf(exit.reason)};
}

GuestEnd PcRig::run(u64 budget) {
  clock_.start();
  timers_.start();
  GuestEnd end = cpus_ == 1 ? runCounted(budget) : runThreads();
  timers_.stop();
  clock_.stop();
  return end;
}

GuestEnd PcRig::runCounted(u64 budget) {
  u64 left = budget;
  while (left && clock_.now() < kCountedLimit) {
    const u64 slice = std::min({kSlice, left, clock_.instructionsUntil(timers_.nextDeadline())});
    const VcpuExit exit = vcpus_[0]->run({slice});
    left -= std::min(left, exit.instructions);
    clock_.advanceInstructions(exit.instructions);
    timers_.runDue();
    if (exit.reason == ExitReason::Budget) continue;
    if (exit.reason != ExitReason::Halt || !sleepCounted(exit)) return endOf(exit);
  }
  return {left ? kTimeRanOut : nameOf(ExitReason::Budget)};
}

// Whether the halted CPU may still go on.
bool PcRig::sleepCounted(const VcpuExit& exit) {
  if (!interruptible(exit)) return false;
  if (board_->mailbox(0).peek() & exit.wakeMask) return true;
  const Nanoseconds next = timers_.nextDeadline();
  if (next == std::numeric_limits<Nanoseconds>::max()) return false;
  clock_.advanceTo(next);
  timers_.runDue();
  return true;
}

GuestEnd PcRig::runThreads() {
  const Watchdog watchdog(kHostLimit, [this] { endAs(kTimeRanOut); });
  std::vector<std::thread> others;
  for (unsigned i = 1; i < cpus_; ++i) others.emplace_back([this, i] { runOther(i); });
  VcpuExit exit;
  do {
    exit = vcpus_[0]->run({});
    if (exit.reason != ExitReason::Halt || !interruptible(exit)) break;
    board_->mailbox(0).wait(exit.wakeMask | kMailExit);
  } while (!ended_);
  stopping_ = true;
  for (unsigned i = 1; i < cpus_; ++i) vcpus_[i]->requestExit();
  for (std::thread& t : others) t.join();
  return endOf(exit);
}

void PcRig::runOther(unsigned cpu) {
  while (!stopping_) {
    const VcpuExit exit = vcpus_[cpu]->run({});
    const bool sleeps = exit.reason == ExitReason::Halt || exit.reason == ExitReason::WaitForSipi;
    if (exit.reason == ExitReason::Cancelled) continue;
    board_->mailbox(cpu).wait(sleeps ? exit.wakeMask | kMailExit : kMailExit);
    board_->mailbox(cpu).take(kMailWake);
  }
}

}  // namespace duet::test
