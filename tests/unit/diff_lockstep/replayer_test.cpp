#include "tools/diff/lockstep/replayer.h"

#include <gtest/gtest.h>

namespace duet::diff::lockstep {
namespace {

struct Heard {
  std::vector<u64> ram;
  unsigned maps = 0, stops = 0;
};

Replayer replayer(Heard& heard) {
  return Replayer({.ram = [&](const RamWritten& w) { heard.ram.push_back(w.offset); },
                   .map = [&](const MemoryMap&) { ++heard.maps; },
                   .diverged = [&] { ++heard.stops; }});
}

Segment segment() {
  Segment s;
  Standing waiting;
  waiting.deliverable = true;
  s.standing.taskPriority = 1;
  s.entries.push_back(RamWritten{0, 0x10, {1}});
  s.entries.push_back(CallEntry{{CallKind::PortRead, 1, 0x60, 0}, {0xab}, waiting});
  s.entries.push_back(RamWritten{0, 0x20, {1}});
  s.entries.push_back(MapChanged{std::make_shared<const MemoryMap>()});
  s.entries.push_back(CallEntry{{CallKind::Acknowledge}, {0x31}, {}});
  return s;
}

TEST(Replayer, AnswersAndTakesEffectsInOrder) {
  Heard heard;
  Replayer r = replayer(heard);
  const Segment s = segment();
  r.begin(s);
  EXPECT_EQ(heard.ram, std::vector<u64>{0x10});
  EXPECT_EQ(r.standing().taskPriority, 1);
  EXPECT_EQ(r.call({CallKind::PortRead, 1, 0x60, 0}).value, 0xabu);
  EXPECT_EQ(heard.ram, (std::vector<u64>{0x10, 0x20}));
  EXPECT_EQ(heard.maps, 1u);
  EXPECT_TRUE(r.standing().deliverable);
  EXPECT_EQ(r.call({.kind = CallKind::Acknowledge}).value, 0x31u);
  EXPECT_FALSE(r.standing().deliverable);
  r.end(true);
  EXPECT_EQ(r.divergence(), "");
  EXPECT_EQ(r.position(), 5u);
}

TEST(Replayer, KnowsAnotherQuestion) {
  Heard heard;
  Replayer r = replayer(heard);
  const Segment s = segment();
  r.begin(s);
  EXPECT_EQ(r.call({CallKind::PortRead, 2, 0x60, 0}).value, ~u64{0});
  EXPECT_EQ(r.divergence(), "reads 2 bytes of port 0x60, the leading side reads 1 bytes of port 0x60");
  EXPECT_EQ(heard.stops, 1u);
}

TEST(Replayer, KnowsQuestionsTooManyAndTooFew) {
  Heard heard;
  Replayer r = replayer(heard);
  const Segment s = segment();
  r.begin(s);
  r.call({CallKind::PortRead, 1, 0x60, 0});
  r.end(true);
  EXPECT_EQ(r.divergence(), "does not do what the leading side does: it acknowledges an interrupt");
  r.begin(s);
  r.call({CallKind::PortRead, 1, 0x60, 0});
  r.end(false);  // on the way
  EXPECT_EQ(r.divergence(), "");
  r.begin(s);
  r.call({CallKind::PortRead, 1, 0x60, 0});
  r.call({.kind = CallKind::Acknowledge});
  r.call({.kind = CallKind::InitReset});
  EXPECT_EQ(r.divergence(), "resets its APIC by INIT, the leading side does nothing of the kind");
}

}  // namespace
}  // namespace duet::diff::lockstep
