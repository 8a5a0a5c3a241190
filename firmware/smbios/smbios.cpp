#include "firmware/smbios/smbios.h"

#include <algorithm>
#include <string_view>

#include "core/base/assert.h"
#include "firmware/layout/byte_writer.h"

namespace duet::firmware {
namespace {

// Handles: one a structure, grouped by type as is the custom.
enum Handle : u16 {
  kBios = 0x000,
  kSystem = 0x100,
  kChassis = 0x300,
  kProcessor = 0x400,
  kArray = 0x1000,
  kDevice = 0x1100,
  kMapped = 0x1300,
  kBoot = 0x2000,
  kEnd = 0x7f00
};

constexpr u64 kLargestDevice = 16_GiB;
constexpr size_t kMostDevices = 64;  // larger memories get larger devices
constexpr size_t kMostProcessors = 255;

class Tables {
 public:
  // Writes header, formatted area by `fill`, then the strings; sums up what the anchor needs.
  template <class F>
  void structure(u8 type, u16 handle, const std::vector<std::string>& strings, F&& fill) {
    const size_t start = out_.size();
    out_.u8le(type);
    out_.u8le(0);
    out_.u16le(handle);
    fill(out_);
    out_.patch(start + 1, out_.size() - start, 1);
    for (const std::string& s : strings) {
      out_.text(s.empty() ? " " : s);
      out_.u8le(0);
    }
    out_.zeros(strings.empty() ? 2 : 1);
    largest_ = std::max(largest_, out_.size() - start);
    ++count_;
  }
  size_t largest() const { return largest_; }
  size_t count() const { return count_; }
  std::vector<u8> take() { return out_.take(); }

