// The code of all vCPUs of a machine: who makes it, and when its memory is begun anew.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "cpu-tcg/baseline/code_memory.h"
#include "cpu-tcg/interp/code_sink.h"
#include "cpu-tcg/interp/compiled_tier.h"

namespace duet::tcg::baseline {

struct TranslatorOptions {
  u32 codeSize = 32u << 20;  // bytes of code before all of it is dropped and made again on demand
  u32 threshold = 8;         // a block is compiled when it has been interpreted so often
  // Tests plant bugs with it: the name by which an instruction is lowered, from its row's.
  LoweringName rename = nullptr;
  HotCodeFactory hot = nullptr;  // who makes hot code faster; nobody
  CodeSink* sink = nullptr;      // outlives the translators
};

// Memory that is full is retired, and another one begun: vCPUs come over to it when they next look (Translator::run()), and run on
// in the old one until then; nobody waits. The old one goes when everybody has looked (CodeRunners), at the latest when there is
// code to be made after that. As long as it has not gone, what would need a third one stays the interpreter's.
class CodeStore final : public TierShared {
 public:
  static Result<std::shared_ptr<CodeStore>> create(const TranslatorOptions& options, const Context& ctx,
                                                   const Places& places);

  // Of the memory that code is made in: a vCPU that has seen another number comes over.
  u32 epoch() const { return epoch_.load(std::memory_order_acquire); }
  HotCode* hot() const { return hot_.get(); }
  CodeSink* sink() const { return options_.sink; }
  bool separate() const { return setup_.separate; }

  // For all that follows; not held while guest code runs.
  std::mutex& mutex() { return mutex_; }

  CodeMemory& memory() { return *memory_; }
  // What code for the seat's vCPU, and so for all, is made for.
  const EmitterSetup& setupFor(const Translator& seat, mmu::TlbBank bank);
  // False when the code memory is used up. The places' blocks have their instructions.
  bool emit(Translator& seat, std::span<BlockPlace> places);
  // The code of a block of 64-bit code once more; null when the code memory is used up, or it has been written to.
  const u8* emitAgain(Translator& seat, Translation& translation);
  // Ways into the translation's block from elsewhere, if it has none yet. False when the code memory is used up, or the code has been
  // written to.
  bool addWaysIn(Translator& seat, Translation& translation);
  // Code for nextAddress(); null when the memory is used up.
  const u8* place(std::span<const u8> code);
  u64 nextAddress() const { return reinterpret_cast<u64>(memory_->peek().execute); }
  // The link's jump has found its page of another name than the one it knows: for such it uses the jump cache from now on.
  void detour(Translator& seat, const Link& link, u32 variant);
  // Begins new memory, if nobody can be in the memory before this one. The seat's vCPU is in the middle of no code.
  void renew(Translator& seat);
  // Lets go what was retired, if nobody can be there.
  void reclaim(const Translator& seat);

 private:
  CodeStore(const TranslatorOptions& options, const Context& ctx);
  Result<std::unique_ptr<CodeMemory>> makeMemory(const Places& places, u32 epoch) const;
  void use(std::unique_ptr<CodeMemory> memory);
  void tell(const Translator& seat, std::span<const BlockPlace> places, const UnitCode& made,
            const u8* code) const;

  const TranslatorOptions options_;
  mmu::Ram& ram_;
  std::mutex mutex_;  // before CodeMemory's, Worker's and the code cache's
  EmitterSetup setup_;
  UnitEmitter emitter_{setup_};
  std::atomic<u32> epoch_ = 0;
  MemoryAdvisor advisor_;  // before the memories
  std::unique_ptr<CodeMemory> memory_, retired_;
  u64 retiredAt_ = 0;  // CodeRunners::time()
  std::unique_ptr<HotCode> hot_;
};

}  // namespace duet::tcg::baseline
