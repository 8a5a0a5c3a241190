// The protocol by which decoded code learns that its bytes changed (mmu/ram/ram.h).
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>
#include <vector>

#include "mmu/ram/guest_copy.h"
#include "mmu/ram/process_barrier.h"
#include "mmu/ram/ram.h"

namespace duet::mmu {
namespace {

class CodeVersion : public testing::Test {
 protected:
  Ram ram_;
  const RamBlock& block_ = **ram_.addBlock("code", 16 * 4096);
  u64 page_ = block_.firstPage;
};

TEST_F(CodeVersion, StartsWithoutCode) {
  EXPECT_FALSE(ram_.hasCode(page_));
  EXPECT_EQ(ram_.codeVersion(page_), 0u);
}

TEST_F(CodeVersion, DecodeMarksAndAWriteMovesOn) {
  const u32 version = ram_.beginDecode(page_, 100, 16);
  EXPECT_EQ(version & 1, 1u);
  EXPECT_TRUE(ram_.hasCode(page_));
  EXPECT_EQ(ram_.beginDecode(page_, 110, 1), version);
  EXPECT_TRUE(ram_.noteCodeWrite(page_, 115, 1));
  EXPECT_FALSE(ram_.hasCode(page_));
  EXPECT_NE(ram_.codeVersion(page_), version);
  const u32 next = ram_.beginDecode(page_, 100, 16);
  EXPECT_EQ(next & 1, 1u);
  EXPECT_NE(next, version);
}

TEST_F(CodeVersion, WritesBesideTheCodeChangeNothing) {
  const u32 version = ram_.beginDecode(page_, 128, 64);
  EXPECT_FALSE(ram_.noteCodeWrite(page_, 0, 128));
  EXPECT_FALSE(ram_.noteCodeWrite(page_, 192, 4096 - 192));
  EXPECT_EQ(ram_.codeVersion(page_), version);
  EXPECT_TRUE(ram_.noteCodeWrite(page_, 127, 2));
}

TEST_F(CodeVersion, EveryGranuleOfThePage) {
  for (u32 at = 0; at < 4096; at += 64) {
    const u32 version = ram_.beginDecode(page_, at, 64);
    if (at > 0) {
      EXPECT_FALSE(ram_.noteCodeWrite(page_, 0, at));
    }
    if (at < 4032) {
      EXPECT_FALSE(ram_.noteCodeWrite(page_, at + 64, 4032 - at));
    }
    EXPECT_EQ(ram_.codeVersion(page_), version);
    EXPECT_TRUE(ram_.noteCodeWrite(page_, at + 63, 1));
  }
  ram_.beginDecode(page_, 0, 4096);
  EXPECT_TRUE(ram_.noteCodeWrite(page_, 2000, 1));
}

TEST_F(CodeVersion, AWriterThatComesLateIsToldToo) {
  ram_.beginDecode(page_, 0, 64);
  EXPECT_TRUE(ram_.noteCodeWrite(page_, 0, 1));
  // It had seen hasCode() before the first writer moved the version on.
  EXPECT_TRUE(ram_.noteCodeWrite(page_, 0, 1));
  EXPECT_FALSE(ram_.hasCode(page_));
}

TEST_F(CodeVersion, NoteWriteCoversARange) {
  const u32 a = ram_.beginDecode(page_, 4000, 64);
  const u32 b = ram_.beginDecode(page_ + 1, 0, 64);
  const u32 c = ram_.beginDecode(page_ + 2, 200, 8);
  ram_.noteWrite(block_.host + 4095, 4096 + 2);
  EXPECT_NE(ram_.codeVersion(page_), a);
  EXPECT_NE(ram_.codeVersion(page_ + 1), b);
  EXPECT_EQ(ram_.codeVersion(page_ + 2), c) << "its first byte is no code";
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(ram_.isDirty(page_ + i));
  EXPECT_FALSE(ram_.isDirty(page_ + 3));
  ram_.noteWrite(block_.host + 5 * 4096, 0);
  EXPECT_FALSE(ram_.isDirty(page_ + 5));
}

// Writers raise counters in "code" bytes; decoders copy them under a version. Once all is quiet, a
// decoder's copy whose version still stands must be the bytes in memory: anything else is a lost write.
class Stress : public CodeVersion {
 protected:
  static constexpr unsigned kSlots = 4;  // in granules of their own
  struct Copy {
    u32 version = 0;
    u64 value = 0;
  };

