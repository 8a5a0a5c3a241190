#include "cpu-tcg/isa/coverage.h"

#include <fmt/format.h>

#include <string_view>

#include "cpu-tcg/isa/decoder.h"

namespace duet::tcg::isa {
namespace {

struct Section {
  std::string_view title;
  bool vex;
  Map map;
};

constexpr Section kSections[] = {
    {"One byte", false, Map::OneByte}, {"0F", false, Map::M0F},    {"0F 38", false, Map::M0F38},
    {"0F 3A", false, Map::M0F3A},      {"VEX 0F", true, Map::M0F}, {"VEX 0F 38", true, Map::M0F38},
    {"VEX 0F 3A", true, Map::M0F3A},
};

bool inSection(const Row& row, const Section& s) { return row.vex == s.vex && row.map == s.map; }

std::string_view featureName(Feature f) {
  static constexpr std::string_view kNames[] = {"",
#define DUET_FEATURE_NAME(id, name, ...) name,
                                                DUET_FEATURES(DUET_FEATURE_NAME)
#undef DUET_FEATURE_NAME
  };
  return kNames[static_cast<size_t>(f)];
}

void appendRow(std::string& page, const Row& row, bool implemented) {
  fmt::format_to(std::back_inserter(page), "| `{}` | {} | `{}` | {} | {} | {} |\n", row.encoding,
                 row.mnemonic, row.operandText, featureName(row.feature), row.semName,
                 implemented ? "yes" : "no");
}

void appendSection(std::string& page, const Section& section, const Implemented& implemented) {
  fmt::format_to(std::back_inserter(page), "\n## {}\n\n", section.title);
  page += "| encoding | mnemonic | operands | feature | by | done |\n|---|---|---|---|---|---|\n";
  for (const Row& row : allRows())
    if (inSection(row, section)) appendRow(page, row, implemented(row));
}

void appendSummary(std::string& page, const Implemented& implemented) {
  page += "| map | rows | done |\n|---|---|---|\n";
  for (const Section& section : kSections) {
    unsigned rows = 0, done = 0;
    for (const Row& row : allRows()) {
      if (!inSection(row, section)) continue;
      ++rows;
      done += implemented(row);
    }
    fmt::format_to(std::back_inserter(page), "| {} | {} | {} |\n", section.title, rows, done);
  }
}

}  // namespace

std::string coverageMarkdown(const Implemented& implemented) {
  std::string page = "# Instruction coverage\n\nGenerated from the tables of cpu-tcg/isa.\n\n";
  appendSummary(page, implemented);
  for (const Section& section : kSections) appendSection(page, section, implemented);
  return page;
}

}  // namespace duet::tcg::isa
