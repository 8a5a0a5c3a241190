#include "firmware/bios/bios_image.h"

#include <unistd.h>

#include <algorithm>

namespace duet::firmware {
namespace {

constexpr const char* kDirectories[] = {"/usr/share/seabios", "/usr/share/ovmf", "/usr/share/OVMF",
                                        "/usr/share/qemu"};
constexpr const char* kDefaultName = "bios-256k.bin";
constexpr size_t kResetVectorFromEnd = 16;

bool exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

std::string findBios(const std::string& name, std::span<const char* const> directories) {
  if (name.find('/') != std::string::npos || exists(name)) return name;
  for (const char* directory : directories) {
    std::string path = std::string(directory) + "/" + name;
    if (exists(path)) return path;
  }
  return {};
}

// An erased or zeroed reset vector would only spin into nothing.
bool hasResetVector(const std::vector<u8>& image) {
  const auto start = image.end() - kResetVectorFromEnd;
  return std::any_of(start, start + 5, [](u8 b) { return b != 0x00 && b != 0xff; });
}

}  // namespace

std::span<const char* const> biosDirectories() { return kDirectories; }

Result<FileBytes> loadBios(const std::string& name, std::span<const char* const> directories) {
  const std::string path = findBios(name, directories);
  if (path.empty()) {
    std::string where;
    for (const char* directory : directories) where += std::string(where.empty() ? "" : ", ") + directory;
    return fail("cannot find firmware '{}' here or in {}; give its path to -bios", name, where);
  }
  auto file = readFile("firmware", path, kLargestBios);
  if (!file) return file;
  const size_t size = file->bytes.size();
  if (size == 0 || size % kBiosGranule != 0)
    return fail("firmware '{}' has {} bytes; a BIOS image is a multiple of 64 KiB", path, size);
  if (!hasResetVector(file->bytes))
    return fail("firmware '{}' has no code at its reset vector (16 bytes from the end); is it a BIOS image?",
                path);
  return file;
}

Result<FileBytes> loadDefaultBios() {
  const std::string path = findBios(kDefaultName, kDirectories);
  if (path.empty())
    return fail(
        "no firmware found: install the package 'seabios', give a file to -bios, or start a kernel with "
        "-kernel");
  return loadBios(path, kDirectories);
}

}  // namespace duet::firmware
