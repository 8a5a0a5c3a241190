// Requests to the compiler's thread: each that is taken is answered, by code or by being dropped.
#include "cpu-tcg/region/worker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

#include "tests/unit/cache/plans.h"

namespace duet::test {
namespace {

using tcg::region::Inbox;
using tcg::region::Worker;

size_t answers(Inbox& inbox) {
  const std::lock_guard lock(inbox.mutex);
  return inbox.results.size();
}

// Requests come faster than it compiles, each hotter than those before.
TEST(Worker, SaysWhichRequestsItDrops) {
  constexpr u64 kRequests = 500;
  const auto inbox = std::make_shared<Inbox>();
  const auto plan = planAt(0x1000, {0x48, 0x01, 0xc8, 0x48, 0xff, 0xc9, 0x75, 0xf8});  // add; dec; jnz back
  const std::shared_ptr<Worker> worker = Worker::shared();
  for (u64 ticket = 1; ticket <= kRequests; ++ticket)
    EXPECT_TRUE(worker->submit({plan, ticket, static_cast<u32>(ticket), inbox, nullptr, 0}));
  for (int i = 0; i < 6000 && answers(*inbox) < kRequests; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const std::lock_guard lock(inbox->mutex);
  std::map<u64, bool> compiled;
  for (const Inbox::Result& r : inbox->results) compiled[r.ticket] = r.code.has_value();
  EXPECT_EQ(compiled.size(), kRequests);
  EXPECT_EQ(inbox->results.size(), kRequests) << "each once";
  EXPECT_TRUE(compiled[kRequests]) << "the hottest";
  EXPECT_TRUE(std::ranges::any_of(compiled, [](const auto& c) { return !c.second; })) << "hotter ones came";
}

// A full queue takes nothing colder than what is in it.
TEST(Worker, RefusesWhatIsColder) {
  const auto inbox = std::make_shared<Inbox>();
  const auto plan = planAt(0x1000, {0x48, 0x01, 0xc8, 0x48, 0xff, 0xc9, 0x75, 0xf8});
  const std::shared_ptr<Worker> worker = Worker::shared();
  size_t taken = 0;
  for (u64 ticket = 1; ticket <= 500; ++ticket)
    taken += worker->submit({plan, ticket, static_cast<u32>(1000 - ticket), inbox, nullptr, 0});
  EXPECT_GE(taken, Worker::kMost);
  EXPECT_LT(taken, 500u);
  for (int i = 0; i < 6000 && answers(*inbox) < taken; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(answers(*inbox), taken);
}

}  // namespace
}  // namespace duet::test
