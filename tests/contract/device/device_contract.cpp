#include "tests/contract/device/device_contract.h"

#include <fmt/format.h>

#include <random>
#include <thread>

#include "core/base/bits.h"

namespace duet::contract {

namespace {

constexpr unsigned kSizes[] = {1, 2, 4, 8};

struct Access {
  unsigned range;
  u64 offset;
  unsigned size;
  bool write;
  u64 value;
};

// A guest that pokes everything: mostly inside the ranges, often at small values registers understand.
std::vector<Access> pokes(const Specimen& s, u64 seed, size_t count) {
  std::vector<Access> list;
  if (s.ranges.empty()) return list;
  std::mt19937_64 random(seed);
  for (size_t i = 0; i < count; ++i) {
    const RangeInfo& range = s.ranges[random() % s.ranges.size()];
    Access a{};
    a.range = range.range;
    a.offset = random() % range.size;
    if (range.size > 64 && random() % 4) a.offset %= 64;
    a.size = kSizes[random() % 4];
    a.write = random() % 2;
    a.value = random() % 2 ? random() : random() & 0xff;
    list.push_back(a);
  }
  return list;
}

void perform(Specimen& s, const std::vector<Access>& list, std::vector<u64>* answers = nullptr) {
  for (const Access& a : list) {
    if (a.write) {
      s.io->write(a.range, a.offset, a.size, a.value);
    } else {
      const u64 value = s.io->read(a.range, a.offset, a.size);
      if (answers) answers->push_back(value);
    }
  }
}

// Lets timers fire, a bounded number of times.
void passTime(Specimen& s, Nanoseconds duration) {
  const Nanoseconds end = s.world->clock.now() + duration;
  for (int i = 0; i < 100 && s.world->timers.nextDeadline() <= end; ++i) {
    s.world->clock.advanceTo(s.world->timers.nextDeadline());
    s.world->timers.runDue();
  }
  s.world->clock.advanceTo(end);
}

Specimen used(const Candidate& c, u64 seed) {
  Specimen s = c.make();
  s.device->reset();
  if (s.io) perform(s, pokes(s, seed, 200));
  passTime(s, 1'000'000);
  return s;
}

constexpr u64 kSeeds = 24;

}  // namespace

Complaint checkResetIdempotent(const Candidate& c) {
  Specimen fresh = c.make();
  fresh.device->reset();
  if (!fresh.stateful) return std::nullopt;
  const auto once = fresh.stateful->saveState();
  fresh.device->reset();
  if (fresh.stateful->saveState() != once) return "a second reset changes the state";
  return std::nullopt;
}

Complaint checkSaveLoadSave(const Candidate& c) {
  for (u64 seed = 0; seed < kSeeds; ++seed) {
    Specimen s = used(c, seed);
    if (!s.stateful) return std::nullopt;
    const auto saved = s.stateful->saveState();
    if (auto ok = s.stateful->loadState(saved, s.stateful->stateVersion()); !ok)
      return fmt::format("seed {}: its own state is refused: {}", seed, ok.error().message);
    if (s.stateful->saveState() != saved)
      return fmt::format("seed {}: state differs after save, load, save", seed);
  }
  return std::nullopt;
}

Complaint checkFreshDeviceAnswersAlike(const Candidate& c) {
  for (u64 seed = 0; seed < kSeeds; ++seed) {
    Specimen old = used(c, seed);
    if (!old.stateful) return std::nullopt;
    Specimen fresh = c.make();
    fresh.device->reset();
    fresh.world->clock.advanceTo(old.world->clock.now());
    const auto saved = old.stateful->saveState();
    if (auto ok = fresh.stateful->loadState(saved, old.stateful->stateVersion()); !ok)
      return fmt::format("seed {}: a fresh device refuses the state: {}", seed, ok.error().message);
    if (fresh.stateful->saveState() != saved)
      return fmt::format("seed {}: a fresh device saves another state", seed);
    if (!old.io) continue;
    std::vector<u64> before, after;
    const auto script = pokes(old, seed + 1000, 200);
    perform(old, script, &before);
    perform(fresh, script, &after);
    passTime(old, 10'000'000);
    passTime(fresh, 10'000'000);
    perform(old, script, &before);
    perform(fresh, script, &after);
    if (before != after)
      return fmt::format("seed {}: a fresh device that loaded the state answers otherwise", seed);
  }
  return std::nullopt;
}

Complaint checkDamagedInputRefused(const Candidate& c) {
  Specimen s = used(c, 7);
  if (!s.stateful) return std::nullopt;
  const auto good = s.stateful->saveState();
  const u32 version = s.stateful->stateVersion();
  if (s.stateful->loadState(good, version + 1)) return "an unknown version is accepted";
  std::vector<u8> longer = good;
  longer.push_back(0);
  if (s.stateful->loadState(longer, version)) return "a byte too many is accepted";
  if (!good.empty()) {
    if (s.stateful->loadState(std::span(good).first(good.size() - 1), version))
      return "a byte too few is accepted";
    if (s.stateful->loadState({}, version)) return "an empty state is accepted";
  }
  if (s.stateful->saveState() != good) return "a refused load changed the device";
  // Wild values may be refused or bent into something possible, but must do no harm afterwards.
  std::mt19937_64 random(11);
  for (int round = 0; round < 200; ++round) {
    std::vector<u8> wild = good;
    const u64 flips = 1 + random() % 16;
    for (u64 i = 0; i < flips && !wild.empty(); ++i) wild[random() % wild.size()] = static_cast<u8>(random());
    const auto before = s.stateful->saveState();
    if (!s.stateful->loadState(wild, version)) {
      if (s.stateful->saveState() != before) return "a refused load changed the device";
    }
    if (s.io) perform(s, pokes(s, random(), 50));
    passTime(s, 100'000);
  }
  return std::nullopt;
}

Complaint checkAnySizeAnyOffset(const Candidate& c) {
  Specimen s = c.make();
  s.device->reset();
  if (!s.io) return std::nullopt;
  std::vector<u64> offsets = {~u64{0}, ~u64{0} - 1, ~u64{0} - 7, u64{1} << 63, u64{1} << 32, 0xfffffff8};
  for (const RangeInfo& r : s.ranges) {
    for (u64 o = 0; o < std::min<u64>(r.size, 0x400); ++o) offsets.push_back(o);
    for (u64 o = 0; o < 16; ++o) offsets.push_back(r.size + o);
    if (r.size > 8) {
      for (u64 o = 1; o <= 8; ++o) offsets.push_back(r.size - o);
    }
  }
  for (const RangeInfo& r : s.ranges) {
    for (u64 offset : offsets) {
      for (unsigned size : kSizes) {
        const u64 value = s.io->read(r.range, offset, size);
        if (value & ~lowMask(8 * size))
          return fmt::format("range {} offset {:#x} size {}: a read gives {:#x}, wider than asked", r.range,
                             offset, size, value);
        for (u64 data : {u64{0}, ~u64{0}, u64{0x5a}})
          s.io->write(r.range, offset, size, data & lowMask(8 * size));
      }
    }
  }
  passTime(s, 1'000'000);
  return std::nullopt;
}

// Several vCPUs and the timers at once; what goes wrong shows under the thread sanitizer or as a hang.
Complaint checkStormFromThreads(const Candidate& c) {
  Specimen s = c.make();
  s.device->reset();
  if (!s.io) return std::nullopt;
  std::vector<std::thread> threads;
  for (u64 t = 0; t < 3; ++t) {
    threads.emplace_back([&s, t] {
      for (u64 round = 0; round < 20; ++round) perform(s, pokes(s, t * 100 + round, 100));
    });
  }
  for (int i = 0; i < 50; ++i) passTime(s, 50'000);
  for (std::thread& t : threads) t.join();
  return std::nullopt;
}

const std::vector<Check>& allChecks() {
  static const std::vector<Check> checks = {
      {"ResetIdempotent", checkResetIdempotent},
      {"SaveLoadSave", checkSaveLoadSave},
      {"FreshDeviceAnswersAlike", checkFreshDeviceAnswersAlike},
      {"DamagedInputRefused", checkDamagedInputRefused},
      {"AnySizeAnyOffset", checkAnySizeAnyOffset},
      {"StormFromThreads", checkStormFromThreads},
  };
  return checks;
}

}  // namespace duet::contract
