#include "cpu-tcg/region/former.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <set>
#include <utility>

#include "core/base/bits.h"
#include "cpu-tcg/isa/decoder.h"
#include "cpu-tcg/plan/flow.h"
#include "cpu-tcg/region/compilable.h"
#include "cpu-tcg/region/host_step.h"
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
  Former(const Context& ctx, const Bounds& bounds, const Surroundings& around)
      : ctx_(ctx), bounds_(bounds), around_(around) {}

  std::optional<Plan> run(const CodePlace& block, u64 rip) {
    pages_.push_back({rip & ~kPageMask, block.position >> 12, block.version});
    leaders_.insert(rip);
    waiting_.push_back(rip);
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
    if (indirect_) plan.indirect = targets_;
    plan.leaders.assign(leaders_.begin(), leaders_.end());
    plan.extent = {static_cast<u32>(steps_.size()), static_cast<u32>(plan.nodes.size()),
                   static_cast<u16>(pages_.size()), bounds_.loopOnly};
    if (bounds_.loopOnly) keepLoop(plan);
    keepPages(plan);
    for (const Node& n : plan.nodes)
      for (const Step& s : n.steps) addUnits(plan.units, s);
    plan.amd = ctx_.amd;
    plan.alone = ctx_.env->alone;
    plan.canonicalShift = ctx_.canonicalShift;
    plan.decoding = hashOfDecoding(ctx_);
    return plan;
  }

 private:
  bool lead(u64 rip) {
    if (leaders_.count(rip)) return true;
    const CodePage* page = pageOf(rip);
    if (!page || (around_.runs && !around_.runs(rip, page->ram << 12 | (rip & kPageMask)))) return false;
    leaders_.insert(rip);
    waiting_.push_back(rip);
    return true;
  }

  void leadToHot() {
    constexpr size_t kMost = 16;
    if (std::exchange(indirect_, true)) return;
    for (const HotPlace& h : around_.hot) {
      if (h.samples < 2 || targets_.size() == kMost) continue;
      const CodePage* page = pageOf(h.rip);
      if (page && (page->ram == h.page || h.page == HotPlace::kAnyPage) && lead(h.rip))
        targets_.push_back(h.rip);
    }
  }

  // What a page must be to be in the region: known to the code TLB, and decoded from before.
  const CodePage* pageOf(u64 rip) {
    const u64 linear = rip & ~kPageMask;
    for (const CodePage& p : pages_)
      if (p.linear == linear) return &p;
    if (pages_.size() >= bounds_.pages) return nullptr;
    const mmu::ExecTlbEntry* entry = ctx_.tlb.findExec(ctx_.cpl == 3, LinearAddr(linear));
    if (!entry || !entry->host) return nullptr;
    const u64 page = ctx_.ram->pageIndex(entry->host);
    const u32 version = ctx_.ram->codeVersion(page);
    if (!(version & 1)) return nullptr;
    pages_.push_back({linear, page, version});
    return &pages_.back();
  }

  void walk(u64 rip) {
    while (!steps_.count(rip) && steps_.size() < bounds_.instructions) {
      Step step{.insn = {}, .rip = rip};
      if (!decode(rip, step)) return;
      if (!isCompilable(step.insn) && !makeHostStep(step, around_.modeKey, ctx_.amd)) return;
      if (!markCode(step)) return;
      rip = step.next = rip + step.insn.length;
      steps_.emplace(step.rip, step);
      if (!step.insn.row->has(isa::kAttrEnd)) continue;
      const std::string_view sem = step.insn.row->semName;
      if (step.insn.op[0].kind == isa::OperandKind::Relative) {
        lead(rip + step.insn.imm);
      } else if (sem != "Ret") {
        leadToHot();
      }
      if (sem != "Jmp" && sem != "Ret") lead(rip);
      return;
    }
  }

  bool decode(u64 rip, Step& out) {
    const u32 inPage = static_cast<u32>(kPageSize - (rip & kPageMask));
    static_assert(sizeof out.bytes == kMaxLength);
    const u32 first = std::min(kMaxLength, inPage);
    if (!take(rip, {out.bytes.data(), first})) return false;
    isa::DecodeStatus status = decode({out.bytes.data(), first}, out.insn);
    if (status == isa::DecodeStatus::NeedMore && first < kMaxLength) {
      if (!take(rip + first, {out.bytes.data() + first, kMaxLength - first})) return false;
      status = decode(out.bytes, out.insn);
    }
    return status == isa::DecodeStatus::Ok;
  }

  isa::DecodeStatus decode(std::span<const u8> bytes, isa::Insn& out) const {
    const auto dialect = ctx_.amd ? isa::Dialect::Amd : isa::Dialect::Intel;
    return isa::decode(bytes, isa::CodeMode::Bits64, ctx_.protectedMode, ctx_.env->model.features(), out,
                       dialect);
  }

  // Bytes that do not cross a page.
  bool take(u64 rip, std::span<u8> bytes) {
    const CodePage* page = pageOf(rip);
    if (!page) return false;
    mmu::copyFromGuest(bytes.data(), ctx_.ram->arena() + (page->ram << 12) + (rip & kPageMask), bytes.size());
    return true;
  }

  // What has become part of the region counts as code from now on, and nothing else does: what was looked at in vain would end the
  // page's code when it is written to, as data. False: it is not what was decoded any more.
  bool markCode(const Step& step) {
    const u32 length = step.insn.length;
    const u32 first = std::min(length, static_cast<u32>(kPageSize - (step.rip & kPageMask)));
    std::array<u8, kMaxLength> now{};
    stale_ |= !markPiece(step.rip, {now.data(), first}) ||
              (first < length && !markPiece(step.rip + first, {now.data() + first, length - first})) ||
              !std::equal(now.begin(), now.begin() + length, step.bytes.begin());
    return !stale_;
  }

  // Marked first and read then, so whoever writes later sees the mark (Ram::beginDecode()).
  bool markPiece(u64 rip, std::span<u8> bytes) {
    const CodePage* page = pageOf(rip);
    const u32 at = rip & kPageMask, count = static_cast<u32>(bytes.size());
    const u32 from = static_cast<u32>(alignDown(at, kGranule)),
              to = static_cast<u32>(alignUp(at + count, kGranule));
    return page && ctx_.ram->beginDecode(page->ram, from, to - from) == page->version && take(rip, bytes);
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

  static void keepLoop(Plan& plan) {
    const std::vector<bool> comesBack = Flow(plan).comesBack();
    if (!comesBack[0]) return;
    std::vector<Node> kept;
    for (size_t i = 0; i < comesBack.size(); ++i)
      if (comesBack[i]) kept.push_back(std::move(plan.nodes[i]));
    plan.nodes = std::move(kept);
  }

  // Those that something lies in.
  void keepPages(Plan& plan) const {
    std::set<u64> used{pages_[0].linear};
    for (const Node& n : plan.nodes)
      for (const Step& s : n.steps) used.insert({s.rip & ~kPageMask, (s.next - 1) & ~kPageMask});
    std::ranges::copy_if(pages_, std::back_inserter(plan.pages),
                         [&](const CodePage& p) { return used.count(p.linear) != 0; });
  }

  const Context& ctx_;
  const Bounds bounds_;
  const Surroundings& around_;
  bool stale_ = false, indirect_ = false;
  std::vector<CodePage> pages_;
  std::vector<u64> targets_;  // of indirect jumps and calls
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

// Instructions that take a carry which no plain addition, subtraction or logic of the node has made.
size_t linksOfChains(const Node& n) {
  constexpr std::string_view kTakers[] = {"Adc", "Sbb", "Rcl", "Rcr"};
  constexpr std::string_view kMakers[] = {"Add", "Sub", "Cmp", "Neg", "And", "Or", "Xor", "Test"};
  size_t links = 0;
  bool made = false;
  for (const Step& step : n.steps) {
    const std::string_view sem = step.insn.row->semName;
    if (std::ranges::count(kTakers, sem)) {
      links += !made;
      made = false;
    } else {
      made |= std::ranges::count(kMakers, sem) != 0;
    }
  }
  return links;
}

}  // namespace

std::optional<Plan> formPlan(const Context& ctx, const CodePlace& block, u64 rip, const Bounds& bounds,
                             const Surroundings& around) {
  if (ctx.codeMode != isa::CodeMode::Bits64 || ctx.ram->codeVersion(block.position >> 12) != block.version)
    return {};
  return Former(ctx, bounds, around).run(block, rip);
}

bool carries(const Plan& plan) {
  constexpr size_t kFew = 16;  // one instruction in so many
  return std::ranges::any_of(plan.nodes, [&](const Node& n) {
    const size_t takers = linksOfChains(n);
    return takers * kFew >= n.steps.size() && (&n == plan.nodes.data() || goesTo(n, n.rip));
  });
}

}  // namespace duet::tcg::region
