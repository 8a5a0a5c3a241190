// The firmware configuration device: a selector, a data port and a DMA engine over a fixed list of items.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "core/bus/io_handler.h"
#include "core/device/device.h"
#include "core/device/fw_cfg_item.h"
#include "core/memory/guest_memory.h"
#include "core/state/fields.h"

namespace duet::hw {

struct FwCfgState {
  u16 selected = 0;
  u32 position = 0;
  u64 dmaAddress = 0;
  static constexpr auto fields() {
    return duet::fields(field("selected", &FwCfgState::selected), field("position", &FwCfgState::position),
                        field("dmaAddress", &FwCfgState::dmaAddress));
  }
};

// Ranges: 0 = selector (510h, 16 bits) and data (511h, 8 bits); 1 = DMA address (514h, 64 bits, big-endian).
// Items: SIGNATURE "QEMU", ID (bit 0 port interface, bit 1 DMA) and FILE_DIR are added here.
class FwCfg : public StatefulDevice, public IoHandler {
 public:
  explicit FwCfg(GuestMemory& memory);
  // Before the machine runs, and again at reset when the contents depend on it. Errors: duplicate key or name, name
  // too long, too many files.
  Result<> setItems(std::vector<FwCfgItem> items);

  std::string_view name() const override { return "fw-cfg"; }
  void reset() override;
  std::vector<u8> saveState() const override;
  Result<> loadState(std::span<const u8> data, u32 version) override;
  u64 read(unsigned range, u64 offset, unsigned size) override;
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;

 private:
  const std::vector<u8>* selectedItem() const;
  u8 nextByte();
  void select(u16 key);
  void startDma();
  void transfer(u32 control, u32 length, u64 address, bool& failed);

  GuestMemory& memory_;
  mutable std::mutex mutex_;
  std::vector<FwCfgItem> items_;  // ascending by key
  FwCfgState state_;
};

}  // namespace duet::hw
