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

using tcg::region::Heat;
using tcg::region::Inbox;
using tcg::region::Worker;

std::shared_ptr<Heat> heat(u64 samples) { return std::make_shared<Heat>(static_cast<u32>(samples)); }

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
    EXPECT_TRUE(worker->submit({plan, ticket, heat(ticket), inbox, nullptr, 0}));
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
    taken += worker->submit({plan, ticket, heat(1000 - ticket), inbox, nullptr, 0});
  EXPECT_GE(taken, Worker::kMost);
  EXPECT_LT(taken, 500u);
  for (int i = 0; i < 6000 && answers(*inbox) < taken; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(answers(*inbox), taken);
}

// Without an answer the requests' plans would be kept for as long as the guest runs.
TEST(Worker, DropsAllWithoutCompiler) {
  constexpr size_t kRequests = 3;
  const auto inbox = std::make_shared<Inbox>();
  const auto plan = planAt(0x1000, {0x48, 0x01, 0xc8, 0x48, 0xff, 0xc9, 0x75, 0xf8});
  Worker worker([]() -> Result<std::unique_ptr<tcg::region::Compiler>> { return fail("none"); });
  for (u64 ticket = 1; ticket <= kRequests; ++ticket)
    EXPECT_TRUE(worker.submit({plan, ticket, heat(1), inbox, nullptr, 0}));
  for (int i = 0; i < 1000 && answers(*inbox) < kRequests; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const std::lock_guard lock(inbox->mutex);
  EXPECT_EQ(inbox->results.size(), kRequests);
  EXPECT_TRUE(std::ranges::none_of(inbox->results, [](const auto& r) { return r.code.has_value(); }));
}

// Which of two requests is answered first: both wait while others are compiled, and the colder one gets hotter meanwhile.
u64 firstOfTwo() {
  const auto inbox = std::make_shared<Inbox>();
  const auto plan = planAt(0x1000, {0x48, 0x01, 0xc8, 0x48, 0xff, 0xc9, 0x75, 0xf8});
  const std::shared_ptr<Worker> worker = Worker::shared();
  const auto other = heat(100), warmer = heat(50);
  constexpr u64 kBusy = 8;
  for (u64 ticket = 3; ticket < 3 + kBusy; ++ticket)
    worker->submit({plan, ticket, heat(1000), inbox, nullptr, 0});
  worker->submit({plan, 1, other, inbox, nullptr, 0});
  worker->submit({plan, 2, warmer, inbox, nullptr, 0});
  warmer->store(200);
  for (int i = 0; i < 6000 && answers(*inbox) < kBusy + 2; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const std::lock_guard lock(inbox->mutex);
  for (const Inbox::Result& r : inbox->results)
    if (r.ticket < 3) return r.ticket;
  return 0;
}

// (Once in a while this thread may be held up for as long as all the others are being compiled.)
TEST(Worker, GoesByWhatIsHotNow) {
  u64 first = 0;
  for (int i = 0; i < 5 && first != 2; ++i) first = firstOfTwo();
  EXPECT_EQ(first, 2u);
}

}  // namespace
}  // namespace duet::test
