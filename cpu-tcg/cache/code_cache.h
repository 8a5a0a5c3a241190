// Compiled regions on disk, for the next time the same guest runs.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "cpu-tcg/cache/entry.h"
#include "cpu-tcg/cache/folder.h"

namespace duet::tcg::cache {

// One for all vCPUs and the thread that compiles; any of them calls anything. Guest code runs under no lock of it.
class CodeCache {
 public:
  static constexpr u64 kMostBytes = 64u << 20;

  // `maker`: all that compiled code depends on beside a Plan; what another maker left is never looked at.
  static Result<std::shared_ptr<CodeCache>> open(const std::string& folder, std::string maker,
                                                 u64 most = kMostBytes);

  u64 headOf(std::span<const u8> shape, u64 rip) const { return cache::headOf(shape, rip, maker_); }
  // Whether a region that begins so may be there; false is certain. Takes no lock and no time.
  bool mayHave(u64 head) const;

  struct Found {
    region::Plan plan;
    region::Code code;
    bool own;  // put() in this run
  };
  // `form` makes a plan of that shape. If one of the regions that begin with `head` is made from just that plan, that is it.
  using Form = std::function<std::optional<region::Plan>(const Shape& shape)>;
  std::optional<Found> find(u64 head, const Form& form);

  // When it cannot be written, a line says so, and nothing is kept from then on.
  void put(u64 head, const region::Plan& plan, const region::Code& code);

 private:
  CodeCache(Folder folder, std::string maker, u64 most)
      : folder_(std::move(folder)), maker_(std::move(maker)), most_(most) {}
  struct Known {
    PlanKey key;
    bool own;
  };
  void note(u64 head, const Known& known);
  void readNames();
  std::vector<Known> keysOf(u64 head);
  std::optional<Entry> load(u64 head, const PlanKey& key);

  static constexpr u64 kFilterBits = 1u << 20;

  const Folder folder_;
  const std::string maker_;
  const u64 most_;
  std::unique_ptr<std::atomic<u64>[]> filter_{new std::atomic<u64>[kFilterBits / 64]()};
  std::atomic<bool> complained_ = false, readOnly_ = false;

  std::mutex mutex_;  // of the rest
  std::multimap<u64, Known> keys_;
  u64 bytes_ = 0;  // in the folder, as far as we know
};

}  // namespace duet::tcg::cache
