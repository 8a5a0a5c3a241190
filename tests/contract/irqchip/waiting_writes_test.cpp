// Writes that may wait (AddressSpace::Placement) on a real KVM: late, but in order, before anybody can tell.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

#include "core/cpu/registers.h"
#include "tests/contract/irqchip/irqchip_rig.h"

namespace duet::test {
namespace {

constexpr u16 kPorts = 0x600;  // eight that may wait, and eight that may not
constexpr u64 kMemory = 0xd0000;
constexpr u16 kDone = 0x5800;

struct Access {
  bool write;
  u64 offset, value;
  bool operator==(const Access&) const = default;
};

// Offsets 0 to 7 and, from kMemory on, memory may wait.
class Journal final : public IoHandler {
 public:
  u64 read(unsigned range, u64 offset, unsigned) override {
    note({false, range + offset, 0});
    return 0;
  }
  void write(unsigned range, u64 offset, unsigned, u64 value) override {
    note({true, range + offset, value});
  }
  std::vector<Access> all() const {
    const std::lock_guard lock(mutex_);
    return accesses_;
  }
  bool waitFor(size_t count) const {
    for (unsigned i = 0; i < 5000 && all().size() < count; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return all().size() >= count;
  }

 private:
  void note(const Access& access) {
    const std::lock_guard lock(mutex_);
    accesses_.push_back(access);
  }
  mutable std::mutex mutex_;
  std::vector<Access> accesses_;
};

class WaitingWrites : public ::testing::TestWithParam<kvm::IrqchipMode> {
 protected:
  void SetUp() override {
    try {
      make(1);
    } catch (const std::exception& e) {
      if (std::getenv("DUET_NO_SKIP")) FAIL() << e.what();
      GTEST_SKIP() << e.what();
    }
  }
  void make(unsigned cpus) {
    rig.reset();
    journal = std::make_unique<Journal>();
    rig = std::make_unique<IrqchipRig>(cpus, kvm::KvmSettings{.irqchip = GetParam()});
    map =
        *rig->ports.mapIo({.name = "patient", .base = kPorts, .size = 8, .writesMayWait = true}, *journal, 0);
    ASSERT_TRUE(rig->ports.mapIo({.name = "prompt", .base = kPorts + 8, .size = 8}, *journal, 8));
    ASSERT_TRUE(rig->physical.mapIo(
        {.name = "patient", .base = kMemory, .size = 0x1000, .priority = 1, .writesMayWait = true}, *journal,
        kMemory));
    rig->engine->memoryMapChanged();
  }
  // `bytes` between "mov dx, kPorts" and "mov byte cs:[kDone], 1" with a loop without end.
  void program(std::vector<u8> bytes, u64 at = IrqchipRig::kProgram) {
    rig->put(at, {0xba, kPorts & 0xff, kPorts >> 8});
    rig->memory.write(Gpa(at + 3), bytes);
    rig->put(at + 3 + bytes.size(), {0x2e, 0xc6, 0x06, kDone & 0xff, kDone >> 8, 1, 0xeb, 0xfe});
  }
  bool done() const {
    u8 flag = 0;
    for (unsigned i = 0; i < 5000 && !flag; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      rig->memory.load(Gpa(kDone), flag);
    }
    return flag != 0;
  }

