// `machine: pc`: the devices of the real board around one or more CPUs.
//
// One CPU: guest time is counted (64 ns an instruction), so a run is the same every time; HLT with
// interrupts enabled goes straight to the next timer. Several CPUs: a thread each, on host time.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/time/timer_queue.h"
#include "hw/board/pc_board.h"
#include "tests/guest/runner/guest_machine.h"

namespace duet::test {

class PcRig final : public GuestMachine {
 public:
  static Result<std::unique_ptr<GuestMachine>> create(unsigned cpus, std::string_view cpu,
                                                      const EngineFactory& factory);
  ~PcRig() override;

  GuestMemory& memory() override { return memory_; }
  const CpuModel& model() override { return *model_; }
  // The other CPUs wait for a SIPI.
  Result<> load(const CpuState& state) override;
  GuestEnd run(u64 budget) override;
  CpuState state() override;

 private:
  explicit PcRig(unsigned cpus);
  Result<> build(std::string_view cpu, const EngineFactory& factory);
  Result<> makeCpus();
  void endAs(const char* name);  // a device ends the case; any thread
  GuestEnd endOf(const VcpuExit& exit);
  GuestEnd runCounted(u64 budget);
  bool sleepCounted(const VcpuExit& exit);
  GuestEnd runThreads();
  void runOther(unsigned cpu);

  const unsigned cpus_;
  mmu::Ram ram_;
  AddressSpace physical_;
  AddressSpace ports_;
  mmu::GuestMemoryView memory_;
  VirtualClock clock_;
  TimerQueue timers_;
  std::unique_ptr<CpuBackend> engine_;
  std::unique_ptr<CpuModel> model_;
  std::unique_ptr<hw::PcBoard> board_;
  std::vector<std::unique_ptr<Device>> devices_;
  std::vector<std::unique_ptr<Vcpu>> vcpus_;
  std::atomic<const char*> ended_{nullptr};
  std::atomic<bool> stopping_{false};
};

}  // namespace duet::test
