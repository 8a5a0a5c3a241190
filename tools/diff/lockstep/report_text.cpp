#include "tools/diff/lockstep/report_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tools/diff/compare/listing.h"

namespace duet::diff::lockstep {
namespace {

double slowDown(const LockstepReport& r) { return r.leftSeconds > 0 ? r.seconds / r.leftSeconds : 1; }

// As a case, for the listing and comparison of cases.
struct AsCase {
  Case start;
  Outcome left, right;
};
AsCase asCase(const FirstDifference& d) {
  AsCase out;
  out.start.world = World::System;
  out.start.memory = std::make_shared<const Memory>();
  out.start.start = d.before;
  // What ends the step does not matter: it is one on both sides.
  out.left = {.ending = Ending::Halt, .exception = {}, .why = {}, .after = d.left, .writes = {}};
  out.right = {.ending = Ending::Halt, .exception = {}, .why = {}, .after = d.right, .writes = {}};
  return out;
}

CodeLine instruction(const FirstDifference& d, const Decoder& decoder) {
  return decodeLine(d.linear, d.code, d.before, decoder);
}

std::string bytesText(const std::vector<u8>& bytes) {
  std::string text;
  for (const u8 b : bytes) text += fmt::format("{:02x} ", b);
  return text;
}

}  // namespace

std::string summaryText(const LockstepReport& r, const ReportNames& names) {
  return fmt::format(
      "{} and {} in lock step: {} steps ({} instructions), {} comparisons, {} checkpoints; {} device "
      "accesses and {} device "
      "writes carried across\n"
      "{:.1f} s: {} {:.1f}, {} {:.1f}, comparing {:.1f}; {:.2f} times as long as {} alone\n",
      names.left, names.right, r.steps.load(), r.instructions, r.comparisons, r.checkpoints, r.calls,
      r.deviceWrites, r.seconds, names.left, r.leftSeconds, names.right, r.rightSeconds,
      r.seconds - r.leftSeconds - r.rightSeconds, slowDown(r), names.left);
}

std::string differenceText(const FirstDifference& d, const Decoder& decoder, const ReportNames& names) {
  const AsCase c = asCase(d);
  std::string text =
      fmt::format("first difference: step {} (found by {} runs from the checkpoint)\n", d.step, d.trials);
  text += lineText(instruction(d, decoder)) + "\n";
  text += stateTable(c.start, names.left, c.left, names.right, c.right);
  for (size_t i = 0; i < d.leftMemory.size(); ++i)
    text += fmt::format("* memory {:#x}: {} {}, {} {}\n", d.leftMemory[i].address, names.left,
                        bytesText(d.leftMemory[i].bytes), names.right, bytesText(d.rightMemory[i].bytes));
  if (d.moreMemory) text += "  and more memory\n";
  for (const std::string& call : d.calls) text += fmt::format("  in this step {} {}\n", names.left, call);
  if (!d.leftDivergence.empty()) text += fmt::format("* {} {}\n", names.left, d.leftDivergence);
  if (!d.rightDivergence.empty()) text += fmt::format("* {} {}\n", names.right, d.rightDivergence);
  return text;
}

std::string reportJson(const LockstepReport& r, const ReportNames& names, const std::string& end) {
  nlohmann::ordered_json json{
      {"left", names.left},           {"right", names.right},           {"end", end},
      {"steps", r.steps.load()},      {"instructions", r.instructions}, {"comparisons", r.comparisons},
      {"checkpoints", r.checkpoints}, {"device_accesses", r.calls},     {"device_writes", r.deviceWrites},
      {"seconds", r.seconds},         {"left_seconds", r.leftSeconds},  {"right_seconds", r.rightSeconds},
      {"slow_down", slowDown(r)}};
  if (r.difference) {
    const FirstDifference& d = *r.difference;
    const CodeLine line = instruction(d, r.decoder);
    const AsCase c = asCase(d);
    nlohmann::ordered_json one{{"step", d.step},
                               {"linear", fmt::format("{:#x}", d.linear)},
                               {"code", bytesText(line.bytes)},
                               {"instruction", instructionText(line)}};
    one["fields"] = nlohmann::ordered_json::array();
    for (const Difference& f : differences(c.start, c.left, c.right))
      one["fields"].push_back({{"field", f.field}, {"left", f.left}, {"right", f.right}});
    one["memory"] = nlohmann::ordered_json::array();
    for (size_t i = 0; i < d.leftMemory.size(); ++i)
      one["memory"].push_back({{"address", fmt::format("{:#x}", d.leftMemory[i].address)},
                               {"left", bytesText(d.leftMemory[i].bytes)},
                               {"right", bytesText(d.rightMemory[i].bytes)}});
    one["left_diverges"] = d.leftDivergence;
    one["right_diverges"] = d.rightDivergence;
    json["difference"] = std::move(one);
  }
  return json.dump(1) + "\n";
}

}  // namespace duet::diff::lockstep
