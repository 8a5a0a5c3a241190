#include "tools/diff/session/shrink.h"

#include <algorithm>
#include <optional>

#include "tools/diff/minimize/minimize.h"

namespace duet::diff {
namespace {

// Memory is one field, wherever it lies: an address moves while a case shrinks.
std::string_view place(const std::string& field) {
  return std::string_view(field).substr(0, field.find(' '));
}

class Shrinking {
 public:
  Shrinking(Engine& left, Engine& right, const std::vector<KnownDifference>& known, Finding& finding)
      : left_(left), right_(right), known_(known), finding_(finding), decoder_(decoderOf(right)) {
    for (const Difference& d : finding.differences) {
      if (d.field == "exception") exception_ = d;
      fields_.emplace_back(place(d.field));
    }
  }

  Result<> run() {
    const Minimized found = minimize(finding_.c, decoder_, [this](const Case& c) { return shows(c); });
    if (!problem_) return problem_;
    finding_.c = found.smallest;
    finding_.tries = found.tries;
    if (!shows(finding_.c) && !problem_) return problem_;
    finding_.left = leftOutcome_;
    finding_.right = rightOutcome_;
    finding_.differences = differences(finding_.c, leftOutcome_, rightOutcome_);
    return {};
  }

 private:
  bool shows(const Case& c) {
    if (!problem_) return false;
    problem_ = left_.run({&c, 1}, {&leftOutcome_, 1});
    if (problem_) problem_ = right_.run({&c, 1}, {&rightOutcome_, 1});
    if (!problem_ || !comparable(leftOutcome_, rightOutcome_) || same(c, leftOutcome_, rightOutcome_))
      return false;
    const auto found = differences(c, leftOutcome_, rightOutcome_);
    if (explain(known_, c, decoder_, found)) return false;
    // Another exception would be another finding.
    if (exception_ && !std::ranges::count(found, *exception_)) return false;
    return std::ranges::any_of(
        found, [&](const Difference& d) { return std::ranges::count(fields_, place(d.field)); });
  }

  Engine& left_;
  Engine& right_;
  const std::vector<KnownDifference>& known_;
  Finding& finding_;
  const Decoder decoder_;
  std::vector<std::string> fields_;
  std::optional<Difference> exception_;
  Outcome leftOutcome_, rightOutcome_;
  Result<> problem_;
};

}  // namespace

Result<> shrink(Engine& left, Engine& right, const std::vector<KnownDifference>& known, Finding& finding) {
  return Shrinking(left, right, known, finding).run();
}

}  // namespace duet::diff
