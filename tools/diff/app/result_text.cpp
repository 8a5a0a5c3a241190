#include "tools/diff/app/result_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/diff/compare/listing.h"

namespace duet::diff {
namespace {

double rate(const Summary& s) { return s.seconds > 0 ? static_cast<double>(s.instructions) / s.seconds : 0; }

}  // namespace

std::string progressText(const Summary& s) {
  return fmt::format("{:.2f} M instructions, {:.0f} k/s, {} kinds of difference",
                     static_cast<double>(s.instructions) / 1e6, rate(s) / 1e3, s.findings.size());
}

std::string summaryText(const Summary& s, const EngineNames& names) {
  std::string text = fmt::format(
      "{} ({}) and {} ({}): {} instructions in {} cases, {:.1f} s, {:.0f} a second\n", names.left,
      names.leftProcessor, names.right, names.rightProcessor, s.instructions, s.cases, s.seconds, rate(s));
  for (const auto& [why, count] : s.whyNot) text += fmt::format("not compared: {} cases: {}\n", count, why);
  for (const auto& [name, count] : s.known) text += fmt::format("known: {} cases: {}\n", count, name);
  if (s.findings.empty()) return text + "no difference\n";
  text += fmt::format("{} kinds of difference:\n", s.findings.size());
  for (const Finding& f : s.findings) text += fmt::format("{:8} x {}\n", f.count, f.kind);
  return text;
}

std::string findingText(const Finding& f, const Decoder& decoder, const EngineNames& names) {
  return fmt::format("case {}: {}\n", f.number, f.kind) +
         report(f.c, decoder, names.left, f.left, names.right, f.right);
}

std::string summaryJson(const Summary& s, const EngineNames& names) {
  nlohmann::ordered_json json{{"left", names.left},   {"left_processor", names.leftProcessor},
                              {"right", names.right}, {"right_processor", names.rightProcessor},
                              {"cases", s.cases},     {"instructions", s.instructions},
                              {"seconds", s.seconds}, {"not_compared", s.whyNot},
                              {"known", s.known}};
  json["findings"] = nlohmann::ordered_json::array();
  for (const Finding& f : s.findings) {
    nlohmann::ordered_json one{{"kind", f.kind}, {"count", f.count}, {"case", f.number}};
    for (const Difference& d : f.differences)
      one["differences"].push_back({{"field", d.field}, {"left", d.left}, {"right", d.right}});
    json["findings"].push_back(std::move(one));
  }
  return json.dump(1) + "\n";
}

void add(Summary& to, Summary&& more) {
  to.cases += more.cases;
  to.instructions += more.instructions;
  to.notCompared += more.notCompared;
  to.seconds += more.seconds;
  for (const auto& [why, count] : more.whyNot) to.whyNot[why] += count;
  for (const auto& [name, count] : more.known) to.known[name] += count;
  for (Finding& f : more.findings) {
    const auto at = std::ranges::find(to.findings, f.kind, &Finding::kind);
    if (at == to.findings.end()) {
      to.findings.push_back(std::move(f));
    } else {
      at->count += f.count;
    }
  }
}

}  // namespace duet::diff
