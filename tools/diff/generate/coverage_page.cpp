// The coverage page.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "tools/diff/generate/coverage_view.h"
#include "tools/diff/generate/rows.h"

namespace duet::diff {
namespace {

constexpr std::string_view kVectorNames[] = {"#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD",
                                             "#NM", "#DF", "9",   "#TS", "#NP", "#SS", "#GP",
                                             "#PF", "15",  "#MF", "#AC", "#MC", "#XM"};

double percent(u64 part, u64 whole) {
  return whole ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 100.0;
}

std::string endingNames(const std::bitset<64>& endings) {
  std::string text = endings.test(kDone) ? "done" : "";
  for (unsigned v = 0; v < std::size(kVectorNames); ++v)
    if (endings.test(kRaised + v))
      fmt::format_to(std::back_inserter(text), "{}{}", text.empty() ? "" : " ", kVectorNames[v]);
  return text.empty() ? "-" : text;
}

std::string formName(u64 packed) {
  const FormKey key = FormKey::unpack(packed);
  std::string name = key.world == World::System ? std::string(systemModeName(key.mode)) + " " : "";
  name += key.shape == OperandShape::Memory ? "mem" : "reg";
  if (key.operandSize) fmt::format_to(std::back_inserter(name), "{}", 8 * key.operandSize);
  if (key.addressSize) fmt::format_to(std::back_inserter(name), "/a{}", 8 * key.addressSize);
  return name;
}

}  // namespace

void Coverage::appendTotals(const Target& target, SystemRows system, std::string& page) const {
  page +=
      "| witness | instructions | rows | reached | completed | forms | reached "
      "|\n|---|---|---|---|---|---|---|\n";
  for (unsigned w = 0; w < witnesses_.size(); ++w) {
    const CoverageTotals t = totals(target, w, system);
    fmt::format_to(
        std::back_inserter(page), "| {}{} | {} | {} | {} ({:.1f} %) | {} ({:.1f} %) | {} | {} ({:.1f} %) |\n",
        witnesses_[w].name, witnesses_[w].hardware ? " (hardware)" : "", t.instructions, t.rows,
        t.rowsReached, percent(t.rowsReached, t.rows), t.rowsCompleted, percent(t.rowsCompleted, t.rows),
        t.forms, t.formsReached, percent(t.formsReached, t.forms));
  }
}

// Forms of the row that no hardware witness has reached.
std::vector<u64> Coverage::missing(const RowView& row) const {
  std::vector<u64> forms = row.forms;
  for (unsigned w = 0; w < witnesses_.size(); ++w)
    if (witnesses_[w].hardware)
      std::erase_if(forms, [&](u64 form) {
        return std::ranges::find(row.seen[w].forms, form) != row.seen[w].forms.end();
      });
  return forms;
}

void Coverage::appendRow(const RowView& row, const std::vector<u64>& missing, std::string& page) const {
  const auto out = std::back_inserter(page);
  fmt::format_to(out, "| `{}` | {} `{}` | {} |", row.row->encoding, row.row->mnemonic, row.row->operandText,
                 row.forms.size());
  for (unsigned w = 0; w < witnesses_.size(); ++w) {
    const RowView::Seen& seen = row.seen[w];
    fmt::format_to(out, " {}: {}", seen.forms.size(), seen.count);
    if (w > 0) fmt::format_to(out, ", {}", endingNames(seen.endings));
    page += " |";
  }
  for (const u64 form : missing) page += " " + formName(form);
  page += " |\n";
}

void Coverage::appendRows(const Target& target, SystemRows system, std::string& page) const {
  struct Line {
    const RowView* row;
    std::vector<u64> missing;
    bool reached;
  };
  const std::vector<RowView> rows = view(target, system);
  std::vector<Line> lines;
  for (const RowView& v : rows) {
    if (!v.user) continue;
    Line& line = lines.emplace_back(Line{&v, missing(v), false});
    for (unsigned w = 0; w < witnesses_.size(); ++w)
      line.reached |= witnesses_[w].hardware && v.seen[w].reached();
  }
  const auto share = [](const Line& l) { return percent(l.missing.size(), l.row->forms.size()); };
  std::ranges::stable_sort(lines, [&](const Line& a, const Line& b) {
    return a.reached != b.reached ? !a.reached : share(a) > share(b);
  });
  page += "| row | instruction | forms |";
  for (const Witness& w : witnesses_) page += " " + w.name + " |";
  page += " not reached on hardware |\n|---|---|---|---|";
  for (size_t i = 0; i < witnesses_.size(); ++i) page += "---|";
  page += "\n";
  for (const Line& line : lines) appendRow(*line.row, line.missing, page);
}

std::string Coverage::page(const Target& target, SystemRows system) const {
  const bool user = target.world != World::System;
  std::string page =
      user ? fmt::format("# Coverage of duet-diff, {}-bit user code\n\n", target.wide() ? 64 : 32)
           : std::string("# Coverage of duet-diff, the system world\n\n");
  page += user ? "Rows of the instruction tables that user mode may carry out, by their forms: "
               : "Rows of the instruction tables by which rules of the system show, by their forms: mode, ";
  page +=
      "operand in a register or in memory,\n"
      "operand size, address size. Reached: carried out, or raised an exception of its own.\n\n";
  appendTotals(target, system, page);
  page +=
      "\n## Rows, untested ones first\n\nOf each witness: forms reached, times carried out, how it "
      "ended.\n\n";
  appendRows(target, system, page);
  if (!user) return page;
  page += "\n## Left out, or not generated in full\n\n| instruction | what | why |\n|---|---|---|\n";
  for (const LeftOut& l : leftOut())
    fmt::format_to(std::back_inserter(page), "| {} | {} | {} |\n", l.sem, l.whole ? "all" : "part", l.why);
  return page;
}

}  // namespace duet::diff
