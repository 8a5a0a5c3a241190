#include "tools/diff/vectors/recorder.h"

#include <algorithm>
#include <cstring>

#include "tools/diff/case/user_world.h"
#include "tools/diff/compare/compare.h"
#include "tools/diff/vectors/vector_codec.h"

namespace duet::diff {
namespace {

constexpr size_t kBatch = 512;

// Groups of values that are put back to the background's together.
std::vector<FieldList> slimGroups() {
  std::vector<FieldList> groups;
  for (const StateField& f : stateFields()) {
    const bool general = f.user && f.size == 8 && f.name[0] == 'r' && f.name != "rip" && f.name != "rflags";
    const bool x87 = f.name.starts_with("st") && f.size == 10;
    if (general || x87 || f.name.starts_with("xmm") || f.name.starts_with("ymm")) groups.push_back({&f});
  }
  groups.push_back({findStateField("fcw"), findStateField("fsw"), findStateField("ftw")});
  groups.push_back({findStateField("mxcsr")});
  return groups;
}

void copyFields(const FieldList& fields, const CpuState& from, CpuState& to) {
  for (const StateField* f : fields) std::memcpy(f->in(to), f->in(from), f->size);
}

bool equalFields(const FieldList& fields, const CpuState& a, const CpuState& b) {
  return std::ranges::all_of(
      fields, [&](const StateField* f) { return std::memcmp(f->in(a), f->in(b), f->size) == 0; });
}

// The same happens but for values that were left alone both times.
bool sameEffect(const RecordedVector& v, const FieldList& changed, const Case& slim, const Outcome& answer) {
  if (answer.ending != Ending::Exception) return false;
  Outcome now = answer;
  now.after = visibleState(slim.world, slim.start, answer.after);
  const bool leftAlone =
      equalFields(changed, v.c.start, v.outcome.after) && equalFields(changed, slim.start, now.after);
  if (leftAlone) copyFields(changed, v.outcome.after, now.after);
  return same(v.c, v.outcome, now);
}

u64 endingKey(FormKey key) {
  key.operandSize = key.addressSize = 0;
  key.prefixes = PrefixGroup::None;
  return key.packed();
}

}  // namespace

bool Recorder::wanted(const GeneratedCase& made, const Outcome& outcome) {
  if (outcome.ending != Ending::Exception) return false;
  bool wanted = false;
  std::vector<u64> keys;
  for (unsigned i = 0; i < made.count; ++i) {
    const bool here = made.made[i].address == outcome.after.rip;
    FormKey key = made.made[i].form;
    key.ending = here ? static_cast<u8>(kRaised + outcome.exception.vector) : kDone;
    const u64 form = key.plain().packed(), ending = endingKey(key);
    wanted |= seen_[form] < quota_.form || seen_[ending] < quota_.ending;
    keys.push_back(form);
    keys.push_back(ending);
    if (here) break;
  }
  if (wanted)
    for (const u64 key : keys) ++seen_[key];
  return wanted;
}

Result<> Recorder::take(const Generator& generator, u64 first, u64 cases, const std::atomic<bool>& stop) {
  std::vector<GeneratedCase> made(kBatch);
  std::vector<Case> asked(kBatch);
  std::vector<Outcome> answers(kBatch);
  for (u64 done = 0; done < cases && !stop; done += kBatch) {
    for (size_t i = 0; i < kBatch; ++i) {
      generator.at(first + done + i, made[i]);
      asked[i] = made[i].c;
    }
    if (auto ran = witness_.run(asked, answers); !ran) return ran;
    std::vector<RecordedVector> kept;
    for (size_t i = 0; i < kBatch; ++i)
      if (wanted(made[i], answers[i])) kept.push_back({made[i].c, std::move(answers[i]), made[i].count});
    if (auto ok = keep(kept); !ok) return ok;
  }
  return {};
}

Result<> Recorder::keep(std::vector<RecordedVector>& batch) {
  for (RecordedVector& v : batch) {
    const auto world = static_cast<size_t>(v.c.world);
    if (!haveBackground_[world]) backgrounds_[world] = v.c.start;
    haveBackground_[world] = true;
    v.outcome.after = visibleState(v.c.world, v.c.start, v.outcome.after);
  }
  if (auto ok = slim(batch); !ok) return ok;
  std::ranges::move(batch, std::back_inserter(vectors_));
  return {};
}

// Group by group: what the processor does the same without keeps the background's value.
Result<> Recorder::slim(std::vector<RecordedVector>& batch) {
  static const std::vector<FieldList> groups = slimGroups();
  std::vector<Case> tried(batch.size());
  std::vector<Outcome> answers(batch.size());
  for (const FieldList& group : groups) {
    for (size_t i = 0; i < batch.size(); ++i) {
      tried[i] = batch[i].c;
      copyFields(group, backgrounds_[static_cast<size_t>(tried[i].world)], tried[i].start);
    }
    if (auto ran = witness_.run(tried, answers); !ran) return ran;
    for (size_t i = 0; i < batch.size(); ++i) {
      RecordedVector& v = batch[i];
      if (!sameEffect(v, group, tried[i], answers[i])) continue;
      v.c = tried[i];
      v.outcome = answers[i];
      v.outcome.after = visibleState(v.c.world, v.c.start, answers[i].after);
    }
  }
  return {};
}

std::vector<u8> Recorder::file(u32 signature) const {
  const EngineAbilities& a = witness_.abilities();
  std::array<CpuState, 2> backgrounds = backgrounds_;
  for (const World world : {World::User64, World::User32})
    if (!haveBackground_[static_cast<size_t>(world)])
      backgrounds[static_cast<size_t>(world)] = userState(world);
  return vectorFile(
      vectorContent({fmt::format("{}: {}", witness_.name(), a.processor), a.vendor, signature, a.features},
                    backgrounds, vectors_));
}

}  // namespace duet::diff
