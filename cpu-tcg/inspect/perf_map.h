// -perfmap: /tmp/perf-PID.map, where `perf report` looks for the names of code in anonymous memory.
#pragma once

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>

#include "core/base/result.h"
#include "cpu-tcg/interp/code_sink.h"

namespace duet::tcg {

// The file says nothing of time: where code memory has been filled anew, the later name counts. -jitdump is exact.
class PerfMap final : public CodeSink {
 public:
  static Result<std::unique_ptr<PerfMap>> create(const std::string& path);
  static std::string defaultPath();
  ~PerfMap() override;

  void added(const CompiledCode& made) override;
  void dropped(unsigned) override {}

 private:
  explicit PerfMap(std::FILE* file) : file_(file) {}
  std::FILE* const file_;
  std::mutex mutex_;
};

}  // namespace duet::tcg
