// Emitter: indirect jumps to targets that are known.
#include "cpu-tcg/llvm/emitter.h"

namespace duet::tcg::region {

using llvm::BasicBlock;

// A table of jumps makes one branch of it, which the processor predicts by the way that led here. Of few targets, compares are as
// good.
void Emitter::dispatch(BasicBlock* out) {
  constexpr size_t kFew = 3;
  Builder& b = *building;
  BasicBlock* here = b.GetInsertBlock();
  std::vector<u64> distances;
  std::vector<BasicBlock*> edges;
  for (const u64 rip : flow_.targets(plan_.nodes[node_])) {
    distances.push_back(rip - plan_.origin());
    edges.push_back(edgeTo(rip));
  }
  b.SetInsertPoint(here);
  Value* distance = b.CreateSub(target_, origin_);
  const auto hash = distances.size() > kFew ? slotHashOf(distances) : std::nullopt;
  if (hash) return jumpBySlot(*hash, distance, distances, edges, out);
  auto* choice = b.CreateSwitch(distance, out, static_cast<unsigned>(edges.size()));
  for (size_t i = 0; i < edges.size(); ++i) choice->addCase(b.getInt64(distances[i]), edges[i]);
}

void Emitter::jumpBySlot(const SlotHash& hash, Value* distance, std::span<const u64> distances,
                         std::span<BasicBlock* const> edges, BasicBlock* out) {
  Builder& b = *building;
  Value* product = b.CreateMul(distance, number(64, hash.factor));
  Value* slot = b.CreateAnd(b.CreateLShr(product, hash.shift), number(64, hash.slots() - 1));
  std::vector<BasicBlock*> slots(hash.slots(), out);
  auto* choice = b.CreateSwitch(slot, block("none"), static_cast<unsigned>(slots.size()));
  b.SetInsertPoint(choice->getDefaultDest());
  b.CreateUnreachable();
  for (size_t i = 0; i < edges.size(); ++i) {
    BasicBlock*& of = slots[hash.of(distances[i])];
    of = block("slot");
    b.SetInsertPoint(of);
    branch(b.CreateICmpEQ(distance, number(64, distances[i])), edges[i], out);
  }
  for (size_t i = 0; i < slots.size(); ++i) choice->addCase(b.getInt64(i), slots[i]);
}

}  // namespace duet::tcg::region