 private:
  ByteWriter out_;
  size_t largest_ = 0, count_ = 0;
};

void biosAndSystem(Tables& tables, const SmbiosConfig& c) {
  tables.structure(0, kBios, {c.manufacturer, c.version, "01/01/2024"}, [](ByteWriter& w) {
    w.u8le(1);
    w.u8le(2);
    w.u16le(0xf000);
    w.u8le(3);
    w.u8le(0);             // 64 KiB
    w.u64le(u64{1} << 3);  // characteristics unknown
    w.u8le(1);             // ACPI
    w.u8le(0x1c);          // virtual machine, UEFI no, targeted content
    w.u32le(0xffff0000);   // releases 0.0, embedded controller none
  });
  tables.structure(1, kSystem, {c.manufacturer, c.product, c.version}, [&c](ByteWriter& w) {
    w.raw(std::array<u8, 4>{1, 2, 3, 0});
    w.raw(c.uuid);
    w.u8le(6);  // woken by the power switch
    w.u16le(0);
  });
  tables.structure(3, kChassis, {c.manufacturer, c.version}, [](ByteWriter& w) {
    w.raw(std::array<u8, 9>{1, 1, 2, 0, 0, 3, 3, 3, 2});  // "other" chassis, states safe
    w.u32le(0);
    w.u32le(0);
    w.u8le(0);
  });
}

void processor(Tables& tables, const SmbiosConfig& c, unsigned index) {
  tables.structure(4, static_cast<u16>(kProcessor + index),
                   {"CPU " + std::to_string(index), c.manufacturer, c.processorName}, [&c](ByteWriter& w) {
                     w.u8le(1);
                     w.u8le(3);  // central processor
                     w.u8le(1);  // family: other
                     w.u8le(2);
                     w.u32le(c.processorSignature);
                     w.u32le(c.processorFeatures);
                     w.u8le(3);
                     w.u8le(0);
                     w.u16le(0);
                     w.u16le(0);  // speeds unknown
                     w.u16le(0);
                     w.u8le(0x41);  // socket populated, enabled
                     w.u8le(1);
                     w.u16le(0xffff);  // no cache structures
                     w.u16le(0xffff);
                     w.u16le(0xffff);
                     w.zeros(3);
                     w.raw(std::array<u8, 3>{1, 1, 1});  // cores, enabled, threads
                     w.u16le(4);                         // 64-bit capable
                     w.u16le(1);
                   });
}

void memoryDevice(Tables& tables, size_t index, u64 size) {
  const u64 mib = size >> 20;
  tables.structure(17, static_cast<u16>(kDevice + index), {"DIMM " + std::to_string(index)},
                   [mib](ByteWriter& w) {
                     w.u16le(kArray);
                     w.u16le(0xfffe);
                     w.u16le(0xffff);
                     w.u16le(0xffff);  // widths unknown
                     w.u16le(mib < 0x7fff ? mib : 0x7fff);
                     w.u8le(9);  // DIMM
                     w.u8le(0);
                     w.u8le(1);
                     w.u8le(0);
                     w.u8le(7);  // RAM
                     w.u16le(2);
                     w.u16le(0);
                     w.zeros(5);
                     w.u32le(mib < 0x7fff ? 0 : mib);
                     w.zeros(8);
                   });
}

void mappedRange(Tables& tables, unsigned index, u64 base, u64 size) {
  if (size == 0) return;
  tables.structure(19, static_cast<u16>(kMapped + index), {}, [base, size](ByteWriter& w) {
    const bool small = (base + size) <= (u64{1} << 42) - 1024;
    w.u32le(small ? base >> 10 : 0xffffffff);
    w.u32le(small ? ((base + size) >> 10) - 1 : 0xffffffff);
    w.u16le(kArray);
    w.u8le(1);
    w.u64le(small ? 0 : base);
    w.u64le(small ? 0 : base + size - 1);
  });
}

void memory(Tables& tables, const SmbiosConfig& c) {
  const u64 total = c.lowRam + c.highRam;
  const u64 each = std::max(kLargestDevice, (total + kMostDevices - 1) / kMostDevices);
  const size_t devices = std::max<size_t>(1, (total + each - 1) / each);
  tables.structure(16, kArray, {}, [&](ByteWriter& w) {
    w.u8le(1);
    w.u8le(3);  // system memory
    w.u8le(6);  // multi-bit ECC, so that nobody looks for errors
    const u64 kib = total >> 10;
    w.u32le(kib < 0x80000000 ? kib : 0x80000000);
    w.u16le(0xfffe);
    w.u16le(devices);
    w.u64le(kib < 0x80000000 ? 0 : total);
  });
  for (size_t i = 0; i < devices; ++i) memoryDevice(tables, i, std::min(each, total - i * each));
  mappedRange(tables, 0, 0, c.lowRam);
  mappedRange(tables, 1, 4_GiB, c.highRam);
}

}  // namespace

SmbiosImage buildSmbios(const SmbiosConfig& config) {
  Tables tables;
  biosAndSystem(tables, config);
  for (unsigned i = 0; i < std::min<size_t>(config.processors, kMostProcessors); ++i)
    processor(tables, config, i);
  memory(tables, config);
  tables.structure(32, kBoot, {}, [](ByteWriter& w) { w.zeros(7); });
  tables.structure(127, kEnd, {}, [](ByteWriter&) {});

  SmbiosImage image;
  const size_t largest = tables.largest(), count = tables.count();
  image.tables = tables.take();
  ByteWriter w;
  w.text("_SM_", 4);
  w.u8le(0);
  w.u8le(31);
  w.u8le(2);
  w.u8le(8);
  w.u16le(largest);
  w.zeros(6);
  w.text("_DMI_", 5);
  w.u8le(0);
  w.u16le(image.tables.size());
  w.u32le(0);
  w.u16le(count);
  w.u8le(0x28);
  image.anchor = w.take();
  DUET_ASSERT(image.anchor.size() == 31 && image.tables.size() < 0x10000);
  placeSmbios(image, 0);
  return image;
}

void placeSmbios(SmbiosImage& image, u64 tablesAddress) {
  constexpr size_t kChecksum = 4, kIntermediate = 16, kIntermediateChecksum = 21, kTableAddress = 24;
  const std::span<u8> anchor(image.anchor);
  setField<u32>(anchor, kTableAddress, static_cast<u32>(tablesAddress));
  anchor[kIntermediateChecksum] = anchor[kChecksum] = 0;
  anchor[kIntermediateChecksum] = checksumOf(anchor.subspan(kIntermediate));
  anchor[kChecksum] = checksumOf(anchor);
}

}  // namespace duet::firmware
