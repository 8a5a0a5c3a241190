#include "cpu-tcg/baseline/code_store.h"

#include <cstring>

#include "core/base/assert.h"
#include "cpu-tcg/baseline/detour.h"
#include "cpu-tcg/baseline/sanitizer.h"
#include "cpu-tcg/baseline/translator.h"
#include "cpu-tcg/interp/trace.h"
#include "cpu-tcg/native/host_flags.h"

namespace duet::tcg::baseline {
namespace {

// For more code of the same block, in 64-bit code or none that depends on the mode.
BlockPlace placeOf(Translation& translation, Block& block) {
  BlockPlace place{&block,  translation.variant & (kModeKeys - 1), translation.rip,
                   ~u64{0}, (translation.variant & kExact) != 0,   false};
  place.known = &translation.block;
  return place;
}

CpuVendor hostVendor() { return __builtin_cpu_is("amd") ? CpuVendor::Amd : CpuVendor::Intel; }

}  // namespace

CodeStore::CodeStore(const TranslatorOptions& options, const Context& ctx)
    : options_(options), ram_(*ctx.ram) {
  setup_.ram = ctx.ram;
  setup_.rename = options.rename;
  setup_.separate = traced();
  setup_.hostsVendor = ctx.env->model.vendor() == hostVendor();
  setup_.hostsScans = setup_.hostsVendor && hostScansLikeGuests();
  setup_.alone = ctx.env->alone;
}

Result<std::shared_ptr<CodeStore>> CodeStore::create(const TranslatorOptions& options, const Context& ctx,
                                                     const Places& places) {
  if (!hostFeatures().has(Feature::Bmi2))
    return fail("tier=baseline needs a processor with BMI2, which this host has not; use tier=interp");
  std::shared_ptr<CodeStore> made(new CodeStore(options, ctx));
  auto memory = CodeMemory::create(options.codeSize, 1, places, made->advisor_);
  if (!memory) return tl::unexpected(memory.error());
  made->use(std::move(*memory));
  if (options.hot && !made->setup_.separate) {
    auto hot = options.hot(*made);
    if (!hot) return tl::unexpected(hot.error());
    made->hot_ = std::move(*hot);
  }
  return made;
}

void CodeStore::use(std::unique_ptr<CodeMemory> memory) {
  setup_.thunks = memory->thunks();
  setup_.thunksAt = reinterpret_cast<u64>(memory->begin());
  memory_ = std::move(memory);
  epoch_.store(memory_->epoch, std::memory_order_release);
}

// A vCPU that has looked after `retiredAt_` sees the new epoch before it comes here for code again; one that runs nothing has to
// begin first.
void CodeStore::renew(Translator& seat) {
  reclaim(seat);
  if (retired_) return;
  auto next = CodeMemory::create(options_.codeSize, memory_->epoch + 1, seat.places(), advisor_);
  if (!next) return;
  if (Counters* c = seat.context().counters) ++c->codeMemoryRecycled;
  retired_ = std::move(memory_);
  use(std::move(*next));
  retiredAt_ = ram_.runners().time();
  if (hot_) hot_->dropped();
}

void CodeStore::reclaim(const Translator& seat) {
  if (!retired_ || !ram_.runners().haveLooked(retiredAt_, seat.context().runner)) return;
  if (options_.sink) options_.sink->dropped(retired_->epoch);
  retired_.reset();
}

const EmitterSetup& CodeStore::setupFor(const Translator& seat, mmu::TlbBank bank) {
  setup_.places = seat.places();
  setup_.bank = &seat.context().tlb.entries(bank);
  return setup_;
}

bool CodeStore::emit(Translator& seat, std::span<BlockPlace> places) {
  setupFor(seat, bankOf(places.front().key));
  for (BlockPlace& p : places) p.known = &memory_->blockOf(*p.block);
  const UnitCode& made = emitter_.emit(places, memory_->hotAddress(), memory_->coldAddress());
  const u8* code = memory_->place(made);
  if (!code) return false;
  for (size_t i = 0; i < places.size(); ++i)
    memory_->add(*places[i].known, places[i].rip, places[i].variant(), code, made.entries[i]);
  if (options_.sink) [[unlikely]]
    tell(seat, places, made, code);
  return true;
}

const u8* CodeStore::place(std::span<const u8> code) {
  const CodeSlot slot = memory_->allocate(code.size());
  if (!slot) return nullptr;
  std::memcpy(slot.write, code.data(), code.size());
  codeMadeOf(*memory_);
  return slot.execute;
}

bool CodeStore::addWaysIn(Translator& seat, Translation& translation) {
  if (translation.far.load(std::memory_order_relaxed) != Entries::kNone) return true;
  Block* block = seat.decoded(translation.block);
  if (!block) return false;
  setupFor(seat, bankOf(translation.variant));
  const BlockPlace place = placeOf(translation, *block);
  const u64 forward = reinterpret_cast<u64>(translation.code) + translation.forward;
  const UnitCode& made = emitter_.emitWaysIn(place, forward, memory_->hotAddress(), memory_->coldAddress());
  const u8* at = memory_->place(made);
  if (!at) return renew(seat), false;
  if (options_.sink) [[unlikely]]
    tell(seat, {&place, 1}, made, at);
  const auto away = static_cast<u32>(at - translation.code);  // later, so behind it
  translation.back.store(away + made.entries[0].back, std::memory_order_relaxed);
  translation.far.store(away + made.entries[0].far, std::memory_order_release);
  return true;
}

const u8* CodeStore::emitAgain(Translator& seat, Translation& translation) {
  Block* block = seat.decoded(translation.block);
  if (!block) return nullptr;
  setupFor(seat, bankOf(translation.variant));
  BlockPlace alone = placeOf(translation, *block);
  alone.again = true;
  const UnitCode& made = emitter_.emit({&alone, 1}, memory_->hotAddress(), memory_->coldAddress());
  const u8* at = memory_->place(made);
  if (!at) return nullptr;
  if (options_.sink) [[unlikely]]
    tell(seat, {&alone, 1}, made, at);
  if (block->crosses) memory_->addSecond(translation, at + made.entries[0].second);
  return at + made.entries[0].far;
}

void CodeStore::detour(Translator& seat, const Link& link, u32 variant) {
  if (!memory_->takesDetour(link)) return;
  const Context& ctx = seat.context();
  const EmitterSetup& setup = setupFor(seat, ctx.tlb.bank());
  const JumpBase base{codeSegment(ctx).base, variant >> kSegmentShift};
  const std::vector<u8> code = emitDetour(setup, link, (variant & kUser) != 0, base, nextAddress());
  if (const u8* at = code.empty() ? nullptr : place(code)) memory_->setDetour(link, at);
}

void CodeStore::tell(const Translator& seat, std::span<const BlockPlace> places, const UnitCode& made,
                     const u8* code) const {
  for (const bool cold : {false, true}) {
    for (size_t i = 0; i < places.size(); ++i) {
      const auto [begin, end] = (cold ? made.cold : made.hot)[i];
      options_.sink->added({seat.context().env->index,
                            memory_->epoch,
                            "baseline",
                            places[i].rip,
                            places[i].block->count,
                            cold,
                            {code + begin, end - begin}});
    }
  }
}

}  // namespace duet::tcg::baseline
