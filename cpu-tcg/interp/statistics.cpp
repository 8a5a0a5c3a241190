#include "cpu-tcg/interp/statistics.h"

#include <fmt/format.h>

#include <algorithm>

#include "cpu-tcg/isa/decoder.h"

namespace duet::tcg {
namespace {

constexpr size_t kHandlersShown = 20;
constexpr const char* kLeft[] = {"at a jump not linked yet",
                                 "at a jump the jump cache missed",
                                 "for mail",
                                 "at the budget's end",
                                 "by a block-ending handler",
                                 "as the mode changed",
                                 "to look at events or code",
                                 "by a fault"};
static_assert(std::size(kLeft) == static_cast<size_t>(Left::Count));
constexpr const char* kBanks[] = {"supervisor", "supervisor with AC", "user"};
static_assert(std::size(kBanks) == mmu::kTlbBanks);
constexpr const char* kExecBanks[] = {"supervisor", "user"};
constexpr const char* kSizes[] = {"4 KiB", "2 or 4 MiB", "1 GiB"};

class Table {
 public:
  explicit Table(const std::vector<const Counters*>& columns) : columns_(columns) {}

  template <class Value>
  void line(const std::string& what, Value value) {
    std::string row = fmt::format("  {:<44}", what);
    bool any = false;
    for (const Counters* c : columns_) {
      const u64 n = value(*c);
      any |= n != 0;
      row += fmt::format(" {:>14}", n);
    }
    if (any) text += row + "\n";
  }

  std::string text;

