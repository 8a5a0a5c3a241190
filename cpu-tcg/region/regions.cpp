#include "cpu-tcg/region/regions.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <ranges>
#include <set>

#include "cpu-tcg/plan/flow.h"
#include "cpu-tcg/region/module.h"
#include "cpu-tcg/region/region_code.h"

namespace duet::tcg::region {

using namespace baseline;

namespace {

constexpr u32 kReview =
    61;  // samples from one look at the regions to the next; prime, so that vCPUs take turns
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

Result<std::unique_ptr<HotCode>> Regions::create(CodeStore& store, const RegionOptions& options) {
  std::unique_ptr<Regions> made(new Regions(store, options));
  if (options.synchronous) {
    auto compiler = loadCompiler();
    if (!compiler) return tl::unexpected(compiler.error());
    made->compiler_ = std::move(*compiler);
  } else {
    made->worker_ = Worker::shared();
  }
  return std::unique_ptr<HotCode>(std::move(made));
}

void Regions::count(Seat& seat, u64 RegionCounts::* what, u64 by) {
  counts_.*what += by;
  if (Counters* c = seat.context().counters) c->regions.*what += by;
}

void Regions::seen(Seat& seat, Translation& translation, bool sampled) {
  if (inbox_->ready.load(std::memory_order_acquire)) collect(seat);
  if (sampled) {
    ++translation.samples;
    noteHot(translation);
    warm(translation);
    if (++samples_ % kReview == 0) review(seat);
  }
  // And now and then again: its other pages may have run meanwhile.
  const bool again = sampled && std::has_single_bit(translation.samples);
  if (mayTake(translation) && (!translation.looked || again) && !translation.settled) {
    translation.looked = true;
    if (takeFromCache(seat, translation)) return;
  }
  const u32 due = std::max(options_.samples, translation.due);
  if (translation.settled || (!options_.everything && (!sampled || translation.samples < due))) return;
  translation.settled = true;
  request(seat, translation);
}

Layout Regions::layout(Seat& seat, u32 variant) const {
  const Places places = seat.places();
  const Context& ctx = seat.context();
  const auto of = [&](const void* field) { return places.of(field); };
  Layout l;
  for (unsigned n = 0; n < 16; ++n) l.gpr[n] = places.gpr(n);
  for (unsigned s = 0; s < 6; ++s) l.segmentBase[s] = of(&ctx.arch.segment[s].base);
  l.remaining = FRAME(remaining);
  l.mail = FRAME(mail);
  l.flags = FRAME(flags);
  l.flagKind = FRAME(region.flagKind);
  l.flagA = FRAME(region.a);
  l.flagB = FRAME(region.b);
  l.flagC = FRAME(region.c);
  l.flagOver = FRAME(region.over);
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

// A loop alone at first: LLVM's time goes with the number of instructions, and those behind a loop run once for all its rounds. If it is
// left soon again and again, what lies around it is taken in the next time.
std::optional<Plan> Regions::form(Seat& seat, const Translation& translation, Bounds bounds) const {
  bounds.loopOnly = !options_.everything && !translation.removed;
  const CodeBlock& block = translation.block;
  const mmu::Ram& ram = *seat.context().ram;
  const std::vector<HotPlace> hot = recent();
  Surroundings around{hot, nullptr, translation.variant & (kModeKeys - 1)};
  if (!options_.everything)
    around.runs = [&](u64, u64 position) {
      return store_.memory().hasCode(position, block.decodeKey, ram.codeVersion(position >> 12));
    };
  return formPlan(seat.context(), block, translation.rip, bounds, around);
}

std::optional<Plan> Regions::form(Seat& seat, const Translation& translation) const {
  if (translation.block.version / 2 > options_.changes) return {};
  std::optional<Plan> plan = form(seat, translation, options_.bounds);
  if (plan && !options_.synchronous && !Flow(*plan).loops()) {
    plan = form(seat, translation, options_.most);
    if (plan && !Flow(*plan).loops()) plan.reset();
  }
  if (!plan) return {};
  plan->layout = layout(seat, translation.variant);
  plan->moves = options_.cache != nullptr;
  plan->rename = options_.rename;
  return plan;
}

// It is asked for again when it is twice as hot.
void Regions::postpone(Translation& translation) {
  translation.settled = false;
  translation.due = 2 * translation.samples;
}

void Regions::request(Seat& seat, Translation& translation) {
  const auto later = [&] { postpone(translation); };
  if (isPending(translation)) return later();
  std::optional<Plan> plan = form(seat, translation);
  if (!plan) return options_.synchronous ? void() : later();
  if (!options_.synchronous && carries(*plan)) return;
  if (!isWorth(*plan, translation)) return later();
  Pending what{&translation, std::move(*plan), {}, std::make_shared<Heat>(translation.samples)};
  if (!name(seat, what)) return later();
  if (takeInstead(seat, translation, what)) return;
  count(seat, &RegionCounts::asked);
  if (compiler_) return void(install(seat, what, compileNow(seat, translation, what.plan)));
  const u64 ticket = ++tickets_;
  const u64 head = options_.cache ? headOf(seat, translation) : 0;
  if (!worker_->submit({what.plan, ticket, what.heat, inbox_, options_.cache, head})) return later();
  pending_[ticket] = std::move(what);
}

// Whether it need not be compiled: it was once, and taken out, or is in the cache, where another vCPU may have put it meanwhile.
bool Regions::takeInstead(Seat& seat, Translation& translation, const Pending& what) {
  if (!translation.removed) return mayTake(translation) && takeFromCache(seat, translation);
  const auto asFormed = [&](const cache::Shape&) { return std::optional(what.plan); };
  return putBack(seat, what) || (options_.cache && takeFromCache(seat, translation, asFormed));
}

// What the TLB has for the other pages. False: nothing, just now.
bool Regions::name(Seat& seat, Pending& what) {
  for (size_t i = 1; i < what.plan.pages.size(); ++i) {
    const CodePage& page = what.plan.pages[i];
    what.others.push_back({page.linear, seat.nameOf(page.linear, page.ram)});
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

Code Regions::compileNow(Seat& seat, const Translation& translation, const Plan& plan) {
  Code code = compiler_->compile(plan);
  noteCompiled(seat, code);
  if (options_.cache && isAsExpected(*compiler_)) options_.cache->put(headOf(seat, translation), plan, code);
  return code;
}

// Of the block's instructions without their numbers, which may be addresses.
u64 Regions::headOf(Seat& seat, const Translation& translation) const {
  constexpr unsigned kEnough = 16;  // to tell blocks apart
  std::vector<u8> shape;
  const Block* block = seat.decoded(translation.block);
  for (unsigned i = 0; block && i < std::min<unsigned>(block->count, kEnough); ++i) {
    const isa::Insn& insn = block->insns[i];
    shape.insert(shape.end(), {insn.length, insn.prefixes, insn.rex, insn.opcode, insn.modrm});
  }
  return options_.cache->headOf(shape, translation.rip);
}

// What earlier runs, or other vCPUs, had compiled needs no heat: there it was worth it.
bool Regions::takeFromCache(Seat& seat, Translation& translation) {
  return takeFromCache(seat, translation, [&](const cache::Shape& shape) {
    auto plan = formAs(seat, shape, translation);
    if (plan) plan->layout = layout(seat, translation.variant);
    return plan;
  });
}

bool Regions::takeFromCache(Seat& seat, Translation& translation, const cache::CodeCache::Form& form) {
  const u64 head = headOf(seat, translation);
  if (!options_.cache->mayHave(head) || translation.block.version / 2 > options_.changes) return false;
  auto found = options_.cache->find(head, form);
  if (!found) return count(seat, &RegionCounts::sought), false;
  Pending what{&translation, std::move(found->plan), {}};
  if (!name(seat, what)) return false;
  count(seat, &RegionCounts::cached);
  count(seat, &RegionCounts::ownCached, found->own);
  translation.settled = true;
  install(seat, what, found->code);
  return true;
}

// Once more what was formed after a time of watching where control goes.
std::optional<Plan> Regions::formAs(Seat& seat, const cache::Shape& shape,
                                    const Translation& translation) const {
  const u64 origin = translation.rip & ~kPageMask;
  std::vector<HotPlace> hot;
  for (const u64 distance : shape.indirect) hot.push_back({origin + distance, HotPlace::kAnyPage, 2});
  const std::set<u64> leaders(shape.leaders.begin(), shape.leaders.end());
  const Bounds bounds{shape.extent.instructions, shape.extent.nodes, shape.extent.pages,
                      shape.extent.loopOnly != 0};
  const Surroundings around{hot, [&](u64 rip, u64) { return leaders.count(rip - origin) != 0; },
                            translation.variant & (kModeKeys - 1)};
  return formPlan(seat.context(), translation.block, translation.rip, bounds, around);
}

void Regions::collect(Seat& seat) {
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
      noteCompiled(seat, *r.code);
      const bool goes = !isCurrent(seat, found->second.plan) || install(seat, found->second, *r.code);
      if (!goes) postpone(*found->second.translation);
    } else {
      postpone(*found->second.translation);
    }
    pending_.erase(found);
  }
}

void Regions::noteCompiled(Seat& seat, const Code& code) {
  count(seat, &RegionCounts::compiled);
  count(seat, &RegionCounts::instructions, code.instructions);
  count(seat, &RegionCounts::nanoseconds, code.nanoseconds);
}

bool Regions::isCurrent(const Seat& seat, const Plan& plan) {
  const mmu::Ram& ram = *seat.context().ram;
  return std::ranges::all_of(plan.pages,
                             [&](const CodePage& p) { return ram.codeVersion(p.ram) == p.version; });
}

// False: not now, by this vCPU, or there is no room.
bool Regions::install(Seat& seat, const Pending& what, const Code& code) {
  if (code.bytes.empty()) return true;
  Translation& translation = *what.translation;
  if (installed_.size() == Seat::kMostRegions) return true;
  const u8* again = store_.emitAgain(seat, translation);
  if (!again) return false;
  const EmitterSetup& setup = store_.setupFor(seat, bankOf(translation.variant));
  RegionPlace place{store_.nextAddress(),
                    reinterpret_cast<u64>(again),
                    what.plan.pages[0].ram,
                    translation.rip,
                    (translation.variant & kUser) != 0,
                    static_cast<u32>(installed_.size()),
                    what.others,
                    {},
                    what.plan.units};
  const auto* states = seat.context().ram->states();
  for (const CodePage& p : what.plan.pages)
    place.guards.push_back({reinterpret_cast<u64>(states + p.ram), p.version});
  const std::vector<u8> bytes = wrapRegion(setup, code, place);
  const u8* at = bytes.empty() ? nullptr : store_.place(bytes);
  if (!at) return true;
  if (CodeSink* sink = store_.sink()) [[unlikely]]
    sink->added({seat.context().env->index,
                 store_.memory().epoch,
                 "llvm",
                 translation.rip,
                 code.instructions,
                 false,
                 {at, bytes.size()}});
  installed_.push_back({what.translation, at, madeFrom(what), store_.memory().redirect(translation, at)});
  count(seat, &RegionCounts::installed);
  return true;
}

Regions::Made Regions::madeFrom(const Pending& what) {
  const Plan& p = what.plan;
  return {p.leaders, p.indirect, p.pages, p.extent, what.others};
}

// A region like it that was taken out: its code is still there, and what it runs at a time may be more by now.
bool Regions::putBack(Seat& seat, const Pending& what) {
  const Made made = madeFrom(what);
  for (Installed& i : installed_) {
    if (!i.gone || i.translation != what.translation || i.made != made) continue;
    i.displaced = store_.memory().redirect(*i.translation, i.code);
    i.gone = false;
    count(seat, &RegionCounts::putBack);
    return true;
  }
  return false;
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

void Regions::noteHot(const Translation& translation) {
  constexpr size_t kMost = 256;
  const u64 page = translation.block.position >> 12;
  const auto at = std::ranges::find_if(
      hot_, [&](const HotPlace& h) { return h.rip == translation.rip && h.page == page; });
  if (at != hot_.end()) {
    ++at->samples;
    at->last = samples_;
    std::rotate(at, at + 1, hot_.end());
    return;
  }
  if (hot_.size() == kMost) hot_.erase(hot_.begin());
  hot_.push_back({{translation.rip, page, 1}, samples_});
}

// Where indirect jumps of what runs now may go, the likeliest first. What the same pages ran before, some other part of a program, would
// take the places of these, and make the region longer. (A target that has one sample of a hundred is missing here in one of 20,000.)
std::vector<HotPlace> Regions::recent() const {
  constexpr u32 kRecent = 1000;
  std::vector<HotPlace> places;
  for (const Sampled& h : hot_ | std::views::reverse)
    if (samples_ - h.last < kRecent) places.push_back(h);
  return places;
}

// What waits to be compiled is as hot as all of its blocks since.
void Regions::warm(const Translation& translation) {
  for (const auto& [ticket, what] : pending_)
    if (what.translation->variant == translation.variant &&
        std::ranges::count(what.plan.nodes, translation.rip, &Node::rip))
      what.heat->fetch_add(1, std::memory_order_relaxed);
}

// A region that is left after a few instructions again and again costs more than it gives: out with it. Later it may be a better one,
// as code around it has run. (The ways in and out are some 100 instructions. Kernels run wide, each call another path: with 96 for them
// page faults, forks and mappings were slower by 10 to 20 % than with 256; with 1000 nothing was faster. Programs whose loops run 100
// to 250 at a time, as RSA and gzip, were slower with 256 than with 96, by 5 to 10 %.)
void Regions::review(Seat& seat) {
  constexpr u64 kEnough = 1000, kFewOfPrograms = 96, kFewOfKernels = 256;
  if (options_.everything) return;
  for (u32 number = 0; Installed & i : installed_) {
    RegionRuns& runs = seat.runsOf(number++);
    if (i.gone || runs.entries < kEnough) continue;
    const u64 few = i.translation->variant & kUser ? kFewOfPrograms : kFewOfKernels;
    if (runs.ran / runs.entries < few) {
      store_.memory().restore(*i.translation, i.displaced);
      i.gone = true;
      i.translation->removed = true;
      postpone(*i.translation);
      count(seat, &RegionCounts::removed);
    }
    runs = {};
  }
}

HotCodeFactory regionFactory(const RegionOptions& options) {
  return [options](CodeStore& store) { return Regions::create(store, options); };
}

}  // namespace duet::tcg::region
