#include "tools/diff/generate/coverage.h"

#include <algorithm>

#include "core/base/assert.h"
#include "core/cpu/registers.h"
#include "tools/diff/generate/coverage_view.h"
#include "tools/diff/generate/rows.h"

namespace duet::diff {
namespace {

// Under KVM on AMD's processors the #DB of INT1 names INT1 itself.
bool isOwnTrap(const MadeInstruction& made, const GeneratedCase& in, u8 vector) {
  return vector == 1 && made.form.row != kInvalidRow && !(in.c.start.rflags & kFlagTf) &&
         std::string_view(tcg::isa::allRows()[made.form.row].semName) == "Icebp";
}

// After these RIP names the next instruction, not the one that raised.
bool isTrap(u8 vector) { return vector == 1 || vector == 3 || vector == 4; }

}  // namespace

unsigned Coverage::witness(std::string_view name, bool hardware) {
  const auto found = std::ranges::find(witnesses_, name, &Witness::name);
  if (found != witnesses_.end()) return static_cast<unsigned>(found - witnesses_.begin());
  DUET_ASSERT(witnesses_.size() < kMostWitnesses);
  witnesses_.push_back({std::string(name), hardware});
  return static_cast<unsigned>(witnesses_.size() - 1);
}

void Coverage::count(const MadeInstruction& made, u8 ending, unsigned witness) {
  if (!made.whole) return;
  FormKey key = made.form;
  key.ending = ending;
  ++counts_[key.packed()][witness];
}

void Coverage::generated(const GeneratedCase& made) {
  for (unsigned i = 0; i < made.count; ++i) count(made.made[i], kNotRun, 0);
}

// Everything before the place where it ended was carried out; what is there raised, or is the HLT behind the last one.
void Coverage::ranSystem(const GeneratedCase& made, const Outcome& outcome, unsigned witness) {
  const auto end = systemEnd(made.c, outcome);
  if (!end) return;
  for (unsigned i = 0; i < made.count; ++i) {
    const bool here = end->vector && made.made[i].address == end->rip && !isTrap(*end->vector);
    count(made.made[i], here ? static_cast<u8>(kRaised + *end->vector) : kDone, witness);
    if (here) return;
  }
}

void Coverage::ran(const GeneratedCase& made, const Outcome& outcome, unsigned witness) {
  if (made.c.world == World::System) return ranSystem(made, outcome, witness);
  if (outcome.ending != Ending::Exception) return;
  const u8 vector = outcome.exception.vector;
  for (unsigned i = 0; i < made.count; ++i) {
    const bool here = made.made[i].address == outcome.after.rip;
    if (here && isTrap(vector) && !isOwnTrap(made.made[i], made, vector)) return;
    count(made.made[i], here ? static_cast<u8>(kRaised + vector) : kDone, witness);
    if (here) return;
  }
}

// The system world has a row once for every mode.
void Coverage::addForms(const tcg::isa::Row& row, const Target& target, SystemRows system, RowView& view) {
  if (target.world != World::System) {
    if (!isGenerated(row, target)) return;
    view.user = isUserRow(row, target);
    for (const FormKey& key : formsOf(row, target)) view.forms.push_back(key.packed());
    return;
  }
  for (unsigned mode = 0; mode <= static_cast<unsigned>(SystemMode::Long64); ++mode) {
    Target in = target;
    in.systemMode = static_cast<SystemMode>(mode);
    if (!system(row, in)) continue;
    view.user = true;
    for (const FormKey& key : formsOf(row, in)) view.forms.push_back(key.packed());
  }
}

std::vector<Coverage::RowView> Coverage::view(const Target& target, SystemRows system) const {
  std::vector<RowView> rows(tcg::isa::allRows().size());
  for (const tcg::isa::Row& row : tcg::isa::allRows()) {
    RowView& v = rows[row.index];
    v.row = &row;
    addForms(row, target, system, v);
    std::ranges::sort(v.forms);
  }
  for (const auto& [packed, counts] : counts_) {
    const FormKey key = FormKey::unpack(packed);
    if (key.world != target.world || key.row >= rows.size()) continue;
    RowView& v = rows[key.row];
    const u64 plain = key.plain().packed();
    const bool called = std::ranges::binary_search(v.forms, plain);
    for (unsigned w = 0; w < witnesses_.size(); ++w) {
      if (counts[w] == 0) continue;
      RowView::Seen& seen = v.seen[w];
      seen.count += counts[w];
      seen.endings.set(key.ending);
      seen.prefixes.set(static_cast<size_t>(key.prefixes));
      if (called && std::ranges::find(seen.forms, plain) == seen.forms.end()) seen.forms.push_back(plain);
    }
  }
  return rows;
}

CoverageTotals Coverage::totals(const Target& target, unsigned witness, SystemRows system) const {
  CoverageTotals t;
  for (const RowView& v : view(target, system)) {
    if (!v.user) continue;
    const RowView::Seen& seen = v.seen[witness];
    ++t.rows;
    t.rowsReached += seen.reached();
    t.rowsCompleted += seen.completed();
    t.forms += static_cast<unsigned>(v.forms.size());
    t.formsReached += static_cast<unsigned>(seen.forms.size());
  }
  for (const auto& [packed, counts] : counts_)
    if (FormKey::unpack(packed).world == target.world) t.instructions += counts[witness];
  return t;
}

void Coverage::merge(const Coverage& other) {
  std::array<unsigned, kMostWitnesses> place{};
  for (unsigned w = 0; w < other.witnesses_.size(); ++w)
    place[w] = witness(other.witnesses_[w].name, other.witnesses_[w].hardware);
  for (const auto& [packed, counts] : other.counts_)
    for (unsigned w = 0; w < other.witnesses_.size(); ++w) counts_[packed][place[w]] += counts[w];
}

}  // namespace duet::diff
