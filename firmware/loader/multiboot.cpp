#include "firmware/loader/multiboot.h"

#include <algorithm>
#include <optional>

#include "firmware/layout/byte_writer.h"
#include "firmware/loader/elf.h"
#include "firmware/loader/entry_state.h"

namespace duet::firmware {
namespace {

constexpr u32 kMagic = 0x1badb002, kMagic2 = 0xe85250d6, kLoaderMagic = 0x2badb002;
constexpr u64 kSearched = 8192, kSearched2 = 32768;

// Header flags. Bits 0..15 are demands.
constexpr u32 kKnownDemands = 0x7;  // aligned modules, memory information, video
constexpr u32 kHasAddresses = 1u << 16;

// Information flags.
constexpr u32 kInfoMemory = 1u << 0, kInfoCommandLine = 1u << 2, kInfoModules = 1u << 3, kInfoMap = 1u << 6,
              kInfoLoaderName = 1u << 9;
constexpr size_t kInfoSize = 120;
constexpr const char* kLoaderName = "duet";

std::optional<u64> findHeader(std::span<const u8> bytes) {
  const u64 end = std::min<u64>(bytes.size(), kSearched);
  for (u64 at = 0; at + 12 <= end; at += 4) {
    if (fieldAt<u32>(bytes, at) != kMagic) continue;
    if (kMagic + fieldAt<u32>(bytes, at + 4) + fieldAt<u32>(bytes, at + 8) == 0) return at;
  }
  return std::nullopt;
}

std::vector<u8> textBytes(const std::string& text) {
  std::vector<u8> bytes(text.begin(), text.end());
  bytes.push_back(0);
  return bytes;
}

class Multiboot {
 public:
  Multiboot(KernelFiles files, const MemoryLayout& layout)
      : path_(std::move(files.kernel.path)),
        file_(std::make_shared<const std::vector<u8>>(std::move(files.kernel.bytes))),
        append_(std::move(files.append)),
        modules_(std::move(files.modules)),
        plan_(layout) {}

  Result<PreparedKernel> prepare();

 private:
  struct Image {
    u64 entry, end;
  };
  u32 headerField(u64 index) const { return fieldAt<u32>(*file_, header_ + 4 * index); }
  Result<Image> placeByAddresses();
  Result<Image> placeImage();
  Result<u64> placeModules(u64 from);
  Result<u64> placeInfo(u64 moduleList);
  Result<u64> placeText(const std::string& text) {
    return plan_.placeLow(textBytes(text), 4, "a command line");
  }
  tl::unexpected<Error> bad(const Error& e) const { return fail("kernel '{}': {}", path_, e.message); }

