#include "cpu-tcg/plan/flow.h"

#include <algorithm>
#include <string_view>

namespace duet::tcg::region {

Flow::Flow(const Plan& plan) : plan_(plan) {
  for (unsigned i = 0; i < plan.nodes.size(); ++i) byRip_[plan.nodes[i].rip] = i;
}

int Flow::nodeAt(u64 rip) const {
  const auto found = byRip_.find(rip);
  return found == byRip_.end() ? -1 : static_cast<int>(found->second);
}

std::vector<u64> Flow::targets(const Node& node) const {
  const isa::Insn& last = node.steps.back().insn;
  if (!last.row->has(isa::kAttrEnd)) return {node.next};
  const bool relative = last.op[0].kind == isa::OperandKind::Relative;
  const std::string_view sem = last.row->semName;
  std::vector<u64> all;
  if (relative) all.push_back(node.next + last.imm);
  if (sem == "Jcc" || sem == "Jcxz" || sem == "Loop") all.push_back(node.next);
  if (!relative && sem != "Ret")
    for (const u64 rip : plan_.indirect)
      if (nodeAt(rip) >= 0) all.push_back(rip);
  if (sem != "Ret") return all;
  for (const Node& n : plan_.nodes)
    if (std::string_view(n.steps.back().insn.row->semName) == "Call" && nodeAt(n.next) >= 0)
      all.push_back(n.next);
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

bool Flow::loops() const {
  std::vector<bool> seen(plan_.nodes.size());
  std::vector<unsigned> waiting{0};
  while (!waiting.empty()) {
    const unsigned n = waiting.back();
    waiting.pop_back();
    for (const u64 rip : targets(plan_.nodes[n])) {
      const int to = nodeAt(rip);
      if (to == 0) return true;
      if (to < 0 || seen[static_cast<unsigned>(to)]) continue;
      seen[static_cast<unsigned>(to)] = true;
      waiting.push_back(static_cast<unsigned>(to));
    }
  }
  return false;
}

std::vector<bool> Flow::comesBack() const {
  std::vector<bool> all(plan_.nodes.size());
  const auto leadsBack = [&](const Node& n) {
    return std::ranges::any_of(targets(n), [&](u64 rip) {
      const int to = nodeAt(rip);
      return to == 0 || (to > 0 && all[static_cast<unsigned>(to)]);
    });
  };
  for (bool more = true; more;) {
    more = false;
    for (size_t i = all.size(); i-- > 0;) {
      if (all[i] || !leadsBack(plan_.nodes[i])) continue;
      all[i] = more = true;
    }
  }
  return all;
}

}  // namespace duet::tcg::region
