// What the child may still ask the kernel for.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "core/base/types.h"

namespace duet::diff::host {

// A seccomp program: system calls of 64-bit Linux that the child needs, by the one instruction that ends at `after`. Every
// other becomes SIGSYS.
std::vector<sock_filter> sandboxFilter(u64 after);

}  // namespace duet::diff::host
