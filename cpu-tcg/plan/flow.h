// Where control goes between the nodes of a plan.
#pragma once

#include <map>
#include <vector>

#include "cpu-tcg/plan/plan.h"

namespace duet::tcg::region {

class Flow {
 public:
  explicit Flow(const Plan& plan);  // which it refers to

  int nodeAt(u64 rip) const;  // -1: none begins there
  // Where control may go from a node's end, as far as it is known, nodes or not. A return may go to behind every call, an indirect jump
  // to Plan::indirect: of those to nodes only.
  std::vector<u64> targets(const Node& node) const;
  // Whether control can come back to where the region is entered without leaving it.
  bool loops() const;
  // By node, whether control can come from there to where the region is entered without leaving it.
  std::vector<bool> comesBack() const;

 private:
  const Plan& plan_;
  std::map<u64, unsigned> byRip_;
};

}  // namespace duet::tcg::region
