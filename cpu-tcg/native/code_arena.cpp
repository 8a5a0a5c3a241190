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

Result<std::unique_ptr<CodeArena>> CodeArena::create(u32 capacity) {
  std::unique_ptr<CodeArena> arena(new CodeArena(capacity));
  if (auto added = arena->addChunk(); !added) return tl::unexpected(added.error());
  return arena;
}

CodeArena::~CodeArena() {
  for (const Chunk& chunk : chunks_) {
    munmap(chunk.write, kChunkSize);
    munmap(chunk.execute, kChunkSize);
  }
}

Result<> CodeArena::addChunk() {
  const int fd = makeMemfd();
  if (fd < 0) return fail("cannot create memory for translated code: {}", errnoText(errno));
  if (ftruncate(fd, kChunkSize) != 0) {
    const int error = errno;
    close(fd);
    return fail("cannot size memory for translated code: {}", errnoText(error));
  }
  void* write = mmap(nullptr, kChunkSize, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  void* execute = mmap(nullptr, kChunkSize, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
  const int error = errno;
  close(fd);
  if (write == MAP_FAILED || execute == MAP_FAILED) {
    if (write != MAP_FAILED) munmap(write, kChunkSize);
    if (execute != MAP_FAILED) munmap(execute, kChunkSize);
    return fail("cannot map executable memory: {} (does a security policy forbid it?)", errnoText(error));
  }
  chunks_.push_back({static_cast<u8*>(write), static_cast<u8*>(execute)});
  chunkUsed_ = 0;
  return {};
}

CodeSlot CodeArena::allocate(u32 size) {
  size = (size + 15) & ~15u;
  if (size > kChunkSize || size > capacity_ - used_) return {};
  if (size > kChunkSize - chunkUsed_ && !addChunk()) return {};
  const Chunk& chunk = chunks_.back();
  const CodeSlot slot{chunk.write + chunkUsed_, chunk.execute + chunkUsed_};
  chunkUsed_ += size;
  used_ += size;
  return slot;
}

}  // namespace duet::tcg
