#include "cpu-tcg/region/former.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "core/base/bits.h"
#include "cpu-tcg/isa/decoder.h"
#include "cpu-tcg/region/compilable.h"
#include "mmu/ram/guest_copy.h"

namespace duet::tcg::region {
namespace {

constexpr u32 kMaxLength = 15, kGranule = 64;

// Of what isa::decode() is told about the processor.
u64 hashOfDecoding(const Context& ctx) {
  u64 hash = ctx.protectedMode ? 1 : 2;
  const FeatureSet& features = ctx.env->model.features();
  for (size_t f = 0; f < static_cast<size_t>(Feature::Count); ++f)
    hash = (hash ^ (features.has(static_cast<Feature>(f)) ? 3 : 5)) * 0x100000001b3;  // FNV-1a
  return hash;
}

class Former {
 public:
  Former(const Context& ctx, const Block& block, u64 rip, const Bounds& bounds, std::span<const u64> hot)
      : hot_(hot),
        ctx_(ctx),
        page_(block.position >> 12),
        version_(block.version),
        base_(rip & ~kPageMask),
        bounds_(bounds) {}

  std::optional<Plan> run(u64 rip) {
    lead(rip);
    while (!waiting_.empty() && steps_.size() < bounds_.instructions) {
      const u64 next = waiting_.front();
      waiting_.pop_front();
      walk(next);
    }
    if (stale_ || !steps_.count(rip)) return {};
    Plan plan;
    cut(plan, rip);
    for (const u64 leader : leaders_)
      if (leader != rip && plan.nodes.size() < bounds_.nodes) cut(plan, leader);
    if (indirect_) plan.indirect.assign(hot_.begin(), hot_.end());
    plan.page = page_;
    plan.version = version_;
    plan.amd = ctx_.amd;
    plan.canonicalShift = ctx_.canonicalShift;
    plan.decoding = hashOfDecoding(ctx_);
    return plan;
  }

 private:
  void lead(u64 rip) {
    if ((rip ^ base_) >> 12 == 0 && leaders_.insert(rip).second) waiting_.push_back(rip);
  }

  void walk(u64 rip) {
    while (!steps_.count(rip) && steps_.size() < bounds_.instructions && (rip ^ base_) >> 12 == 0) {
      Step step{.insn = {}, .rip = rip};
      if (!decode(rip, step) || !isCompilable(step.insn)) return;
      rip = step.next = rip + step.insn.length;
      steps_.emplace(step.rip, step);
      if (!step.insn.row->has(isa::kAttrEnd)) continue;
      const std::string_view sem = step.insn.row->semName;
      if (step.insn.op[0].kind == isa::OperandKind::Relative) {
        lead(rip + step.insn.imm);
      } else if (sem != "Ret") {
        for (const u64 target : hot_) lead(target);
        indirect_ = true;
      }
      if (sem != "Jmp" && sem != "Ret") lead(rip);
      return;
    }
  }

  bool decode(u64 rip, Step& out) {
    mmu::Ram& ram = *ctx_.ram;
    const u32 at = rip & kPageMask, end = std::min(at + kMaxLength, static_cast<u32>(kPageSize));
    const u32 from = static_cast<u32>(alignDown(at, kGranule)), to = static_cast<u32>(alignUp(end, kGranule));
    stale_ |= ram.beginDecode(page_, from, to - from) != version_;
    static_assert(sizeof out.bytes == kMaxLength);
    u8* const bytes = out.bytes.data();
    mmu::copyFromGuest(bytes, ram.arena() + (page_ << 12) + at, end - at);
    const auto dialect = ctx_.amd ? isa::Dialect::Amd : isa::Dialect::Intel;
    const auto status = isa::decode({bytes, end - at}, isa::CodeMode::Bits64, ctx_.protectedMode,
                                    ctx_.env->model.features(), out.insn, dialect);
    return !stale_ && status == isa::DecodeStatus::Ok;
  }

  // The straight run from a leader on.
  void cut(Plan& plan, u64 leader) {
    Node node{.rip = leader, .steps = {}, .next = leader};
    for (auto at = steps_.find(leader); at != steps_.end(); at = steps_.find(node.next)) {
      if (!node.steps.empty() && leaders_.count(node.next)) break;
      node.steps.push_back(at->second);
      node.next = at->second.next;
      if (at->second.insn.row->has(isa::kAttrEnd)) break;
    }
    if (!node.steps.empty()) plan.nodes.push_back(std::move(node));
  }

  std::span<const u64> hot_;
  bool indirect_ = false;
  const Context& ctx_;
  const u64 page_;
  const u32 version_;
  const u64 base_;
  const Bounds bounds_;
  bool stale_ = false;
  std::map<u64, Step> steps_;
  std::set<u64> leaders_;
  std::deque<u64> waiting_;
};

// Whether control may pass from the node's end to `rip`, but for indirect jumps.
bool goesTo(const Node& n, u64 rip) {
  const isa::Insn& last = n.steps.back().insn;
  const bool relative = last.row->has(isa::kAttrEnd) && last.op[0].kind == isa::OperandKind::Relative;
  return (relative && n.next + last.imm == rip) ||
         (n.next == rip && std::string_view(last.row->semName) != "Ret");
}

}  // namespace

std::optional<Plan> formPlan(const Context& ctx, const Block& block, u64 rip, const Bounds& bounds,
                             std::span<const u64> hot) {
  if (ctx.codeMode != isa::CodeMode::Bits64 || block.crosses || !isCurrent(block, *ctx.ram)) return {};
  return Former(ctx, block, rip, bounds, hot).run(rip);
}

bool loops(const Plan& plan) {
  const u64 head = plan.nodes[0].rip;
  if (std::ranges::count(plan.indirect, head)) return true;
  return std::ranges::any_of(plan.nodes, [&](const Node& n) { return goesTo(n, head); });
}

bool carries(const Plan& plan) {
  constexpr size_t kFew = 16;  // one instruction in so many
  const auto takesCarry = [](const Step& step) {
    const std::string_view sem = step.insn.row->semName;
    return sem == "Adc" || sem == "Sbb" || sem == "Rcl" || sem == "Rcr";
  };
  return std::ranges::any_of(plan.nodes, [&](const Node& n) {
    const auto takers = static_cast<size_t>(std::ranges::count_if(n.steps, takesCarry));
    return takers * kFew >= n.steps.size() && (&n == plan.nodes.data() || goesTo(n, n.rip));
  });
}

}  // namespace duet::tcg::region
