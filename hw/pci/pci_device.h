// A function on a PCI bus: configuration space and BARs (PCI Local Bus 3.0 chapter 6).
#pragma once

#include <array>
#include <mutex>
#include <string>
#include <vector>

#include "core/bus/address_space.h"
#include "core/bus/irq_line.h"
#include "core/device/device.h"
#include "core/state/fields.h"

namespace duet::hw {

struct PciIds {
  u16 vendor = 0, device = 0;
  u8 revision = 0;
  u32 classCode = 0;  // base class 23:16, sub-class 15:8, interface 7:0
  u16 subsystemVendor = 0, subsystem = 0;
  u8 headerType = 0;
};

struct PciState {
  std::array<u8, 256> config{};
  static constexpr auto fields() { return duet::fields(field("config", &PciState::config)); }
};

namespace pci {
enum ConfigOffset : u8 {
  kVendor = 0x00,
  kDevice = 0x02,
  kCommand = 0x04,
  kStatus = 0x06,
  kRevision = 0x08,
  kClass = 0x09,
  kHeaderType = 0x0e,
  kBar0 = 0x10,
  kSubsystemVendor = 0x2c,
  kSubsystem = 0x2e,
  kCapabilities = 0x34,
  kInterruptLine = 0x3c,
  kInterruptPin = 0x3d
};
enum Command : u16 { kIoEnable = 1, kMemoryEnable = 2, kBusMaster = 4, kIntxDisable = 0x400 };
}  // namespace pci

// Threads: configRead/configWrite from any vCPU thread (own lock); the BARs' IoHandlers lock themselves.
class PciDevice : public StatefulDevice {
 public:
  enum class BarKind : u8 { Io, Memory32, Memory64 };

  PciDevice(std::string name, const PciIds& ids);
  ~PciDevice() override;

  std::string_view name() const override { return name_; }
  void reset() override;
  std::vector<u8> saveState() const override;
  Result<> loadState(std::span<const u8> data, u32 version) override;

  // `offset` in 0..4095 (ECAM reaches beyond 256: all ones), size 1, 2 or 4, not crossing a dword.
  u32 configRead(u32 offset, unsigned size);
  void configWrite(u32 offset, unsigned size, u32 value);

 protected:
  // --- construction
  // `size` a power of two (>= 4 for I/O, >= 16 for memory); the handler sees range number `range`.
  void addBar(unsigned index, BarKind kind, u64 size, AddressSpace& space, IoHandler& handler,
              unsigned range);
  void setByte(u32 offset, u8 resetValue, u8 writable = 0, u8 writeOneToClear = 0);
  void setWord(u32 offset, u16 resetValue, u16 writable = 0);
  void setDword(u32 offset, u32 resetValue, u32 writable = 0);

  // --- run time
  // Bits of the byte at `offset` that a write cannot change as things stand. Called with the lock held.
  using Config = std::array<u8, 256>;
  virtual u8 lockedBits(const Config& config, u32 offset) const;
  void store(u32 offset, u8 value);  // by the device itself, whatever is writable

  // --- run time, called without the lock held
  virtual void configChanged(u32 offset, unsigned size);  // after a write, and after reset or load (0, 256)
  u32 config(u32 offset, unsigned size) const;            // stored value

 private:
  struct Bar {
    unsigned index;
    BarKind kind;
    u64 size;
    AddressSpace* space;
    MapId map = 0;
  };
  void updateBars();
  u64 barAddress(const Bar& bar) const;
  bool barDecoded(const Bar& bar, u64 address) const;

  std::string name_;
  mutable std::mutex mutex_;
  // Held while a change is carried out, so that two vCPUs' changes take effect in the order they were stored.
  // Before the address spaces' and interrupt controllers' locks; taken without mutex_.
  std::mutex applyMutex_;
  PciState state_;
  std::array<u8, 256> resetValue_{}, writable_{}, clearable_{};
  std::vector<Bar> bars_;
};

}  // namespace duet::hw
