#include "cpu-tcg/native/stub_cache.h"

#include <cpuid.h>

#include <cstring>

#include "core/base/assert.h"
#include "cpu-tcg/native/emitter.h"
#include "cpu-tcg/native/encode.h"
#include "cpu-tcg/native/simd_trap.h"

namespace duet::tcg {

using namespace isa;

namespace {

constexpr u32 kSpareSize = 2048;  // more than any two forms of one stub

// Makes this core see code that was changed through another mapping (SDM vol. 3 9.1.3).
void serializeExecution() {
  u32 a, b, c, d;
  __cpuid(0, a, b, c, d);
}

}  // namespace

Result<std::unique_ptr<StubCache>> StubCache::create(u32 capacity) {
  auto arena = CodeArena::create(capacity + kSpareSize);
  if (!arena) return tl::unexpected(arena.error());
  const CodeSlot spare = (*arena)->allocate(kSpareSize);
  std::unique_ptr<StubCache> cache(new StubCache(std::move(*arena), spare));
  cache->overflow_.remake_ = cache.get();
  installSimdTrap();
  return cache;
}

namespace {

struct StubCode {
  std::vector<u8> masked, unmasked;
  size_t size() const { return masked.size() + unmasked.size(); }
};

StubCode emitForms(const Insn& insn) {
  StubCode code;
  code.masked = emitStub(insn, StubForm::Masked);
  if (insn.row->has(kAttrFpu) || insn.row->has(kAttrMxcsr))
    code.unmasked = emitStub(insn, StubForm::Unmasked);
  return code;
}

}  // namespace

static void place(const StubCode& code, CodeSlot slot, Stub::Entry& entry, Stub::Entry& unmaskedEntry) {
  std::memcpy(slot.write, code.masked.data(), code.masked.size());
  entry = reinterpret_cast<Stub::Entry>(reinterpret_cast<uintptr_t>(slot.execute));
  if (code.unmasked.empty()) return;
  std::memcpy(slot.write + code.masked.size(), code.unmasked.data(), code.unmasked.size());
  unmaskedEntry =
      reinterpret_cast<Stub::Entry>(reinterpret_cast<uintptr_t>(slot.execute + code.masked.size()));
}

bool StubCache::make(const Insn& insn, Stub& out) {
  const StubCode code = emitForms(insn);
  if (code.masked.empty()) return false;
  const CodeSlot slot = arena_->allocate(static_cast<u32>(code.size()));
  if (!slot) return false;
  place(code, slot, out.entry_, out.unmaskedEntry_);
  const bool usesX87 = insn.row->has(kAttrFpu) || insn.row->has(kAttrMmx);
  const bool usesMxcsr = insn.row->has(kAttrMxcsr);
  out.kind_ = usesX87 && usesMxcsr ? Stub::Kind::Special
              : usesX87            ? Stub::Kind::X87
              : usesMxcsr          ? Stub::Kind::Simd
                                   : Stub::Kind::Plain;
  return true;
}

const Stub* StubCache::get(const Insn& insn) {
  const u64 key = stubKey(insn);
  {
    std::shared_lock lock(mutex_);
    if (auto it = stubs_.find(key); it != stubs_.end()) return it->second.get();
  }
  std::unique_lock lock(mutex_);
  if (auto it = stubs_.find(key); it != stubs_.end()) return it->second.get();
  auto stub = std::make_unique<Stub>();
  if (!make(insn, *stub)) return &overflow_;
  return stubs_.emplace(key, std::move(stub)).first->second.get();
}

size_t StubCache::stubCount() const {
  std::shared_lock lock(mutex_);
  return stubs_.size();
}

NativeResult StubCache::runOnce(NativeState& state, const Insn& insn, void* memory) {
  std::lock_guard lock(spareMutex_);
  const StubCode code = emitForms(insn);
  DUET_ASSERT(!code.masked.empty() && code.size() <= kSpareSize);
  Stub stub;
  place(code, spare_, stub.entry_, stub.unmaskedEntry_);
  serializeExecution();
  return stub.runSpecial(state, insn, memory);
}

}  // namespace duet::tcg
