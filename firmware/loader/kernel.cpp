#include "firmware/loader/kernel.h"

#include "firmware/guest/guest_bios.h"
#include "firmware/loader/bzimage.h"
#include "firmware/loader/elf.h"
#include "firmware/loader/multiboot.h"

namespace duet::firmware {
namespace {

constexpr u64 kLargestFile = 4_GiB;

bool startsWithElfMagic(const FileBytes& file) {
  return file.bytes.size() >= 4 && file.bytes[0] == 0x7f && file.bytes[1] == 'E' && file.bytes[2] == 'L' &&
         file.bytes[3] == 'F';
}

Result<std::vector<KernelModule>> readModules(KernelFormat format, const std::string& initrd) {
  std::vector<KernelModule> modules;
  if (initrd.empty()) return modules;
  std::vector<ModuleName> names{{initrd, initrd}};
  if (format == KernelFormat::Multiboot) names = splitModules(initrd);
  for (ModuleName& name : names) {
    auto file = readFile("initrd", name.path, kLargestFile);
    if (!file) return tl::unexpected(file.error());
    modules.push_back({std::move(*file), std::move(name.commandLine)});
  }
  return modules;
}

}  // namespace

Result<KernelFormat> kernelFormat(const FileBytes& kernel) {
  if (isLinuxKernel(kernel)) return KernelFormat::Linux;
  if (hasMultibootHeader(kernel)) return KernelFormat::Multiboot;
  if (startsWithElfMagic(kernel)) return KernelFormat::Elf;
  if (hasMultiboot2Header(kernel))
    return fail(
        "kernel '{}' is for Multiboot 2 only: boot it from a disk image with -bios, or build it for "
        "Multiboot 1",
        kernel.path);
  if (kernel.bytes.empty()) return fail("kernel '{}' is empty", kernel.path);
  return fail(
      "kernel '{}' is no Linux bzImage, ELF or Multiboot file ({} bytes); is it compressed or cut short?",
      kernel.path, kernel.bytes.size());
}

namespace {

Result<PreparedKernel> prepareByFormat(KernelFormat format, KernelFiles files, const MemoryLayout& layout) {
  switch (format) {
    case KernelFormat::Linux:
      return prepareLinux(std::move(files), layout);
    case KernelFormat::Multiboot:
      return prepareMultiboot(std::move(files), layout);
    case KernelFormat::Elf:
      break;
  }
  return prepareElf(std::move(files), layout);
}

}  // namespace

Result<PreparedKernel> prepareKernel(KernelFormat format, KernelFiles files, const MemoryLayout& layout) {
  auto prepared = prepareByFormat(format, std::move(files), layout);
  if (!prepared || !prepared->rom.empty()) return prepared;
  auto bios = buildGuestBios({}, layout);  // for its reset vector
  if (!bios) return tl::unexpected(bios.error());
  prepared->rom.push_back({kGuestBiosAddress, std::move(*bios)});
  return prepared;
}

Result<PreparedKernel> prepareKernel(const KernelOptions& options, const MemoryLayout& layout) {
  auto kernel = readFile("kernel", options.kernel, kLargestFile);
  if (!kernel) return tl::unexpected(kernel.error());
  const auto format = kernelFormat(*kernel);
  if (!format) return tl::unexpected(format.error());
  auto modules = readModules(*format, options.initrd);
  if (!modules) return tl::unexpected(modules.error());
  return prepareKernel(*format, {std::move(*kernel), options.append, std::move(*modules)}, layout);
}

Result<PreparedKernel> loadKernel(const KernelOptions& options, const MemoryLayout& layout,
                                  GuestMemory& memory) {
  auto prepared = prepareKernel(options, layout);
  if (!prepared) return prepared;
  if (auto done = prepared->plan.commit(memory); !done) return tl::unexpected(done.error());
  return prepared;
}

}  // namespace duet::firmware
