// One ioctl as a Result: the message names what was asked for.
#pragma once

#include <cerrno>

#include "core/base/result.h"

namespace duet::kvm {

// `what` is the request's name without KVM_, as in the kernel's manual. Interrupted calls are made again;
// after a failure errno still says why.
Result<int> call(int fd, unsigned long request, const char* what, void* argument = nullptr);
Result<int> call(int fd, unsigned long request, const char* what, unsigned long argument);

inline Result<> done(const Result<int>& result) {
  if (!result) return tl::unexpected(result.error());
  return {};
}

}  // namespace duet::kvm
