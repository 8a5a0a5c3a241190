#include "cpu-tcg/cache/plan_key.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>
#include <vector>

namespace duet::tcg::cache {
namespace {

using region::Node;
using region::Plan;
using region::Step;

class Words {
 public:
  void add(u64 v) { words_.push_back(v); }
  void add(std::span<const u8> bytes) {
    add(bytes.size());
    add(u64{XXH3_64bits(bytes.data(), bytes.size())});
  }
  PlanKey hash() const {
    const XXH128_hash_t h = XXH3_128bits(words_.data(), words_.size() * sizeof(u64));
    return {h.low64, h.high64};
  }

 private:
  std::vector<u64> words_;
};

std::span<const u8> bytesOf(const std::string& text) {
  return {reinterpret_cast<const u8*>(text.data()), text.size()};
}

// A jump to an address that is not canonical faults, and whether it would is part of the code.
bool isMovable(const Plan& plan) {
  const unsigned shift = plan.canonicalShift;
  const auto isCanonical = [&](u64 a) {
    return static_cast<u64>(static_cast<i64>(a << shift) >> shift) == a;
  };
  for (const Node& node : plan.nodes)
    for (const Step& step : node.steps)
      if (step.insn.op[0].kind == isa::OperandKind::Relative && !isCanonical(step.next + step.insn.imm))
        return false;
  return true;
}

// The bytes, with distances in place of numbers that move along. Where such a number stands is known from what it is: the last of its
// kind, as immediates come behind displacements (SDM vol. 2 2.1).
void add(Words& words, const Plan& plan, const Step& step) {
  std::array<u8, 15> bytes = step.bytes;
  const auto replace = [&](u64 number) {
    words.add(number - plan.origin());
    u8 wanted[8];
    std::memcpy(wanted, &number, 8);
    for (const size_t size : {8, 4}) {
      const auto end = bytes.begin() + step.insn.length;
      const auto found = std::find_end(bytes.begin(), end, wanted, wanted + size);
      if (found == end) continue;
      std::fill_n(found, size, 0);
      return;
    }
  };
  const auto has = [&](isa::OperandKind kind) {
    return std::ranges::any_of(step.insn.op, [&](const isa::Operand& op) { return op.kind == kind; });
  };
  const bool immediate = has(isa::OperandKind::Immediate) && plan.movesAlong(step.insn.imm);
  const bool displacement =
      has(isa::OperandKind::Memory) && plan.movesAlong(static_cast<u64>(step.insn.mem.disp));
  words.add(u64{immediate} << 1 | u64{displacement});
  if (immediate) replace(step.insn.imm);
  if (displacement) replace(static_cast<u64>(step.insn.mem.disp));
  words.add({bytes.data(), step.insn.length});
}

void add(Words& words, const Plan& plan, const Node& node) {
  words.add(node.rip - plan.origin());
  words.add(node.next - plan.origin());
  words.add(node.steps.size());
  for (const Step& step : node.steps) {
    words.add(step.rip - plan.origin());
    add(words, plan, step);
  }
}

}  // namespace

std::optional<PlanKey> keyOf(const Plan& plan, const std::string& maker) {
  if (plan.nodes.empty() || plan.rename || !isMovable(plan)) return {};
  static_assert(std::has_unique_object_representations_v<region::Layout>, "no padding in what is hashed");
  Words words;
  words.add(bytesOf(maker));
  words.add({reinterpret_cast<const u8*>(&plan.layout), sizeof plan.layout});
  words.add(plan.decoding);
  words.add(u64{plan.alone} << 9 | u64{plan.amd} << 8 | plan.canonicalShift);
  words.add(plan.nodes.size());
  for (const Node& node : plan.nodes) add(words, plan, node);
  words.add(plan.pages.size());
  for (const region::CodePage& page : plan.pages) words.add(page.linear - plan.origin());
  words.add(plan.indirect.size());
  for (const u64 rip : plan.indirect) words.add(rip - plan.origin());
  return words.hash();
}

u64 headOf(std::span<const u8> shape, u64 rip, const std::string& maker) {
  const u64 seed = XXH3_64bits_withSeed(maker.data(), maker.size(), rip & kPageMask);
  return XXH3_64bits_withSeed(shape.data(), shape.size(), seed);
}

}  // namespace duet::tcg::cache
