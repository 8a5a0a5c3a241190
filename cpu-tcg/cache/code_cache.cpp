#include "cpu-tcg/cache/code_cache.h"

#include <algorithm>

#include "core/base/log.h"

namespace duet::tcg::cache {

Result<std::shared_ptr<CodeCache>> CodeCache::open(const std::string& path, std::string maker, u64 most) {
  auto folder = Folder::open(path);
  if (!folder) return tl::unexpected(folder.error());
  std::shared_ptr<CodeCache> made(new CodeCache(std::move(*folder), std::move(maker), most));
  made->bytes_ = made->folder_.shrink(most);
  made->readNames();
  return made;
}

void CodeCache::readNames() {
  for (const std::string& name : folder_.names()) {
    u64 head = 0;
    PlanKey key;
    if (parseEntryName(name, head, key.high, key.low)) note(head, {key, false});
  }
}

void CodeCache::note(u64 head, const Known& known) {
  const u64 bit = head % kFilterBits;
  filter_[bit / 64].fetch_or(u64{1} << bit % 64, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  const auto [from, to] = keys_.equal_range(head);
  const auto found = std::find_if(from, to, [&](const auto& k) { return k.second.key == known.key; });
  if (found == to) {
    keys_.emplace(head, known);
  } else {
    found->second.own |= known.own;
  }
}

bool CodeCache::mayHave(u64 head) const {
  const u64 bit = head % kFilterBits;
  return filter_[bit / 64].load(std::memory_order_relaxed) >> bit % 64 & 1;
}

std::vector<CodeCache::Known> CodeCache::keysOf(u64 head) {
  std::vector<Known> keys;
  const std::lock_guard lock(mutex_);
  const auto [from, to] = keys_.equal_range(head);
  for (auto at = from; at != to; ++at) keys.push_back(at->second);
  return keys;
}

// Another duet may have removed it meanwhile.
std::optional<Entry> CodeCache::load(u64 head, const PlanKey& key) {
  const std::string name = entryName(head, key.high, key.low);
  const auto bytes = folder_.read(name, kMostEntryBytes);
  if (!bytes) return {};
  std::optional<Entry> entry = decode(*bytes);
  if (entry && entry->head == head && entry->key == key) return entry;
  if (!complained_.exchange(true))
    log(LogChannel::Warn, "cache: {}/{} is damaged or not what its name says: not used, as others like it",
        folder_.path(), name);
  return {};
}

std::optional<CodeCache::Found> CodeCache::find(u64 head, const Form& form) {
  for (const auto& [key, own] : keysOf(head)) {
    std::optional<Entry> entry = load(head, key);
    if (!entry) continue;
    std::optional<region::Plan> plan = form(entry->shape);
    if (!plan || keyOf(*plan, maker_) != key) continue;
    for (region::Exit& e : entry->code.exits)
      if (!e.dynamic) e.rip += plan->origin();
    return Found{std::move(*plan), std::move(entry->code), own};
  }
  return {};
}

void CodeCache::put(u64 head, const region::Plan& plan, const region::Code& code) {
  const std::optional<PlanKey> key = keyOf(plan, maker_);
  if (!key || readOnly_) return;
  Entry entry{head, *key, {plan.indirect, plan.leaders, plan.extent}, code};
  for (auto* list : {&entry.shape.indirect, &entry.shape.leaders})
    for (u64& rip : *list) rip -= plan.origin();
  for (region::Exit& e : entry.code.exits) e.rip = e.dynamic ? 0 : e.rip - plan.origin();
  const std::vector<u8> bytes = encode(entry);
  if (bytes.size() > kMostEntryBytes) return;
  if (auto ok = folder_.write(entryName(head, key->high, key->low), bytes); !ok) {
    if (!readOnly_.exchange(true))
      log(LogChannel::Warn, "cache: {}; new code is not kept", ok.error().message);
    return;
  }
  note(head, {*key, true});
  const std::lock_guard lock(mutex_);
  bytes_ += bytes.size();
  if (bytes_ > most_) bytes_ = folder_.shrink(most_ / 4 * 3);
}

}  // namespace duet::tcg::cache
