// ACPI fixed hardware and how the chip set asks for SMIs: PM1 event and control blocks, the PM timer, GPE block 0, SMI
// enable and status, and the APM ports (ACPI 6.4 4.8, ICH9 13.7.1, 13.8.3).
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
  u32 control = 0;  // PM1_CNT without the write-only bits
  u64 gpeStatus = 0;
  u64 gpeEnable = 0;
  u32 smiEnable = 0;
  u32 smiStatus = 0;
  u8 apmControl = 0, apmStatus = 0;
  bool smiLocked = false;  // GBL_SMI_EN cannot change
  bool asleep = false;     // in S3
  u64 toggles = 0;         // PM timer overflows already seen in `status`

  static constexpr auto fields() {
    using S = AcpiPmState;
    return duet::fields(field("status", &S::status), field("enable", &S::enable),
                        field("control", &S::control), field("gpeStatus", &S::gpeStatus),
                        field("gpeEnable", &S::gpeEnable), field("smiEnable", &S::smiEnable),
                        field("smiStatus", &S::smiStatus), field("apmControl", &S::apmControl),
                        field("apmStatus", &S::apmStatus), field("smiLocked", &S::smiLocked),
                        field("asleep", &S::asleep), field("toggles", &S::toggles));
  }
};

// Called without a lock held, on the thread that brought it about (a vCPU's or the timers').
struct PowerHooks {
  std::function<void()> powerOff = {};
  std::function<void()> sleep = {};  // S3 begins
  std::function<void()> wake = {};   // and ends
  // SMI# to one CPU, or (kEveryCpu) to all.
  std::function<void(unsigned cpu)> smi = {};
};
inline constexpr unsigned kEveryCpu = ~0u;

// Ranges: kPm, the 128 ports at PMBASE: 0 PM1_STS, 2 PM1_EN, 4 PM1_CNT, 8 PM_TMR, 20h GPE0_STS, 28h GPE0_EN,
// 30h SMI_EN, 34h SMI_STS; kApm + n, the ports B2h (control) and B3h (status) as CPU n sees them.
class AcpiPm final : public StatefulDevice, public IoHandler {
 public:
  enum Range : unsigned { kPm, kApm };
  static constexpr u64 kPorts = 128, kApmPorts = 2;
  // SLP_TYP values the ACPI tables must name in \_S3 and \_S5 (any other sleep state than these is ignored).
  static constexpr unsigned kSleepTypeS3 = 1;
  static constexpr unsigned kSleepTypeS5 = 7;
  static constexpr unsigned kSleepTypeS5Legacy = 0;
  // What a write to the APM control port means, as the FADT tells it.
  static constexpr u8 kAcpiEnable = 2, kAcpiDisable = 3;

  // `smm` false: nothing raises an SMI, and APMC_EN reads as one, which firmware takes for "SMM is already in hands".
  AcpiPm(IrqLine sci, TimerQueue& timers, PowerHooks hooks, bool smm);

  void pressPowerButton();       // any thread
  void setGpe(unsigned bit);     // a general-purpose event, 0..63; any thread
  void rtcAlarm();               // the clock's interrupt rose: PM1_STS.RTC_STS; any thread
  void setSmiLock(bool locked);  // GEN_PMCON_1.SMI_LOCK
  void setAcpiMode();            // SCI_EN, for kernels that are started without firmware

  u64 read(unsigned range, u64 offset, unsigned size) override;
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;

  std::string_view name() const override { return "acpi_pm"; }
  u32 stateVersion() const override { return 2; }
  void reset() override;
  void wake() override;
  std::vector<u8> saveState() const override;
  Result<> loadState(std::span<const u8> data, u32 version) override;

 private:
  // What has to be told after the lock is dropped.
  struct Calls {
    bool powerOff = false, sleep = false, wake = false, smi = false;
    unsigned smiTarget = kEveryCpu;
  };
  u8 readByte(u64 offset);
  void writeByte(u64 offset, u8 value, Calls& calls);
  void writeControl(u64 index, u8 value, Calls& calls);
  void writeSmiEnable(u64 index, u8 value);
  void writeApm(unsigned cpu, u64 offset, u8 value, Calls& calls);
  void requestSmi(u32 enable, u32 status, unsigned cpu, Calls& calls);
  void event(Calls& calls);  // a status bit rose
  void settle();             // takes timer overflows into `status`
  bool pm1Active() const { return (state_.status & state_.enable) != 0; }
  void refresh();  // SCI level and the overflow timer
  void carryOut(const Calls& calls);
  void timerFired();

  const IrqLine sci_;
  const PowerHooks hooks_;
  const bool smm_;
  VirtualClock& clock_;
  const AcpiPmTimer counter_{24};
  mutable std::mutex mutex_;
  AcpiPmState state_;
  Timer timer_;
};

}  // namespace duet::hw
