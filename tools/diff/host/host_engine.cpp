#include "tools/diff/host/host_engine.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "tools/diff/case/user_world.h"
#include "tools/diff/host/case_codec.h"
#include "tools/diff/host/child_process.h"
#include "tools/diff/host/host_processor.h"
#include "tools/diff/host/page_table.h"

namespace duet::diff {
namespace {

using namespace host;

class HostEngine : public Engine {
 public:
  HostEngine(EngineAbilities abilities, std::unique_ptr<ChildProcess> child)
      : abilities_(std::move(abilities)), child_(std::move(child)) {}

  std::string_view name() const override { return "host"; }
  const EngineAbilities& abilities() const override { return abilities_; }
  Result<> run(std::span<const Case> cases, std::span<Outcome> outcomes) override;

 private:
  void setMemory(std::span<const Case> cases, std::span<Outcome> outcomes);
  void encodeBatch(std::span<const Case> cases, std::span<Outcome> outcomes);
  size_t decodeBatch(std::span<const Case> cases, std::span<Outcome> outcomes);
  Result<> replaceChild(std::span<Outcome> outcomes, size_t& done, bool alive);
  void unmapped(std::span<const Case> cases, std::span<Outcome> outcomes);

  EngineAbilities abilities_;
  std::unique_ptr<ChildProcess> child_;
  PageTable pages_;
  bool stored_ = false;        // the child has the pages of pages_
  std::vector<size_t> queue_;  // cases still to run, those of one Memory together
  std::vector<size_t> batch_;  // those in the shared memory
  size_t suspect_ = 0;         // of this run: did not come back when a child was lost
};

void refuse(Outcome& outcome, std::string why) {
  outcome = {};
  outcome.why = std::move(why);
}

// Takes the first case of the queue's memory; cases whose memory is wrong leave the queue.
void HostEngine::setMemory(std::span<const Case> cases, std::span<Outcome> outcomes) {
  while (!queue_.empty() && (!pages_.memory() || cases[queue_.back()].memory != pages_.memory())) {
    const std::string wrong = pages_.set(cases[queue_.back()].memory);
    stored_ = false;
    if (wrong.empty()) return;
    refuse(outcomes[queue_.back()], wrong);
    queue_.pop_back();
  }
}

void HostEngine::encodeBatch(std::span<const Case> cases, std::span<Outcome> outcomes) {
  u8* to = child_->shared<u8>(kCasesOffset);
  u64 room = kCasesSize;
  batch_.clear();
  for (; !queue_.empty() && batch_.size() < kMaxBatch; queue_.pop_back()) {
    const Case& c = cases[queue_.back()];
    if (c.memory != pages_.memory()) break;
    if (std::string why = unfit(c, pages_); !why.empty()) {
      refuse(outcomes[queue_.back()], std::move(why));
      continue;
    }
    const u64 size = encode(c, pages_, to, room);
    if (size == 0) break;
    to += size;
    room -= size;
    batch_.push_back(queue_.back());
  }
  if (batch_.empty()) return;
  Control& control = child_->control();
  control.cases = static_cast<u32>(batch_.size());
  control.remap = 0;
  if (!stored_)
    pages_.store(control, child_->shared<u8>(kOriginalOffset), child_->shared<u8>(kBeforeOffset),
                 child_->shared<u8>(kLiveOffset));
  stored_ = true;
}

// How many outcomes of the batch were sound.
size_t HostEngine::decodeBatch(std::span<const Case> cases, std::span<Outcome> outcomes) {
  const size_t count = std::min<size_t>(child_->control().outcomes, batch_.size());
  const u8* from = child_->shared<u8>(kOutcomesOffset);
  u64 room = kOutcomesSize;
  for (size_t i = 0; i < count; ++i) {
    const u64 size = decode(cases[batch_[i]], pages_, from, room, outcomes[batch_[i]]);
    if (size == 0) return i;
    from += size;
    room -= size;
  }
  return count;
}

void HostEngine::unmapped(std::span<const Case> cases, std::span<Outcome> outcomes) {
  const Control& control = child_->control();
  const u32 page = std::min<u32>(control.unmappedPage - 1, kMaxPages - 1);
  const std::string why = fmt::format("the host cannot map its page at {:#x}: {}", control.page[page].address,
                                      errnoText(static_cast<int>(control.mapErrno)));
  for (const size_t i : batch_) refuse(outcomes[i], why);
  while (!queue_.empty() && cases[queue_.back()].memory == pages_.memory()) {
    refuse(outcomes[queue_.back()], why);
    queue_.pop_back();
  }
  stored_ = false;
}

// A new child. The case that has not come back gets a second chance, as something else may have ended the first.
Result<> HostEngine::replaceChild(std::span<Outcome> outcomes, size_t& done, bool alive) {
  if (done < batch_.size() && std::exchange(suspect_, batch_[done]) == batch_[done]) {
    refuse(outcomes[batch_[done++]],
           alive ? "it damages the engine's memory" : "the process it runs in " + child_->whyDead());
  }
  stored_ = false;
  return child_->restart();
}

Result<> HostEngine::run(std::span<const Case> cases, std::span<Outcome> outcomes) {
  queue_.resize(cases.size());
  for (size_t i = 0; i < cases.size(); ++i) queue_[i] = cases.size() - 1 - i;
  suspect_ = ~size_t{0};
  std::ranges::stable_sort(queue_, std::ranges::greater{}, [&](size_t i) { return cases[i].memory.get(); });
  for (;;) {
    setMemory(cases, outcomes);
    if (queue_.empty()) return {};
    encodeBatch(cases, outcomes);
    if (batch_.empty()) continue;
    const bool alive = child_->runBatch();
    if (alive && child_->control().unmappedPage != 0) {
      unmapped(cases, outcomes);
      continue;
    }
    size_t done = decodeBatch(cases, outcomes);
    const bool damaged = done < std::min<size_t>(child_->control().outcomes, batch_.size());
    if (!alive || damaged || done == 0) {
      if (auto ok = replaceChild(outcomes, done, alive); !ok) return ok;
    }
    // What there was no room for, or what came after the death, runs with the next batch.
    for (size_t i = batch_.size(); i > done; --i) queue_.push_back(batch_[i - 1]);
  }
}

// A NOP in both worlds: shows that this kernel lets them run at all.
Result<> runsAtAll(Engine& engine) {
  auto memory = std::make_shared<Memory>();
  memory->pages.resize(1);
  memory->pages[0].address = 0x10000000;
  memory->pages[0].access = PageAccess::ReadExecute;
  memory->pages[0].bytes.fill(0xcc);
  memory->pages[0].bytes[0] = 0x90;
  for (const World world : {World::User64, World::User32}) {
    Case c;
    c.world = world;
    c.memory = memory;
    c.start = userState(world);
    c.start.rip = memory->pages[0].address;
    Outcome outcome;
    if (auto ok = engine.run({&c, 1}, {&outcome, 1}); !ok) return ok;
    if (outcome.ending != Ending::Exception || outcome.after.rip != c.start.rip + 2)
      return fail("host engine: {}-bit user code does not run here: {}", world == World::User64 ? 64 : 32,
                  outcome.why.empty() ? fmt::format("vector {}", outcome.exception.vector) : outcome.why);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Engine>> makeHostEngine() {
  auto abilities = hostAbilities();
  if (!abilities) return tl::unexpected(abilities.error());
  auto child = ChildProcess::create();
  if (!child) return tl::unexpected(child.error());
  auto engine = std::make_unique<HostEngine>(std::move(*abilities), std::move(*child));
  if (auto ok = runsAtAll(*engine); !ok) return tl::unexpected(ok.error());
  return engine;
}

}  // namespace duet::diff
