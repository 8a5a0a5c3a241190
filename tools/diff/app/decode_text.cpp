#include "tools/diff/app/decode_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cpu-tcg/isa/format.h"

namespace duet::diff {
namespace {

using Entry = std::pair<const DecodeFindingKey, DecodeFinding>;

std::vector<const Entry*> byCount(const DecodeSummary& s) {
  std::vector<const Entry*> list;
  for (const Entry& e : s.findings) list.push_back(&e);
  std::ranges::stable_sort(list, std::ranges::greater{}, [](const Entry* e) { return e->second.count; });
  return list;
}

std::string partText(const std::string& name, const DecodeSummary& s, const std::vector<KnownDecode>& known,
                     u64 mostFindings) {
  std::string text = fmt::format("{}: {} strings, {:.1f} s\n", name, s.strings, s.seconds);
  for (const auto& [witness, c] : s.witnesses)
    text += fmt::format(
        "  {:<10} agrees on {} instructions and {} that are none, cannot say of {}, {} listed, {} not\n",
        witness, c.agreeValid, c.agreeInvalid, c.silent, c.known, c.unknown);
  for (const auto& [witness, c] : s.witnesses)
    for (const auto& [kinds, count] : c.kinds)
      text += fmt::format("  {:<10} {:>10} x {}\n", witness, count, kinds.text());
  for (size_t i = 0; i < s.explained.size(); ++i)
    if (s.explained[i].count)
      text += fmt::format("  listed {:>10} x {}\n", s.explained[i].count, known[i].name);
  if (s.findings.empty()) return text;
  text += fmt::format("  {} kinds of disagreement:\n", s.findings.size());
  const auto list = byCount(s);
  for (size_t i = 0; i < std::min<size_t>(list.size(), mostFindings); ++i) {
    const auto& [key, f] = *list[i];
    text += fmt::format("  {:>8} x {} bits, {}, {}: {} / {}\n           {}\n           duet: {}; {}: {}\n",
                        f.count, bitsOf(key.mode), key.witness, key.kinds.text(), key.ours, key.theirs,
                        hexText(f.bytes), f.ours, key.witness, f.theirs);
  }
  return text;
}

}  // namespace

bool DecodeReport::hasFindings() const {
  return std::ranges::any_of(parts, [](const auto& part) { return !part.second.findings.empty(); });
}

std::string progressText(std::string_view part, u64 done, u64 all) {
  return fmt::format("{}: {:.2f} M of {:.2f} M strings, {} %", part, static_cast<double>(done) / 1e6,
                     static_cast<double>(all) / 1e6, all ? done * 100 / all : 100);
}

std::string reportText(const DecodeReport& report, const std::vector<KnownDecode>& known, u64 mostFindings) {
  std::string text;
  for (const auto& [name, summary] : report.parts) text += partText(name, summary, known, mostFindings);
  return text + (report.hasFindings() ? "" : "no disagreement outside the list\n");
}

std::string reportJson(const DecodeReport& report, const std::vector<KnownDecode>& known) {
  nlohmann::ordered_json json;
  for (const auto& [name, s] : report.parts) {
    nlohmann::ordered_json part{{"strings", s.strings}, {"seconds", s.seconds}};
    for (const auto& [witness, c] : s.witnesses)
      part["witnesses"][witness] = {{"agree_valid", c.agreeValid},
                                    {"agree_invalid", c.agreeInvalid},
                                    {"silent", c.silent},
                                    {"known", c.known},
                                    {"unknown", c.unknown}};
    for (const auto& [witness, c] : s.witnesses)
      for (const auto& [kinds, count] : c.kinds) part["witnesses"][witness]["kinds"][kinds.text()] = count;
    for (size_t i = 0; i < s.explained.size(); ++i)
      if (const auto& e = s.explained[i]; e.count)
        part["known"][known[i].name] = {
            {"count", e.count},
            {"example", fmt::format("{}: {}", bitsOf(e.mode), hexText(std::span(e.bytes).first(e.length)))}};
    part["findings"] = nlohmann::ordered_json::array();
    for (const Entry* e : byCount(s))
      part["findings"].push_back({{"witness", e->first.witness},
                                  {"bits", bitsOf(e->first.mode)},
                                  {"kinds", e->first.kinds.text()},
                                  {"count", e->second.count},
                                  {"row", e->first.ours},
                                  {"name", e->first.theirs},
                                  {"bytes", hexText(e->second.bytes)},
                                  {"duet", e->second.ours},
                                  {"says", e->second.theirs}});
    json[name] = std::move(part);
  }
  return json.dump(1) + "\n";
}

std::string describe(const OurReading& ours) {
  if (ours.status != tcg::isa::DecodeStatus::Ok)
    return fmt::format("no instruction ({} bytes read)", ours.insn.length);
  return fmt::format("{} ({})   row {}", tcg::isa::format(ours.insn, kReadingAddress), ours.insn.length,
                     ours.insn.row->encoding);
}

}  // namespace duet::diff
