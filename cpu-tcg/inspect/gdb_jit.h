// -accel tcg,gdb-jit=on: a debugger attached to duet itself knows the blocks by their guest addresses ("JIT Compilation
// Interface" in gdb's manual).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "cpu-tcg/inspect/symbol_image.h"
#include "cpu-tcg/interp/code_sink.h"

namespace duet::tcg {

// Blocks go into batches, one symbol file each: a debugger takes a file of a thousand names as fast as one of one. Who attaches
// later sees every name; one that is attached hears of a batch when it has 1, 2, 4, … names.
class GdbJit final : public CodeSink {
 public:
  GdbJit();
  ~GdbJit() override;

  void added(const CompiledCode& made) override;
  void dropped(unsigned memory) override;

 private:
  struct Batch;
  void announce(Batch& batch);
  void withdraw(Batch& batch);
  void refresh(Batch& batch);

  std::mutex mutex_;
  std::map<unsigned, std::vector<std::unique_ptr<Batch>>>
      batches_;  // by code memory; the last is being filled
};

}  // namespace duet::tcg
