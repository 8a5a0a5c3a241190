#include "mmu/ram/code_runners.h"

#include <algorithm>

#include "mmu/ram/ram.h"

namespace duet::mmu {

CodeRunners::Runner& CodeRunners::add() {
  const std::lock_guard lock(mutex_);
  return *runners_.emplace_back(std::make_unique<Runner>());
}

void CodeRunners::remove(Runner& runner) {
  const std::lock_guard lock(mutex_);
  std::erase_if(runners_, [&](const auto& r) { return r.get() == &runner; });
}

bool CodeRunners::haveLooked(u64 since, const Runner* self) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::all_of(runners_, [&](const auto& r) {
    const u64 looked = r.get() == self ? kNothing : r->looked_.load(std::memory_order_acquire);
    return looked == kNothing || looked >= since;
  });
}

void Settling::stored(Ram& ram, u64 page, const CodeRunners::Runner* self) {
  const u32 version = ram.codeVersion(page);
  if (!ram.isWatched(page) || Ram::isCode(version)) return;
  Page& p = pages_[page % pages_.size()];
  if (p.page != page || p.version != version) p = {page, version};
  if (++p.stores < kPatience) return;
  if (p.stores == kPatience) p.since = ram.runners().time();
  if (ram.runners().haveLooked(p.since, self)) ram.settle(page, version);
}

}  // namespace duet::mmu