  std::string path_;
  SharedBytes file_;
  std::string append_;
  std::vector<KernelModule> modules_;
  LoadPlan plan_;
  u64 header_ = 0;
};

// 3.1.3: where the file's bytes go is told by the header itself.
Result<Multiboot::Image> Multiboot::placeByAddresses() {
  const u64 headerAddress = headerField(3), load = headerField(4), loadEnd = headerField(5),
            bssEnd = headerField(6);
  if (file_->size() - header_ < 32) return fail("its Multiboot header is cut short");
  if (load > headerAddress || headerAddress - load > header_)
    return fail(
        "its Multiboot header wants bytes before the start of the file (load_addr {:#x}, header_addr {:#x})",
        load, headerAddress);
  const u64 start = header_ - (headerAddress - load);
  const u64 available = file_->size() - start;
  if (loadEnd != 0 && loadEnd < load)
    return fail("its Multiboot header is damaged: load_end_addr {:#x} is below load_addr {:#x}", loadEnd,
                load);
  const u64 length = loadEnd ? loadEnd - load : available;
  if (length > available)
    return fail("it is cut short: {} bytes of {} are in the file; fetch it again", available, length);
  const u64 end = std::max(bssEnd, load + length);
  if (auto done = plan_.claim(load, end - load, "the kernel"); !done) return tl::unexpected(done.error());
  plan_.put(load, file_, start, length);
  plan_.zero(load + length, end - load - length);
  return Image{headerField(7), end};
}

Result<Multiboot::Image> Multiboot::placeImage() {
  const u32 flags = headerField(1);
  if (const u32 unknown = flags & 0xffff & ~kKnownDemands)
    return fail("its Multiboot header demands features nobody defines (flags {:#x})", unknown);
  if (flags & kHasAddresses) return placeByAddresses();
  const auto elf = placeElf(plan_, file_);
  if (!elf) return tl::unexpected(elf.error());
  if (elf->entry >= 4_GiB) return fail("its entry point {:#x} is above 4 GiB", elf->entry);
  return Image{elf->entry, elf->end};
}

// Page-aligned, one after the other behind the kernel. Returns the address of the list, 0 for none.
Result<u64> Multiboot::placeModules(u64 from) {
  if (modules_.empty()) return 0;
  ByteWriter list;
  for (KernelModule& module : modules_) {
    const u64 size = module.file.bytes.size();
    const auto at = plan_.findLowest(std::max<u64>(size, 1), kPageSize, std::max(from, 1_MiB), 4_GiB);
    if (!at || !plan_.claim(*at, size, "a module"))
      return fail(
          "module '{}' ({} KiB) does not fit behind the kernel in the guest's {} of RAM: give more with -m",
          module.file.path, (size + 1023) >> 10, plan_.ramSummary());
    plan_.put(*at, std::move(module.file.bytes));
    from = *at + size;
    const auto line = placeText(module.commandLine);
    if (!line) return bad(line.error());
    list.u32le(*at);
    list.u32le(*at + size);
    list.u32le(*line);
    list.u32le(0);
  }
  const auto at = plan_.placeLow(list.take(), 4, "the module list");
  if (!at) return bad(at.error());
  return at;
}

Result<u64> Multiboot::placeInfo(u64 moduleList) {
  const auto line = placeText(append_.empty() ? path_ : path_ + " " + append_);
  if (!line) return line;
  const auto name = placeText(kLoaderName);
  if (!name) return name;
  ByteWriter map;
  u64 lower = 0, upper = 0;
  for (const MemoryRange& range : memoryMap(plan_.layout())) {
    map.u32le(20);  // of what follows
    map.u64le(range.base);
    map.u64le(range.size);
    map.u32le(static_cast<u32>(range.type));
    if (range.type != MemoryType::Ram) continue;
    if (range.base == 0) lower = std::min(range.size, 640_KiB);
    if (range.base <= 1_MiB && range.base + range.size > 1_MiB) upper = range.base + range.size - 1_MiB;
  }
  const u64 mapSize = map.size();
  const auto mapAt = plan_.placeLow(map.take(), 4, "the memory map");
  if (!mapAt) return mapAt;

  std::vector<u8> info(kInfoSize);
  const std::span<u8> out(info);
  const auto set = [&](u64 offset, u64 value) { setField<u32>(out, offset, static_cast<u32>(value)); };
  set(0, kInfoMemory | kInfoCommandLine | kInfoMap | kInfoLoaderName | (modules_.empty() ? 0 : kInfoModules));
  set(4, lower >> 10);
  set(8, upper >> 10);
  set(16, *line);
  set(20, modules_.size());
  set(24, moduleList);
  set(44, mapSize);
  set(48, *mapAt);
  set(64, *name);
  return plan_.placeLow(std::move(info), 16, "the Multiboot information");
}

Result<PreparedKernel> Multiboot::prepare() {
  header_ = findHeader(*file_).value_or(0);
  const auto image = placeImage();
  if (!image) return bad(image.error());
  const auto moduleList = placeModules(image->end);
  if (!moduleList) return tl::unexpected(moduleList.error());
  const auto info = placeInfo(*moduleList);
  if (!info) return bad(info.error());
  auto state = flat32State(plan_, image->entry);
  if (!state) return bad(state.error());
  state->gpr[kRax] = kLoaderMagic;
  state->gpr[kRbx] = *info;
  return PreparedKernel{std::move(plan_), *state, {}, "Multiboot"};
}

}  // namespace

bool hasMultibootHeader(const FileBytes& kernel) { return findHeader(kernel.bytes).has_value(); }

bool hasMultiboot2Header(const FileBytes& kernel) {
  const u64 end = std::min<u64>(kernel.bytes.size(), kSearched2);
  for (u64 at = 0; at + 16 <= end; at += 8)
    if (fieldAt<u32>(kernel.bytes, at) == kMagic2 &&
        fieldAt<u32>(kernel.bytes, at) + fieldAt<u32>(kernel.bytes, at + 4) +
                fieldAt<u32>(kernel.bytes, at + 8) + fieldAt<u32>(kernel.bytes, at + 12) ==
            0)
      return true;
  return false;
}

std::vector<ModuleName> splitModules(const std::string& initrd) {
  std::vector<ModuleName> modules;
  std::string item;
  const auto finish = [&] {
    item.erase(0, std::min(item.find_first_not_of(' '), item.size()));
    if (!item.empty()) modules.push_back({item.substr(0, item.find(' ')), item});
    item.clear();
  };
  for (size_t i = 0; i < initrd.size(); ++i) {
    if (initrd[i] != ',') {
      item += initrd[i];
    } else if (i + 1 < initrd.size() && initrd[i + 1] == ',') {
      item += ',';
      ++i;
    } else {
      finish();
    }
  }
  finish();
  return modules;
}

Result<PreparedKernel> prepareMultiboot(KernelFiles files, const MemoryLayout& layout) {
  return Multiboot(std::move(files), layout).prepare();
}

}  // namespace duet::firmware
