// How the guest begins: firmware at the reset vector, or a kernel put into memory. Repeated at every reset.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/cpu/cpu_model.h"
#include "core/memory/guest_memory.h"
#include "core/memory/ram_block.h"
#include "firmware/acpi/acpi_tables.h"
#include "firmware/files/file_bytes.h"
#include "firmware/fwcfg/fw_cfg_contents.h"
#include "firmware/loader/kernel.h"
#include "firmware/smbios/smbios.h"
#include "hw/board/pc_board.h"
#include "ui/app/options.h"

namespace duet::ui {

class BootPlan {
 public:
  // Reads every file named in the options; guest memory is not touched.
  static Result<BootPlan> prepare(const Options& options, const CpuModel& model, unsigned serialPorts);

  bool hasBios() const { return bios_.has_value(); }
  const std::vector<u8>& biosImage() const { return bios_->bytes; }
  std::vector<FwCfgItem> fwCfgItems() const;

  // After the devices woke from S3: where each vCPU goes on. Firmware starts at its reset vector and finds the way;
  // without one the boot processor jumps to the waking vector that the guest left in the FACS (ACPI 6.4 5.2.10).
  Result<std::vector<CpuState>> wake(GuestMemory& memory, hw::PcBoard& board,
                                     const RamBlock* biosBlock) const;

  // After devices were reset: puts firmware or kernel and tables in place and says how each vCPU begins.
  Result<std::vector<CpuState>> place(GuestMemory& memory, hw::PcBoard& board,
                                      const RamBlock* biosBlock) const;

 private:
  Result<> prepareKernel(const Options& options);
  Result<> placeKernel(GuestMemory& memory) const;
  std::vector<CpuState> resetStates() const;
  // Decides the places of the tables when no firmware does.
  Result<> fixTables();
  Result<> placeTables(GuestMemory& memory) const;

  std::optional<firmware::FileBytes> bios_;
  std::optional<firmware::PreparedKernel> kernel_;       // started by us
  std::optional<firmware::FwCfgKernel> firmwareKernel_;  // handed to the firmware
  firmware::MemoryLayout layout_;
  firmware::AcpiImage acpi_;
  firmware::SmbiosImage smbios_;
  std::vector<u8> mpTable_, pirTable_, biosData_;
  u32 processorSignature_ = 0;  // in EDX at reset
  unsigned vcpus_ = 1;
  unsigned apicIdLimit_ = 1;  // highest APIC ID + 1
  bool graphics_ = false;
};

}  // namespace duet::ui
