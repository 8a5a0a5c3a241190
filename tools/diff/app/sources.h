// Where the program's cases come from.
#pragma once

#include <functional>
#include <vector>

#include "tools/diff/generate/coverage.h"
#include "tools/diff/session/session.h"

namespace duet::diff {

// Cases read from files, each once.
class FileSource final : public CaseSource {
 public:
  static Result<FileSource> open(const std::vector<std::string>& paths);
  bool next(Item& item) override;

 private:
  std::vector<Case> cases_;
  size_t at_ = 0;
};

// Generated cases without end, and what of them was covered.
class GeneratorSource final : public CaseSource {
 public:
  // Makes case number n.
  using MakeCase = std::function<void(u64 number, GeneratedCase& out)>;
  // Witness numbers are those of `coverage`, which outlives this.
  GeneratorSource(MakeCase make, u64 first, Coverage& coverage, unsigned leftWitness, unsigned rightWitness);
  bool next(Item& item) override;
  void ran(const Item& item, const Outcome& left, const Outcome& right) override;

 private:
  // More than a session holds at a time.
  static constexpr size_t kInFlight = 4096;

  MakeCase make_;
  u64 number_;
  Coverage& coverage_;
  unsigned left_, right_;
  std::vector<GeneratedCase> made_;  // by number
};

}  // namespace duet::diff
