// Finding and checking the firmware image of -bios.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"
#include "firmware/files/file_bytes.h"

namespace duet::firmware {

inline constexpr u64 kBiosGranule = 64_KiB;
inline constexpr u64 kLargestBios = 16_MiB;

// Where Debian's packages put firmware, searched in this order.
std::span<const char* const> biosDirectories();

// `name` as given to -bios: a path, or a bare file name that is looked for in the current folder, then
// in `directories`. The image must be a multiple of 64 KiB (it ends at 4 GiB and its last 128 KiB are shown
// below 1 MiB as well) and hold a reset vector.
Result<FileBytes> loadBios(const std::string& name,
                           std::span<const char* const> directories = biosDirectories());

// Debian's SeaBIOS for a 256 KiB flash; an error names the package to install.
Result<FileBytes> loadDefaultBios();

}  // namespace duet::firmware
