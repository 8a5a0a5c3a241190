#include "firmware/fwcfg/fw_cfg_contents.h"

#include <utility>

#include "firmware/layout/byte_writer.h"

namespace duet::firmware {
namespace {

// Numbered items as the interface's specification and SeaBIOS list them.
enum Key : u16 {
  kRamSize = 0x03,
  kNoGraphic = 0x04,
  kProcessorCount = 0x05,
  kKernelSize = 0x08,
  kInitrdSize = 0x0b,
  kNumaNodes = 0x0d,
  kBootMenu = 0x0e,
  kApicIdLimit = 0x0f,
  kKernelData = 0x11,
  kInitrdData = 0x12,
  kCommandLineSize = 0x14,
  kCommandLineData = 0x15,
  kSetupSize = 0x17,
  kSetupData = 0x18,
  kIrq0Override = 0x8002
};

constexpr const char* kTablesFile = "etc/acpi/tables";
constexpr const char* kRsdpFile = "etc/acpi/rsdp";

constexpr size_t kFileNameSize = 56, kCommandSize = 128;
enum LoaderCommand : u32 { kAllocate = 1, kAddPointer = 2, kAddChecksum = 3 };
enum LoaderZone : u8 { kHighMemory = 1, kSegmentF = 2 };

std::vector<u8> number(u64 value, unsigned size) {
  ByteWriter w;
  w.u64le(value);
  std::vector<u8> bytes = w.take();
  bytes.resize(size);
  return bytes;
}

std::vector<u8> text(const std::string& s) {
  std::vector<u8> bytes(s.begin(), s.end());
  bytes.push_back(0);
  return bytes;
}

class Items {
 public:
  void key(Key k, std::vector<u8> data) { items_.push_back({k, {}, std::move(data)}); }
  void file(const char* name, std::vector<u8> data) { items_.push_back({0, name, std::move(data)}); }
  std::vector<FwCfgItem> take() { return std::move(items_); }

 private:
  std::vector<FwCfgItem> items_;
};

// Firmware lays out the first megabyte by itself.
std::vector<u8> firmwareMemoryMap(const MemoryLayout& layout) {
  std::vector<MemoryRange> map;
  if (layout.lowRam) map.push_back({0, layout.lowRam, MemoryType::Ram});
  if (layout.highRam) map.push_back({4_GiB, layout.highRam, MemoryType::Ram});
  for (const MemoryRange& range : layout.reserved)
    if (range.base >= 1_MiB) map.push_back(range);
  return encodeMemoryMap(map);
}

// The boot protocol splits a bzImage into setup code and the rest; firmware asks for the two apart.
size_t setupSize(const std::vector<u8>& kernel) {
  constexpr u64 kSetupSectors = 0x1f1;
  const u8 sectors = fieldAt<u8>(kernel, kSetupSectors);
  return std::min<size_t>((size_t{sectors ? sectors : u8{4}} + 1) * 512, kernel.size());
}

void addKernel(Items& items, const FwCfgKernel& k) {
  const size_t setup = setupSize(k.kernel);
  const auto split = k.kernel.begin() + static_cast<std::ptrdiff_t>(setup);
  items.key(kSetupSize, number(setup, 4));
  items.key(kSetupData, {k.kernel.begin(), split});
  items.key(kKernelSize, number(k.kernel.size() - setup, 4));
  items.key(kKernelData, {split, k.kernel.end()});
  items.key(kInitrdSize, number(k.initrd.size(), 4));
  items.key(kInitrdData, k.initrd);
  items.key(kCommandLineSize, number(k.commandLine.size() + 1, 4));
  items.key(kCommandLineData, text(k.commandLine));
}

}  // namespace

std::vector<u8> acpiLoaderScript(const AcpiImage& image) {
  ByteWriter w;
  const auto finish = [&w] { w.align(kCommandSize); };
  const auto fileOf = [](bool inRsdp) { return inRsdp ? kRsdpFile : kTablesFile; };
  const auto allocate = [&](const char* file, u64 alignment, LoaderZone zone) {
    w.u32le(kAllocate);
    w.text(file, kFileNameSize);
    w.u32le(alignment);
    w.u8le(zone);
    finish();
  };
  allocate(kTablesFile, kAcpiImageAlignment, kHighMemory);
  allocate(kRsdpFile, kRsdpAlignment, kSegmentF);
  for (const auto& p : image.pointers) {
    w.u32le(kAddPointer);
    w.text(fileOf(p.inRsdp), kFileNameSize);
    w.text(kTablesFile, kFileNameSize);
    w.u32le(p.offset);
    w.u8le(p.size);
    finish();
  }
  for (const auto& c : image.checksums) {
    w.u32le(kAddChecksum);
    w.text(fileOf(c.inRsdp), kFileNameSize);
    w.u32le(c.offset);
    w.u32le(c.start);
    w.u32le(c.length);
    finish();
  }
  return w.take();
}

std::vector<FwCfgItem> buildFwCfg(const FwCfgConfig& config) {
  Items items;
  items.key(kRamSize, number(config.memory.lowRam + config.memory.highRam, 8));
  items.key(kNoGraphic, number(config.graphics ? 0 : 1, 2));
  items.key(kProcessorCount, number(config.processors, 2));
  items.key(kApicIdLimit, number(config.apicIdLimit, 2));
  items.key(kBootMenu, number(config.bootMenu ? 1 : 0, 2));
  // No memory nodes: the count, then (unused here) a node for each APIC ID and a size for each node.
  items.key(kNumaNodes, number(0, 8));
  items.key(kIrq0Override, number(1, 4));
  items.file("etc/e820", firmwareMemoryMap(config.memory));
  // Sleep states by number: bit 7 = present, low bits the type. S1, S2 and S4 are not there.
  items.file("etc/system-states", {128, 0, 0, 129, 2, 128});
  if (!config.bootOrder.empty()) items.file("bootorder", text(config.bootOrder));
  if (config.acpi) {
    items.file(kTablesFile, config.acpi->tables);
    items.file(kRsdpFile, config.acpi->rsdp);
    items.file("etc/table-loader", acpiLoaderScript(*config.acpi));
  }
  if (config.smbios) {
    items.file("etc/smbios/smbios-tables", config.smbios->tables);
    items.file("etc/smbios/smbios-anchor", config.smbios->anchor);
  }
  if (config.kernel) addKernel(items, *config.kernel);
  return items.take();
}

}  // namespace duet::firmware
