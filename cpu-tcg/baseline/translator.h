// The baseline tier of one vCPU: which of its blocks run as code, and the way in. The code is all vCPUs' (CodeStore).
#pragma once

#include <array>
#include <map>
#include <vector>

#include "cpu-tcg/baseline/code_store.h"

namespace duet::tcg::baseline {

class Translator final : public CompiledTier {
 public:
  static Result<std::unique_ptr<Translator>> create(const TierPlace& place,
                                                    const TranslatorOptions& options = {});

  bool run(Block& block, u64 left) override;
  void blocksDropped() override { own_.clear(); }

  // Code for the context's RIP and mode, where the jump cache has it, or null: compiled code goes on there.
  const void* codeHere();

  // This vCPU's own block of these instructions, which are there; null when its code has been written to, when another mode runs
  // now, or there is no room.
  Block* decoded(const CodeBlock& block) {
    Block* own = block.number < own_.size() ? own_[block.number] : nullptr;
    if (!own || own->version != block.version)
        [[unlikely]]  // BlockCache may have given its place to newer code
      own = decodeOwn(block);
    return own && builder_.ready(*own) ? own : nullptr;
  }

  u64 translated() const { return translated_; }  // blocks that this vCPU had compiled, ever
  Places places() const { return {reinterpret_cast<const u8*>(frame_), &ctx_}; }
  Context& context() const { return ctx_; }
  const std::shared_ptr<CodeStore>& store() const { return store_; }

  // --- for HotCode
  // The name of a page of code for the present mode; 0 when the TLB has another one there, or no name is left.
  u32 nameOf(u64 linear, u64 ramPage);
  // How often this vCPU ran the regions of the present code memory, by their numbers: fewer than kMostRegions.
  static constexpr u32 kMostRegions = 8192;
  RegionRuns& runsOf(u32 region) { return frame_->region.runs[region]; }

 private:
  Translator(const TierPlace& place, std::shared_ptr<CodeStore> store, u32 threshold);
  bool mayRunNow(const Block& block, u64 left) const;
  bool mayHaveCode(const Block& block) const;
  void comeOver();
  u64 linear() const;
  std::optional<u32> segmentNumber();
  std::unique_ptr<JumpTable>& tableOf(u32 variant) { return jumps_[variant & (2 * kModeKeys - 1)]; }
  u32 runningVariant() const { return (variant_ & ~(kModeKeys - 1)) | frame_->key; }
  Block* decodeOwn(const CodeBlock& block);
  void know(Block& block, CodeBlock& known);
  CodeBlock* knownOf(Block& block);
  Translation* find(Block& block, u64 rip, u32 variant);
  Translation* translate(Block& block, u32 variant);
  void unitFrom(Block& block, u32 variant);
  Block* following(const BlockPlace& place) const;
  bool addWaysIn(Translation& translation);
  bool emit(std::span<BlockPlace> unit);
  std::vector<BlockPlace> unit_;  // that is being made
  void tellHot(Translation& translation);
  void enter(const u8* code, u64 left);
  void tellOfStore();
  void countExit();
  mmu::ExecTlbEntry* codePage();
  const mmu::ExecTlbEntry* namedPage(u64 linear, u64 ramPage);
  const mmu::ExecTlbEntry* namedSecond(const Block& block);
  bool mapsTo(const mmu::ExecTlbEntry* page, u64 ramPage) const;
  bool name(mmu::ExecTlbEntry& page, bool mayForget);
  void renew();
  u64 sliceLeft() const;
  void clearJumps();
  void select(u32 variant);
  void connect(const Block& block, const mmu::ExecTlbEntry* page, const Translation& to);
  void connectPages(const Link& link, const mmu::ExecTlbEntry& page, u32 variant, const u8* far);

  Context& ctx_;
  BlockCache& blocks_;
  BlockBuilder& builder_;
  Frame* const frame_;
  const std::shared_ptr<CodeStore> store_;
  const u32 threshold_;
  u64 translated_ = 0;
  u32 variant_ = 0;  // of the code that was entered last, without kPlain; see runningVariant()
  HotCode* const hot_;
  u64 sampledAt_ = 0;  // Context::retired at the last sample

  // --- of the code memory that this vCPU uses, CodeStore's of the time it last looked. It may be gone while no code runs.
  CodeMemory* memory_ = nullptr;
  u32 epoch_ = 0;
  using Enter = u32 (*)(Frame*, const void*);
  Enter enter_ = nullptr;
  std::vector<Block*> own_;           // by CodeBlock::number: of blocks_, or null
  std::map<u64, u32> segments_;       // numbers of code segments, as far as this vCPU has asked
  u32 namesOf_ = 0;                   // the time that names in the TLB and the jump cache are of
  std::unique_ptr<ZeroMemory> runs_;  // RegionRuns

  std::array<std::unique_ptr<JumpTable>, 2 * kModeKeys> jumps_;  // by variant; null: none yet
};

// For TcgBackend.
TierFactory tierFactory(const TranslatorOptions& options = {});

}  // namespace duet::tcg::baseline
