// The 16550A UART (National PC16550D).
#pragma once

#include <array>
#include <mutex>
#include <string>

#include "core/backend/char_backend.h"
#include "core/bus/io_handler.h"
#include "core/bus/irq_line.h"
#include "core/device/device.h"
#include "core/state/fields.h"
#include "core/time/timer_queue.h"

namespace duet::hw {

struct Uart16550State {
  u8 ier = 0, lcr = 0, mcr = 0, scr = 0, fcr = 0;
  u8 lsrErrors = 0;  // OE, PE, FE, BI: cleared by reading LSR
  u8 msrDeltas = 0;  // low nibble of MSR: cleared by reading it
  u16 divisor = 12;  // 9600 baud
  bool thrEmptyInterrupt = false;
  bool characterTimeout = false;
  std::array<u8, 16> fifo{};
  u8 fifoHead = 0, fifoCount = 0;
  static constexpr auto fields() {
    using S = Uart16550State;
    return duet::fields(field("ier", &S::ier), field("lcr", &S::lcr), field("mcr", &S::mcr),
                        field("scr", &S::scr), field("fcr", &S::fcr), field("lsrErrors", &S::lsrErrors),
                        field("msrDeltas", &S::msrDeltas), field("divisor", &S::divisor),
                        field("thrEmptyInterrupt", &S::thrEmptyInterrupt),
                        field("characterTimeout", &S::characterTimeout), field("fifo", &S::fifo),
                        field("fifoHead", &S::fifoHead), field("fifoCount", &S::fifoCount));
  }
};

// Threads: registers from vCPU threads, receive from the backend's thread, time-out and arrivals from the timer thread: so
// nothing arrives while the machine is paused.
// Lock order: own mutex, then interrupt controllers. The backend is called without it.
class Uart16550 : public StatefulDevice, public IoHandler {
 public:
  Uart16550(std::string name, CharBackend& backend, IrqLine irq, TimerQueue& timers);
  ~Uart16550() override;

  std::string_view name() const override { return name_; }
  void reset() override;
  std::vector<u8> saveState() const override;
  Result<> loadState(std::span<const u8> data, u32 version) override;
  u64 read(unsigned range, u64 offset, unsigned size) override;
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;

 private:
  enum Register : u8 { kData, kIer, kIirFcr, kLcr, kMcr, kLsr, kMsr, kScr };

  // All below: with mutex_ held.
  u8 readRegister(u8 reg, bool& roomMade);
  void writeRegister(u8 reg, u8 value, int& transmit, bool& resume);
  void writeFcr(u8 value);
  void writeMcr(u8 value);
  u8 readData(bool& roomMade);
  u8 lineStatus() const;
  u8 modemStatus() const;
  u8 interruptId() const;
  bool fifoEnabled() const { return state_.fcr & 1; }
  unsigned fifoCapacity() const { return fifoEnabled() ? 16 : 1; }
  unsigned triggerLevel() const;
  void push(u8 byte);
  void armTimeout();
  void arrive();
  bool takeFromLine();  // true when nothing is left on it
  void updateIrq();

  size_t receive(std::span<const u8> data);
  void onTimeout();
  void onArrival();

  std::string name_;
  CharBackend& backend_;
  IrqLine irq_;
  VirtualClock& clock_;
  mutable std::mutex mutex_;
  Uart16550State state_;
  // What the host has sent and the FIFO has not taken: no part of the state.
  std::array<u8, 16> line_{};
  size_t lineCount_ = 0;
  Timer timeout_, arrival_;
};

}  // namespace duet::hw
