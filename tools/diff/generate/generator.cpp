#include "tools/diff/generate/generator.h"

#include <string_view>

#include "core/base/assert.h"
#include "tools/diff/generate/instruction.h"
#include "tools/diff/generate/recipes.h"
#include "tools/diff/generate/rows.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

bool isNamed(const Row& row, std::string_view text) {
  return std::string_view(row.mnemonic).find(text) != std::string_view::npos ||
         std::string_view(row.encoding).find(text) != std::string_view::npos;
}

bool comesLast(const Row& row) {
  return (row.attrs & (kAttrEnd | kAttrCpl0)) || recipeOf(row).order == Recipe::Last;
}

bool comesFirst(const Row& row) { return recipeOf(row).order == Recipe::First; }

bool touchesStack(const Row& row) { return recipeOf(row).writes & gprBit(kRsp); }

u64 caseSeed(u64 seed, u64 number) { return Random(seed ^ Random(number)())(); }

}  // namespace

Generator::Generator(const GeneratorOptions& options) : options_(options), memory_(userMemory(options.seed)) {
  for (const Row& row : allRows()) {
    if (!isGenerated(row, options_.target)) continue;
    if (options_.only.empty() || isNamed(row, options_.only)) rows_.push_back(&row);
    if (!comesLast(row) && !comesFirst(row)) fillers_.push_back(&row);
  }
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
  CaseBuilder builder(options_.target, caseSeed(options_.seed, number), out);
  out.c.memory = memory_;
  const u64 slot = number % cycle();
  if (slot < rows_.size())
    makeSequence(builder, *rows_[slot]);
  else
    addInvalid(builder, *rows_[builder.random().below(static_cast<unsigned>(rows_.size()))]);
  builder.finish();
}

void Generator::makeFiller(CaseBuilder& builder, Mood mood, bool keepStack) const {
  const Row& row = *fillers_[builder.random().below(static_cast<unsigned>(fillers_.size()))];
  if (keepStack && touchesStack(row)) return;
  addInstruction(builder, row, mood, keepStack);
}

// Calm instructions about the subject, so that most of them are reached; the last one may do anything.
void Generator::makeSequence(CaseBuilder& builder, const Row& subject) const {
  Random& random = builder.random();
  const unsigned most = options_.instructionsPerCase;
  const unsigned count = most == 1 || random.oneIn(4) ? 1 : 2 + random.below(most - 1);
  const bool last = comesLast(subject), stack = touchesStack(subject);
  const unsigned position = last ? count - 1 : comesFirst(subject) ? 0 : random.below(count);
  for (unsigned i = 0; i < count; ++i) {
    const Mood mood = i + 1 == count ? Mood::Any : Mood::Calm;
    if (i == position)
      addInstruction(builder, subject, mood, count > 1);
    else
      makeFiller(builder, mood, last || (stack && i < position));
  }
}

}  // namespace duet::diff
