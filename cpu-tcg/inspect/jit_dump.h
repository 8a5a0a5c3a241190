// -jitdump: jit-PID.dump, from which `perf inject --jit` makes names and listings of code that comes and goes
// (tools/perf/Documentation/jitdump-specification.txt of Linux).
#pragma once

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>

#include "core/base/result.h"
#include "cpu-tcg/interp/code_sink.h"

namespace duet::tcg {

class JitDump final : public CodeSink {
 public:
  static Result<std::unique_ptr<JitDump>> create(const std::string& path);
  static std::string defaultPath();  // in the present folder
  ~JitDump() override;

  void added(const CompiledCode& made) override;
  void dropped(unsigned) override {}  // later records at the same address take its place

 private:
  JitDump(std::FILE* file, void* marker) : file_(file), marker_(marker) {}
  std::FILE* const file_;
  void* const marker_;  // the mapping by which `perf record` learns of the file
  std::mutex mutex_;
  u64 nextIndex_ = 0;
};

}  // namespace duet::tcg
