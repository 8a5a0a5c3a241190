// The keyboard controller (8042) and port 92h.
#pragma once

#include <functional>
#include <mutex>

#include "core/bus/io_handler.h"
#include "core/bus/irq_line.h"
#include "core/device/device.h"
#include "hw/input/ps2_keyboard.h"
#include "hw/input/ps2_mouse.h"

namespace duet::hw {

struct I8042State {
  u8 commandByte = 0;
  u8 outputPort = 0;
  bool initNow = false;   // port 92h bit 0
  u8 pendingCommand = 0;  // controller command whose parameter comes next, or 0
  u8 outputByte = 0;
  bool outputFull = false, outputFromAux = false, lastWriteWasCommand = false;
  std::array<u8, 32> ram{};
  Ps2Queue controller;  // the controller's own answers
  Ps2Queue echoedAux;   // bytes put into the buffer by D3h
  Ps2Keyboard keyboard;
  Ps2Mouse mouse;
  static constexpr auto fields() {
    using S = I8042State;
    return duet::fields(field("commandByte", &S::commandByte), field("outputPort", &S::outputPort),
                        field("initNow", &S::initNow), field("pendingCommand", &S::pendingCommand),
                        field("outputByte", &S::outputByte), field("outputFull", &S::outputFull),
                        field("outputFromAux", &S::outputFromAux),
                        field("lastWriteWasCommand", &S::lastWriteWasCommand), field("ram", &S::ram),
                        field("controller", &S::controller), field("echoedAux", &S::echoedAux),
                        field("keyboard", &S::keyboard), field("mouse", &S::mouse));
  }
};

struct I8042Hooks {
  std::function<void()> init;             // INIT#: the pulse on output port bit 0, port 92h bit 0 going to 1
  std::function<void(bool enabled)> a20;  // output port bit 1
};

// Range 0: port 60h, range 1: port 64h, range 2: port 92h (fast A20 and INIT, which share the A20 gate).
// Threads: any; hooks are called without the lock.
class I8042 : public StatefulDevice, public IoHandler {
 public:
  enum Range : unsigned { kDataPort, kCommandPort, kPort92 };
  I8042(IrqLine keyboardIrq, IrqLine mouseIrq, I8042Hooks hooks);

  std::string_view name() const override { return "i8042"; }
  u32 stateVersion() const override { return 2; }  // 2: port 92h bit 0
  void reset() override;
  std::vector<u8> saveState() const override;
  Result<> loadState(std::span<const u8> data, u32 version) override;
  u64 read(unsigned range, u64 offset, unsigned size) override;
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;

 private:
  struct Effects {
    bool init = false, a20Changed = false, a20 = false;
  };
  // All with mutex_ held.
  u8 readData();
  u8 status() const;
  void command(u8 value, Effects& effects);
  void data(u8 value, Effects& effects);
  void writeOutputPort(u8 value, Effects& effects);
  void fill();
  void updateIrqs();

  void carryOut(const Effects& effects);

  IrqLine keyboardIrq_, mouseIrq_;
  I8042Hooks hooks_;
  mutable std::mutex mutex_;
  I8042State state_;
};

}  // namespace duet::hw
