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

constexpr std::string_view kRowHead =
    "| encoding | mnemonic | operands | feature | by | done |\n|---|---|---|---|---|---|\n";

void appendRow(std::string& page, const Row& row, bool implemented) {
  fmt::format_to(std::back_inserter(page), "| `{}` | {} | `{}` | {} | {} | {} |\n", row.encoding,
                 row.mnemonic, row.operandText, featureName(row.feature), row.semName,
                 implemented ? "yes" : "no");
}

void appendSection(std::string& page, const Section& section, const Implemented& implemented) {
  fmt::format_to(std::back_inserter(page), "\n## {}\n\n", section.title);
  page += kRowHead;
  for (const Row& row : allRows())
    if (inSection(row, section)) appendRow(page, row, implemented(row));
}

void appendMissing(std::string& page, const Implemented& implemented, const FeatureSet& offered) {
  page += "## Not carried out, though -cpu max offers the feature\n\n";
  std::string rows;
  for (const Row& row : allRows())
    if (offered.has(row.feature) && !implemented(row)) appendRow(rows, row, false);
  page += rows.empty() ? "None.\n" : std::string(kRowHead) + rows;
}

struct Count {
  unsigned rows = 0, done = 0;
};

void appendFeatures(std::string& page, const Implemented& implemented, const FeatureSet& offered) {
  Count counts[static_cast<size_t>(Feature::Count)];
  for (const Row& row : allRows()) {
    Count& c = counts[static_cast<size_t>(row.feature)];
    ++c.rows;
    c.done += implemented(row);
  }
  page += "\n## Features\n\nWithout rows: the feature adds no instruction, or none under its own name.\n\n";
  page += "| feature | in -cpu max here | rows | done |\n|---|---|---|---|\n";
  for (size_t i = 0; i < std::size(counts); ++i) {
    const Feature f = static_cast<Feature>(i);
    fmt::format_to(std::back_inserter(page), "| {} | {} | {} | {} |\n",
                   i ? featureName(f) : "(every processor)", offered.has(f) ? "yes" : "no", counts[i].rows,
                   counts[i].done);
  }
}

void appendMaps(std::string& page, const Implemented& implemented) {
  page += "\n## Opcode maps\n\n| map | rows | done |\n|---|---|---|\n";
  for (const Section& section : kSections) {
    Count c;
    for (const Row& row : allRows()) {
      if (!inSection(row, section)) continue;
      ++c.rows;
      c.done += implemented(row);
    }
    fmt::format_to(std::back_inserter(page), "| {} | {} | {} |\n", section.title, c.rows, c.done);
  }
}

}  // namespace

std::string coverageMarkdown(const Implemented& implemented, const FeatureSet& offered) {
  std::string page = "# Instruction coverage\n\nGenerated from the tables of cpu-tcg/isa.\n\n";
  appendMissing(page, implemented, offered);
  appendFeatures(page, implemented, offered);
  appendMaps(page, implemented);
  for (const Section& section : kSections) appendSection(page, section, implemented);
  return page;
}

}  // namespace duet::tcg::isa
