// Whole files the user named: kernels, initrds, firmware images.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"

namespace duet::firmware {

// A file's name beside its bytes, so that whoever finds fault with the bytes can name the file.
struct FileBytes {
  std::string path;
  std::vector<u8> bytes;
};

// Reads a regular file of at most `limit` bytes. `what` names its role in messages ("kernel"). Never
// waits: FIFOs, devices and directories are refused.
Result<FileBytes> readFile(std::string_view what, const std::string& path, u64 limit);

}  // namespace duet::firmware
