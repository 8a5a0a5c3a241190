#include "firmware/acpi/acpi_tables.h"

#include <array>
#include <cstring>

#include "core/base/assert.h"
#include "firmware/acpi/dsdt.h"
#include "firmware/layout/byte_writer.h"

namespace duet::firmware {
namespace {

constexpr u32 kFacsSize = 64;
constexpr u32 kFadtSize = 268;  // revision 5
constexpr u32 kRsdpSize = 36, kRsdpVersion1Size = 20;
constexpr u32 kNoX2Apic = 255;  // APIC IDs from here up need x2APIC structures

class Builder {
 public:
  explicit Builder(const AcpiConfig& config) : config_(config) {}
  AcpiImage build();

 private:
  using Row = AcpiImage::Table;

  // Header with length and checksum to come, then `fill` writes the body.
  template <class F>
  u32 table(const char* signature, u8 revision, F&& fill) {
    out_.align(8);
    const u32 start = position();
    out_.text(signature, 4);
    out_.u32le(0);
    out_.u8le(revision);
    out_.u8le(0);
    out_.text("DUET", 6, ' ');
    out_.text("DUETPC", 8, ' ');
    out_.u32le(1);
    out_.text("DUET", 4);
    out_.u32le(1);
    fill();
    const u32 length = position() - start;
    out_.patch(start + 4, length, 4);
    image_.checksums.push_back({false, start + 9, start, length});
    image_.directory.push_back(Row{signature, start, length});
    return start;
  }
  u32 position() const { return static_cast<u32>(out_.size()); }
  void pointer(u32 target, u8 size) {
    image_.pointers.push_back({false, position(), size});
    size == 8 ? out_.u64le(target) : out_.u32le(target);
  }
  // Generic address structure in port space; access size 1 byte, 2 word, 3 dword.
  void portRegister(u16 port, unsigned bitWidth, u8 access) {
    out_.u8le(port ? 1 : 0);
    out_.u8le(port ? bitWidth : 0);
    out_.u8le(0);
    out_.u8le(port ? access : 0);
    out_.u64le(port);
  }

  void facs();
  void fadt();
  void fadtFixedPart();
  void fadtExtendedPart();
  void madt();
  void madtProcessors();
  void rsdp(u32 xsdt);

