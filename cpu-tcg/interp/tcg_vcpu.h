// A vCPU that interprets cached blocks of decoded instructions, or has them run by a compiling tier.
#pragma once

#include <memory>

#include "core/cpu/event_latch.h"
#include "cpu-tcg/interp/block_builder.h"
#include "cpu-tcg/interp/block_cache.h"
#include "cpu-tcg/interp/compiled_tier.h"
#include "cpu-tcg/interp/vcpu_memory.h"

namespace duet::tcg {

// Where one run() is (its own thread only):
//
//   run ─► boundary ─► block ─► boundary ─► … ─► exit
//              ▲         │ raise()
//              └─ fault ─┘
//
// A boundary lies between two instructions: mail is read there, then one trap, NMI or interrupt taken.
// Whole blocks run when nothing asks for a look after each instruction; else (TF, RF, an interrupt shadow,
// breakpoints, the budget's end) instructions run one by one. step() is a run() of one step.
class TcgVcpu final : public Vcpu {
 public:
  TcgVcpu(const VcpuEnv& env, mmu::Ram& ram, StubCache& stubs, TscAgreement& tscs,
          interp::HandlerChoice handlerOf);
  Result<> useTier(const TierFactory& make,
                   std::shared_ptr<TierShared>& shared);  // once, before it runs
  void countInto(Counters& counters) {
    ctx_.counters = &counters;
    observed_ = true;
  }

  ~TcgVcpu() override;

  VcpuExit run(const RunBudget& budget) override;
  VcpuExit step(StepEvents events) override;
  void requestExit() override;
  void saveState(CpuState& out) override;
  Result<> loadState(const CpuState& in) override;
  void setDebug(const DebugControls& controls) override;
  std::optional<Gpa> translate(LinearAddr address) override;

 private:
  // The block last found at a linear address. Survives TLB flushes: under a new `key` it is only checked against
  // the code TLB.
  struct JumpEntry {
    u64 linear = 0;
    u64 key = 0;  // TLB generation and mode
    Block* block = nullptr;
  };
  static constexpr unsigned kJumpEntries = 16384;

  // --- run loop (tcg_vcpu.cpp)
  u64 steps() const { return ctx_.retired + deliveries_; }
  u32 wakeMask() const;
  void loop();
  template <bool Tiered>
  void executeBlocks();
  void runBlock(const Block& block, unsigned count);
  void noteRun(const Block& block, unsigned count);
  void runSingle();
  bool goesOn(const BlockInsn& insn, u64 start) const;
  bool branched(const BlockInsn& insn, u64 start) const;
  void recordBranch(u64 from, bool event);
  bool runWatched();
  u64 mapKey() const { return ctx_.tlb.generation() << 8 | ctx_.modeKey; }
  LinearAddr codeAddress() const;
  bool usable(const Block& block) const;
  Block* nextBlock(Block* previous, u64 start);
  Block* findBlock();
  Block* withInsns(Block* block);
  Block* lookup(LinearAddr linear);
  void forgetDroppedBlocks();
  bool stillMapped(const JumpEntry& e) const;
  JumpEntry& jumpEntry(LinearAddr a) { return jump_[(a.value >> 2 ^ a.value >> 16) & (kJumpEntries - 1)]; }
  bool mustSingleStep() const;
  bool onlyBehindSti() const;
  bool mustRunAlone() const;
  bool needsBoundary() const;

  // --- boundaries (vcpu_events.cpp)
  bool boundary();  // false: run() returns
  bool collectMail();
  void deliver(const PendingEvent& event);
  void takeInterrupt();
  bool takeSmi();
  void takeInit();
  void takeSipi();
  bool wake();
  void afterInstruction(const BlockInsn& insn, bool stepTrap, InterruptShadow shadowBefore);
  void checkInstructionBreakpoints(LinearAddr here);
  void handleFault();
  bool exitWith(ExitReason reason);

  // --- a debugger's breakpoints (vcpu_debug.cpp)
  bool stopsAt(LinearAddr here);
  void noteRepetition(LinearAddr here);
  bool isBreakpoint(LinearAddr address) const;
  unsigned countToBreakpoint(const Block& block, LinearAddr start) const;

  VcpuEnv env_;
  VcpuMemory memory_;
  Context& ctx_;
  BlockCache cache_;
  BlockBuilder builder_;
  std::unique_ptr<CompiledTier> tier_;  // or nullptr
  std::unique_ptr<JumpEntry[]> jump_;
  u64 epoch_ = 0;  // of cache_ that jump_ belongs to
  bool observed_;  // blocks are counted or traced

  u64 limit_ = 0;
  u64 deliveries_ = 0;       // of events in this run(), INT n and the like apart
  bool single_ = false;      // step(): passes the debugger's breakpoint it starts at
  bool holdEvents_ = false;  // step() without interrupts, NMI and SMI
  EventLatch latch_;
  u64 trapBits_ = 0;         // DR6 bits of a #DB trap due at this boundary
  PendingEvent delivering_;  // the event whose delivery is under way
  isa::Insn loaded_;         // stands for the last instruction of a loaded state
  isa::Insn fetching_;       // stands for the instruction while it is fetched: length 0
  DebugControls debug_;      // sorted by address
  static constexpr u64 kNowhere = ~u64{0};
  u64 repeating_ = kNowhere;  // where a repetition goes on that a breakpoint has let begin
};

}  // namespace duet::tcg
