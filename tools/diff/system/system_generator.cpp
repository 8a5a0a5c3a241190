#include "tools/diff/system/system_generator.h"

#include <algorithm>
#include <iterator>

#include "tools/diff/generate/generator.h"
#include "tools/diff/generate/recipes.h"
#include "tools/diff/system/system_forms.h"
#include "tools/diff/system/system_recipes.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

constexpr u64 kMostStarts = 64;
constexpr unsigned kAttempts = 16;
constexpr unsigned kSystemWeight = 3;

Target inSetting(Target target, const Setting& s) {
  target.world = World::System;
  target.systemMode = s.mode;
  return target;
}

unsigned memorySize(const Draft& d, const Target& target) {
  for (unsigned i = 0; i < d.insn.row->operandCount; ++i) {
    if (d.insn.op[i].kind != OperandKind::Memory) continue;
    if (d.insn.row->operands[i].size == SizeRule::XsaveArea)
      return target.features.has(Feature::Avx) ? kXsaveAvxOffset + 256 : kXsaveAvxOffset;
    return std::max<unsigned>(1, d.insn.op[i].size);
  }
  return 1;
}

bool sendMemory(SystemBuilder& b, Draft& d, const SystemRecipe& recipe) {
  const unsigned size = memorySize(d, b.target());
  const Insn& insn = d.insn;
  const auto offset = b.reach(insn.mem.segment, insn.addrSize, size);
  if (!offset || !solveAddress(b, d, b.here() + insn.length, *offset)) return false;
  if (!recipe.content) return true;
  std::vector<u8> bytes(std::max(size, 16u));
  recipe.content(b, d, std::span(bytes).first(size));
  b.addData(b.linear(insn.mem.segment, *offset), std::span(bytes).first(size));
  return true;
}

bool add(SystemBuilder& b, const Row& row, bool memory) {
  const SystemRecipe& recipe = *systemRecipeOf(row);
  for (unsigned attempt = 0; attempt < kAttempts; ++attempt) {
    Draft draft;
    const ShapeWish wish{b.known(), true, attempt + 2 >= kAttempts};
    if (!draftBytes(row, b.target(), wish, b.random(), draft)) continue;
    // No store through CS, whose type forbids it.
    if (!b.target().segmentChecks && draft.insn.mem.segment == kCs && hasMemoryOperand(draft.insn)) continue;
    if (!memory && (hasMemoryOperand(draft.insn) || recipe.before)) continue;
    if (recipe.before && !recipe.before(b, draft)) continue;
    if (hasMemoryOperand(draft.insn) && !sendMemory(b, draft, recipe)) continue;
    b.addInstruction(draft);
    loseWritten(b, draft);
    return true;
  }
  return false;
}

}  // namespace

SystemGenerator::SystemGenerator(const SystemGeneratorOptions& options) : options_(options) {
  for (u8 s = 0; s < std::size(kSettings); ++s) {
    const Target target = inSetting(options.target, kSettings[s]);
    auto& others = others_.emplace_back();
    for (const Row& row : allRows()) {
      if (!isSystemRow(row, target)) continue;
      const SystemRecipe& recipe = *systemRecipeOf(row);
      if (recipe.plain && !recipe.leaves) others.push_back(&row);
      if (!options.only.empty() && !isNamed(row, options.only)) continue;
      for (unsigned n = recipe.plain ? 1 : kSystemWeight; n; --n) subjects_.push_back({&row, s});
    }
  }
  Random random(options.seed);
  for (size_t i = subjects_.size(); i > 1; --i)
    std::swap(subjects_[i - 1], subjects_[random.below(static_cast<unsigned>(i))]);
}

Result<SystemGenerator> SystemGenerator::create(const SystemGeneratorOptions& options) {
  if (options.instructionsPerCase < 1 || options.instructionsPerCase > kMostInstructions)
    return fail("{} instructions a case: 1 to {} are possible", options.instructionsPerCase,
                kMostInstructions);
  SystemGenerator generator(options);
  if (generator.subjects_.empty())
    return fail("no instruction of the system world has '{}' in its mnemonic or encoding", options.only);
  return generator;
}

void SystemGenerator::at(u64 number, GeneratedCase& out) const {
  out.c.memory = systemMemory();
  out.c.steps = caseSteps(options_.seed, number);
  const Subject& subject = subjects_[number % subjects_.size()];
  // What was decided early, at random, can leave a subject without a way to be made; another start has one.
  for (u64 start = 0; start < kMostStarts; ++start) {
    SystemBuilder builder(options_.target, kSettings[subject.setting],
                          caseSeed(options_.seed, number + (start << 48)), out);
    if (options_.touched && caseTouches(options_.seed, number)) builder.touchFirst();
    const bool made = makeCase(builder, subject);
    if (!made && start + 1 < kMostStarts) continue;
    return builder.finish();
  }
}

void SystemGenerator::makeOther(SystemBuilder& builder, u8 setting, bool memory) const {
  const auto& rows = others_[setting];
  add(builder, *rows[builder.random().below(static_cast<unsigned>(rows.size()))], memory);
}

// Register instructions before the subject, and behind it one that touches memory, by which its effect may show.
bool SystemGenerator::makeCase(SystemBuilder& builder, const Subject& subject) const {
  const unsigned more = options_.instructionsPerCase - 1;
  const SystemRecipe& recipe = *systemRecipeOf(*subject.row);
  const bool behind = more && !recipe.leaves && builder.random().oneIn(2);
  for (unsigned n = more ? builder.random().below(more + (behind ? 0 : 1)) : 0; n; --n)
    makeOther(builder, subject.setting, false);
  if (!add(builder, *subject.row, true)) return false;
  if (behind) makeOther(builder, subject.setting, true);
  return true;
}

}  // namespace duet::diff
