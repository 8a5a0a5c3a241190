#include "tools/diff/lockstep/lockstep_vcpu.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "tools/diff/lockstep/stretch.h"

namespace duet::diff::lockstep {
namespace {

constexpr u64 kMostEntries = 2'000'000;  // in the journal: then a checkpoint comes early

double secondsSince(std::chrono::steady_clock::time_point then) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count();
}

}  // namespace

LockstepVcpu::LockstepVcpu(const VcpuEnv& board, mmu::Ram& ram, CpuBackend& left,
                           const LockstepSettings& settings, LockstepReport& report)
    : board_(board),
      ram_(ram),
      left_(left),
      settings_(settings),
      report_(report),
      recorder_(board, ram),
      // Mail for the machine's vCPU ends the leader's run, so that it comes at a step that is known.
      kick_([this] { leader_->requestExit(); }) {}

LockstepVcpu::~LockstepVcpu() {
  board_.mailbox.setKick(nullptr);
  ram_.setWriteListener({});
}

Result<std::unique_ptr<LockstepVcpu>> LockstepVcpu::make(const VcpuEnv& board, mmu::Ram& ram,
                                                         CpuBackend& left, const LockstepSettings& settings,
                                                         LockstepReport& report) {
  std::unique_ptr<LockstepVcpu> made(new LockstepVcpu(board, ram, left, settings, report));
  if (auto ok = made->build(); !ok) return tl::unexpected(ok.error());
  return made;
}

SeatPlan LockstepVcpu::seatPlan() const {
  return {.index = board_.index,
          .apicId = board_.interrupts.apicId(),
          .smm = board_.smm != nullptr,
          .fpuError = board_.fpuError != nullptr,
          .model = board_.model,
          .memorySize = board_.physical.size()};
}

Result<> LockstepVcpu::build() {
  report_.decoder = {board_.model.features(), board_.model.vendor()};
  auto seat = Seat::make(seatPlan(), recorder_, ram_, board_.clock);
  if (!seat) return tl::unexpected(seat.error());
  seat_ = std::move(*seat);
  if (auto ok = seat_->setMap(*recorder_.currentMap()); !ok) return ok;
  auto leader = left_.createVcpu(seat_->env());
  if (!leader) return tl::unexpected(leader.error());
  leader_ = std::move(*leader);
  auto follower = Follower::make(settings_.right, seatPlan(), ram_, board_.clock);
  if (!follower) return tl::unexpected(follower.error());
  follower_ = std::move(*follower);
  for (const auto& block : ram_.blocks())
    if (auto added = journal_.checkpoint.ram.addBlock(block->name, block->size); !added)
      return tl::unexpected(added.error());
  ram_.setWriteListener([this](const u8* host, u64 length) {
    if (!meeting_) recorder_.ramWritten(host, length);
  });
  board_.mailbox.setKick(&kick_);
  return {};
}

// Runs on the vCPU's thread when a device did it, else while no vCPU runs.
void LockstepVcpu::memoryMapChanged() {
  const auto map = recorder_.currentMap();
  if (const auto laid = seat_->setMap(*map); !laid) return;  // what cannot be followed differs soon
  left_.memoryMapChanged();
  recorder_.mapChanged(map);
}

Result<> LockstepVcpu::loadState(const CpuState& in) {
  if (auto ok = leader_->loadState(in); !ok) return ok;
  meeting_ = true;
  sinceComparison_ = 0;  // the follower has nothing to do with this state before they meet
  return {};
}

Result<> LockstepVcpu::meet() {
  recorder_.forget();
  leader_->saveState(leftState_);
  if (auto ok = follower_->load(leftState_, *recorder_.currentMap(), seat_->ferr()); !ok) return ok;
  if (auto ok = copyAll(ram_, follower_->ram()); !ok) return ok;
  if (auto ok = copyAll(ram_, journal_.checkpoint.ram); !ok) return ok;
  PageSet before;
  before.add(ram_);
  written_.clear();
  checkpoint();
  meeting_ = false;
  return {};
}

// Both sides are alike, and leftState_ is their state.
void LockstepVcpu::checkpoint() {
  written_.tidy();
  copyPages(ram_, journal_.checkpoint.ram, written_);
  written_.clear();
  journal_.checkpoint.step += journal_.steps;
  journal_.checkpoint.state = leftState_;
  journal_.checkpoint.map = *recorder_.currentMap();
  journal_.checkpoint.ferr = seat_->ferr();
  journal_.segments.clear();
  journal_.steps = journal_.entries = journal_.knownSame = 0;
  ++report_.checkpoints;
}

void LockstepVcpu::takeMail(Segment& segment) {
  seat_->mailbox().take(kMailExit);
  while (const u32 bits = board_.mailbox.take(~u32{kMailExit})) {
    if (bits & kMailSipi) segment.sipi = board_.mailbox.sipiVector();
    segment.mail.push_back(bits);
  }
}

u64 LockstepVcpu::stretch(u64 most) {
  if (!settings_.blocks) return std::min(most, settings_.every - sinceComparison_);
  leader_->saveState(leftState_);
  return std::min(most, straightLine(leftState_, *leader_, board_.physical, board_.model));
}

VcpuExit LockstepVcpu::run(const RunBudget& budget) {
  total_ = {};
  total_.reason = ExitReason::Budget;
  for (;;) {
    if (board_.mailbox.take(kMailExit)) return cancelled();
    if (report_.enough) return rest();
    const u64 left = budget.steps - total_.steps;
    if (auto exit = advance(std::min(left, settings_.mostSteps - report_.steps), {})) return *exit;
    if (total_.steps >= budget.steps) return total_;
  }
}

