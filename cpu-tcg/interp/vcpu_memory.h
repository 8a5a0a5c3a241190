// One vCPU's memory, laid out alike for all of them: what compiled code reaches from one register.
#pragma once

#include <new>

#include "core/base/bits.h"
#include "core/base/zero_memory.h"
#include "cpu-tcg/interp/compiled_tier.h"

namespace duet::tcg {

// The tier's memory, the Context, the TLB's banks.
class VcpuMemory {
 public:
  VcpuMemory()
      : memory_(kTlbAt + mmu::Tlb::kMemory),
        context_(new(memory_.data() + kTierMemory) Context(memory_.data() + kTlbAt)) {}
  ~VcpuMemory() { context_->~Context(); }
  VcpuMemory(const VcpuMemory&) = delete;
  VcpuMemory& operator=(const VcpuMemory&) = delete;

  std::span<u8, kTierMemory> tier() const { return std::span<u8, kTierMemory>(memory_.data(), kTierMemory); }
  Context& context() const { return *context_; }

 private:
  static constexpr size_t kTlbAt = kTierMemory + alignUp(sizeof(Context), kPageSize);

  ZeroMemory memory_;
  Context* const context_;
};

}  // namespace duet::tcg
