// Several listeners as one.
#pragma once

#include <memory>
#include <vector>

#include "cpu-tcg/interp/code_sink.h"

namespace duet::tcg {

class CodeSinks final : public CodeSink {
 public:
  void add(std::unique_ptr<CodeSink> sink) { sinks_.push_back(std::move(sink)); }
  bool empty() const { return sinks_.empty(); }

  void added(const CompiledCode& made) override {
    for (auto& s : sinks_) s->added(made);
  }
  void dropped(unsigned memory) override {
    for (auto& s : sinks_) s->dropped(memory);
  }

 private:
  std::vector<std::unique_ptr<CodeSink>> sinks_;
};

}  // namespace duet::tcg
