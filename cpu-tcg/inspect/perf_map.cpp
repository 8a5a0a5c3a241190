#include "cpu-tcg/inspect/perf_map.h"

#include <unistd.h>

#include <cerrno>

#include "cpu-tcg/inspect/code_name.h"

namespace duet::tcg {

std::string PerfMap::defaultPath() { return fmt::format("/tmp/perf-{}.map", getpid()); }

Result<std::unique_ptr<PerfMap>> PerfMap::create(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (!file) return fail("-perfmap: cannot write {}: {}", path, errnoText(errno));
  return std::unique_ptr<PerfMap>(new PerfMap(file));
}

PerfMap::~PerfMap() { std::fclose(file_); }

// Whole lines, whenever somebody looks or we are killed: perf reads it afterwards.
void PerfMap::added(const CompiledCode& made) {
  const std::string line = fmt::format("{:x} {:x} {}\n", reinterpret_cast<u64>(made.code.data()),
                                       made.code.size(), codeName(made));
  const std::lock_guard lock(mutex_);
  std::fwrite(line.data(), 1, line.size(), file_);
  std::fflush(file_);
}

}  // namespace duet::tcg
