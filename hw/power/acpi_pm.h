// ACPI fixed hardware: PM1 event and control blocks, the PM timer, GPE block 0 (ACPI 6.4 4.8, ICH9 13.8.3).
#pragma once

#include <functional>
#include <mutex>

#include "core/bus/io_handler.h"
#include "core/bus/irq_line.h"
#include "core/device/device.h"
#include "core/state/fields.h"
#include "core/time/timer_queue.h"
#include "hw/timer/acpi_pm_timer.h"

namespace duet::hw {

struct AcpiPmState {
  u16 status = 0;   // PM1_STS
  u16 enable = 0;   // PM1_EN
  u32 control = 0;  // PM1_CNT without SCI_EN and the write-only bits
  u64 gpeStatus = 0;
  u64 gpeEnable = 0;
  // APMC_EN set: firmware takes that for "SMM is already in hands" and does not wait for an SMI, which this
  // machine never raises.
  u32 smiEnable = 1u << 5;
  u64 toggles = 0;  // PM timer overflows already seen in `status`

  static constexpr auto fields() {
    using S = AcpiPmState;
    return duet::fields(field("status", &S::status), field("enable", &S::enable),
                        field("control", &S::control), field("gpeStatus", &S::gpeStatus),
                        field("gpeEnable", &S::gpeEnable), field("smiEnable", &S::smiEnable),
                        field("toggles", &S::toggles));
  }
};

// Range 0: 128 ports at PMBASE. Offsets: 0 PM1_STS, 2 PM1_EN, 4 PM1_CNT, 8 PM_TMR, 20h GPE0_STS, 28h GPE0_EN,
// 30h SMI_EN. The machine is always in ACPI mode: SCI_EN reads as one and there is no SMI command port.
class AcpiPm final : public StatefulDevice, public IoHandler {
 public:
  static constexpr u64 kPorts = 128;
  // SLP_TYP values the ACPI tables must name in \_S5 (any other sleep state than these is ignored).
  static constexpr unsigned kSleepTypeS5 = 7;
  static constexpr unsigned kSleepTypeS5Legacy = 0;

  // `powerOff` runs on the vCPU thread that wrote SLP_EN, without a lock held.
  AcpiPm(IrqLine sci, TimerQueue& timers, std::function<void()> powerOff);

  void pressPowerButton();    // any thread
  void setGpe(unsigned bit);  // a general-purpose event, 0..63; any thread

  u64 read(unsigned range, u64 offset, unsigned size) override;
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;

  std::string_view name() const override { return "acpi_pm"; }
  void reset() override;
  std::vector<u8> saveState() const override;
  Result<> loadState(std::span<const u8> data, u32 version) override;

 private:
  u8 readByte(u64 offset);
  bool writeByte(u64 offset, u8 value);  // true: the guest asked for power-off
  void settle();                         // takes timer overflows into `status`
  void refresh();                        // SCI level and the overflow timer
  void timerFired();

  const IrqLine sci_;
  const std::function<void()> powerOff_;
  VirtualClock& clock_;
  const AcpiPmTimer counter_{24};
  mutable std::mutex mutex_;
  AcpiPmState state_;
  Timer timer_;
};

}  // namespace duet::hw
