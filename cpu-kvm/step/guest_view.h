// A stopped vCPU's registers, and its memory as its segments and page tables show it: what a step needs to look at before
// the processor makes it.
#pragma once

#include <optional>
#include <span>

#include "core/base/types.h"
#include "core/bus/address_space.h"
#include "core/cpu/cpu_model.h"
#include "core/cpu/cpu_state.h"
#include "cpu-kvm/api/kvm_abi.h"
#include "mmu/walk/walker.h"

namespace duet::kvm {

struct GuestView {
  const AddressSpace* memory = nullptr;  // SMM has its own
  unsigned physicalBits = 40, linearBits = 48;
  kvm_regs regs{};
  kvm_sregs2 sregs{};
  kvm_vcpu_events events{};

  bool longMode() const;
  bool protectedMode() const;  // neither real nor virtual-8086
  unsigned codeBits() const;   // 16, 32, 64
  unsigned stackBits() const;
  unsigned cpl() const;
  LinearAddr linear(const kvm_segment& segment, u64 offset) const;
  LinearAddr code() const { return linear(sregs.cs, regs.rip); }
  LinearAddr stack() const;
  void advance(unsigned length);  // RIP

  // Without setting accessed bits, whatever the rights.
  std::optional<Gpa> translate(LinearAddr address) const;
  // RAM and ROM alone; false when part of it is neither.
  bool read(LinearAddr address, std::span<u8> out) const;
  bool write(LinearAddr address, std::span<const u8> data) const;
  template <class T>
  std::optional<T> load(LinearAddr address) const {
    T value{};
    if (!read(address, std::span(reinterpret_cast<u8*>(&value), sizeof value))) return {};
    return value;
  }
  // The host page behind an address, nullptr where there is no memory.
  u8* hostPage(LinearAddr address) const;
};

// Where the delivery of `vector` leads, nothing when the tables do not say (a task gate, a gate that is not there).
std::optional<LinearAddr> handlerOf(const GuestView& view, unsigned vector);

}  // namespace duet::kvm