  std::unique_ptr<Journal> journal;
  MapId map = 0;
  std::unique_ptr<IrqchipRig> rig;
};

// mov al, 11h; out dx, al; inc ax; out dx, al
const std::vector<u8> kTwoWrites = {0xb0, 0x11, 0xee, 0x40, 0xee};
const std::vector<Access> kTwo = {{true, 0, 0x11}, {true, 0, 0x12}};

TEST_P(WaitingWrites, AreSeenByAPause) {
  program(kTwoWrites);
  rig->load(0, rig->start(false));
  rig->go();
  ASSERT_TRUE(done());
  EXPECT_TRUE(journal->all().empty()) << "they left the guest at once";
  rig->stop();
  EXPECT_EQ(journal->all(), kTwo);
}

TEST_P(WaitingWrites, AreSeenByTheNextAccess) {
  std::vector<u8> code = kTwoWrites;
  code.insert(code.end(), {0x83, 0xc2, 0x08, 0xec});  // add dx, 8; in al, dx
  program(code);
  rig->load(0, rig->start(false));
  rig->go();
  ASSERT_TRUE(journal->waitFor(3));
  rig->stop();
  EXPECT_EQ(journal->all(), (std::vector<Access>{{true, 0, 0x11}, {true, 0, 0x12}, {false, 8, 0}}));
}

// mov ax, D000h; mov ds, ax; then stores of a byte, a word and a doubleword, with a port's write between.
TEST_P(WaitingWrites, ReachMemoryToo) {
  program({0xb8, 0x00, 0xd0, 0x8e, 0xd8, 0xc6, 0x06, 0x10, 0x00, 0x5a, 0xee, 0xc7, 0x06,
           0x20, 0x00, 0x34, 0x12, 0x66, 0xc7, 0x06, 0x40, 0x00, 0x78, 0x56, 0x34, 0x12});
  rig->load(0, rig->start(false));
  rig->go();
  ASSERT_TRUE(done());
  EXPECT_TRUE(journal->all().empty()) << "they left the guest at once";
  rig->stop();
  EXPECT_EQ(journal->all(), (std::vector<Access>{{true, kMemory + 0x10, 0x5a},
                                                 {true, 0, 0},
                                                 {true, kMemory + 0x20, 0x1234},
                                                 {true, kMemory + 0x40, 0x12345678}}));
}

// mov cx, 1000; next: mov ax, cx; out dx, ax; loop next
TEST_P(WaitingWrites, MoreThanTheRingHolds) {
  constexpr u64 kCount = 1000;
  program({0xb9, kCount & 0xff, kCount >> 8, 0x89, 0xc8, 0xef, 0xe2, 0xfb});
  rig->load(0, rig->start(false));
  rig->go();
  ASSERT_TRUE(done());
  EXPECT_GE(journal->all().size(), kCount / 2) << "the ring is emptied when full";
  rig->stop();
  const std::vector<Access> all = journal->all();
  ASSERT_EQ(all.size(), kCount);
  for (u64 i = 0; i < kCount; ++i) ASSERT_EQ(all[i], (Access{true, 0, kCount - i})) << i;
}

TEST_P(WaitingWrites, AStepEndsWithThem) {
  program(kTwoWrites);
  rig->load(0, rig->start(false));
  for (const size_t seen : {0, 0, 1, 1, 2}) {
    ASSERT_EQ(rig->cpus[0]->vcpu->step(StepEvents::Take).reason, ExitReason::Budget);
    ASSERT_EQ(journal->all().size(), seen);
  }
  EXPECT_EQ(journal->all(), kTwo);
}

TEST_P(WaitingWrites, FollowTheMap) {
  program(kTwoWrites);
  ASSERT_TRUE(rig->ports.move(map, kPorts + 0x100));
  ASSERT_TRUE(rig->ports.mapIo({.name = "newcomer", .base = kPorts, .size = 8}, *journal, 0x20));
  rig->engine->memoryMapChanged();
  rig->load(0, rig->start(false));
  rig->go();
  EXPECT_TRUE(journal->waitFor(2)) << "nothing may wait there any more";
  rig->stop();
  EXPECT_EQ(journal->all(), (std::vector<Access>{{true, 0x20, 0x11}, {true, 0x20, 0x12}}));
}

// Processor 1 writes and then says so in memory; processor 0 waits for that, reads the device and says so.
TEST_P(WaitingWrites, AreSeenByAnotherProcessorsAccess) {
  make(2);
  constexpr u64 kWriter = 0x6000;
  constexpr size_t kAccesses = 400;
  // again: cmp byte [5000h], 1; jne again; add dx, 8; in al, dx; sub dx, 8; mov byte [5000h], 0; jmp again
  program({0x80, 0x3e, 0x00, 0x50, 0x01, 0x75, 0xf9, 0x83, 0xc2, 0x08, 0xec,
           0x83, 0xea, 0x08, 0xc6, 0x06, 0x00, 0x50, 0x00, 0xeb, 0xeb});
  // again: cmp byte [5000h], 0; jne again; inc al; out dx, al; mov byte [5000h], 1; jmp again
  program(
      {0x80, 0x3e, 0x00, 0x50, 0x00, 0x75, 0xf9, 0xfe, 0xc0, 0xee, 0xc6, 0x06, 0x00, 0x50, 0x01, 0xeb, 0xef},
      kWriter);
  rig->load(0, rig->start(false));
  CpuState writer = rig->start(false);
  writer.rip = kWriter;
  rig->load(1, writer);
  rig->go();
  EXPECT_TRUE(journal->waitFor(kAccesses));
  rig->stop();
  const std::vector<Access> all = journal->all();
  for (size_t i = 0; i < all.size(); ++i) {
    const Access expected = i % 2 ? Access{false, 8, 0} : Access{true, 0, (i / 2 + 1) & 0xff};
    ASSERT_EQ(all[i], expected) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Irqchip, WaitingWrites,
                         ::testing::Values(kvm::IrqchipMode::Off, kvm::IrqchipMode::Split),
                         [](const auto& p) { return p.param == kvm::IrqchipMode::Off ? "off" : "split"; });

}  // namespace
}  // namespace duet::test
