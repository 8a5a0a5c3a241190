// The PC: every device, its wires and its place in the two address spaces.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/backend/char_backend.h"
#include "core/base/result.h"
#include "core/bus/address_space.h"
#include "core/cpu/cpu_backend.h"
#include "core/cpu/cpu_model.h"
#include "core/cpu/vcpu_mailbox.h"
#include "core/device/device.h"
#include "core/device/fw_cfg_item.h"
#include "core/memory/guest_memory.h"
#include "core/time/timer_queue.h"
#include "hw/board/memory_map.h"
#include "hw/board/smram_map.h"
#include "hw/irq/apic_bus.h"
#include "hw/irq/fpu_error_latch.h"
#include "hw/irq/irq_router.h"
#include "hw/irq/local_apic.h"
#include "hw/irq/pic8259.h"
#include "hw/misc/fw_cfg.h"
#include "hw/misc/simple_ports.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/q35_mch.h"
#include "hw/power/acpi_pm.h"
#include "hw/timer/cmos_rtc.h"
#include "hw/timer/hpet.h"
#include "hw/timer/pit8254.h"
#include "hw/timer/tick_keeper.h"

namespace duet::hw {

// What the board asks of whoever runs the machine. Called from any vCPU thread; each only leaves a request.
struct BoardHooks {
  std::function<void()> reset = {};
  std::function<void()> powerOff = {};
  std::function<void()> sleep = {};                  // S3: stop the vCPUs, keep the time going
  std::function<void()> wake = {};                   // and ends: Device::wake() of every device, then start
  std::function<void(int status)> guestStatus = {};  // isa-debug-exit
  std::function<void(u8 events)> panicked = {};      // pvpanic
  std::function<void()> flushCaches = {};            // pc-testdev
};

// References and pointers outlive the board.
struct BoardConfig {
  AddressSpace& physical;
  AddressSpace& ports;
  GuestMemory& memory;
  TimerQueue& timers;
  const CpuModel& model;  // its topology says how many vCPUs
  const RamBlock* ram;
  const RamBlock* bios;              // null: a kernel is started directly, the shadow area is RAM
  i64 rtcStartSeconds = 0;           // since 1970
  std::vector<CharBackend*> serial;  // up to four
  bool hpet = true;
  BoardHooks hooks;
  bool smm = true;  // whether anything on the board raises SMIs
};

// One `-device`, already checked for names.
struct OptionalDevice {
  std::string name;
  std::optional<u64> ioBase, ioSize;
  u8 readback = 0;
  std::optional<u8> slot;
  CharBackend* output = nullptr;
};

// Lives as long as the machine that runs it. Devices are handed out once by takeDevices() and owned by the
// machine from then on; the board keeps plain pointers to wire and to look things up.
class PcBoard {
 public:
  explicit PcBoard(BoardConfig config);
  ~PcBoard();
  PcBoard(const PcBoard&) = delete;
  PcBoard& operator=(const PcBoard&) = delete;

  Result<> build();
  Result<> addOptionalDevice(const OptionalDevice& device);
  std::vector<std::unique_ptr<Device>> takeDevices() { return std::move(devices_); }

  unsigned vcpuCount() const { return static_cast<unsigned>(mailboxes_.size()); }
  // What vCPU number `vcpu` is to be made with.
  VcpuEnv vcpuEnv(unsigned vcpu);
  // Runs after every change of physical memory or ports as any vCPU sees them.
  void addMemoryListener(const std::function<void()>& listener);
  VcpuMailbox& mailbox(unsigned vcpu) { return *mailboxes_[vcpu]; }
  LocalApic& localApic(unsigned vcpu) { return *apics_[vcpu]; }
  // Only the boot processor's FERR# and IGNNE# are wired.
  FpuErrorPins* fpuErrorPins(unsigned vcpu) { return vcpu == 0 ? fpuError_ : nullptr; }
  FwCfg& fwCfg() { return *fwCfg_; }
  void pressPowerButton() { power_->pressPowerButton(); }

  // After every device was reset: sets the chip set up as firmware would have, for kernels started without one.
  void configureWithoutFirmware();

 private:
  template <class T, class... Args>
  T* add(Args&&... args) {
    auto device = std::make_unique<T>(std::forward<Args>(args)...);
    T* raw = device.get();
    devices_.push_back(std::move(device));
    return raw;
  }
  enum class Writes : u8 { AtOnce, MayWait };  // AddressSpace::Placement::writesMayWait
  Result<> mapPorts(const char* name, u64 base, u64 size, IoHandler& handler, unsigned range,
                    Writes writes = Writes::AtOnce);
  Result<> mapMemory(const char* name, u64 base, u64 size, IoHandler& handler, unsigned range,
                     Writes writes = Writes::AtOnce);

  Result<> buildInterrupts();
  Result<> buildTimers();
  Result<> buildHpet();
  u64 unreadInterrupts() const;  // a bit a vCPU
  Result<> buildPower();
  Result<> buildSerial();
  Result<> buildPci();
  Result<> buildMisc();
  void moveEcam(bool enabled, u64 base, u64 size);
  void movePowerManagement(bool enabled, u16 base);
  PowerHooks powerHooks();
  void sendSmi(unsigned vcpu);
  void sendInit();  // the INIT# wire

  BoardConfig config_;
  std::vector<std::unique_ptr<Device>> devices_;
  std::vector<std::unique_ptr<VcpuMailbox>> mailboxes_;
  std::vector<LocalApic*> apics_;
  MemoryMap memoryMap_;
  SmramMap smram_;
  std::vector<std::unique_ptr<AddressSpace>> portViews_;  // the ports with each vCPU's own APM port
  std::unique_ptr<IrqSink> rtcWire_;
  ApicBus apicBus_;
  PciBus pciBus_;
  Pic8259* pic_ = nullptr;
  IrqRouter* router_ = nullptr;
  TickKeeper* ticks_ = nullptr;
  Hpet* hpet_ = nullptr;  // null: the machine has none
  Pit8254* pit_ = nullptr;
  FpuErrorLatch* fpuError_ = nullptr;
  ResetControl* resetControl_ = nullptr;
  FwCfg* fwCfg_ = nullptr;
  CmosRtc* rtc_ = nullptr;
  AcpiPm* power_ = nullptr;
  Q35Mch* mch_ = nullptr;
  PciDevice* lpc_ = nullptr;
  MapId ecamMap_ = 0, powerMap_ = 0;
};

}  // namespace duet::hw
