#include "tools/diff/generate/generator.h"

#include <algorithm>
#include <string_view>

#include "core/base/assert.h"
#include "tools/diff/generate/instruction.h"
#include "tools/diff/generate/recipes.h"
#include "tools/diff/generate/rows.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

constexpr u64 kMostStarts = 64;

bool comesLast(const Row& row) {
  return (row.attrs & (kAttrEnd | kAttrCpl0)) || recipeOf(row).order == Recipe::Last;
}

bool comesFirst(const Row& row) { return recipeOf(row).order == Recipe::First; }

bool touchesStack(const Row& row) { return recipeOf(row).writes & gprBit(kRsp); }

// Integer instructions whose immediate may be stored into, or that store.
bool isPlainInteger(const Row& row) {
  return !comesLast(row) && !comesFirst(row) && !touchesStack(row) && row.feature == Feature::Base &&
         !row.vex && recipeOf(row).before == nullptr;
}

bool isChanged(const Row& row) {
  return isPlainInteger(row) &&
         std::ranges::any_of(row.operands, [](const OperandSpec& o) { return o.slot == Slot::Immediate; });
}

bool isWriter(const Row& row) {
  const OperandSpec& first = row.operands[0];
  return isPlainInteger(row) && first.slot == Slot::ModrmRm && first.memoryAllowed &&
         first.access != Access::Read;
}

}  // namespace

bool isNamed(const Row& row, std::string_view words) {
  for (;;) {
    const size_t end = words.find(',');
    const std::string_view word = words.substr(0, end);
    if (std::string_view(row.mnemonic).find(word) != std::string_view::npos ||
        std::string_view(row.encoding).find(word) != std::string_view::npos)
      return true;
    if (end == std::string_view::npos) return false;
    words.remove_prefix(end + 1);
  }
}

u64 caseSeed(u64 seed, u64 number) { return Random(seed ^ Random(number)())(); }

u64 caseSteps(u64 seed, u64 number) {
  constexpr u64 kFew = 1000, kMany = 20000;
  return caseSeed(~seed, number) & 1 ? kMany : kFew;
}

bool caseTouches(u64 seed, u64 number) { return caseSeed(~seed, number) & 2; }

Generator::Generator(const GeneratorOptions& options) : options_(options), memory_(userMemory(options.seed)) {
  for (const Row& row : allRows()) {
    if (!isGenerated(row, options_.target)) continue;
    if (options_.only.empty() || isNamed(row, options_.only)) rows_.push_back(&row);
    if (!comesLast(row) && !comesFirst(row)) fillers_.push_back(&row);
    if (isChanged(row)) changed_.push_back(&row);
    if (isWriter(row)) writers_.push_back(&row);
  }
  if (options_.selfModifying && options_.only.empty() && options_.instructionsPerCase > 1)
    changingSlots_ = static_cast<unsigned>(rows_.size() / 40);
  if (options_.invalid && options_.only.empty()) invalidSlots_ = static_cast<unsigned>(rows_.size() / 12);
}

Result<Generator> Generator::create(const GeneratorOptions& options) {
  DUET_ASSERT(options.target.world != World::System);
  if (options.instructionsPerCase < 1 || options.instructionsPerCase > kMostInstructions)
    return fail("{} instructions a case: 1 to {} are possible", options.instructionsPerCase,
                kMostInstructions);
  Generator generator(options);
  if (generator.rows_.empty())
    return fail("no instruction of this world has '{}' in its mnemonic or encoding", options.only);
  return generator;
}

void Generator::at(u64 number, GeneratedCase& out) const {
  out.c.memory = memory_;
  out.c.steps = caseSteps(options_.seed, number);
  // What was decided early, at random, can leave a subject without a way to be made; another start has one.
  for (u64 start = 0; start < kMostStarts; ++start) {
    CaseBuilder builder(options_.target, caseSeed(options_.seed, number + (start << 48)), out);
    if (options_.touched && caseTouches(options_.seed, number)) builder.touchFirst();
    const bool made = makeCase(builder, number % cycle());
    if (!made && start + 1 < kMostStarts) continue;
    return builder.finish();
  }
}

bool Generator::makeCase(CaseBuilder& builder, u64 slot) const {
  if (slot < rows_.size()) return makeSequence(builder, *rows_[slot]);
  if (slot < rows_.size() + changingSlots_) return makeSelfModifying(builder);
  return addInvalid(builder, *rows_[builder.random().below(static_cast<unsigned>(rows_.size()))]);
}

bool Generator::makeSelfModifying(CaseBuilder& builder) const {
  Random& random = builder.random();
  const auto any = [&](const auto& rows) { return rows[random.below(static_cast<unsigned>(rows.size()))]; };
  builder.startInWritableCode();
  const unsigned more = options_.instructionsPerCase - 2;
  for (unsigned i = random.below(more / 2 + 1); i; --i) makeFiller(builder, Mood::Calm, false);
  bool made = false;
  for (unsigned i = 0; i < 20 && !made; ++i) made = addSelfModifying(builder, *any(writers_), *any(changed_));
  for (unsigned i = random.below(more / 2 + 1); i; --i) makeFiller(builder, Mood::Calm, false);
  return made;
}

void Generator::makeFiller(CaseBuilder& builder, Mood mood, bool keepStack) const {
  const Row& row = *fillers_[builder.random().below(static_cast<unsigned>(fillers_.size()))];
  if (keepStack && touchesStack(row)) return;
  addInstruction(builder, row, mood, keepStack);
}

// Calm instructions about the subject, so that most of them are reached; the last one may do anything.
bool Generator::makeSequence(CaseBuilder& builder, const Row& subject) const {
  Random& random = builder.random();
  const unsigned most = options_.instructionsPerCase;
  const unsigned count = most == 1 || random.oneIn(4) ? 1 : 2 + random.below(most - 1);
  const bool last = comesLast(subject), stack = touchesStack(subject);
  const unsigned position = last ? count - 1 : comesFirst(subject) ? 0 : random.below(count);
  for (unsigned i = 0; i < count; ++i) {
    const Mood mood = i + 1 == count ? Mood::Any : Mood::Calm;
    if (i != position)
      makeFiller(builder, mood, last || (stack && i < position));
    else if (!addInstruction(builder, subject, mood, count > 1))
      return false;
  }
  return true;
}

}  // namespace duet::diff