// Until the machine is paused or ended.
VcpuExit LockstepVcpu::rest() {
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  total_.reason = ExitReason::Cancelled;
  return total_;
}

VcpuExit LockstepVcpu::step(StepEvents events) {
  total_ = {};
  if (board_.mailbox.take(kMailExit)) return cancelled();
  if (auto exit = advance(1, events)) return *exit;
  total_.reason = ExitReason::Budget;
  return total_;
}

// Perhaps for good, so what has not been compared is compared now.
VcpuExit LockstepVcpu::cancelled() {
  total_.reason = ExitReason::Cancelled;
  return sinceComparison_ == 0 || compare()
             ? total_
             : differ("the two have different " + differentFields(leftState_, rightState_));
}

std::optional<VcpuExit> LockstepVcpu::advance(u64 steps, std::optional<StepEvents> single) {
  if (meeting_)
    if (auto ok = meet(); !ok)
      return VcpuExit{.reason = ExitReason::EngineFault, .message = ok.error().message};
  const auto begin = Clock::now();
  Segment& segment = journal_.segments.emplace_back();
  VcpuExit exit = lead(segment, steps, single);
  const auto followed = Clock::now();
  const VcpuExit other = follower_->play(segment, segment.steps);
  report_.rightSeconds += secondsSince(followed);
  count(segment, exit);

  const std::string how = outOfStep(exit, other);
  if (!how.empty()) return differ(how);
  const bool goesOn = exit.reason == ExitReason::Budget || exit.reason == ExitReason::Cancelled;
  report_.enough = report_.steps >= settings_.mostSteps;
  const bool due = settings_.blocks || sinceComparison_ >= settings_.every || !goesOn || report_.enough;
  if (due && sinceComparison_ && !compare())
    return differ("the two have different " + differentFields(leftState_, rightState_));
  report_.seconds += secondsSince(begin);
  if (goesOn && !report_.enough) return {};
  exit.steps = total_.steps;
  exit.instructions = total_.instructions;
  return exit;
}

VcpuExit LockstepVcpu::lead(Segment& segment, u64 steps, std::optional<StepEvents> single) {
  segment.time = board_.clock.now();
  segment.single = single;
  takeMail(segment);
  postMail(seat_->mailbox(), segment);
  const u64 most = stretch(steps);
  recorder_.begin(segment);
  const auto begin = Clock::now();
  VcpuExit exit = single ? leader_->step(*single) : leader_->run({most});
  report_.leftSeconds += secondsSince(begin);
  recorder_.end();
  segment.steps = exit.steps;
  return exit;
}

void LockstepVcpu::count(const Segment& segment, const VcpuExit& exit) {
  journal_.steps += exit.steps;
  journal_.entries += segment.entries.size();
  sinceComparison_ += exit.steps;
  total_.steps += exit.steps;
  total_.instructions += exit.instructions;
  report_.steps += exit.steps;
  report_.instructions += exit.instructions;
  for (const Entry& e : segment.entries) {
    if (std::holds_alternative<CallEntry>(e)) ++report_.calls;
    if (std::holds_alternative<RamWritten>(e)) ++report_.deviceWrites;
  }
}

// The leader may have been asked to stop where the follower just has no more steps.
std::string LockstepVcpu::outOfStep(const VcpuExit& left, const VcpuExit& right) const {
  if (!follower_->divergence().empty())
    return fmt::format("{} {}", settings_.rightName, follower_->divergence());
  if (left.steps != right.steps)
    return fmt::format("{} did {} steps, {} {}", settings_.leftName, left.steps, settings_.rightName,
                       right.steps);
  const auto goesOn = [](const VcpuExit& e) {
    return e.reason == ExitReason::Budget || e.reason == ExitReason::Cancelled ||
           e.reason == ExitReason::Debug;
  };
  if (goesOn(left) ? goesOn(right) : left.reason == right.reason) return {};
  return "one side stops, the other goes on";
}

bool LockstepVcpu::compare() {
  sinceComparison_ = 0;
  ++report_.comparisons;
  leader_->saveState(leftState_);
  follower_->vcpu().saveState(rightState_);
  if (!sameState(leftState_, rightState_)) return false;
  PageSet now;
  now.add(ram_);
  now.add(follower_->ram());
  now.tidy();
  written_.add(now);
  if (!sameBytes(ram_, follower_->ram(), now)) return false;
  journal_.knownSame = journal_.steps;
  if (journal_.steps >= settings_.checkpoint || journal_.entries >= kMostEntries) checkpoint();
  return true;
}

VcpuExit LockstepVcpu::differ(const std::string& how) {
  const auto begin = Clock::now();
  const std::string where =
      fmt::format("within {} steps after step {}: {}", journal_.steps - journal_.knownSame,
                  journal_.checkpoint.step + journal_.knownSame, how);
  auto found = [&]() -> Result<FirstDifference> {
    auto bisection =
        Bisection::make(settings_.left, settings_.right, seatPlan(),
                        {board_.clock.paravirtualLine(), board_.clock.calendarStart()}, journal_);
    if (!bisection) return tl::unexpected(bisection.error());
    return (*bisection)->find();
  }();
  report_.bisectSeconds = secondsSince(begin);
  if (!found)
    return {.reason = ExitReason::EngineFault,
            .message = fmt::format("{}; {}", where, found.error().message)};
  report_.difference = std::move(*found);
  return {.reason = ExitReason::EngineFault, .message = where};
}

}  // namespace duet::diff::lockstep
