#include "cpu-kvm/api/ioctl.h"

#include <sys/ioctl.h>

namespace duet::kvm {

Result<int> call(int fd, unsigned long request, const char* what, unsigned long argument) {
  for (;;) {
    const int result = ioctl(fd, request, argument);
    if (result >= 0) return result;
    const int error = errno;
    if (error == EINTR || error == EAGAIN) continue;
    auto failure = fail("kvm: {} failed: {}", what, errnoText(error));
    errno = error;
    return failure;
  }
}

Result<int> call(int fd, unsigned long request, const char* what, void* argument) {
  return call(fd, request, what, reinterpret_cast<unsigned long>(argument));
}

}  // namespace duet::kvm
