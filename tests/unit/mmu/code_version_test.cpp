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

// Some of its 64 bytes each are marked already, the others must be, too.
TEST_F(CodeVersion, CodeThatReachesBeyondWhatIsMarked) {
  const u32 version = ram_.beginDecode(page_, 0, 64);
  EXPECT_EQ(ram_.beginDecode(page_, 0, 129), version);
  EXPECT_FALSE(ram_.noteCodeWrite(page_, 192, 64));
  EXPECT_TRUE(ram_.noteCodeWrite(page_, 128, 1));
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

// A block of the first writer's may run on the second one's thread: the page stays in need of a look.
TEST_F(CodeVersion, AWriterThatComesLateFindsThePageWatched) {
  EXPECT_FALSE(ram_.isWatched(page_));
  const u32 version = ram_.beginDecode(page_, 0, 64);
  EXPECT_TRUE(ram_.noteCodeWrite(page_, 0, 1));
  EXPECT_TRUE(ram_.isWatched(page_));
  EXPECT_FALSE(ram_.noteCodeWrite(page_, 0, 1)) << "no code is left that it could have hit";
  EXPECT_FALSE(ram_.hasCode(page_));
  EXPECT_NE(ram_.codeVersion(page_), version);
}

TEST_F(CodeVersion, APageSettlesWhenItsCodeIsGoneAndNotBefore) {
  ram_.markDirty(page_);
  EXPECT_TRUE(ram_.isQuiet(page_));
  const u32 version = ram_.beginDecode(page_, 0, 64);
  ram_.settle(page_, version - 1);
  EXPECT_TRUE(ram_.isWatched(page_)) << "there is code";
  ram_.noteCodeWrite(page_, 0, 1);
  const u32 ended = ram_.codeVersion(page_);
  ram_.settle(page_, ended);
  EXPECT_TRUE(ram_.isQuiet(page_));
  EXPECT_EQ(ram_.codeVersion(page_), ended);
  const u32 next = ram_.beginDecode(page_, 0, 64);
  EXPECT_FALSE(ram_.isQuiet(page_));
  EXPECT_GT(next, ended);
}

// Stores to a page without code, on a thread that runs none of it, until it is quiet; or `most` of them.
unsigned storesUntilQuiet(Ram& ram, u64 page, const CodeRunners::Runner* self, unsigned most) {
  Settling settling;
  unsigned n = 0;
  while (n < most && !ram.isQuiet(page)) {
    ++n;
    ram.noteCodeWrite(page, 2048, 8);
    settling.stored(ram, page, self);
  }
  return n;
}

TEST_F(CodeVersion, StoresMakeAPageQuietThatHasNoCodeAnyMore) {
  CodeRunners::Runner& self = ram_.runners().add();
  ram_.runners().begin(self);
  ram_.markDirty(page_);
  ram_.beginDecode(page_, 0, 64);
  EXPECT_EQ(storesUntilQuiet(ram_, page_, &self, 1000), 1000u) << "its code is still there";
  ram_.noteCodeWrite(page_, 0, 1);
  EXPECT_LT(storesUntilQuiet(ram_, page_, &self, 1000), 1000u);
  ram_.runners().remove(self);
}

// Another vCPU may be in the middle of a dead block, and store into it.
TEST_F(CodeVersion, APageIsNotQuietBeforeEveryRunnerHasLooked) {
  CodeRunners::Runner& self = ram_.runners().add();
  CodeRunners::Runner& other = ram_.runners().add();
  ram_.runners().begin(self);
  ram_.runners().begin(other);
  ram_.markDirty(page_);
  ram_.beginDecode(page_, 0, 64);
  ram_.noteCodeWrite(page_, 0, 1);
  Settling settling;
  const auto store = [&] {
    for (int i = 0; i < 1000; ++i) settling.stored(ram_, page_, &self);
  };
  store();
  EXPECT_FALSE(ram_.isQuiet(page_));
  ram_.runners().look(self);
  store();
  EXPECT_FALSE(ram_.isQuiet(page_)) << "only who stores has looked";
  ram_.runners().look(other);
  store();
  EXPECT_TRUE(ram_.isQuiet(page_));

  ram_.beginDecode(page_ + 1, 0, 64);
  ram_.noteCodeWrite(page_ + 1, 0, 1);
  ram_.markDirty(page_ + 1);
  ram_.runners().end(other);
  EXPECT_LT(storesUntilQuiet(ram_, page_ + 1, &self, 1000), 1000u) << "who runs nothing need not look";
  ram_.runners().remove(self);
  ram_.runners().remove(other);
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
    if (ram_.isQuiet(page_)) return;
    ram_.markDirty(page_);
    if (ram_.isWatched(page_)) ram_.noteCodeWrite(page_, i * 256, 8);
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

// The same where pages become quiet between two rounds of code, and writers look at nothing else: each thread runs what it
// decoded until it looks at the clock, and stores into it.
TEST_F(Stress, OwnWritesAreSeenThoughPagesSettle) {
  constexpr unsigned kRounds = 50000;
  std::atomic<unsigned> unseen{0}, quiet{0};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < kSlots; ++t)
    threads.emplace_back([&, t] {
      CodeRunners::Runner& self = ram_.runners().add();
      ram_.runners().begin(self);
      Settling settling;
      for (unsigned r = 1; r <= kRounds; ++r) {
        ram_.runners().look(self);
        if (r / 64 % 2) {  // data, for a while: in the middle of no code
          write(t, r);
          settling.stored(ram_, page_, &self);
          quiet += ram_.isQuiet(page_);
          continue;
        }
        const Copy copy = decode(t);
        __atomic_store_n(slot(t), copy.value + 1, __ATOMIC_RELAXED);
        if (ram_.isQuiet(page_)) ++unseen;
        ram_.markDirty(page_);
        if (ram_.isWatched(page_)) ram_.noteCodeWrite(page_, t * 256, 8);
        if (ram_.codeVersion(page_) == copy.version) ++unseen;
      }
      ram_.runners().remove(self);
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(unseen.load(), 0u);
  EXPECT_GT(quiet.load(), 0u) << "the page never settled: the test saw nothing";
}

TEST(ProcessBarrier, CanBeCalledFromAnyThread) {
  std::thread other([] { processBarrier(); });
  processBarrier();
  other.join();
}

}  // namespace
}  // namespace duet::mmu
