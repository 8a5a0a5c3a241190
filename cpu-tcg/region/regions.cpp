#include "cpu-tcg/region/regions.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <set>

#include "cpu-tcg/plan/flow.h"
#include "cpu-tcg/region/module.h"
#include "cpu-tcg/region/region_code.h"

namespace duet::tcg::region {

using namespace baseline;

namespace {

constexpr u32 kReview = 64;      // samples from one look at the regions to the next
constexpr u32 kSamplesEach = 2;  // instruction that is compiled: 100 to 300 microseconds, and 50 a sample

u32 countSteps(const Plan& plan) {
  u32 all = 0;
  for (const Node& n : plan.nodes) all += static_cast<u32>(n.steps.size());
  return all;
}

bool contains(const Plan& plan, u64 rip) {
  const auto begins = [rip](const Step& s) { return s.rip == rip; };
  return std::ranges::any_of(plan.nodes, [&](const Node& n) {
    return rip >= n.rip && rip < n.next && std::ranges::any_of(n.steps, begins);
  });
}

bool isIn(const Plan& plan, const HotPlace& place) {
  const u64 linear = place.rip & ~kPageMask;
  return std::ranges::any_of(plan.pages,
                             [&](const CodePage& p) { return p.linear == linear && p.ram == place.page; }) &&
         contains(plan, place.rip);
}

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
  // And now and then again: its other pages may have run meanwhile.
  const bool again = sampled && std::has_single_bit(translation.samples);
  if (options_.cache && (!translation.looked || again) && !translation.settled) {
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
  l.uppersLive = FRAME(uppersLive);
  l.states = FRAME(states);
  l.origin = FRAME(region.origin);
  l.guards = FRAME(region.guards);
  const mmu::Tlb::Bank& bank = ctx.tlb.entries(bankOf(variant));
  l.tlbRead = of(bank.read);
  l.tlbWrite = of(bank.write);
  l.tlbAddend = of(bank.addend);
  l.tlbMask = mmu::Tlb::kEntries - 1;
  l.quiet = kQuiet;
  return l;
}

std::optional<Plan> Regions::form(const Block& block, const Translation& translation,
                                  const Bounds& bounds) const {
  Surroundings around{hot_, nullptr, translation.variant & (kModeKeys - 1)};
  if (!options_.everything)
    around.runs = [&](u64, u64 position) { return translator_.hasCode(position, block.decodeKey); };
  return formPlan(translator_.context(), block, translation.rip, bounds, around);
}

std::optional<Plan> Regions::form(const Block& block, const Translation& translation) const {
  if (block.version / 2 > options_.changes) return {};
  std::optional<Plan> plan = form(block, translation, options_.bounds);
  if (plan && !options_.synchronous && !Flow(*plan).loops()) {
    plan = form(block, translation, options_.most);
    if (plan && !Flow(*plan).loops()) plan.reset();
  }
  if (!plan) return {};
  plan->layout = layout(translation.variant);
  plan->moves = options_.cache != nullptr;
  plan->rename = options_.rename;
  return plan;
}

// It is asked for again when it is twice as hot.
void Regions::postpone(Translation& translation) {
  translation.settled = false;
  translation.due = 2 * translation.samples;
}

void Regions::request(Block& block, Translation& translation) {
  const auto later = [&] { postpone(translation); };
  if (isPending(translation)) return later();
  std::optional<Plan> plan = form(block, translation);
  if (!plan) return options_.synchronous ? void() : later();
  if (!options_.synchronous && carries(*plan)) return;
  if (!isWorth(*plan, translation)) return later();
  Pending what{&block, &translation, std::move(*plan), {}};
  if (!name(what)) return later();
  // Meanwhile another vCPU may have had it compiled.
  if (options_.cache && takeFromCache(block, translation)) return;
  ++count().asked;
  if (compiler_) return install(what, compileNow(block, translation, what.plan));
  const u64 ticket = ++tickets_;
  const u64 head = options_.cache ? headOf(block, translation) : 0;
  if (!worker_->submit({what.plan, ticket, translation.samples, inbox_, options_.cache, head}))
    return later();
  pending_[ticket] = std::move(what);
}

// What the TLB has for the other pages. False: nothing, just now.
bool Regions::name(Pending& what) {
  for (size_t i = 1; i < what.plan.pages.size(); ++i) {
    const CodePage& page = what.plan.pages[i];
    what.others.push_back({page.linear, translator_.nameOf(page.linear, page.ram)});
    if (!what.others.back().name) return false;
  }
  return true;
}

// Whether a region that the block is part of is being compiled.
bool Regions::isPending(const Translation& translation) const {
  return std::ranges::any_of(pending_, [&](const auto& p) {
    return p.second.translation->variant == translation.variant && contains(p.second.plan, translation.rip);
  });
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
  const BlockInsn* insns = translator_.insnsOf(block);
  for (unsigned i = 0; insns && i < std::min<unsigned>(block.count, kEnough); ++i) {
    const isa::Insn& insn = insns[i];
    shape.insert(shape.end(), {insn.length, insn.prefixes, insn.rex, insn.opcode, insn.modrm});
  }
  return options_.cache->headOf(shape, translation.rip);
}

// What earlier runs, or other vCPUs, had compiled needs no heat: there it was worth it.
bool Regions::takeFromCache(Block& block, Translation& translation) {
  const u64 head = headOf(block, translation);
  if (!options_.cache->mayHave(head) || block.version / 2 > options_.changes) return false;
  auto found = options_.cache->find(head, [&](const cache::Shape& shape) {
    auto plan = formAs(shape, block, translation);
    if (plan) plan->layout = layout(translation.variant);
    return plan;
  });
  if (!found) return ++count().sought, false;
  Pending what{&block, &translation, std::move(found->plan), {}};
  if (!name(what)) return false;
  ++count().cached;
  translation.settled = true;
  install(what, found->code);
  return true;
}

// Once more what was formed after a time of watching where control goes.
std::optional<Plan> Regions::formAs(const cache::Shape& shape, const Block& block,
                                    const Translation& translation) const {
  const u64 origin = translation.rip & ~kPageMask;
  std::vector<HotPlace> hot;
  for (const u64 distance : shape.indirect) hot.push_back({origin + distance, HotPlace::kAnyPage, 2});
  const std::set<u64> leaders(shape.leaders.begin(), shape.leaders.end());
  const Bounds bounds{shape.extent.instructions, shape.extent.nodes, shape.extent.pages};
  const Surroundings around{hot, [&](u64 rip, u64) { return leaders.count(rip - origin) != 0; },
                            translation.variant & (kModeKeys - 1)};
  return formPlan(translator_.context(), block, translation.rip, bounds, around);
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
    if (r.code) {
      noteCompiled(*r.code);
      if (isCurrent(found->second.plan)) install(found->second, *r.code);
    } else {
      postpone(*found->second.translation);
    }
    pending_.erase(found);
  }
}

void Regions::noteCompiled(const Code& code) {
  RegionCounts& c = count();
  ++c.compiled;
  c.instructions += code.instructions;
  c.nanoseconds += code.nanoseconds;
}

bool Regions::isCurrent(const Plan& plan) const {
  const mmu::Ram& ram = *translator_.context().ram;
  return std::ranges::all_of(plan.pages,
                             [&](const CodePage& p) { return ram.codeVersion(p.ram) == p.version; });
}

void Regions::install(const Pending& what, const Code& code) {
  if (code.bytes.empty()) return;
  Translation& translation = *what.translation;
  const u8* again = translator_.emitAgain(*what.block, translation);
  if (!again) return;
  Installed& counted = installed_.emplace_back();
  RegionPlace place{translator_.nextAddress(),
                    reinterpret_cast<u64>(again),
                    what.plan.pages[0].ram,
                    translation.rip,
                    (translation.variant & kUser) != 0,
                    &counted.entries,
                    &counted.ran,
                    what.others,
                    {},
                    what.plan.units};
  const auto* states = translator_.context().ram->states();
  for (const CodePage& p : what.plan.pages)
    place.guards.push_back({reinterpret_cast<u64>(states + p.ram), p.version});
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
  counted.translation = what.translation;
  counted.displaced = translator_.redirect(translation, at);
  ++count().installed;
}

// Whether as much time has been spent in it as compiling takes. Where there are indirect jumps, all that they may go to has to
// have been sampled.
bool Regions::isWorth(const Plan& plan, const Translation& translation) const {
  if (options_.synchronous) return options_.everything || plan.indirect.empty() || translation.due;
  if (!plan.indirect.empty() && !translation.due) return false;
  u32 heat = 0;
  for (const HotPlace& h : hot_)
    if (isIn(plan, h)) heat += h.samples;
  return heat >= kSamplesEach * countSteps(plan);
}

void Regions::noteHot(const Block& block, const Translation& translation) {
  constexpr size_t kMost = 256;
  const u64 page = block.position >> 12;
  for (HotPlace& h : hot_)
    if (h.rip == translation.rip && h.page == page) return void(++h.samples);
  if (hot_.size() == kMost) hot_.erase(hot_.begin());
  hot_.push_back({translation.rip, page, 1});
}

// A region that is left after a few instructions again and again costs more than it gives: out with it. Later it may be a better one,
// as code around it has run.
void Regions::review() {
  constexpr u64 kEnough = 1000, kFew = 64;
  if (options_.everything) return;
  for (Installed& i : installed_) {
    if (i.gone || !i.translation || i.entries < kEnough) continue;
    if (i.ran / i.entries < kFew) {
      translator_.restore(*i.translation, i.displaced);
      i.gone = true;
      postpone(*i.translation);
      ++count().removed;
    }
    i.entries = i.ran = 0;
  }
}

HotCodeFactory regionFactory(const RegionOptions& options) {
  return [options](Translator& translator) { return Regions::create(translator, options); };
}

}  // namespace duet::tcg::region
