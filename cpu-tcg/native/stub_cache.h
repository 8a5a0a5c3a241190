// Finds or makes stubs. One cache serves all vCPUs of a machine; thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "core/base/result.h"
#include "cpu-tcg/native/code_arena.h"
#include "cpu-tcg/native/stub.h"

namespace duet::tcg {

class StubCache {
 public:
  static constexpr u32 kDefaultCapacity = 16u << 20;  // bytes of code

  // Fails when the host refuses executable memory.
  static Result<std::unique_ptr<StubCache>> create(u32 capacity = kDefaultCapacity);

  // The stub for a row with Sem `Native`. Never null. Stubs live as long as the cache, so callers keep the
  // pointer beside the decoded instruction. A guest that makes up endless different instructions fills the arena;
  // from then on new ones share one stub that is emitted anew at every run: slow, but bounded.
  const Stub* get(const isa::Insn& insn);

  size_t stubCount() const;
  const CodeArena& arena() const { return *arena_; }

 private:
  friend class Stub;
  StubCache(std::unique_ptr<CodeArena> arena, CodeSlot spare) : arena_(std::move(arena)), spare_(spare) {}

  bool make(const isa::Insn& insn, Stub& out);
  NativeResult runOnce(NativeState& state, const isa::Insn& insn, void* memory);

  std::unique_ptr<CodeArena> arena_;
  CodeSlot spare_;  // where the remade stub's code goes
  mutable std::shared_mutex mutex_;
  std::mutex spareMutex_;
  std::unordered_map<u64, std::unique_ptr<Stub>> stubs_;
  Stub overflow_;
};

}  // namespace duet::tcg
