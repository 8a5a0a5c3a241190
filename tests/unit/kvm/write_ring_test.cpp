// The ring of writes that wait (KVM API 4.116): what the kernel puts in comes out, in order.
#include "cpu-kvm/vcpu/write_ring.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace duet::kvm {
namespace {

struct Write {
  bool port;
  u64 address;
  unsigned size;
  u64 value;
  bool operator==(const Write&) const = default;
};

// The kernel's side: it fills at `last`, and leaves one place free.
struct FakeKernel {
  abi::CoalescedRing ring{};

  bool full() const { return (ring.last + 1) % abi::kCoalescedMost == ring.first; }
  bool put(const Write& w) {
    if (full()) return false;
    kvm_coalesced_mmio& entry = ring.writes[ring.last];
    std::memset(entry.data, 0xcc, sizeof entry.data);  // of a longer write before
    entry.phys_addr = w.address;
    entry.len = w.size;
    entry.pio = w.port;
    std::memcpy(entry.data, &w.value, w.size);
    ring.last = (ring.last + 1) % abi::kCoalescedMost;
    return true;
  }
};

class WriteRingTest : public ::testing::Test {
 protected:
  FakeKernel kernel;
  std::vector<Write> seen;
  WriteRing ring{[this](bool port, u64 address, unsigned size, u64 value) {
    seen.push_back({port, address, size, value});
  }};
};

TEST_F(WriteRingTest, GivesEachWriteOnceAndInOrder) {
  ring.empty(kernel.ring);
  EXPECT_TRUE(seen.empty());
  const std::vector<Write> writes = {{false, 0xfd000000, 4, 0x11223344},
                                     {true, 0x80, 1, 0x5a},
                                     {false, 0xa0000, 8, 0x8877665544332211},
                                     {true, 0x80, 2, 0xbeef},
                                     {true, 0x80, 1, 0x5a}};
  for (const Write& w : writes) ASSERT_TRUE(kernel.put(w));
  ring.empty(kernel.ring);
  EXPECT_EQ(seen, writes);
  ring.empty(kernel.ring);
  EXPECT_EQ(seen.size(), writes.size());
}

TEST_F(WriteRingTest, GoesRoundAndRound) {
  std::vector<Write> writes;
  for (u64 i = 0; i < 1000; ++i) {
    writes.push_back({true, 0x80, 4, i});
    ASSERT_TRUE(kernel.put(writes.back()));
    if (i % 7 == 0) ring.empty(kernel.ring);
  }
  ring.empty(kernel.ring);
  EXPECT_EQ(seen, writes);
}

TEST_F(WriteRingTest, AFullOneTakesMoreOnceItIsEmpty) {
  u64 value = 0;
  for (const u64 room : {169, 169, 169}) {  // (4096 - 8) / 24 places, one of them free
    u64 put = 0;
    while (kernel.put({true, 0x80, 4, value + put})) ++put;
    EXPECT_EQ(put, room);
    ring.empty(kernel.ring);
    EXPECT_FALSE(kernel.full());
    ASSERT_EQ(seen.size(), value + put);
    value += put;
    EXPECT_EQ(seen.back().value, value - 1);
  }
}

// What a handler does may let another vCPU run on, which writes again.
TEST_F(WriteRingTest, AlsoGivesWhatComesMeanwhile) {
  WriteRing busy([&](bool port, u64 address, unsigned size, u64 value) {
    seen.push_back({port, address, size, value});
    if (value < 500) {
      ASSERT_TRUE(kernel.put({true, 0x80, 4, value + 1}));
    }
  });
  ASSERT_TRUE(kernel.put({true, 0x80, 4, 0}));
  busy.empty(kernel.ring);
  ASSERT_EQ(seen.size(), 501u);
  for (u64 i = 0; i < seen.size(); ++i) ASSERT_EQ(seen[i].value, i);
}

// Until its handler is done a write counts as waiting: whoever finds the ring empty may go on.
TEST_F(WriteRingTest, AWriteIsInTheRingUntilItsHandlerIsDone) {
  bool empty = true;
  WriteRing watched([&](bool, u64, unsigned, u64) { empty = kernel.ring.first == kernel.ring.last; });
  ASSERT_TRUE(kernel.put({true, 0x80, 1, 1}));
  watched.empty(kernel.ring);
  EXPECT_FALSE(empty);
  EXPECT_EQ(kernel.ring.first, kernel.ring.last);
}

}  // namespace
}  // namespace duet::kvm
