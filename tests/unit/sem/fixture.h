// A Context without an engine: flat 64-bit mode (or 16/32-bit with segments), two pages of RAM mapped in
// the TLB at their own host addresses, so that the host can execute on the very same memory.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <initializer_list>
#include <optional>
#include <vector>

#include "cpu-tcg/interp/handlers/handler_table.h"
#include "cpu-tcg/isa/decoder.h"
#include "cpu-tcg/runtime/memory.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

inline constexpr u64 kTestRip = 0x401000;

class SemTest : public testing::Test {
 protected:
  SemTest() : ctx_(std::make_unique<Context>()) {
    block_ = ram_.addBlock("test", 4 * kPageSize).value();
    ctx_->ram = &ram_;
    use64();
    memset(ctx_->arch.gpr.data(), 0, sizeof ctx_->arch.gpr);
  }

  u8* memory() const { return block_->host; }
  static constexpr u64 kMemorySize = 2 * kPageSize;
  u64 address() const { return reinterpret_cast<u64>(memory()); }

  void use64() {
    ctx_->codeMode = isa::CodeMode::Bits64;
    ctx_->stackSize = 8;
    ctx_->protectedMode = ctx_->longMode = ctx_->flatSegments = true;
    ctx_->ripMask = ~u64{0};
    mapAt(address());
  }
  // Segments with base 0; their limit is the two pages at linear address 0.
  void use32(unsigned bits = 32) {
    ctx_->codeMode = bits == 32 ? isa::CodeMode::Bits32 : isa::CodeMode::Bits16;
    ctx_->stackSize = static_cast<u8>(bits / 8);
    ctx_->protectedMode = true;
    ctx_->longMode = ctx_->flatSegments = false;
    ctx_->ripMask = bits == 32 ? 0xffffffff : 0xffff;
    for (auto& s : ctx_->arch.segment) s = {0, 0, kMemorySize - 1, kSegPresent | kSegS | 3};
    ctx_->arch.segment[isa::kCs] = {0, 0, 0xffff, kSegPresent | kSegS | 0xb};
    mapAt(0);
  }
  void mapAt(u64 linear) {
    ctx_->tlb.flushAll();
    ctx_->tlb.select(mmu::TlbBank::Supervisor);
    for (u64 at = 0; at < kMemorySize; at += kPageSize) {
      mmu::TlbFill fill;
      fill.linear = LinearAddr(linear + at);
      fill.translation = {.ok = true, .address = Gpa(at), .writable = true, .readable = true};
      fill.host = memory() + at;
      fill.readFast = fill.writeFast = true;
      ctx_->tlb.fill(mmu::TlbBank::Supervisor, fill);
      ram_.markDirty(ram_.pageIndex(memory() + at));
    }
  }

  u64& reg(GprIndex r) { return ctx_->arch.gpr[r]; }

  // Decodes and executes once; the exception raised, if any. ctx_->nextRip says where execution goes on.
  std::optional<PendingEvent> run(std::span<const u8> bytes) {
    const isa::DecodeStatus status =
        isa::decode(bytes, ctx_->codeMode, ctx_->protectedMode, FeatureSet::all(), insn_);
    if (status != isa::DecodeStatus::Ok) {
      ADD_FAILURE() << "does not decode: " << static_cast<int>(status);
      return std::nullopt;
    }
    const interp::Handler handler = interp::handlerFor(insn_);
    ctx_->insn = &insn_;
    ctx_->nextRip = kTestRip + insn_.length;
    if (ctx_->codeMode != isa::CodeMode::Bits64) ctx_->nextRip &= 0xfff;
    ctx_->leave = 0;
    if (setjmp(ctx_->faultReturn)) return ctx_->fault;
    handler(*ctx_, insn_);
    return std::nullopt;
  }
  std::optional<PendingEvent> run(std::initializer_list<u8> bytes) {
    return run(std::span<const u8>(bytes.begin(), bytes.size()));
  }
  // Where a code address lies in the mode in use.
  u64 ip(u64 offset) const {
    return (ctx_->codeMode == isa::CodeMode::Bits64 ? kTestRip : kTestRip & 0xfff) + offset;
  }
  void expectFault(std::optional<PendingEvent> fault, Exception vector) {
    ASSERT_TRUE(fault.has_value());
    EXPECT_EQ(fault->vector, vector);
  }

  mmu::Ram ram_;
  const RamBlock* block_;
  std::unique_ptr<Context> ctx_;
  isa::Insn insn_;
};

}  // namespace duet::tcg
