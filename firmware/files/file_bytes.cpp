#include "firmware/files/file_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace duet::firmware {
namespace {

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) close(fd);
  }
};

Result<> readAll(int fd, std::vector<u8>& out) {
  size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = read(fd, out.data() + done, out.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail("{}", errnoText(errno));
    if (got == 0) return fail("it became shorter while it was read");
    done += static_cast<size_t>(got);
  }
  return {};
}

}  // namespace

Result<FileBytes> readFile(std::string_view what, const std::string& path, u64 limit) {
  // O_NONBLOCK: opening a FIFO nobody writes to must not hang before it can be refused.
  const Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.fd < 0) return fail("cannot open {} '{}': {}", what, path, errnoText(errno));
  struct stat status{};
  if (fstat(file.fd, &status) != 0) return fail("cannot read {} '{}': {}", what, path, errnoText(errno));
  if (S_ISDIR(status.st_mode)) return fail("{} '{}' is a directory; name a file", what, path);
  if (!S_ISREG(status.st_mode)) return fail("{} '{}' is no regular file; copy it to one first", what, path);
  const u64 size = static_cast<u64>(status.st_size);
  if (size > limit)
    return fail("{} '{}' is too large: {} MiB, at most {} MiB can be loaded", what, path, size >> 20,
                limit >> 20);
  FileBytes result{path, std::vector<u8>(size)};
  if (const auto done = readAll(file.fd, result.bytes); !done)
    return fail("cannot read {} '{}': {}", what, path, done.error().message);
  return result;
}

}  // namespace duet::firmware
