// Devices that each break one promise: the suite must reject every one of them.
#include <gtest/gtest.h>

#include <mutex>

#include "core/base/bits.h"
#include "core/state/state_codec.h"
#include "tests/contract/device/device_contract.h"

namespace duet::contract {
namespace {

struct MockState {
  u32 value = 0;
  u32 resets = 0;
  static constexpr auto fields() {
    return duet::fields(field("value", &MockState::value), field("resets", &MockState::resets));
  }
};

enum class Fault {
  None,
  ResetCounts,
  ForgetsMember,
  HiddenState,
  AcceptsLonger,
  AcceptsVersion,
  HalfLoads,
  WideRead
};

class MockDevice : public StatefulDevice, public IoHandler {
 public:
  explicit MockDevice(Fault fault) : fault_(fault) {}
  std::string_view name() const override { return "mock"; }
  void reset() override {
    const u32 resets = state_.resets;
    state_ = MockState{};
    hidden_ = 0;
    if (fault_ == Fault::ResetCounts) state_.resets = resets + 1;
  }
  std::vector<u8> saveState() const override { return encodeState(state_); }
  Result<> loadState(std::span<const u8> data, u32 version) override {
    if (version != 1 && fault_ != Fault::AcceptsVersion) return fail("version");
    if (fault_ == Fault::AcceptsLonger && data.size() > 8) data = data.first(8);
    if (fault_ == Fault::HalfLoads && data.size() == 7) state_.value = ~state_.value;
    auto loaded = decodeState<MockState>(data);
    if (!loaded) return tl::unexpected(loaded.error());
    if (fault_ == Fault::ForgetsMember) loaded->value = 0;
    state_ = *loaded;
    return {};
  }
  u64 read(unsigned, u64, unsigned size) override {
    const std::lock_guard lock(mutex_);
    const u64 value = fault_ == Fault::HiddenState ? hidden_ : state_.value;
    return fault_ == Fault::WideRead ? value | 0x100 : value & lowMask(8 * size);
  }
  void write(unsigned, u64, unsigned, u64 value) override {
    const std::lock_guard lock(mutex_);
    state_.value = static_cast<u32>(value);
    hidden_ = state_.value;
  }

 private:
  const Fault fault_;
  std::mutex mutex_;
  MockState state_;
  u32 hidden_ = 0;
};

Candidate mock(Fault fault) {
  return {"mock", [fault] {
            auto device = std::make_shared<MockDevice>(fault);
            Specimen s;
            s.world = std::make_shared<World>();
            s.device = s.stateful = device.get();
            s.io = device.get();
            s.ranges = {{0, 4}};
            s.keep = device;
            return s;
          }};
}

std::vector<std::string> rejectedBy(Fault fault) {
  std::vector<std::string> names;
  for (const Check& check : allChecks()) {
    if (check.run(mock(fault))) names.emplace_back(check.name);
  }
  return names;
}

using Names = std::vector<std::string>;

TEST(DeviceContract, AcceptsASoundDevice) { EXPECT_EQ(rejectedBy(Fault::None), Names{}); }
TEST(DeviceContract, RejectsAResetThatCounts) {
  EXPECT_EQ(rejectedBy(Fault::ResetCounts), Names{"ResetIdempotent"});
}
TEST(DeviceContract, RejectsAForgottenMember) {
  EXPECT_EQ(rejectedBy(Fault::ForgetsMember), (Names{"SaveLoadSave", "FreshDeviceAnswersAlike"}));
}
TEST(DeviceContract, RejectsHiddenState) {
  EXPECT_EQ(rejectedBy(Fault::HiddenState), Names{"FreshDeviceAnswersAlike"});
}
TEST(DeviceContract, RejectsTrailingBytes) {
  EXPECT_EQ(rejectedBy(Fault::AcceptsLonger), Names{"DamagedInputRefused"});
}
TEST(DeviceContract, RejectsUnknownVersions) {
  EXPECT_EQ(rejectedBy(Fault::AcceptsVersion), Names{"DamagedInputRefused"});
}
TEST(DeviceContract, RejectsHalfALoad) {
  EXPECT_EQ(rejectedBy(Fault::HalfLoads), Names{"DamagedInputRefused"});
}
TEST(DeviceContract, RejectsAnswersWiderThanAsked) {
  EXPECT_EQ(rejectedBy(Fault::WideRead), Names{"AnySizeAnyOffset"});
}

}  // namespace
}  // namespace duet::contract
