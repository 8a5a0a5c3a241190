// The guest's firmware (monitor.S) as QEMU takes it.
#pragma once

#include <vector>

#include "core/base/types.h"

namespace duet::diff::qemu {

// 64 KiB that end at 4 GiB.
std::vector<u8> monitorImage();

// Linear address that a handler jumps to after pushing its vector.
u64 exceptionEntry();

}  // namespace duet::diff::qemu
