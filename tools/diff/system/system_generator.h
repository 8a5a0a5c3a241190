// Makes cases of the system world from the instruction tables.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "tools/diff/system/setting.h"
#include "tools/diff/system/system_builder.h"

namespace duet::diff {

struct SystemGeneratorOptions {
  u64 seed = 1;
  Target target;     // the features that code may use, the vendor
  std::string only;  // as GeneratorOptions::only
  unsigned instructionsPerCase = 1;
  bool touched = false;  // as GeneratorOptions::touched
};

// Case number n depends on the options and n alone. Numbers n .. n+cycle()-1 have every row once as their subject in every
// setting it exists in, rows of the system several times. Every case runs over systemMemory() and ends in a HLT, most of
// them that of an exception's handler.
class SystemGenerator {
 public:
  static Result<SystemGenerator> create(const SystemGeneratorOptions& options);

  void at(u64 number, GeneratedCase& out) const;
  GeneratedCase at(u64 number) const {
    GeneratedCase out;
    at(number, out);
    return out;
  }
  unsigned cycle() const { return static_cast<unsigned>(subjects_.size()); }

 private:
  struct Subject {
    const tcg::isa::Row* row;
    u8 setting;
  };
  explicit SystemGenerator(const SystemGeneratorOptions& options);
  bool makeCase(SystemBuilder& builder, const Subject& subject) const;
  void makeOther(SystemBuilder& builder, u8 setting, bool memory) const;

  SystemGeneratorOptions options_;
  std::vector<Subject> subjects_;
  std::vector<std::vector<const tcg::isa::Row*>> others_;  // by setting: what may stand about a subject
};

}  // namespace duet::diff
