// A whole PC put together from options: memory, engine, board, firmware, machine.
#pragma once

#include <memory>

#include "core/machine/machine.h"
#include "core/machine/machine_debugger.h"
#include "hw/board/pc_board.h"
#include "mmu/ram/guest_memory_view.h"
#include "mmu/ram/ram.h"
#include "ui/app/boot_plan.h"
#include "ui/app/engine_pair.h"
#include "ui/app/options.h"
#include "ui/app/serial_setup.h"
#include "ui/monitor/gdb/server.h"

namespace duet::ui {

// Members are in order of dependence: each is destroyed before what it refers to.
class PcMachine {
 public:
  // Checks everything that can be checked (files, features, addresses) and starts nothing.
  // Tests put other engines in the place of the host's.
  static Result<std::unique_ptr<PcMachine>> create(const Options& options,
                                                   const HostEngines& engines = hostEngines);
  ~PcMachine();

  // Runs until the end; on the control thread.
  Result<MachineEnd> run();
  void requestQuit();  // any thread

  // Before run(): the guest goes on where this snapshot was taken, instead of booting.
  Result<> beginFrom(const std::string& path);
  // Any thread but that of run(), meanwhile: pauses the guest and writes all of it to a file.
  Result<> saveTo(const std::string& path);

 private:
  explicit PcMachine(const Options& options);
  Result<> build(EngineMakers engines);
  Result<> makeCpuModel();
  Result<> makeMemory(const BootPlan& plan);
  Result<> makeBoard();
  Result<> makeVcpus();
  Result<> makeSwitch();
  Result<> makeGdbServer();
  Result<> restore();
  hw::BoardHooks boardHooks();
  Result<hw::OptionalDevice> optionalDevice(const DeviceOption& device);

  Options options_;
  mmu::Ram ram_;
  AddressSpace physical_, ports_;
  mmu::GuestMemoryView memory_;
  VirtualClock clock_;
  TimerQueue timers_;
  std::unique_ptr<CpuModel> model_;
  const RamBlock* mainRam_ = nullptr;
  const RamBlock* biosRam_ = nullptr;
  SerialSetup serial_;
  std::unique_ptr<EnginePair> engines_;
  std::unique_ptr<BootPlan> boot_;
  std::unique_ptr<hw::PcBoard> board_;
  std::unique_ptr<Machine> machine_;
  std::unique_ptr<MachineDebugger> debugger_;
  std::unique_ptr<gdb::Server> gdb_;
  std::optional<Snapshot> begin_;  // from beginFrom()
};

}  // namespace duet::ui
