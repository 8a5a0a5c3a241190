#include "cpu-tcg/inspect/jit_dump.h"

#include <elf.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/types.h"
#include "cpu-tcg/inspect/code_name.h"

namespace duet::tcg {
namespace {

struct FileHeader {
  u32 magic = 0x4a695444;  // "JiTD"
  u32 version = 1;
  u32 size = sizeof(FileHeader);
  u32 machine = EM_X86_64;
  u32 reserved = 0;
  u32 pid = 0;
  u64 timestamp = 0;
  u64 flags = 0;
};
static_assert(sizeof(FileHeader) == 40);

// JIT_CODE_LOAD; the name, its 0 byte and the code follow.
struct CodeLoad {
  u32 id = 0;
  u32 size = 0;
  u64 timestamp = 0;
  u32 pid = 0, tid = 0;
  u64 address = 0, codeAddress = 0;
  u64 codeSize = 0;
  u64 index = 0;
};
static_assert(sizeof(CodeLoad) == 56);

// The clock of `perf record -k 1`.
u64 monotonicNow() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<u64>(t.tv_sec) * 1'000'000'000 + static_cast<u64>(t.tv_nsec);
}

}  // namespace

std::string JitDump::defaultPath() { return fmt::format("jit-{}.dump", getpid()); }

Result<std::unique_ptr<JitDump>> JitDump::create(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "w+e");
  if (!file) return fail("-jitdump: cannot write {}: {}", path, errnoText(errno));
  FileHeader header;
  header.pid = static_cast<u32>(getpid());
  header.timestamp = monotonicNow();
  const bool written = std::fwrite(&header, sizeof header, 1, file) == 1 && std::fflush(file) == 0;
  void* const marker =
      written ? mmap(nullptr, kPageSize, PROT_READ | PROT_EXEC, MAP_PRIVATE, fileno(file), 0) : MAP_FAILED;
  if (marker == MAP_FAILED) {
    const int error = errno;
    std::fclose(file);
    return fail("-jitdump: cannot write or map {}: {}", path, errnoText(error));
  }
  return std::unique_ptr<JitDump>(new JitDump(file, marker));
}

JitDump::~JitDump() {
  munmap(marker_, kPageSize);
  std::fclose(file_);
}

void JitDump::added(const CompiledCode& made) {
  const std::string name = codeName(made);
  CodeLoad record;
  record.size = static_cast<u32>(sizeof record + name.size() + 1 + made.code.size());
  record.pid = static_cast<u32>(getpid());
  record.tid = static_cast<u32>(syscall(SYS_gettid));
  record.address = record.codeAddress = reinterpret_cast<u64>(made.code.data());
  record.codeSize = made.code.size();
  const std::lock_guard lock(mutex_);
  record.timestamp = monotonicNow();
  record.index = nextIndex_++;
  std::fwrite(&record, sizeof record, 1, file_);
  std::fwrite(name.c_str(), name.size() + 1, 1, file_);
  std::fwrite(made.code.data(), made.code.size(), 1, file_);
  std::fflush(file_);
}

}  // namespace duet::tcg