 private:
  const std::vector<const Counters*>& columns_;
};

// `nanoseconds` of a number of the host's ticks.
template <class Nanoseconds>
void describeCode(Table& t, Nanoseconds nanoseconds) {
  t.line("blocks decoded", [](const Counters& c) { return c.blocksDecoded; });
  t.line("instructions decoded", [](const Counters& c) { return c.instructionsDecoded; });
  t.line("microseconds of decoding", [&](const Counters& c) { return nanoseconds(c.decodeTicks) / 1000; });
  t.line("times the block cache was emptied", [](const Counters& c) { return c.blockCacheEmptied; });
  t.line("blocks compiled", [](const Counters& c) { return c.blocksCompiled; });
  t.line("instructions compiled", [](const Counters& c) { return c.instructionsCompiled; });
  t.line("bytes of code made", [](const Counters& c) { return c.codeBytes; });
  t.line("of them cold, and data", [](const Counters& c) { return c.coldBytes; });
  t.line("microseconds of compiling", [&](const Counters& c) { return nanoseconds(c.compileTicks) / 1000; });
  t.line("nanoseconds an instruction, decoding too", [&](const Counters& c) {
    const u64 decoding = nanoseconds(c.decodeTicks) / std::max<u64>(c.instructionsDecoded, 1);
    return c.instructionsCompiled ? nanoseconds(c.compileTicks) / c.instructionsCompiled + decoding : 0;
  });
  t.line("times code memory was recycled", [](const Counters& c) { return c.codeMemoryRecycled; });
  t.line("times a store ended a page of code", [](const Counters& c) { return c.codeInvalidated; });
}

void describeRegions(Table& t) {
  t.line("regions asked of LLVM", [](const Counters& c) { return c.regions.asked; });
  t.line("compiled by it", [](const Counters& c) { return c.regions.compiled; });
  t.line("instructions of theirs", [](const Counters& c) { return c.regions.instructions; });
  t.line("microseconds of its processor", [](const Counters& c) { return c.regions.nanoseconds / 1000; });
  t.line("regions found in the cache", [](const Counters& c) { return c.regions.cached; });
  t.line("of them compiled in this run", [](const Counters& c) { return c.regions.ownCached; });
  t.line("regions looked for there in vain", [](const Counters& c) { return c.regions.sought; });
  t.line("regions installed", [](const Counters& c) { return c.regions.installed; });
  t.line("regions taken out, as they ran too few", [](const Counters& c) { return c.regions.removed; });
  t.line("of them put back later", [](const Counters& c) { return c.regions.putBack; });
}

void describeRuns(Table& t) {
  t.line("instructions run", [](const Counters& c) { return c.instructions; });
  t.line("of them interpreted", [](const Counters& c) { return c.instructionsInterpreted; });
  t.line("blocks interpreted", [](const Counters& c) { return c.blocksInterpreted; });
  t.line("times compiled code was entered", [](const Counters& c) { return c.compiledEntered; });
  for (size_t i = 0; i < std::size(kLeft); ++i)
    t.line(fmt::format("left {}", kLeft[i]), [&](const Counters& c) { return c.left[i]; });
}

void describeMemory(Table& t) {
  for (size_t bank = 0; bank < std::size(kBanks); ++bank)
    for (size_t size = 0; size < std::size(kSizes); ++size)
      t.line(fmt::format("TLB fills, {}, pages of {}", kBanks[bank], kSizes[size]),
             [&](const Counters& c) { return c.tlbFills[bank][size]; });
  for (size_t bank = 0; bank < std::size(kExecBanks); ++bank)
    for (size_t size = 0; size < std::size(kSizes); ++size)
      t.line(fmt::format("code TLB fills, {}, pages of {}", kExecBanks[bank], kSizes[size]),
             [&](const Counters& c) { return c.execFills[bank][size]; });
  t.line("TLB flushes", [](const Counters& c) { return c.tlbFlushes; });
  t.line("TLB flushes of one page", [](const Counters& c) { return c.tlbPageFlushes; });
  t.line("stores into clean pages or pages with code", [](const Counters& c) { return c.storesLookedAt; });
}

// The rows whose handlers compiled code called most, all vCPUs together.
std::string handlerTable(const std::vector<const Counters*>& columns) {
  const auto rows = isa::allRows();
  struct Line {
    size_t row;
    HandlerCalls calls;
    u64 all() const { return calls.whole + calls.slow; }
  };
  std::vector<Line> lines;
  Line sum{0, {}};
  for (size_t row = 0; row <= rows.size(); ++row) {
    Line line{row, {}};
    for (const Counters* c : columns) {
      line.calls.whole += c->handlers[row].whole;
      line.calls.slow += c->handlers[row].slow;
      line.calls.left += c->handlers[row].left;
    }
    if (!line.all()) continue;
    lines.push_back(line);
    sum.calls.whole += line.calls.whole;
    sum.calls.slow += line.calls.slow;
    sum.calls.left += line.calls.left;
  }
  if (lines.empty()) return {};
  std::sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.all() > b.all(); });
  std::string text = fmt::format("  {:<44} {:>14} {:>14} {:>14}\n", "handlers that compiled code called",
                                 "without code", "slow path", "and left by");
  const auto add = [&](const std::string& name, const HandlerCalls& c) {
    text += fmt::format("    {:<42} {:>14} {:>14} {:>14}\n", name, c.whole, c.slow, c.left);
  };
  for (size_t i = 0; i < std::min(lines.size(), kHandlersShown); ++i) {
    const size_t n = lines[i].row;
    add(n < rows.size() ? fmt::format("{} {} ({})", rows[n].mnemonic, rows[n].operandText, rows[n].encoding)
                        : std::string("what is no instruction"),
        lines[i].calls);
  }
  add(fmt::format("all {}", lines.size()), sum.calls);
  return text;
}

}  // namespace

u64 Statistics::Ticks::nanoseconds(u64 ticks) const {
  const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - time_;
  return static_cast<u64>(static_cast<double>(ticks) * time.count() /
                          static_cast<double>(__rdtsc() - ticks_));
}

Counters& Statistics::add(unsigned vcpu) {
  const std::lock_guard lock(mutex_);
  Counters& counters = members_.emplace_back(Member{vcpu, {}}).counters;
  counters.handlers.resize(isa::allRows().size() + 1);
  return counters;
}

std::string Statistics::table() const {
  std::vector<const Counters*> columns;
  std::string head = fmt::format("{:<46}", "duet: translator statistics");
  for (const Member& m : members_) {
    columns.push_back(&m.counters);
    head += fmt::format(" {:>14}", fmt::format("vCPU {}", m.vcpu));
  }
  if (columns.empty()) return "duet: -stats: the translator had no vCPU\n";
  Table table(columns);
  describeCode(table, [this](u64 ticks) { return ticks_.nanoseconds(ticks); });
  describeRegions(table);
  describeRuns(table);
  describeMemory(table);
  return head + "\n" + table.text + handlerTable(columns);
}

}  // namespace duet::tcg