  const AcpiConfig& config_;
  ByteWriter out_;
  AcpiImage image_;
  u32 facs_ = 0, dsdt_ = 0;
};

void Builder::facs() {
  facs_ = position();
  DUET_ASSERT(facs_ == kFacsOffset);
  out_.text("FACS", 4);
  out_.u32le(kFacsSize);
  out_.zeros(24);
  out_.u8le(2);
  out_.zeros(kFacsSize - 33);
  image_.directory.push_back(Row{"FACS", facs_, kFacsSize});
}

// ACPI 6.4 table 5.9 up to byte 115: registers as ports.
void Builder::fadtFixedPart() {
  pointer(facs_, 4);
  pointer(dsdt_, 4);
  out_.u8le(0);
  out_.u8le(0);  // preferred profile: unspecified
  out_.u16le(config_.sciIrq);
  out_.u32le(config_.smiCommand);
  out_.u8le(config_.acpiEnable);
  out_.u8le(config_.acpiDisable);
  out_.zeros(2);  // S4BIOS_REQ, PSTATE_CNT
  out_.u32le(config_.pm1Event);
  out_.u32le(0);
  out_.u32le(config_.pm1Control);
  out_.u32le(0);
  out_.u32le(0);
  out_.u32le(config_.pmTimer);
  out_.u32le(config_.gpe0);
  out_.u32le(0);
  out_.u8le(4);
  out_.u8le(2);
  out_.u8le(0);
  out_.u8le(config_.pmTimer ? 4 : 0);
  out_.u8le(config_.gpe0Length);
  out_.zeros(3);
  out_.u16le(0xfff);  // latencies that mean "no C2, no C3"
  out_.u16le(0xfff);
  out_.zeros(4);  // flush size and stride
  out_.zeros(4);  // duty cycle, alarms
  out_.u8le(config_.rtcCenturyRegister);
  // 8042 and legacy devices; VGA is for the guest to probe.
  out_.u16le((config_.serialPorts.empty() ? 0 : 1) | (config_.keyboardController ? 2 : 0));
  out_.u8le(0);
  constexpr u32 kWbinvd = 1u << 0, kC1 = 1u << 2, kNoPowerButton = 1u << 4, kNoSleepButton = 1u << 5,
                kTimer32 = 1u << 8, kResetRegister = 1u << 10;
  u32 flags = kWbinvd | kC1 | kNoSleepButton | kTimer32;
  if (!config_.powerButton) flags |= kNoPowerButton;
  if (config_.resetPort) flags |= kResetRegister;
  out_.u32le(flags);
}

void Builder::fadtExtendedPart() {
  portRegister(config_.resetPort, 8, 1);
  out_.u8le(config_.resetValue);
  out_.u16le(0);
  out_.u8le(1);   // minor version
  out_.u64le(0);  // X_FIRMWARE_CTRL: the 32-bit field holds it
  pointer(dsdt_, 8);
  portRegister(config_.pm1Event, 32, 2);
  portRegister(0, 0, 0);
  portRegister(config_.pm1Control, 16, 2);
  portRegister(0, 0, 0);
  portRegister(0, 0, 0);
  portRegister(config_.pmTimer, 32, 3);
  portRegister(config_.gpe0, config_.gpe0Length * 8u, 1);
  portRegister(0, 0, 0);
  portRegister(0, 0, 0);  // sleep control and status: reduced hardware only
  portRegister(0, 0, 0);
}

void Builder::fadt() {
  const u32 start = table("FACP", 5, [this] {
    fadtFixedPart();
    fadtExtendedPart();
  });
  DUET_ASSERT(position() - start == kFadtSize);
}

void Builder::madtProcessors() {
  bool x2apic = false;
  for (u32 i = 0; i < config_.processors.size(); ++i) {
    const u32 id = config_.processors[i].apicId;
    if (id < kNoX2Apic && i < kNoX2Apic) {
      out_.u8le(0);
      out_.u8le(8);
      out_.u8le(i);
      out_.u8le(id);
      out_.u32le(1);
      continue;
    }
    x2apic = true;
    out_.u8le(9);
    out_.u8le(16);
    out_.u16le(0);
    out_.u32le(id);
    out_.u32le(1);
    out_.u32le(i);
  }
  // LINT1 of every processor is NMI.
  out_.u8le(4);
  out_.u8le(6);
  out_.u8le(0xff);
  out_.u16le(0);
  out_.u8le(1);
  if (!x2apic) return;
  out_.u8le(10);
  out_.u8le(12);
  out_.u16le(0);
  out_.u32le(0xffffffff);
  out_.u8le(1);
  out_.zeros(3);
}

void Builder::madt() {
  table("APIC", 4, [this] {
    out_.u32le(config_.localApicAddress);
    out_.u32le(1);  // the 8259 pair is there too
    madtProcessors();
    out_.u8le(1);
    out_.u8le(12);
    out_.u8le(config_.ioApicId);
    out_.u8le(0);
    out_.u32le(config_.ioApicAddress);
    out_.u32le(config_.ioApicGsiBase);
    for (const AcpiInterruptOverride& o : config_.overrides) {
      out_.u8le(2);
      out_.u8le(10);
      out_.u8le(0);
      out_.u8le(o.isaIrq);
      out_.u32le(o.gsi);
      out_.u16le(o.flags);
    }
  });
}

void Builder::rsdp(u32 xsdt) {
  ByteWriter r;
  r.text("RSD PTR ", 8);
  r.u8le(0);
  r.text("DUET", 6, ' ');
  r.u8le(2);
  r.u32le(0);  // no RSDT: every system since ACPI 2.0 reads the XSDT
  r.u32le(kRsdpSize);
  image_.pointers.push_back({true, static_cast<u32>(r.size()), 8});
  r.u64le(xsdt);
  r.u8le(0);
  r.zeros(3);
  image_.rsdp = r.take();
  image_.checksums.push_back({true, 8, 0, kRsdpVersion1Size});
  image_.checksums.push_back({true, 32, 0, kRsdpSize});
}

AcpiImage Builder::build() {
  facs();
  dsdt_ = table("DSDT", 2, [this] { out_.raw(dsdtBody(config_)); });
  fadt();
  madt();
  if (config_.ecamBase)
    table("MCFG", 1, [this] {
      out_.zeros(8);
      out_.u64le(config_.ecamBase);
      out_.u16le(0);
      out_.u8le(0);
      out_.u8le(config_.lastBus);
      out_.zeros(4);
    });
  if (config_.hpet)
    table("HPET", 1, [this] {
      out_.u32le(0x8086a201);  // as the device's capability register begins
      out_.u32le(0);           // memory space
      out_.u64le(*config_.hpet);
      out_.u8le(0);
      out_.u16le(0);
      out_.u8le(0);
    });
  table("WAET", 1, [this] { out_.u32le(2); });  // one read of the PM timer is enough
  const auto listed = image_.directory;
  const u32 xsdt = table("XSDT", 1, [&] {
    for (const Row& row : listed)
      if (row.signature != "FACS" && row.signature != "DSDT") pointer(row.offset, 8);
  });
  rsdp(xsdt);
  image_.tables = out_.take();
  return std::move(image_);
}

}  // namespace

AcpiImage buildAcpi(const AcpiConfig& config) { return Builder(config).build(); }

void placeAcpi(AcpiImage& image, u64 tablesAddress) {
  DUET_ASSERT(tablesAddress % kAcpiImageAlignment == 0 && tablesAddress + image.tables.size() <= 4_GiB);
  for (const auto& p : image.pointers) {
    u8* field = (p.inRsdp ? image.rsdp : image.tables).data() + p.offset;
    u64 value = 0;
    std::memcpy(&value, field, p.size);
    value += tablesAddress;
    std::memcpy(field, &value, p.size);
  }
  for (const auto& c : image.checksums) {
    std::vector<u8>& bytes = c.inRsdp ? image.rsdp : image.tables;
    bytes[c.offset] = 0;
    bytes[c.offset] = checksumOf(std::span(bytes).subspan(c.start, c.length));
  }
}

}  // namespace duet::firmware