  u64* slot(unsigned i) { return reinterpret_cast<u64*>(block_.host + i * 256); }

  void write(unsigned i, u64 value) {
    __atomic_store_n(slot(i), value, __ATOMIC_RELAXED);
    if (ram_.hasCode(page_)) ram_.noteCodeWrite(page_, i * 256, 8);
  }
  Copy decode(unsigned i) {
    Copy copy;
    copy.version = ram_.beginDecode(page_, i * 256, 8);
    copy.value = __atomic_load_n(slot(i), __ATOMIC_RELAXED);
    return copy;
  }
};

// Whatever others do to their code in the same page, a writer's own block is dead as soon as it has written.
TEST_F(Stress, OwnWritesKillOwnCodeAtOnce) {
  constexpr unsigned kRounds = 50000;
  std::atomic<unsigned> alive{0};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < kSlots; ++t)
    threads.emplace_back([&, t] {
      for (unsigned r = 1; r <= kRounds; ++r) {
        const Copy copy = decode(t);
        write(t, copy.value + 1);
        if (ram_.codeVersion(page_) == copy.version) ++alive;
      }
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(alive.load(), 0u);
}

TEST_F(Stress, NoWriteIsLost) {
  constexpr unsigned kRounds = 2000;
  constexpr unsigned kWriters = 2, kDecoders = 2;
  std::atomic<unsigned> round{0}, done{0};
  std::vector<std::vector<Copy>> copies(kDecoders, std::vector<Copy>(kSlots));
  std::vector<std::thread> threads;
  for (unsigned w = 0; w < kWriters; ++w)
    threads.emplace_back([&, w] {
      std::minstd_rand random(w + 1);
      for (unsigned r = 1; r <= kRounds; ++r) {
        while (round.load() < r) std::this_thread::yield();
        for (unsigned i = 0; i < 8; ++i) write(random() % kSlots, (u64{r} << 8) + i + w * 16);
        ++done;
      }
    });
  for (unsigned d = 0; d < kDecoders; ++d)
    threads.emplace_back([&, d] {
      std::minstd_rand random(d + 100);
      for (unsigned r = 1; r <= kRounds; ++r) {
        while (round.load() < r) std::this_thread::yield();
        // Every other round after the writers, so that some copies are sure to stand whatever the scheduler does.
        const unsigned before = (r - 1) * (kWriters + kDecoders);
        while (r % 2 && done.load() < before + kWriters) std::this_thread::yield();
        for (unsigned i = 0; i < 4; ++i) {
          const unsigned s = static_cast<unsigned>(random() % kSlots);
          copies[d][s] = decode(s);
        }
        ++done;
      }
    });
  unsigned stale = 0, alive = 0;
  for (unsigned r = 1; r <= kRounds; ++r) {
    round = r;
    while (done.load() < r * (kWriters + kDecoders)) std::this_thread::yield();
    const u32 version = ram_.codeVersion(page_);
    for (const auto& mine : copies)
      for (unsigned s = 0; s < kSlots; ++s) {
        if (mine[s].version != version) continue;
        ++alive;
        if (mine[s].value != *slot(s)) ++stale;
      }
  }
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(stale, 0u);
  EXPECT_GT(alive, 0u) << "no decoded copy ever survived: the test saw nothing";
}

TEST(ProcessBarrier, CanBeCalledFromAnyThread) {
  std::thread other([] { processBarrier(); });
  processBarrier();
  other.join();
}

}  // namespace
}  // namespace duet::mmu
