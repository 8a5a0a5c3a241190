#include "cpu-tcg/native/code_arena.h"

#include <sys/mman.h>
#include <unistd.h>
#include <cerrno>

namespace duet::tcg {
namespace {

int makeMemfd() {
  constexpr unsigned kMfdExec = 0x10;  // since Linux 6.3; older kernels answer EINVAL
  const int fd = memfd_create("duet-code", MFD_CLOEXEC | kMfdExec);
  return fd >= 0 || errno != EINVAL ? fd : memfd_create("duet-code", MFD_CLOEXEC);
}

}  // namespace

Result<std::unique_ptr<CodeArena>> CodeArena::create(u32 capacity, u32 chunkSize) {
  std::unique_ptr<CodeArena> arena(new CodeArena(capacity, chunkSize));
  if (auto added = arena->addChunk(); !added) return tl::unexpected(added.error());
  return arena;
}

CodeArena::~CodeArena() {
  for (const Chunk& chunk : chunks_) {
    munmap(chunk.write, chunkSize_);
    munmap(chunk.execute, chunkSize_);
  }
}

Result<> CodeArena::addChunk() {
  const int fd = makeMemfd();
  if (fd < 0) return fail("cannot create memory for translated code: {}", errnoText(errno));
  if (ftruncate(fd, chunkSize_) != 0) {
    const int error = errno;
    close(fd);
    return fail("cannot size memory for translated code: {}", errnoText(error));
  }
  void* write = mmap(nullptr, chunkSize_, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  void* execute = mmap(nullptr, chunkSize_, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
  const int error = errno;
  close(fd);
  if (write == MAP_FAILED || execute == MAP_FAILED) {
    if (write != MAP_FAILED) munmap(write, chunkSize_);
    if (execute != MAP_FAILED) munmap(execute, chunkSize_);
    return fail("cannot map executable memory: {} (does a security policy forbid it?)", errnoText(error));
  }
  chunks_.push_back({static_cast<u8*>(write), static_cast<u8*>(execute)});
  return {};
}

CodeSlot CodeArena::allocate(u32 size) {
  size = (size + 15) & ~15u;
  if (size > chunkSize_ || size > capacity_ - used_) return {};
  if (size > chunkSize_ - chunkUsed_) {
    if (current_ + 1 == chunks_.size() && !addChunk()) return {};
    ++current_;
    chunkUsed_ = 0;
  }
  const Chunk& chunk = chunks_[current_];
  const CodeSlot slot{chunk.write + chunkUsed_, chunk.execute + chunkUsed_};
  chunkUsed_ += size;
  used_ += size;
  return slot;
}

void CodeArena::clear() {
  used_ = chunkUsed_ = 0;
  current_ = 0;
}

}  // namespace duet::tcg
