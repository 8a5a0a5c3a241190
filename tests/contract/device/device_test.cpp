#include <gtest/gtest.h>

#include "tests/contract/device/device_contract.h"

namespace duet::contract {
namespace {

struct EveryDevice : ::testing::TestWithParam<std::tuple<size_t, size_t>> {};

TEST_P(EveryDevice, KeepsThePromise) {
  const auto [device, check] = GetParam();
  const Complaint complaint = allChecks()[check].run(allDevices()[device]);
  EXPECT_FALSE(complaint.has_value()) << allDevices()[device].name << ": " << *complaint;
}

std::string caseName(const ::testing::TestParamInfo<EveryDevice::ParamType>& info) {
  std::string name =
      allDevices()[std::get<0>(info.param)].name + "_" + allChecks()[std::get<1>(info.param)].name;
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Contract, EveryDevice,
                         ::testing::Combine(::testing::Range<size_t>(0, allDevices().size()),
                                            ::testing::Range<size_t>(0, allChecks().size())),
                         caseName);

}  // namespace
}  // namespace duet::contract
