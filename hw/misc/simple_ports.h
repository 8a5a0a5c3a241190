// Devices of one or two ports.
#pragma once

#include <array>
#include <functional>
#include <mutex>

#include "core/backend/char_backend.h"
#include "core/bus/io_handler.h"
#include "core/bus/irq_line.h"
#include "core/device/device.h"
#include "core/state/fields.h"

namespace duet::hw {

struct ByteState {
  u8 value = 0;
  static constexpr auto fields() { return duet::fields(field("value", &ByteState::value)); }
};

// A device whose whole state is one byte.
class ByteDevice : public StatefulDevice, public IoHandler {
 public:
  void reset() override;
  std::vector<u8> saveState() const override;
  Result<> loadState(std::span<const u8> data, u32 version) override;

 protected:
  u8 value() const;
  void setValue(u8 v);

 private:
  mutable std::mutex mutex_;
  ByteState state_;
};

// Port CF9h (ICH9 13.7.5): when RST_CPU (bit 2) goes from 0 to 1, SYS_RST (bit 1) decides between a reset of everything
// and INIT#; FULL_RST (bit 3) would take the power away too.
class ResetControl : public ByteDevice {
 public:
  ResetControl(std::function<void()> onReset, std::function<void()> onInit)
      : onReset_(std::move(onReset)), onInit_(std::move(onInit)) {}
  std::string_view name() const override { return "reset-control"; }
  u64 read(unsigned range, u64 offset, unsigned size) override;
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;

 private:
  std::function<void()> onReset_, onInit_;
};

// isa-debug-exit: any write of V ends the process with status (V << 1) | 1.
class DebugExit : public Device, public IoHandler {
 public:
  explicit DebugExit(std::function<void(int status)> onExit) : onExit_(std::move(onExit)) {}
  std::string_view name() const override { return "isa-debug-exit"; }
  void reset() override {}
  u64 read(unsigned, u64, unsigned) override { return 0; }
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;

 private:
  std::function<void(int)> onExit_;
};

// isa-debugcon: bytes out; a read gives `readback` so that firmware can tell it is there.
class DebugConsole : public Device, public IoHandler {
 public:
  DebugConsole(CharBackend& out, u8 readback) : out_(out), readback_(readback) {}
  std::string_view name() const override { return "isa-debugcon"; }
  void reset() override {}
  u64 read(unsigned, u64, unsigned) override { return readback_; }
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;

 private:
  CharBackend& out_;
  u8 readback_;
};

// pvpanic: bit 0 = panicked, bit 1 = crash kernel loaded; a read tells which are understood.
class Pvpanic : public Device, public IoHandler {
 public:
  explicit Pvpanic(std::function<void(u8 events)> onPanic) : onPanic_(std::move(onPanic)) {}
  std::string_view name() const override { return "pvpanic"; }
  void reset() override {}
  u64 read(unsigned, u64, unsigned) override { return 3; }
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;

 private:
  std::function<void(u8)> onPanic_;
};

// Port 80h, the POST code display: the last byte reads back. Linux also writes it to pass time.
class PostPort : public ByteDevice {
 public:
  std::string_view name() const override { return "post-port"; }
  u64 read(unsigned, u64, unsigned) override { return value(); }
  void write(unsigned, u64, unsigned, u64 v) override { setValue(static_cast<u8>(v)); }
};

struct PcTestdevState {
  u32 ioport = 0;
  static constexpr u64 kMemorySize = 0x10000;
  std::array<u8, kMemorySize> memory{};
  static constexpr auto fields() {
    return duet::fields(field("ioport", &PcTestdevState::ioport), field("memory", &PcTestdevState::memory));
  }
};

// pc-testdev, range numbers: 0 echo ports E0h..E3h, 1 flush port E4h (any write flushes the engines' caches),
// 2 interrupt lines 2000h..2017h (value 0/1 sets GSI level), 3 a 64 KiB byte store at FF000000h.
class PcTestdev : public StatefulDevice, public IoHandler {
 public:
  enum Range : unsigned { kEcho, kFlush, kIrqLines, kMemory };
  PcTestdev(IrqSink& gsi, std::function<void()> onFlush) : gsi_(gsi), onFlush_(std::move(onFlush)) {}
  std::string_view name() const override { return "pc-testdev"; }
  void reset() override;
  std::vector<u8> saveState() const override;
  Result<> loadState(std::span<const u8> data, u32 version) override;
  u64 read(unsigned range, u64 offset, unsigned size) override;
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;

 private:
  IrqSink& gsi_;
  std::function<void()> onFlush_;
  mutable std::mutex mutex_;
  PcTestdevState state_;
};

}  // namespace duet::hw
