#include "cpu-tcg/baseline/translator.h"
#include "cpu-tcg/region/regions.h"
#include "tests/fuzz/tier.h"

namespace duet::fuzz {
namespace {

using namespace tcg;

// Regions an input may still have compiled: each takes LLVM milliseconds, and the guest waits.
constexpr u64 kRegions = 10;
u64 regionsLeft = kRegions;

class FewRegions final : public baseline::HotCode {
 public:
  explicit FewRegions(std::unique_ptr<HotCode> all) : all_(std::move(all)) {}

  u64 slice() const override { return all_->slice(); }
  bool mustHear() const override { return all_->mustHear(); }
  void seen(baseline::Translator& seat, baseline::Translation& translation, bool sampled) override {
    if (regionsLeft == 0) return;
    const u64 before = asked();
    all_->seen(seat, translation, sampled);
    regionsLeft -= asked() - before;
  }
  void dropped() override { all_->dropped(); }

 private:
  u64 asked() const { return static_cast<const region::Regions&>(*all_).counts().asked; }

  std::unique_ptr<HotCode> all_;
};

}  // namespace

// Every block a region's head, as long as there are any left.
TierFactory fuzzedTier() {
  const auto few = [](baseline::CodeStore& store) -> Result<std::unique_ptr<baseline::HotCode>> {
    auto all = region::Regions::create(store, region::everything());
    if (!all) return tl::unexpected(all.error());
    return std::make_unique<FewRegions>(std::move(*all));
  };
  return baseline::tierFactory({.threshold = 1, .hot = few});
}

void beginInput() { regionsLeft = kRegions; }

}  // namespace duet::fuzz
