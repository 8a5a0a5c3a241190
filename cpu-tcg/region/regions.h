// The regions of a machine: which code is hot, what is being compiled, what has been installed.
#pragma once

#include <deque>
#include <map>

#include "cpu-tcg/baseline/hot_code.h"
#include "cpu-tcg/baseline/translator.h"
#include "cpu-tcg/region/former.h"
#include "cpu-tcg/region/region_code.h"
#include "cpu-tcg/region/worker.h"

namespace duet::tcg::region {

struct RegionOptions {
  bool synchronous = false;  // on the vCPU's thread, loops or not: for tests
  bool everything = false;   // at once, whatever becomes code at all
  u64 slice = 100000;        // instructions from sample to sample
  u32 samples = 40;          // of a block, before it becomes the head of a region
  u32 changes = 1000;        // of the code of a page, after which no more of it is compiled
  Bounds bounds{};
  Bounds most{.instructions = 2048, .nodes = 64, .pages = 8};  // for what does not loop within `bounds`
  std::string_view (*rename)(std::string_view) = nullptr;      // see Plan
  std::shared_ptr<cache::CodeCache> cache = nullptr;           // of earlier runs
};

class Regions final : public baseline::HotCode {
 public:
  static Result<std::unique_ptr<HotCode>> create(baseline::CodeStore& store, const RegionOptions& options);

  u64 slice() const override { return options_.slice; }
  bool mustHear() const override { return options_.synchronous; }
  void seen(baseline::Translator& seat, baseline::Translation& translation, bool sampled) override;
  void dropped() override {
    pending_.clear();
    installed_.clear();
  }

  const RegionCounts& counts() const { return counts_; }  // of all vCPUs

 private:
  struct Pending {
    baseline::Translation* translation;
    Plan plan;
    std::vector<NamedPage> others;
    std::shared_ptr<Heat> heat = nullptr;
  };
  // All that two regions of one block may differ in.
  struct Made {
    std::vector<u64> leaders, indirect;
    std::vector<CodePage> pages;
    Extent extent;
    std::vector<NamedPage> others;
    bool operator==(const Made&) const = default;
  };
  static Made madeFrom(const Pending& what);
  // By number: its way in and out counts on each vCPU how often it was entered, and the instructions it ran (Translator::runsOf()).
  struct Installed {
    baseline::Translation* translation = nullptr;
    const u8* code = nullptr;
    Made made;
    baseline::CodeMemory::Displaced displaced{};
    bool gone = false;
  };
  using Seat = baseline::Translator;
  Regions(baseline::CodeStore& store, const RegionOptions& options) : store_(store), options_(options) {}

  void count(Seat& seat, u64 RegionCounts::* what, u64 by = 1);
  std::optional<Plan> form(Seat& seat, const baseline::Translation& translation) const;
  std::optional<Plan> form(Seat& seat, const baseline::Translation& translation, Bounds bounds) const;
  std::optional<Plan> formAs(Seat& seat, const cache::Shape& shape,
                             const baseline::Translation& translation) const;
  Layout layout(Seat& seat, u32 variant) const;
  void request(Seat& seat, baseline::Translation& translation);
  static void postpone(baseline::Translation& translation);
  bool mayTake(const baseline::Translation& translation) const {
    return options_.cache && !translation.removed;
  }
  bool takeFromCache(Seat& seat, baseline::Translation& translation);
  bool takeFromCache(Seat& seat, baseline::Translation& translation, const cache::CodeCache::Form& form);
  bool takeInstead(Seat& seat, baseline::Translation& translation, const Pending& what);
  bool putBack(Seat& seat, const Pending& what);
  u64 headOf(Seat& seat, const baseline::Translation& translation) const;
  Code compileNow(Seat& seat, const baseline::Translation& translation, const Plan& plan);
  void collect(Seat& seat);
  void noteCompiled(Seat& seat, const Code& code);
  static bool name(Seat& seat, Pending& what);
  bool install(Seat& seat, const Pending& what, const Code& code);
  bool isPending(const baseline::Translation& translation) const;
  static bool isCurrent(const Seat& seat, const Plan& plan);

  baseline::CodeStore& store_;
  const RegionOptions options_;
  std::unique_ptr<Compiler> compiler_;  // synchronous
  std::shared_ptr<Worker> worker_;
  std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  bool isWorth(const Plan& plan, const baseline::Translation& translation) const;
  void noteHot(const baseline::Translation& translation);
  void warm(const baseline::Translation& translation);
  void review(Seat& seat);

  std::map<u64, Pending> pending_;  // by ticket
  std::deque<Installed> installed_;
  struct Sampled : HotPlace {
    u32 last;  // of samples_
  };
  std::vector<HotPlace> recent() const;

  std::vector<Sampled> hot_;  // the one sampled last comes last
  u32 samples_ = 0;
  u64 tickets_ = 0;
  RegionCounts counts_;
};

// Every region is compiled while the guest waits, and soon.
inline RegionOptions pinned() { return {.synchronous = true, .slice = 10000, .samples = 10, .changes = 16}; }
// For short programs: every block is a region's head, and small.
inline RegionOptions everything(u32 changes = 1000000) {
  return {.synchronous = true,
          .everything = true,
          .changes = changes,
          .bounds = {.instructions = 24, .nodes = 6, .pages = 2}};
}

baseline::HotCodeFactory regionFactory(const RegionOptions& options = {});

}  // namespace duet::tcg::region
