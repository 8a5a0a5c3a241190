#include "tools/diff/generate/case_builder.h"

#include <algorithm>
#include <cstring>

#include "core/base/assert.h"
#include "core/base/bits.h"
#include "core/cpu/registers.h"
#include "tools/diff/case/user_world.h"
#include "tools/diff/generate/values.h"

namespace duet::diff {
namespace {

using tcg::isa::SegReg;

constexpr u64 kTlsLast = kTlsBase + kTlsLimit;

const CpuState& worldState(World world) {
  static const CpuState kWide = userState(World::User64), kNarrow = userState(World::User32);
  return world == World::User64 ? kWide : kNarrow;
}

// The stretch of writable or readable data pages that an address lies in; empty outside them.
struct Stretch {
  u64 from = 0, to = 0;
};
constexpr Stretch kDataStretches[] = {{kData0, kDataEnd}, {kNoExecute, kNoExecuteEnd}};

}  // namespace

CaseBuilder::CaseBuilder(const Target& target, u64 seed, GeneratedCase& out)
    : RegisterChoice(out.c.start, target.wide(), seed), target_(target), out_(out) {
  out_.count = 0;
  out_.c.world = target.world;
  out_.c.pieces.clear();
  out_.c.start = worldState(target.world);
  chooseFlags();
  chooseCodeStart();
  chooseStackSegment();
  fillXsave(out_.c.start, target.features.has(Feature::Avx), random_);
}

void CaseBuilder::chooseFlags() {
  const u64 chance = random_();
  u64 flags = start().rflags | (chance & kFlagsArithmetic);
  if (chance >> 32 & 1) flags |= kFlagDf;
  if ((chance >> 33 & 7) == 0) flags |= kFlagId;
  if ((chance >> 36 & 15) == 0) flags |= kFlagNt;
  if ((chance >> 40 & 15) == 0) flags |= kFlagRf;
  if ((chance >> 44 & 31) == 0) flags |= kFlagAc;
  if ((chance >> 49 & 31) == 0) flags |= kFlagTf;
  start().rflags = flags;
}

// Mostly inside a page; else so that an instruction runs over its end: into more code, a page that may not be executed,
// or nothing.
void CaseBuilder::chooseCodeStart() {
  const unsigned before = 1 + random_.below(15);
  switch (random_.below(24)) {
    case 0:
      codeStart_ = kCode1 - before;
      break;
    case 1:
      codeStart_ = kNoExecute - before;
      break;
    case 2:
      codeStart_ = kWritableCodeEnd - before;
      break;
    case 3:
    case 4:
    case 5:
      codeStart_ = kWritableCode + 0x100 + random_.below(0x600);
      break;
    default:
      codeStart_ = (random_.oneIn(2) ? kCode0 : kCode1) + 0x100 + random_.below(0x600);
      break;
  }
  start().rip = codeStart_;
}

void CaseBuilder::startInWritableCode() {
  DUET_ASSERT(out_.count == 0);
  start().rip = codeStart_ = kWritableCode + 0x100 + random_.below(0x600);
}

// A 32-bit stack with a limit, or one that grows down to it: there #SS stands for #GP.
void CaseBuilder::chooseStackSegment() {
  if (target_.wide() || !random_.oneIn(12)) return;
  start().segment[kSegSs] = userSegment(random_.oneIn(2) ? kTlsLow : kTlsExpandDown);
}

u16 CaseBuilder::chooseSelector(Mood mood, bool narrow) {
  static constexpr u16 kNarrow[] = {kTlsLow, kTlsLow, kTlsLow, kTlsExpandDown, kUserData};
  static constexpr u16 kUsual[] = {kUserData, kUserData, kUserData,      kUserData,    kUserData, kTlsLow,
                                   kTlsLow,   kTlsLow,   kTlsExpandDown, kTlsReadOnly, 0};
  if (narrow) return random_.of(kNarrow);
  return mood == Mood::Calm ? kUserData : random_.of(kUsual);
}

u64 CaseBuilder::segmentBase(SegReg segment, Mood mood, bool narrow) {
  SegmentRegister& reg = start().segment[segment];
  const bool decided = segmentsDecided_ >> segment & 1;
  segmentsDecided_ |= static_cast<u8>(1u << segment);
  if (target_.wide()) {
    if (segment < tcg::isa::kFs) return 0;
    static constexpr u64 kBases[] = {
        0, 0x1000, 0x10, 0x2fff8001, kData0, 0x00007f0000000000, 0xffff800000000000};
    if (!decided) reg.base = mood == Mood::Calm ? 0x1000 : random_.of(kBases);
    return reg.base;
  }
  if (segment == tcg::isa::kCs || segment == tcg::isa::kSs) return reg.base;
  if (!decided) {
    const u16 selector = chooseSelector(mood, narrow);
    reg = selector ? userSegment(selector) : SegmentRegister{0, 0, 0, kSegUnusable};
  }
  return reg.base;
}

// Around the limits of the two small segments: the one ends in the middle of the second data page, the other begins there.
Place CaseBuilder::placeInTls(u16 selector, unsigned size, Mood mood) {
  const u64 border = kTlsLast + 1;
  if (mood == Mood::Any && random_.oneIn(4))
    return {PlaceKind::SegmentEnd, border - 1 - random_.below(std::max(size, 2u) - 1)};
  const bool low = selector == kTlsLow;
  const u64 from = low ? kTlsBase : border;
  const u64 room = (low ? border : kReadOnly) - from;
  return {PlaceKind::Unaligned, from + random_.below(static_cast<unsigned>(room) - size + 1)};
}

CaseBuilder::Reached CaseBuilder::reach(SegReg segment, unsigned addressSize, unsigned size, Mood mood) {
  const u64 mask = lowMask(8 * addressSize);
  const bool narrow = addressSize == 2;
  const u64 base = segmentBase(segment, mood, narrow);
  Place place = forced_ ? Place{PlaceKind::OwnCode, forced_}
                        : choosePlace(target_.world, mood, addressSize < 8, size, random_);
  const u16 selector = start().segment[segment].selector;
  const bool tls = !target_.wide() && !forced_ && (selector == kTlsLow || selector == kTlsExpandDown);
  if (tls && (mood == Mood::Calm || narrow || !random_.oneIn(3))) place = placeInTls(selector, size, mood);
  forced_ = 0;
  u64 offset = place.address - base;
  if (!target_.wide()) offset &= 0xffffffff;
  if (offset & ~mask) return {{PlaceKind::Anywhere, 0}, offset & mask};
  touch(segment, addressSize, size, {place, offset});
  return {place, offset};
}

// The first byte, and the last one where it lies in another page: what can be.
void CaseBuilder::touch(SegReg segment, unsigned addressSize, unsigned size, const Reached& reached) {
  const SegmentRegister& s = start().segment[segment];
  const bool flat = target_.wide();
  if (reached.place.kind == PlaceKind::SegmentEnd || (!flat && !s.usable())) return;
  const auto one = [&](unsigned more) {
    const u64 address = reached.place.address + more;
    if (isPresent(address))
      touches_.add({segment, addressSize, reached.offset + more,
                    isWritable(address) && (flat || s.selector != kTlsReadOnly)});
  };
  one(0);
  if ((reached.place.address ^ (reached.place.address + size - 1)) >> 12) one(size - 1);
}

void CaseBuilder::addInstruction(std::span<const u8> bytes, const MadeInstruction& made) {
  DUET_ASSERT(out_.count < kMostInstructions && codeSize_ + bytes.size() <= code_.size());
  MadeInstruction& m = out_.made[out_.count++] = made;
  m.address = here();
  m.length = static_cast<u8>(bytes.size());
  std::ranges::copy(bytes, code_.begin() + codeSize_);
  codeSize_ += static_cast<unsigned>(bytes.size());
  const u64 end = here();
  const bool runsOver = (m.address < kNoExecute && end > kNoExecute) || end > kWritableCodeEnd;
  const bool outside =
      m.address >= kWritableCodeEnd || (m.address >= kNoExecute && m.address < kWritableCode);
  m.whole = !runsOver && !outside;
}

void CaseBuilder::addData(u64 address, std::span<const u8> bytes) {
  for (const Stretch& s : kDataStretches) {
    const u64 from = std::max(address, s.from), to = std::min(address + bytes.size(), s.to);
    if (address + bytes.size() < address || from >= to) continue;
    const auto part = bytes.subspan(from - address, to - from);
    out_.c.pieces.push_back({from, {part.begin(), part.end()}});
  }
}

u64 CaseBuilder::branchTarget(Mood mood) {
  static constexpr u64 kPages[] = {kCode0, kCode1, kWritableCode};
  const u64 usual = random_.of(kPages) + kTargetsFrom + random_.below(0x200);
  if (mood == Mood::Calm) return usual;
  switch (random_.below(24)) {
    case 0:
      return kNoExecute + random_.below(4096);
    case 1:
      return kNoExecuteEnd + random_.below(4096);
    case 2:
      return target_.wide() ? 0x0000800000000000 : 0xfffffffe;
    case 3:
      return target_.wide() ? 0xffff800000000000 : 0xc0000000;
    case 4:
      return kNoExecute - 1;
    default:
      return usual;
  }
}

// As far as there are pages: of an instruction that runs into nothing only the first bytes exist.
void CaseBuilder::addCode() {
  const std::span<const u8> code(code_.data(), codeSize_);
  const u64 end = codeStart_ < kNoExecuteEnd ? kNoExecuteEnd : kWritableCodeEnd;
  const auto part = code.first(std::min<u64>(codeSize_, end - codeStart_));
  std::vector<u8> bytes = touches_.before(start(), target_.mode());
  start().rip = codeStart_ - bytes.size();
  bytes.insert(bytes.end(), part.begin(), part.end());
  out_.c.pieces.push_back({start().rip, std::move(bytes)});
}

void CaseBuilder::finish() {
  for (unsigned n = 0; n < (target_.wide() ? 16u : 8u); ++n) {
    if (decided_ >> n & 1) continue;
    u64 value = edgeInteger(random_);
    if (n == kRsp && !random_.oneIn(8))
      value = kData1 + 8 * random_.below(256) - start().segment[kSegSs].base;
    start().gpr[n] = target_.wide() ? value : value & 0xffffffff;
  }
  for (const SegReg segment : {tcg::isa::kFs, tcg::isa::kGs, tcg::isa::kDs, tcg::isa::kEs})
    if (random_.oneIn(segment >= tcg::isa::kFs ? 4 : 12)) segmentBase(segment, Mood::Any, false);
  addCode();
}

}  // namespace duet::diff
