#include "cpu-tcg/region/regions.h"

#include <algorithm>
#include <cstddef>

#include "cpu-tcg/region/module.h"
#include "cpu-tcg/region/region_code.h"

namespace duet::tcg::region {

using namespace baseline;

namespace {

constexpr u32 kReview = 64;      // samples from one look at the regions to the next
constexpr u32 kSamplesEach = 4;  // instruction that is compiled: 200 microseconds, and 50 a sample

}  // namespace

#define FRAME(member) static_cast<i32>(offsetof(Frame, member))

Result<std::unique_ptr<HotCode>> Regions::create(Translator& translator, const RegionOptions& options) {
  std::unique_ptr<Regions> made(new Regions(translator, options));
  if (options.synchronous) {
    auto compiler = loadCompiler();
    if (!compiler) return tl::unexpected(compiler.error());
    made->compiler_ = std::move(*compiler);
  } else {
    made->worker_ = Worker::shared();
  }
  return std::unique_ptr<HotCode>(std::move(made));
}

void Regions::seen(Block& block, Translation& translation, bool sampled) {
  if (inbox_->ready.load(std::memory_order_acquire)) collect();
  if (sampled) {
    ++translation.samples;
    noteHot(block, translation);
    if (++samples_ % kReview == 0) review();
  }
  if (options_.cache && !translation.looked && !translation.settled) {
    translation.looked = true;
    if (takeFromCache(block, translation)) return;
  }
  const u32 due = std::max(options_.samples, translation.due);
  if (translation.settled || (!options_.everything && (!sampled || translation.samples < due))) return;
  translation.settled = true;
  request(block, translation);
}

Layout Regions::layout(u32 variant) const {
  const EmitterSetup& setup = translator_.setup();
  const Context& ctx = *setup.places.ctx;
  const auto of = [&](const void* field) { return setup.places.of(field); };
  Layout l;
  for (unsigned n = 0; n < 16; ++n) l.gpr[n] = setup.places.gpr(n);
  for (unsigned s = 0; s < 6; ++s) l.segmentBase[s] = of(&ctx.arch.segment[s].base);
  l.remaining = FRAME(remaining);
  l.mail = FRAME(mail);
  l.flags = FRAME(flags);
  l.flagKind = FRAME(region.flagKind);
  l.flagA = FRAME(region.a);
  l.flagB = FRAME(region.b);
  l.flagC = FRAME(region.c);
  l.exitRip = FRAME(region.link.rip);
  l.wroteHost = FRAME(region.wroteHost);
  l.wroteSize = FRAME(region.wroteSize);
  l.states = FRAME(states);
  l.origin = FRAME(region.origin);
  l.codeState = FRAME(region.codeState);
  l.codeVersion = FRAME(region.codeVersion);
  const mmu::Tlb::Bank& bank = ctx.tlb.entries(bankOf(variant));
  l.tlbRead = of(bank.read);
  l.tlbWrite = of(bank.write);
  l.tlbAddend = of(bank.addend);
  l.tlbMask = mmu::Tlb::kEntries - 1;
  l.dirty = mmu::Ram::kDirty;
  return l;
}

std::optional<Plan> Regions::form(const Block& block, const Translation& translation) const {
  if (block.version / 2 > options_.changes) return {};
  std::optional<Plan> plan =
      formPlan(translator_.context(), block, translation.rip, options_.bounds, hotIn(block));
  if (!plan || (!options_.synchronous && (!loops(*plan) || carries(*plan)))) return {};
  plan->layout = layout(translation.variant);
  plan->rename = options_.rename;
  return plan;
}

void Regions::request(Block& block, Translation& translation) {
  std::optional<Plan> plan = form(block, translation);
  if (!plan) return;
  if (!isWorth(*plan, translation)) {
    translation.settled = false;
    translation.due = 2 * translation.samples;
    return;
  }
  // Meanwhile another vCPU may have had it compiled.
  if (options_.cache && takeFromCache(block, translation)) return;
  ++count().asked;
  if (compiler_) return install(block, translation, *plan, compileNow(block, translation, *plan));
  const u64 ticket = ++tickets_;
  const u64 head = options_.cache ? headOf(block, translation) : 0;
  if (!worker_->submit({*plan, ticket, translation.samples, inbox_, options_.cache, head})) {
    translation.settled = false;
    return;
  }
  pending_[ticket] = {&block, &translation, std::move(*plan)};
}

Code Regions::compileNow(const Block& block, const Translation& translation, const Plan& plan) {
  Code code = compiler_->compile(plan);
  noteCompiled(code);
  if (options_.cache && isAsExpected(*compiler_)) options_.cache->put(headOf(block, translation), plan, code);
  return code;
}

// Of the block's instructions without their numbers, which may be addresses.
u64 Regions::headOf(const Block& block, const Translation& translation) const {
  constexpr unsigned kEnough = 16;  // to tell blocks apart
  std::vector<u8> shape;
  for (unsigned i = 0; i < std::min<unsigned>(block.count, kEnough); ++i) {
    const isa::Insn& insn = block.insns[i];
    shape.insert(shape.end(), {insn.length, insn.prefixes, insn.rex, insn.opcode, insn.modrm});
  }
  return options_.cache->headOf(shape, translation.rip);
}

// What earlier runs, or other vCPUs, had compiled needs no heat: there it was worth it.
bool Regions::takeFromCache(Block& block, Translation& translation) {
  const u64 head = headOf(block, translation);
  if (!options_.cache->mayHave(head) || block.version / 2 > options_.changes) return false;
  const u64 origin = translation.rip & ~kPageMask;
  auto found = options_.cache->find(head, [&](std::span<const u64> distances) {
    std::vector<u64> hot(distances.begin(), distances.end());
    for (u64& rip : hot) rip += origin;
    auto plan = formPlan(translator_.context(), block, translation.rip, options_.bounds, hot);
    if (plan) plan->layout = layout(translation.variant);
    return plan;
  });
  if (!found) return ++count().sought, false;
  ++count().cached;
  translation.settled = true;
  install(block, translation, found->plan, found->code);
  return true;
}

void Regions::collect() {
  std::vector<Inbox::Result> results;
  {
    const std::lock_guard lock(inbox_->mutex);
    results.swap(inbox_->results);
    inbox_->ready.store(false, std::memory_order_relaxed);
  }
  for (const Inbox::Result& r : results) {
    const auto found = pending_.find(r.ticket);
    if (found == pending_.end()) continue;
    const Pending& p = found->second;
    noteCompiled(r.code);
    if (isCurrent(*p.block, *translator_.context().ram)) install(*p.block, *p.translation, p.plan, r.code);
    pending_.erase(found);
  }
}

void Regions::noteCompiled(const Code& code) {
  RegionCounts& c = count();
  ++c.compiled;
  c.instructions += code.instructions;
  c.nanoseconds += code.nanoseconds;
}

void Regions::install(Block& block, Translation& translation, const Plan& plan, const Code& code) {
  if (code.bytes.empty()) return;
  const u8* again = translator_.emitAgain(block, translation);
  if (!again) return;
  Installed& counted = installed_.emplace_back();
  const RegionPlace place{
      translator_.nextAddress(), reinterpret_cast<u64>(again),       plan.page,        plan.version,
      translation.rip,           (translation.variant & kUser) != 0, &counted.entries, &counted.ran};
  const std::vector<u8> bytes = wrapRegion(translator_.setup(), code, place);
  if (bytes.empty()) return;
  const u8* at = translator_.place(bytes);
  if (!at) return;
  translator_.tell({translator_.context().env->index,
                    "llvm",
                    translation.rip,
                    code.instructions,
                    false,
                    {at, bytes.size()}});
  counted.translation = &translation;
  counted.displaced = translator_.redirect(translation, at);
  ++count().installed;
}

// Whether as much time has been spent in it as compiling takes. Where there are indirect jumps, all that they may go to has to
// have been sampled.
bool Regions::isWorth(const Plan& plan, const Translation& translation) const {
  if (options_.synchronous) return options_.everything || plan.indirect.empty() || translation.due;
  u32 instructions = 0, heat = 0;
  for (const Node& n : plan.nodes) {
    instructions += static_cast<u32>(n.steps.size());
    for (const HotPlace& h : hot_)
      if (h.page == plan.page && h.rip == n.rip) heat += h.samples;
  }
  return heat >= kSamplesEach * instructions && (plan.indirect.empty() || translation.due);
}

void Regions::noteHot(const Block& block, const Translation& translation) {
  constexpr size_t kMost = 64;
  const u64 page = block.position >> 12;
  for (HotPlace& h : hot_)
    if (h.rip == translation.rip && h.page == page) return void(++h.samples);
  if (hot_.size() == kMost) hot_.pop_front();
  hot_.push_back({translation.rip, page, 1});
}

std::vector<u64> Regions::hotIn(const Block& block) const {
  constexpr size_t kMost = 16;
  std::vector<u64> all;
  for (const HotPlace& h : hot_)
    if (h.page == block.position >> 12 && h.samples > 1 && all.size() < kMost) all.push_back(h.rip);
  return all;
}

// A region that is left after a few instructions again and again costs more than it gives: out with it.
void Regions::review() {
  constexpr u64 kEnough = 1000, kFew = 64;
  if (options_.everything) return;
  for (Installed& i : installed_) {
    if (i.gone || !i.translation || i.entries < kEnough) continue;
    if (i.ran / i.entries < kFew) {
      translator_.restore(*i.translation, i.displaced);
      i.gone = true;
      ++count().removed;
    }
    i.entries = i.ran = 0;
  }
}

HotCodeFactory regionFactory(const RegionOptions& options) {
  return [options](Translator& translator) { return Regions::create(translator, options); };
}

}  // namespace duet::tcg::region
