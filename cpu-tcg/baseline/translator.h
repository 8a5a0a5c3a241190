// The baseline tier of one vCPU: which blocks are compiled, their code, and the way in.
#pragma once

#include <array>
#include <deque>
#include <unordered_map>

#include "cpu-tcg/baseline/block_emitter.h"
#include "cpu-tcg/baseline/hot_code.h"
#include "cpu-tcg/baseline/mode_key.h"
#include "cpu-tcg/interp/code_sink.h"
#include "cpu-tcg/interp/compiled_tier.h"
#include "cpu-tcg/native/code_arena.h"

namespace duet::tcg::baseline {

struct TranslatorOptions {
  u32 codeSize = 32u << 20;  // bytes of code before all of it is dropped and made again on demand
  u32 threshold = 8;         // a block is compiled when it has been interpreted so often
  // Tests plant bugs with it: the name by which an instruction is lowered, from its row's.
  LoweringName rename = nullptr;
  HotCodeFactory hot = nullptr;  // who makes hot code faster; nobody
  CodeSink* sink = nullptr;      // outlives the translator
};

// Added to modeKey(): BlockPlace::exact.
inline constexpr u32 kExact = kModeKeys;
// Added to both: BlockPlace::plain.
inline constexpr u32 kPlain = 2 * kModeKeys;
// Above them: the number of the code segment.
inline constexpr unsigned kSegmentShift = 16;
static_assert(2 * kPlain <= 1u << kSegmentShift);

class Translator final : public CompiledTier {
 public:
  static Result<std::unique_ptr<Translator>> create(const TierPlace& place,
                                                    const TranslatorOptions& options = {});

  bool run(Block& block, u64 left) override;
  void blocksDropped() override { clear(); }

  // Code for the context's RIP and mode, where the jump cache has it, or null: compiled code goes on there.
  const void* codeHere();

  // The block's instructions; null when its code has been written to.
  const BlockInsn* insnsOf(const Block& block);

  u64 translated() const { return translated_; }  // blocks, ever

  // --- for HotCode
  Context& context() { return ctx_; }
  const EmitterSetup& setup() const { return setup_; }
  u64 nextAddress() const { return reinterpret_cast<u64>(arena_->peek().execute); }
  // The name of a page of code for the present mode; 0 when the TLB has another one there, or no name is left.
  u32 nameOf(u64 linear, u64 ramPage);
  // Whether there is a block at the place in RAM that runs often enough to have code.
  bool hasCode(u64 position, u8 decodeKey) const;
  // Code for nextAddress(); null when the memory is used up.
  const u8* place(std::span<const u8> code);
  // What place() put there is shown to whoever looks at code.
  void tell(const CompiledCode& made) const {
    if (options_.sink) [[unlikely]]
      options_.sink->added(made);
  }
  // The code of a block of 64-bit code once more, null likewise, or if it has been written to.
  const u8* emitAgain(Block& block, Translation& translation);
  // Who comes to the block's code goes to `to` from now on; until it is restored.
  using Jump = std::array<u8, kRedirectSize>;
  struct Displaced {
    Jump first{}, second{};
  };
  Displaced redirect(const Translation& translation, const u8* to);
  void restore(const Translation& translation, const Displaced& displaced);

 private:
  Translator(const TierPlace& place, const TranslatorOptions& options);
  Result<> placeThunks();
  u64 linear() const;
  u32 segmentNumber();
  std::unique_ptr<JumpEntry[]>& tableOf(u32 variant) { return jumps_[variant & (2 * kModeKeys - 1)]; }
  Translation* find(const Block& block, u64 rip, u32 variant) const;
  Translation* translate(Block& block, u32 variant);
  std::vector<BlockPlace> unitFrom(Block& block, u32 variant) const;
  Block* following(const BlockPlace& place) const;
  bool emit(std::span<const BlockPlace> places);
  void note(const BlockPlace& place, const u8* code, const Entries& entries);
  void clear();
  void enter(const u8* code, u64 left);
  void tellOfStore();
  Jump putJump(const u8* from, const u8* to);
  void countExit();
  mmu::ExecTlbEntry* codePage();
  const mmu::ExecTlbEntry* namedPage(u64 linear, u64 ramPage);
  const mmu::ExecTlbEntry* namedSecond(const Block& block);
  void setSecond(Translation& of, u32 name);
  bool mapsTo(const mmu::ExecTlbEntry* page, u64 ramPage) const;
  void name(mmu::ExecTlbEntry& page);
  void forgetNames();
  void tell(std::span<const BlockPlace> places, const UnitCode& made, const u8* code) const;
  void clearJumps();
  void select(u32 variant);
  void connect(const Block& block, const mmu::ExecTlbEntry* page, const Translation& to);
  void setSite(u32 site, u64 value);

  Context& ctx_;
  BlockCache& blocks_;
  BlockBuilder& builder_;
  Frame* const frame_;
  const TranslatorOptions options_;
  EmitterSetup setup_;
  UnitEmitter emitter_{setup_};
  std::unique_ptr<CodeArena> arena_;
  std::deque<Translation> translations_;
  u32 epoch_ = 1;  // of the code memory: what blocks remember of an older one is gone
  u64 translated_ = 0;
  u32 variant_ = 0;  // of the code that ran last, without kPlain
  std::unique_ptr<HotCode> hot_;
  u64 sinceSample_ = 0;  // instructions that compiled code ran
  bool sliceEnded_ = false;

  std::array<std::unique_ptr<JumpEntry[]>, 2 * kModeKeys> jumps_;  // by variant; null: none yet
  std::unordered_map<u64, u32> segments_;  // numbers of code segments; that of all memory is 0
  PageNames names_;
};

// For TcgBackend.
TierFactory tierFactory(const TranslatorOptions& options = {});

}  // namespace duet::tcg::baseline
