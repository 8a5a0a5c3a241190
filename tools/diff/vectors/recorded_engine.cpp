#include "tools/diff/vectors/recorded_engine.h"

#include <cpuid.h>
#include <xxhash.h>

#include <algorithm>

#include "core/base/assert.h"

namespace duet::diff {
namespace {

using tcg::isa::Row;

constexpr u32 kSteppingBits = 0xf;

u64 hashOf(const Case& c) {
  u64 h = XXH64(c.start.gpr.data(), sizeof c.start.gpr, c.start.rip ^ c.start.rflags << 40);
  h = XXH64(c.start.xsave.data(), c.start.xsave.size(), h + static_cast<u64>(c.world));
  for (const SegmentRegister& r : c.start.segment) h = XXH64(&r.base, sizeof r.base, h ^ r.selector);
  for (const Piece& p : c.pieces) h = XXH64(p.bytes.data(), p.bytes.size(), h ^ p.address);
  return h;
}

bool sameCase(const Case& a, const Case& b) {
  return a.world == b.world && a.pieces == b.pieces && a.start == b.start && a.steps == b.steps &&
         (a.memory == b.memory || *a.memory == *b.memory);
}

// What instructions do without naming it in their row's feature.
struct Behaviour {
  Feature feature;
  u32 attributes;          // of rows; 0: those in `words`
  std::string_view words;  // mnemonics, by blanks
};
constexpr Behaviour kBehaviours[] = {
    {Feature::FdpExcptnOnly, tcg::isa::kAttrFpu, ""},
    {Feature::ZeroFcsFds, tcg::isa::kAttrFpu, ""},
    {Feature::Misalignsse, tcg::isa::kAttrSse, ""},
    {Feature::Xsaveerptr, 0,
     "fxsave fxsave64 fxrstor fxrstor64 xsave xsave64 xsaveopt xsaveopt64 xsavec xsavec64 xrstor xrstor64"},
    {Feature::Umip, 0, "sgdt sidt sldt str smsw"},
};
// Results that the manuals leave to the processor; duet gives those of the processor it runs on.
constexpr std::string_view kOwnResults =
    "rcpps rcpss rsqrtps rsqrtss vrcpps vrcpss vrsqrtps vrsqrtss fsin fcos fsincos fptan fpatan f2xm1 fyl2x "
    "fyl2xp1";

bool hasWord(std::string_view words, std::string_view word) {
  const std::string text = fmt::format(" {} ", words);
  return text.find(fmt::format(" {} ", word)) != std::string::npos;
}

bool anyName(std::string_view words, const Row& row) {
  std::string_view names = row.mnemonic;
  for (;;) {
    const auto end = names.find('/');
    if (hasWord(words, names.substr(0, end))) return true;
    if (end == names.npos) return false;
    names.remove_prefix(end + 1);
  }
}

bool concerns(const Behaviour& b, const Row& row) {
  return b.attributes ? row.attrs & b.attributes : anyName(b.words, row);
}

}  // namespace

u32 hostSignature() {
  u32 a = 0, b = 0, c = 0, d = 0;
  __get_cpuid(1, &a, &b, &c, &d);
  return a;
}

RecordedEngine::RecordedEngine(std::shared_ptr<const VectorFile> file) : file_(std::move(file)) {
  abilities_.user64 = abilities_.user32 = true;
  abilities_.features = file_->witness().features;
  abilities_.vendor = file_->witness().vendor;
  abilities_.processor = file_->witness().processor;
  for (size_t i = 0; i < file_->size(); ++i) byHash_.emplace(hashOf(file_->at(i).c), static_cast<u32>(i));
}

Result<> RecordedEngine::facing(const EngineAbilities& other, u32 hostSignature) {
  if (other.vendor != abilities_.vendor)
    return fail("the vectors are of {} and {} shows another maker's processor: -cpu names one",
                abilities_.processor, other.processor);
  other_ = other;
  sameProcessor_ = ((hostSignature ^ file_->witness().signature) & ~kSteppingBits) == 0;
  return {};
}

std::string RecordedEngine::whyNot(const Case& c) const {
  if (!other_) return {};
  const auto lines = codeLines(c, {abilities_.features, abilities_.vendor});
  const auto others = codeLines(c, {other_->features, other_->vendor});
  for (size_t i = 0; i < lines.size(); ++i) {
    const Row* row = lines[i].insn.row;
    const Row* theirs = i < others.size() ? others[i].insn.row : nullptr;
    if (row && !other_->features.has(row->feature))
      return fmt::format("{} needs what the other processor lacks", row->mnemonic);
    if (row != theirs)
      return fmt::format("the other processor has {}, the recorded one has not",
                         theirs ? theirs->mnemonic : "another instruction");
    if (!row) return {};  // what follows is no code
    for (const Behaviour& b : kBehaviours)
      if (concerns(b, *row) && other_->features.has(b.feature) != abilities_.features.has(b.feature))
        return fmt::format("{} hangs on a feature that only one of the processors has", row->mnemonic);
    if (!sameProcessor_ && anyName(kOwnResults, *row))
      return fmt::format("{} has each processor's own results", row->mnemonic);
  }
  return {};
}

Result<> RecordedEngine::run(std::span<const Case> cases, std::span<Outcome> outcomes) {
  DUET_ASSERT(cases.size() == outcomes.size());
  for (size_t i = 0; i < cases.size(); ++i) {
    outcomes[i] = {};
    outcomes[i].why = whyNot(cases[i]);
    if (!outcomes[i].why.empty()) continue;
    const auto found = byHash_.find(hashOf(cases[i]));
    if (found != byHash_.end())
      if (RecordedVector v = file_->at(found->second); sameCase(v.c, cases[i])) {
        outcomes[i] = std::move(v.outcome);
        continue;
      }
    outcomes[i].why = "this case is not recorded";
  }
  return {};
}

bool RecordedSource::next(Item& item) {
  if (at_ == file_->size()) return false;
  RecordedVector v = file_->at(at_);
  item.c = std::move(v.c);
  item.number = at_++;
  item.instructions = v.instructions;
  return true;
}

}  // namespace duet::diff
