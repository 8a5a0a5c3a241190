#include "tools/diff/session/session.h"

#include <algorithm>
#include <chrono>
#include <future>

#include "tools/diff/compare/state_fields.h"

namespace duet::diff {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kBatch = 512;

struct Batch {
  std::vector<CaseSource::Item> items;
  std::vector<Case> cases;  // the engines' view of `items`
  std::vector<Outcome> left, right;
};

class Session {
 public:
  Session(Engine& left, Engine& right, CaseSource& source, const std::vector<KnownDifference>& known,
          const SessionOptions& options, const std::atomic<bool>& stop)
      : left_(left),
        right_(right),
        source_(source),
        known_(known),
        options_(options),
        stop_(stop),
        decoder_(decoderOf(right)) {}

  Result<Summary> run() {
    Batch now, next;
    fill(now);
    while (!now.cases.empty()) {
      auto l = std::async(std::launch::async, [&] { return left_.run(now.cases, now.left); });
      auto r = std::async(std::launch::async, [&] { return right_.run(now.cases, now.right); });
      fill(next);
      const Result<> leftDone = l.get(), rightDone = r.get();
      if (!leftDone) return tl::unexpected(leftDone.error());
      if (!rightDone) return tl::unexpected(rightDone.error());
      judge(now);
      report();
      if (over()) break;
      std::swap(now, next);
    }
    summary_.seconds = seconds();
    return std::move(summary_);
  }

 private:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - begun_).count(); }

  bool over() const {
    return stop_.load(std::memory_order_relaxed) ||
           (options_.mostSeconds > 0 && seconds() >= options_.mostSeconds) ||
           (options_.mostFindings && summary_.findings.size() >= options_.mostFindings);
  }

  void fill(Batch& batch) {
    batch.items.clear();
    batch.cases.clear();
    CaseSource::Item item;
    while (batch.items.size() < kBatch && made_ < options_.mostInstructions && source_.next(item)) {
      made_ += item.instructions;
      batch.cases.push_back(item.c);
      batch.items.push_back(std::move(item));
    }
    batch.left.resize(batch.cases.size());
    batch.right.resize(batch.cases.size());
  }

  void judge(const Batch& batch) {
    for (size_t i = 0; i < batch.items.size(); ++i) {
      const CaseSource::Item& item = batch.items[i];
      const Outcome &l = batch.left[i], &r = batch.right[i];
      ++summary_.cases;
      summary_.instructions += item.instructions;
      if (!comparable(l, r)) {
        ++summary_.notCompared;
        ++summary_.whyNot[l.ending == Ending::Unsupported ? l.why : r.why];
        continue;
      }
      source_.ran(item, l, r);
      if (!same(item.c, l, r)) differ(item, l, r);
    }
  }

  void differ(const CaseSource::Item& item, const Outcome& l, const Outcome& r) {
    std::vector<Difference> found = differences(item.c, l, r);
    if (const KnownDifference* k = explain(known_, item.c, decoder_, found)) {
      ++summary_.known[k->name];
      return;
    }
    const std::string kind = kindOf(item.c, decoder_, found);
    const auto at = std::ranges::find(summary_.findings, kind, &Finding::kind);
    if (at != summary_.findings.end()) {
      ++at->count;
    } else {
      summary_.findings.push_back({kind, 1, item.number, item.c, l, r, std::move(found), 0});
    }
  }

  void report() {
    if (!options_.progress || Clock::now() - reported_ < std::chrono::seconds(1)) return;
    reported_ = Clock::now();
    summary_.seconds = seconds();
    options_.progress(summary_);
  }

  Engine& left_;
  Engine& right_;
  CaseSource& source_;
  const std::vector<KnownDifference>& known_;
  const SessionOptions& options_;
  const std::atomic<bool>& stop_;
  const Decoder decoder_;
  const Clock::time_point begun_ = Clock::now();
  Clock::time_point reported_ = begun_;
  u64 made_ = 0;
  Summary summary_;
};

// One name for all addresses, and for all registers of a kind.
std::string fieldKind(const std::string& field) {
  if (field.starts_with("memory")) return "memory";
  for (const char* bank : {"xmm", "ymm", "st"})
    if (field.starts_with(bank) && field.size() > std::string_view(bank).size() &&
        std::isdigit(static_cast<unsigned char>(field[std::string_view(bank).size()])))
      return bank;
  const StateField* known = findStateField(field);
  return known && known->user && known->size == 8 && known->index < 16 && field[0] == 'r' && field != "rip" &&
                 field != "rflags"
             ? "gpr"
             : field;
}

}  // namespace

Decoder decoderOf(const Engine& right) { return {right.abilities().features, right.abilities().vendor}; }

std::string kindOf(const Case& c, const Decoder& decoder, const std::vector<Difference>& differences) {
  std::string kind;
  for (const CodeLine& line : codeLines(c, decoder)) {
    if (!line.insn.row && !kind.empty()) break;  // what follows is no code
    if (!kind.empty()) kind += "; ";
    kind += line.insn.row ? fmt::format("{} {} [{}]", line.insn.row->mnemonic, line.insn.row->operandText,
                                        line.insn.row->encoding)
                          : "(no instruction)";
  }
  std::vector<std::string> fields;
  for (const Difference& d : differences)
    fields.push_back(d.field == "exception" ? fmt::format("#{}/#{}", d.left, d.right) : fieldKind(d.field));
  std::ranges::sort(fields);
  fields.erase(std::ranges::unique(fields).begin(), fields.end());
  kind += ":";
  for (const std::string& f : fields) kind += " " + f;
  return kind;
}

Result<Summary> runSession(Engine& left, Engine& right, CaseSource& source,
                           const std::vector<KnownDifference>& known, const SessionOptions& options,
                           const std::atomic<bool>& stop) {
  return Session(left, right, source, known, options, stop).run();
}

}  // namespace duet::diff
