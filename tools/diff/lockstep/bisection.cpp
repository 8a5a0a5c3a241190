#include "tools/diff/lockstep/bisection.h"

#include <algorithm>

#include "tools/diff/compare/compare.h"

namespace duet::diff::lockstep {
namespace {

constexpr size_t kMostBytes = 64;  // of differing memory in a report
constexpr u64 kLongestInstruction = 15;

// What lies at a linear address, as far as its pages are present.
std::vector<u8> codeAt(Follower& side, u64 linear) {
  std::vector<u8> code;
  for (u64 i = 0; i < kLongestInstruction; ++i) {
    const auto address = side.vcpu().translate(LinearAddr(linear + i));
    const auto place = address ? findRam(side.map(), *address) : std::nullopt;
    if (!place) break;
    code.push_back(side.ram().blocks()[place->block]->host[place->offset]);
  }
  return code;
}

void addByte(std::vector<Piece>& pieces, u64 address, u8 byte) {
  if (pieces.empty() || pieces.back().address + pieces.back().bytes.size() != address)
    pieces.push_back({address, {}});
  pieces.back().bytes.push_back(byte);
}

}  // namespace

bool sameState(const CpuState& a, const CpuState& b) {
  return a == b || comparedState(World::System, a) == comparedState(World::System, b);
}

std::string differentFields(const CpuState& a, const CpuState& b) {
  Case nothing;
  nothing.world = World::System;
  Outcome left, right;
  left.ending = right.ending = Ending::Halt;
  left.after = a;
  right.after = b;
  std::string names;
  for (const Difference& d : differences(nothing, left, right))
    names += (names.empty() ? "" : ", ") + d.field;
  return names.empty() ? "memory" : names;
}

Result<std::unique_ptr<Bisection>> Bisection::make(const BackendFactory& left, const BackendFactory& right,
                                                   const SeatPlan& plan, const ClockPlan& clock,
                                                   const Journal& journal) {
  std::unique_ptr<Bisection> made(new Bisection(journal));
  if (auto ok = made->makeSide(made->left_, left, plan, clock); !ok) return tl::unexpected(ok.error());
  if (auto ok = made->makeSide(made->right_, right, plan, clock); !ok) return tl::unexpected(ok.error());
  return made;
}

Result<> Bisection::makeSide(Side& side, const BackendFactory& factory, const SeatPlan& plan,
                             const ClockPlan& clock) {
  side.clock.setCalendarStart(clock.calendarStart);
  side.clock.setParavirtualLine(clock.paravirtual);
  side.clock.start();
  auto follower = Follower::make(factory, plan, journal_.checkpoint.ram, side.clock);
  if (!follower) return tl::unexpected(follower.error());
  side.follower = std::move(*follower);
  return copyAll(journal_.checkpoint.ram, side.follower->ram());
}

// From the checkpoint, along the journal.
Result<> Bisection::go(Side& side, u64 steps) {
  side.segment = side.entries = 0;
  side.divergence.clear();
  if (!journal_.segments.empty()) side.clock.restore(journal_.segments.front().time, 0);
  if (auto ok =
          side.follower->load(journal_.checkpoint.state, journal_.checkpoint.map, journal_.checkpoint.ferr);
      !ok)
    return ok;
  side.dirty.add(side.follower->ram());
  side.dirty.tidy();
  copyPages(journal_.checkpoint.ram, side.follower->ram(), side.dirty);
  side.dirty.clear();
  u64 left = steps;
  // Segments without a step belong to the step behind them, or to the end.
  const bool whole = steps == journal_.steps;
  for (size_t i = 0; i < journal_.segments.size() && (left > 0 || whole); ++i) {
    const Segment& segment = journal_.segments[i];
    const u64 part = std::min(left, segment.steps);
    side.clock.restore(segment.time, 0);
    const VcpuExit exit = side.follower->play(segment, part);
    side.segment = i;
    side.entries = side.follower->entriesUsed();
    side.divergence = side.follower->divergence();
    if (!side.divergence.empty()) break;
    if (exit.steps != part) {
      side.divergence = fmt::format("stops after {} of {} steps", exit.steps, part);
      break;
    }
    left -= part;
  }
  side.follower->vcpu().saveState(side.state);
  return {};
}

Result<bool> Bisection::sameAfter(u64 steps) {
  ++trials_;
  for (Side* side : {&left_, &right_})
    if (auto ok = go(*side, steps); !ok) return tl::unexpected(ok.error());
  if (!left_.divergence.empty() || !right_.divergence.empty()) return false;
  if (left_.segment != right_.segment || left_.entries != right_.entries) return false;
  if (!sameState(left_.state, right_.state)) return false;
  for (Side* side : {&left_, &right_}) side->dirty.add(side->follower->ram());
  left_.dirty.add(right_.dirty);
  left_.dirty.tidy();
  right_.dirty = left_.dirty;
  return sameBytes(left_.follower->ram(), right_.follower->ram(), left_.dirty);
}

Result<FirstDifference> Bisection::find() {
  u64 same = journal_.knownSame, different = journal_.steps;
  auto again = sameAfter(different);
  if (!again) return tl::unexpected(again.error());
  if (*again)
    return fail(
        "the two sides differed within {} steps after step {}, but not when these were run again: one of the "
        "engines "
        "does not do the same twice",
        different, journal_.checkpoint.step);
  while (different - same > 1) {
    const u64 middle = same + (different - same) / 2;
    auto alike = sameAfter(middle);
    if (!alike) return tl::unexpected(alike.error());
    (*alike ? same : different) = middle;
  }
  return describe(different);
}

Result<FirstDifference> Bisection::describe(u64 steps) {
  FirstDifference found;
  found.step = journal_.checkpoint.step + steps;
  if (auto ok = go(left_, steps - 1); !ok) return tl::unexpected(ok.error());
  found.before = left_.state;
  found.linear = codeAddress(found.before).value;
  found.code = codeAt(*left_.follower, found.linear);
  const size_t segmentBefore = left_.segment, entriesBefore = steps > 1 ? left_.entries : 0;
  if (auto same = sameAfter(steps); !same) return tl::unexpected(same.error());
  found.left = left_.state;
  found.right = right_.state;
  found.leftDivergence = left_.divergence;
  found.rightDivergence = right_.divergence;
  const auto& entries = journal_.segments[left_.segment].entries;
  const size_t from = left_.segment == segmentBefore ? entriesBefore : 0;
  for (size_t i = from; i < left_.entries && i < entries.size(); ++i)
    if (const auto* call = std::get_if<CallEntry>(&entries[i])) found.calls.push_back(callText(call->call));
  describeMemory(found);
  found.trials = trials_;
  return found;
}

void Bisection::describeMemory(FirstDifference& found) {
  for (Side* side : {&left_, &right_}) side->dirty.add(side->follower->ram());
  PageSet pages = left_.dirty;
  pages.add(right_.dirty);
  pages.tidy();
  left_.dirty = right_.dirty = pages;
  const auto bytes = differentBytes(left_.follower->ram(), right_.follower->ram(), pages, kMostBytes + 1);
  found.moreMemory = bytes.size() > kMostBytes;
  for (size_t i = 0; i < std::min(bytes.size(), kMostBytes); ++i) {
    const auto address = findAddress(left_.follower->map(), bytes[i].place);
    const u64 at = address ? address->value : bytes[i].place.offset;
    addByte(found.leftMemory, at, bytes[i].left);
    addByte(found.rightMemory, at, bytes[i].right);
  }
}

}  // namespace duet::diff::lockstep
