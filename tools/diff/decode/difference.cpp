#include "tools/diff/decode/difference.h"

#include <algorithm>

#include "core/base/bits.h"

namespace duet::diff {
namespace {

constexpr std::string_view kWords[] = {"only-ours", "only-theirs", "length",    "name",
                                       "prefix",    "operands",    "register",  "size",
                                       "address",   "segment",     "immediate", "target"};
static_assert(std::size(kWords) == static_cast<size_t>(DecodeKind::Count));

bool sameUnder(u64 a, u64 b, unsigned bytes) { return ((a ^ b) & lowMask(bytes * 8)) == 0; }

// A branch without a size of its own in a listing: an operand that is a number.
bool sameSort(const Part& ours, const Part& theirs) {
  if (ours.kind == PartKind::Target)
    return theirs.kind == PartKind::Immediate || theirs.kind == PartKind::Target;
  return ours.kind == theirs.kind;
}

bool sameRegister(const RegisterName& a, const RegisterName& b) {
  return a.set == b.set && a.number == b.number && (a.size == b.size || a.size == 0 || b.size == 0);
}

void compareAddress(const Part& ours, const Part& theirs, DecodeKinds& kinds) {
  const bool vectorIndex = ours.index.set == RegisterSet::Vector;
  bool same = sameRegister(ours.base, theirs.base) && sameRegister(ours.index, theirs.index);
  // A register times 1 may stand as base or as index: without the other one it is the same address.
  const bool lone =
      ours.base.set == RegisterSet::None && ours.scale == 1 && theirs.index.set == RegisterSet::None;
  if (lone) same = sameRegister(ours.index, theirs.base);
  const bool scaled = ours.index.set != RegisterSet::None;
  if (same && scaled && ours.scale != theirs.scale) same = false;
  if (theirs.addressSize && theirs.addressSize != ours.addressSize && !(vectorIndex && lone)) same = false;
  if (!sameUnder(ours.value, theirs.value, ours.addressSize)) same = false;
  if (!same) kinds.add(DecodeKind::Address);
  if (ours.segment != theirs.segment) kinds.add(DecodeKind::Segment);
  if (ours.size && theirs.size && ours.size != theirs.size) kinds.add(DecodeKind::Size);
}

void comparePart(const Part& ours, const Part& theirs, DecodeKinds& kinds) {
  switch (ours.kind) {
    case PartKind::None:
      return;
    case PartKind::Register:
      if (!sameRegister(ours.reg, theirs.reg)) kinds.add(DecodeKind::Register);
      return;
    case PartKind::Memory:
      return compareAddress(ours, theirs, kinds);
    case PartKind::Immediate:
      if (!sameUnder(ours.value, theirs.value, ours.size)) kinds.add(DecodeKind::Immediate);
      return;
    case PartKind::FarPointer:
      if (!sameUnder(ours.value, theirs.value, ours.size) || ours.selector != theirs.selector)
        kinds.add(DecodeKind::Immediate);
      return;
    case PartKind::Target:
      if (!sameUnder(ours.value, theirs.value, ours.size)) kinds.add(DecodeKind::Target);
      return;
  }
}

bool equalPart(const Part& ours, const Part& theirs) {
  if (!sameSort(ours, theirs)) return false;
  DecodeKinds kinds;
  comparePart(ours, theirs, kinds);
  return kinds.empty();
}

// Its operands may stand in either order.
bool isSwapped(const Reading& ours, const Reading& theirs) {
  return ours.name == "xchg" && ours.count == 2 && theirs.count == 2 &&
         equalPart(ours.parts[0], theirs.parts[1]) && equalPart(ours.parts[1], theirs.parts[0]);
}

void compareParts(const Reading& ours, const Reading& theirs, DecodeKinds& kinds) {
  if (isSwapped(ours, theirs)) return;
  const auto implied = static_cast<unsigned>(
      std::count_if(ours.parts, ours.parts + ours.count, [](const Part& p) { return p.implied; }));
  unsigned missing = ours.count > theirs.count ? ours.count - theirs.count : 0;
  const bool allMissing = missing == implied;
  unsigned at = 0;
  for (unsigned i = 0; i < ours.count; ++i) {
    const Part& part = ours.parts[i];
    const bool here = !allMissing && at < theirs.count && equalPart(part, theirs.parts[at]);
    if (!here && part.implied && missing) {
      --missing;
      continue;
    }
    if (at == theirs.count || !sameSort(part, theirs.parts[at])) return kinds.add(DecodeKind::Operands);
    comparePart(part, theirs.parts[at++], kinds);
  }
  if (at != theirs.count) kinds.add(DecodeKind::Operands);
}

}  // namespace

std::string_view wordOf(DecodeKind kind) { return kWords[static_cast<size_t>(kind)]; }

DecodeKind kindByWord(std::string_view word) {
  return static_cast<DecodeKind>(std::ranges::find(kWords, word) - std::begin(kWords));
}

std::string DecodeKinds::text() const {
  std::string text;
  for (size_t i = 0; i < static_cast<size_t>(DecodeKind::Count); ++i) {
    if (!has(static_cast<DecodeKind>(i))) continue;
    if (!text.empty()) text += ", ";
    text += kWords[i];
  }
  return text;
}

DecodeKinds difference(const Reading& ours, const Reading& theirs) {
  DecodeKinds kinds;
  if (theirs.silent) return kinds;
  if (ours.valid != theirs.valid) {
    kinds.add(ours.valid ? DecodeKind::OnlyOurs : DecodeKind::OnlyTheirs);
    return kinds;
  }
  // Of what is no instruction, disassemblers have no length; the processor reads so many bytes before #UD.
  if (!ours.valid && !theirs.lengthOnly) return kinds;
  if (ours.length != theirs.length) kinds.add(DecodeKind::Length);
  if (theirs.lengthOnly) return kinds;
  if (ours.name != theirs.name) kinds.add(DecodeKind::Name);
  if (ours.lock != theirs.lock || (ours.repeats && ours.repeat != theirs.repeat))
    kinds.add(DecodeKind::Prefix);
  compareParts(ours, theirs, kinds);
  return kinds;
}

}  // namespace duet::diff
