// Makes cases of the user worlds from the instruction tables.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "tools/diff/generate/case_builder.h"
#include "tools/diff/generate/form.h"

namespace duet::diff {

struct GeneratorOptions {
  u64 seed = 1;
  Target target;     // a user world, the features that code may use, the vendor
  std::string only;  // rows whose mnemonic or encoding contains one of these, by commas; empty: all
  unsigned instructionsPerCase = 1;  // at most; 1 .. kMostInstructions
  bool invalid = true;               // reserved and too long encodings, too (not with `only`)
  // Code that changes itself, too (not with `only`, nor with one instruction a case).
  bool selfModifying = true;
  // Half of the cases begin with code that touches what they will access, so that translated code finds it in its TLB.
  bool touched = false;
};

// Case number n depends on the options and n alone. Numbers n .. n+cycle()-1 have every row once as their subject. A Generator
// may be used by one thread at a time; copies share the background memory.
class Generator {
 public:
  static Result<Generator> create(const GeneratorOptions& options);

  void at(u64 number, GeneratedCase& out) const;
  GeneratedCase at(u64 number) const {
    GeneratedCase out;
    at(number, out);
    return out;
  }
  GeneratedCase next() { return at(number_++); }

  const GeneratorOptions& options() const { return options_; }
  unsigned cycle() const { return static_cast<unsigned>(rows_.size()) + invalidSlots_ + changingSlots_; }
  std::span<const tcg::isa::Row* const> rows() const { return rows_; }

 private:
  explicit Generator(const GeneratorOptions& options);
  bool makeCase(CaseBuilder& builder, u64 slot) const;
  bool makeSequence(CaseBuilder& builder, const tcg::isa::Row& subject) const;
  bool makeSelfModifying(CaseBuilder& builder) const;
  void makeFiller(CaseBuilder& builder, Mood mood, bool keepStack) const;

  GeneratorOptions options_;
  std::vector<const tcg::isa::Row*> rows_;               // subjects
  std::vector<const tcg::isa::Row*> fillers_;            // what may stand before or after a subject
  std::vector<const tcg::isa::Row*> writers_, changed_;  // for code that changes itself
  unsigned invalidSlots_ = 0, changingSlots_ = 0;
  std::shared_ptr<const Memory> memory_;
  u64 number_ = 0;
};

// Whether the row's mnemonic or encoding holds one of the words (by commas).
bool isNamed(const tcg::isa::Row& row, std::string_view words);

// Of one case among those of a seed.
u64 caseSeed(u64 seed, u64 number);

// Which half of GeneratorOptions::touched a case is of.
bool caseTouches(u64 seed, u64 number);

// Case::steps: far more than it takes, or so few that the translator's code looks at what remains before each block.
u64 caseSteps(u64 seed, u64 number);

}  // namespace duet::diff
