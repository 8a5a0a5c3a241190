#include "firmware/loader/pvh.h"

#include "firmware/layout/byte_writer.h"

namespace duet::firmware {
namespace {

constexpr u32 kMagic = 0x336ec578;
constexpr u32 kVersion = 1;

std::vector<u8> textBytes(const std::string& text) {
  std::vector<u8> bytes(text.begin(), text.end());
  bytes.push_back(0);
  return bytes;
}

// Modules go as high as they can, out of the way of a kernel that grows.
Result<u64> placeModule(LoadPlan& plan, KernelModule& module) {
  const u64 size = module.file.bytes.size();
  const auto at = plan.findHighest(size, kPageSize, 1_MiB, 4_GiB);
  if (!at || !plan.claim(*at, size, "the initrd"))
    return fail(
        "initrd '{}' ({} MiB) does not fit beside the kernel in the guest's {} of RAM: give more with -m",
        module.file.path, (size + 1_MiB - 1) >> 20, plan.ramSummary());
  plan.put(*at, std::move(module.file.bytes));
  return *at;
}

}  // namespace

Result<u64> placePvhStartInfo(LoadPlan& plan, KernelFiles& files) {
  const auto bad = [&files](const Error& error) {
    return fail("kernel '{}': {}", files.kernel.path, error.message);
  };
  ByteWriter modules;
  u32 count = 0;
  for (KernelModule& module : files.modules) {
    const u64 size = module.file.bytes.size();
    if (size == 0) continue;
    const auto at = placeModule(plan, module);
    if (!at) return at;
    modules.u64le(*at);
    modules.u64le(size);
    modules.u64le(0);
    modules.u64le(0);
    ++count;
  }
  u64 modulesAt = 0;
  if (count) {
    const auto at = plan.placeLow(modules.take(), 8, "the module list");
    if (!at) return bad(at.error());
    modulesAt = *at;
  }
  const auto line = plan.placeLow(textBytes(files.append), 16, "the command line");
  if (!line) return bad(line.error());

  ByteWriter map;
  const std::vector<MemoryRange> ranges = memoryMap(plan.layout());
  for (const MemoryRange& range : ranges) {
    map.u64le(range.base);
    map.u64le(range.size);
    map.u32le(static_cast<u32>(range.type));
    map.u32le(0);
  }
  const auto mapAt = plan.placeLow(map.take(), 8, "the memory map");
  if (!mapAt) return bad(mapAt.error());

  ByteWriter info;
  info.u32le(kMagic);
  info.u32le(kVersion);
  info.u32le(0);
  info.u32le(count);
  info.u64le(modulesAt);
  info.u64le(*line);
  info.u64le(plan.layout().rsdp);
  info.u64le(*mapAt);
  info.u32le(ranges.size());
  info.u32le(0);
  const auto at = plan.placeLow(info.take(), 8, "the start information");
  if (!at) return bad(at.error());
  return *at;
}

}  // namespace duet::firmware
