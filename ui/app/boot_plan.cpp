#include "ui/app/boot_plan.h"

#include <cstring>

#include "core/base/log.h"
#include "firmware/bios/bios_image.h"
#include "firmware/loader/entry_state.h"
#include "firmware/loader/waking_vector.h"
#include "ui/app/machine_facts.h"

namespace duet::ui {
namespace {

constexpr u64 kLargestFile = 4_GiB;

}  // namespace

Result<BootPlan> BootPlan::prepare(const Options& options, const CpuModel& model, unsigned serialPorts) {
  if (options.kernel.empty() && options.bios.empty())
    return fail("nothing to start: give -kernel FILE or -bios FILE; 'duet -help' explains");
  BootPlan plan;
  if (!options.bios.empty()) {
    auto bios = firmware::loadBios(options.bios);
    if (!bios) return tl::unexpected(bios.error());
    plan.bios_ = std::move(*bios);
  }
  plan.layout_ = memoryLayout(options, !plan.bios_);
  plan.layout_.physicalBits = model.physicalBits();
  const firmware::AcpiConfig machine = acpiConfig(options, model, serialPorts);
  plan.acpi_ = firmware::buildAcpi(machine);
  plan.smbios_ = firmware::buildSmbios(smbiosConfig(options, model));
  plan.processorSignature_ = model.signature();
  plan.vcpus_ = options.topology.count();
  plan.apicIdLimit_ = model.apicId(plan.vcpus_ - 1) + 1;
  plan.graphics_ = false;
  if (!options.kernel.empty())
    if (auto ok = plan.prepareKernel(options); !ok) return tl::unexpected(ok.error());
  if (!plan.bios_) {
    plan.mpTable_ = firmware::buildMpTable(machine, mpProcessorFacts(model), kMpTable);
    plan.pirTable_ = firmware::buildPirTable(machine.pciInterrupts, pirRouter());
    plan.biosData_ = firmware::buildBiosData(biosData(serialPorts));
    if (auto ok = plan.fixTables(); !ok) return tl::unexpected(ok.error());
  }
  return plan;
}

Result<> BootPlan::fixTables() {
  firmware::placeAcpi(acpi_, kAcpiAddress);
  firmware::placeSmbios(smbios_, kSmbiosTables);
  const bool fit = kAcpiAddress + acpi_.tables.size() <= kAcpiEnd &&
                   kSmbiosTables + smbios_.tables.size() <= kSmbiosEnd &&
                   kPirTable + pirTable_.size() <= kMpTable && kMpTable + mpTable_.size() <= kMpTableEnd;
  return fit ? Result<>{} : fail("-smp {}: the tables of so many vCPUs do not fit below 1 MiB", vcpus_);
}

Result<> BootPlan::prepareKernel(const Options& options) {
  const firmware::KernelOptions wanted{options.kernel, options.append, options.initrd};
  if (!bios_) {
    auto prepared = firmware::prepareKernel(wanted, layout_);
    if (!prepared) return tl::unexpected(prepared.error());
    kernel_ = std::move(*prepared);
    return {};
  }
  auto kernel = firmware::readFile("kernel", options.kernel, kLargestFile);
  if (!kernel) return tl::unexpected(kernel.error());
  firmware::FwCfgKernel handed{std::move(kernel->bytes), {}, options.append};
  if (!options.initrd.empty()) {
    auto initrd = firmware::readFile("initrd", options.initrd, kLargestFile);
    if (!initrd) return tl::unexpected(initrd.error());
    handed.initrd = std::move(initrd->bytes);
  }
  firmwareKernel_ = std::move(handed);
  return {};
}

std::vector<FwCfgItem> BootPlan::fwCfgItems() const {
  firmware::FwCfgConfig config;
  config.processors = vcpus_;
  config.apicIdLimit = apicIdLimit_;
  config.graphics = graphics_;
  config.memory = layout_;
  if (bios_) {
    config.acpi = &acpi_;
    config.smbios = &smbios_;
  }
  config.kernel = firmwareKernel_;
  return firmware::buildFwCfg(config);
}

Result<> BootPlan::placeTables(GuestMemory& memory) const {
  const bool placed =
      memory.write(Gpa(kAcpiAddress), acpi_.tables) && memory.write(Gpa(kRsdpAddress), acpi_.rsdp) &&
      memory.write(Gpa(kSmbiosTables), smbios_.tables) && memory.write(Gpa(kSmbiosAnchor), smbios_.anchor) &&
      memory.write(Gpa(kPirTable), pirTable_) && memory.write(Gpa(kMpTable), mpTable_) &&
      memory.write(Gpa(firmware::kBiosDataArea), biosData_);
  return placed ? Result<>{} : fail("-m: the guest needs at least 1M of memory for its tables");
}

Result<> BootPlan::placeKernel(GuestMemory& memory) const {
  if (auto ok = placeTables(memory); !ok) return ok;
  if (auto ok = kernel_->plan.commit(memory); !ok) return ok;
  for (const auto& piece : kernel_->rom)
    if (!memory.write(Gpa(piece.address), piece.bytes))
      return fail("-kernel: there is no memory at {:#x} for the start-up code", piece.address);
  log(LogChannel::Machine, "started {}", kernel_->description);
  return {};
}

std::vector<CpuState> BootPlan::resetStates() const {
  std::vector<CpuState> states;
  for (unsigned i = 0; i < vcpus_; ++i) {
    states.push_back(resetState(i == 0));
    states.back().gpr[kRdx] = processorSignature_;  // SDM vol. 3 table 10-1
  }
  return states;
}

Result<std::vector<CpuState>> BootPlan::wake(GuestMemory& memory, hw::PcBoard& board,
                                             const RamBlock* biosBlock) const {
  std::vector<CpuState> states = resetStates();
  if (bios_) return states;
  const std::optional<firmware::WakingVector> vector =
      firmware::wakingVector(memory, Gpa(kAcpiAddress + firmware::kFacsOffset));
  if (!vector) return place(memory, board, biosBlock);
  board.configureWithoutFirmware();
  for (CpuState& state : states) firmware::applyFirmwareSetup(state, layout_);
  firmware::applyWakingVector(states[0], *vector);
  return states;
}

Result<std::vector<CpuState>> BootPlan::place(GuestMemory& memory, hw::PcBoard& board,
                                              const RamBlock* biosBlock) const {
  std::vector<CpuState> states = resetStates();
  if (bios_) {
    std::memcpy(biosBlock->host, bios_->bytes.data(), bios_->bytes.size());
    return states;
  }
  board.configureWithoutFirmware();
  if (auto ok = placeKernel(memory); !ok) return tl::unexpected(ok.error());
  for (CpuState& state : states) firmware::applyFirmwareSetup(state, layout_);
  states[0] = kernel_->state;
  return states;
}

}  // namespace duet::ui
