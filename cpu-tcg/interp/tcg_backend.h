// The translating engine: runs any x86 mode on any host, without hardware virtualization.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "core/cpu/cpu_backend.h"
#include "cpu-tcg/helpers/tsc_agreement.h"
#include "cpu-tcg/interp/compiled_tier.h"
#include "cpu-tcg/interp/handlers/handler_table.h"
#include "cpu-tcg/interp/statistics.h"
#include "cpu-tcg/native/stub_cache.h"
#include "mmu/ram/ram.h"

namespace duet::tcg {

// One a machine. `ram` outlives it, and its vCPUs' mailboxes do too. Without a tier it interprets alone. With `statistics`,
// which outlive it, its vCPUs count.
class TcgBackend final : public CpuBackend {
 public:
  explicit TcgBackend(mmu::Ram& ram, TierFactory tier = {},
                      interp::HandlerChoice handlerOf = interp::handlerFor, Statistics* statistics = nullptr);
  ~TcgBackend() override;

  std::string_view name() const override { return "tcg"; }
  EngineCaps caps() const override;
  Result<std::unique_ptr<Vcpu>> createVcpu(const VcpuEnv& env) override;
  void setActive(bool active) override;
  void memoryMapChanged() override;
  void codeModified(Gpa address, u64 length) override;
  DirtyTracker* dirtyTracker() override { return nullptr; }
  EngineEvents* events() override { return nullptr; }

 private:
  mmu::Ram& ram_;
  TierFactory tier_;
  std::shared_ptr<TierShared> shared_;
  const interp::HandlerChoice handlerOf_;
  Statistics* const statistics_;
  std::mutex mutex_;
  TscAgreement tscs_;
  std::unique_ptr<StubCache> stubs_;  // made with the first vCPU
  struct Member {
    VcpuMailbox* mailbox;
    AddressSpace* physical;
  };
  std::vector<Member> members_;
};

}  // namespace duet::tcg
