// A busy PC stopped and saved in the middle again and again, and carried on by a second PC.
#include <cstring>

#include "tests/contract/machine/busy_pc.h"

namespace duet::test {
namespace {

std::vector<u8> saved(BusyPc& pc) { return must(pc.machine.save()).encode(); }

TEST(Snapshot, OfTwoBusyProcessors) {
  BusyPc pc;
  for (unsigned round = 0; round < 20; ++round) {
    ASSERT_TRUE(goOn(pc)) << round;
    expectConsistent(pc);
    const std::vector<u8> bytes = saved(pc);
    EXPECT_EQ(saved(pc), bytes) << "it stands still";
  }
}

TEST(Snapshot, GoesOnInAnotherMachine) {
  auto first = std::make_unique<BusyPc>();
  ASSERT_TRUE(goOn(*first));
  BusyPc second;
  const Snapshot snapshot = must(Snapshot::decode(saved(*first)));
  std::memcpy(second.main->host, first->main->host, kRamSize);
  second.engine.codeModified(Gpa(0), kRamSize);
  const Nanoseconds time = first->clock.now();
  const u64 tsc = first->clock.tsc();
  const TscLine paravirtual = first->clock.paravirtualLine();
  const Counters then(*first);
  first.reset();
  ASSERT_TRUE(second.machine.load(snapshot));
  EXPECT_EQ(second.clock.now(), time) << "what the devices hold are moments of it";
  EXPECT_EQ(second.clock.tsc(), tsc);
  EXPECT_EQ(second.clock.paravirtualLine(), paravirtual);
  EXPECT_EQ(saved(second), snapshot.encode());
  for (unsigned round = 0; round < 5; ++round) {
    ASSERT_TRUE(goOn(second)) << round;
    expectConsistent(second);
  }
  EXPECT_GT(Counters(second).ipis, then.ipis);
}

}  // namespace
}  // namespace duet::test
