// Which rows and forms were generated, and which of them who has carried out. Runs add up: save, load, merge.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"
#include "tools/diff/generate/case_builder.h"

namespace duet::diff {

inline constexpr unsigned kMostWitnesses = 8;

struct Witness {
  std::string name;
  bool hardware = false;  // its answers are those of a processor
  bool operator==(const Witness&) const = default;
};

// What one witness has reached of a target's user rows (rows.h) and of their forms as the tables call for them (form.h).
// Reached: carried out or raised an exception of its own, its bytes once fetched. Completed: without an exception.
struct CoverageTotals {
  u64 instructions = 0;  // carried out or raised, invalid encodings too
  unsigned rows = 0, rowsReached = 0, rowsCompleted = 0;
  unsigned forms = 0, formsReached = 0;
};

class Coverage {
 public:
  Coverage() { witnesses_.push_back({"generated", false}); }

  // The number of a witness, added if it is new. The first one, 0, is the generator itself.
  unsigned witness(std::string_view name, bool hardware);
  const std::vector<Witness>& witnesses() const { return witnesses_; }

  void generated(const GeneratedCase& made);
  // What of the case was carried out follows from where the outcome says it ended. Nothing, where it does not say.
  void ran(const GeneratedCase& made, const Outcome& outcome, unsigned witness);

  // Which rows the system world has in the target's mode.
  using SystemRows = bool (*)(const tcg::isa::Row& row, const Target& target);
  // A target of the system world stands for all its modes, and its rows are `system`.
  CoverageTotals totals(const Target& target, unsigned witness, SystemRows system = nullptr) const;
  // Markdown: totals, then the rows, those first that no hardware witness has reached, then by the share of forms missing.
  std::string page(const Target& target, SystemRows system = nullptr) const;

  void merge(const Coverage& other);
  Result<> save(const std::filesystem::path& path) const;
  // Refuses a file made with other instruction tables.
  static Result<Coverage> load(const std::filesystem::path& path);

  bool operator==(const Coverage&) const = default;

 private:
  using Counts = std::array<u64, kMostWitnesses>;
  struct RowView;
  std::vector<RowView> view(const Target& target, SystemRows system) const;
  static void addForms(const tcg::isa::Row& row, const Target& target, SystemRows system, RowView& view);
  std::vector<u64> missing(const RowView& row) const;
  void appendTotals(const Target& target, SystemRows system, std::string& page) const;
  void appendRow(const RowView& row, const std::vector<u64>& missing, std::string& page) const;
  void appendRows(const Target& target, SystemRows system, std::string& page) const;
  void ranSystem(const GeneratedCase& made, const Outcome& outcome, unsigned witness);
  void count(const MadeInstruction& made, u8 ending, unsigned witness);

  std::vector<Witness> witnesses_;
  std::unordered_map<u64, Counts> counts_;  // by FormKey::packed()
};

}  // namespace duet::diff
