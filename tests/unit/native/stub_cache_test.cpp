// Where stubs come from: code memory that is never writable and executable, a bound on it, threads.
#include <sys/mman.h>

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>

#include "tests/unit/native/guest.h"

namespace duet::tcg::test {
namespace {

struct Mapping {
  u64 from, to;
  std::string rights;
};

std::vector<Mapping> mappings() {
  std::vector<Mapping> all;
  FILE* file = std::fopen("/proc/self/maps", "r");
  char line[512];
  while (file && std::fgets(line, sizeof line, file)) {
    unsigned long from = 0, to = 0;
    char rights[8] = {};
    if (std::sscanf(line, "%lx-%lx %4s", &from, &to, rights) == 3) all.push_back({from, to, rights});
  }
  if (file) std::fclose(file);
  return all;
}

std::string rightsOf(const void* address) {
  const u64 at = reinterpret_cast<u64>(address);
  for (const Mapping& m : mappings()) {
    if (at >= m.from && at < m.to) return m.rights;
  }
  return "";
}

TEST(CodeArena, NoPageIsWritableAndExecutable) {
  auto arena = CodeArena::create(1u << 20).value();
  const CodeSlot slot = arena->allocate(100);
  ASSERT_TRUE(slot);
  EXPECT_EQ(rightsOf(slot.write), "rw-s");
  EXPECT_EQ(rightsOf(slot.execute), "r-xs");
  for (const Mapping& m : mappings()) EXPECT_FALSE(m.rights[1] == 'w' && m.rights[2] == 'x');
}

TEST(CodeArena, BothViewsAreTheSameMemory) {
  auto arena = CodeArena::create(1u << 20).value();
  const CodeSlot slot = arena->allocate(16);
  const u8 code[] = {0xb8, 42, 0, 0, 0, 0xc3};  // mov eax, 42; ret
  std::memcpy(slot.write, code, sizeof code);
  EXPECT_EQ(reinterpret_cast<int (*)()>(reinterpret_cast<uintptr_t>(slot.execute))(), 42);
}

TEST(CodeArena, StopsAtItsCapacity) {
  auto arena = CodeArena::create(CodeArena::kChunkSize * 2).value();
  u32 got = 0;
  while (arena->allocate(1000)) got += 1008;
  EXPECT_LE(got, CodeArena::kChunkSize * 2);
  EXPECT_GT(got, CodeArena::kChunkSize * 2 - 4096);
  EXPECT_FALSE(arena->allocate(CodeArena::kChunkSize + 1));
}

TEST(CodeArena, ColdSlotsLieApart) {
  constexpr u32 kSize = 64u << 10, kCold = 40u << 10;
  auto arena = CodeArena::create(kSize, kSize).value();
  const u8* const begin = arena->peek().execute;
  arena->divide(kCold);
  EXPECT_EQ(arena->peekCold().execute, begin + kCold);
  EXPECT_EQ(arena->allocateCold(10).execute, begin + kCold);
  EXPECT_EQ(arena->allocate(10).execute, begin);
  EXPECT_EQ(arena->allocateCold(10).execute, begin + kCold + 16);
  EXPECT_EQ(arena->usedCold(), 32u);
  EXPECT_EQ(arena->used(), 48u);
  const CodeSlot cold = arena->allocateCold(16);
  *cold.write = 0xc3;
  EXPECT_EQ(*cold.execute, 0xc3) << "both views are the same memory";
  const u8 nop = 0x90;
  arena->patch(cold.execute, {&nop, 1});
  EXPECT_EQ(*cold.execute, 0x90);
  EXPECT_FALSE(arena->allocate(kCold)) << "neither grows into the other";
  EXPECT_TRUE(arena->allocate(kCold - 16));
  EXPECT_FALSE(arena->allocateCold(kSize - kCold - 32));
  arena->clear();
  EXPECT_EQ(arena->allocateCold(10).execute, begin + kCold);
}

constexpr size_t kPage = 4096;

// Linux 5.14 does.
bool givesMemoryAhead() {
  void* probe = mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const bool can = madvise(probe, kPage, MADV_POPULATE_WRITE) == 0;
  munmap(probe, kPage);
  return can;
}

TEST(CodeArena, AsksForMemoryAhead) {
  constexpr size_t kAhead = 64u << 10;
  auto arena = CodeArena::create(kAhead * 4, kAhead * 4).value();
  arena->divide(kAhead * 3);
  const CodeSlot hot = arena->allocate(16), cold = arena->allocateCold(16);
  for (const CodeSlot& slot : {hot, cold}) {
    unsigned char resident[kAhead / kPage + 1] = {};
    ASSERT_EQ(mincore(slot.write, kAhead, resident), 0);
    EXPECT_EQ((resident[kAhead / kPage - 1] & 1) != 0, givesMemoryAhead());
  }
  unsigned char beyond = 1;
  ASSERT_EQ(mincore(hot.write + kAhead, kPage, &beyond), 0);
  EXPECT_FALSE(beyond & 1) << "no more than that";
}

// More and more of it, by an advisor.
TEST(CodeArena, IsAdvised) {
  constexpr u32 kSize = 2u << 20, kSlot = 4096, kFarther = 200u << 10;
  MemoryAdvisor advisor;
  auto arena = CodeArena::create(kSize, kSize, &advisor).value();
  const CodeSlot first = arena->allocate(kSlot);
  *first.write = 0xc3;
  const auto isResident = [&](u32 at) {
    advisor.settle();
    unsigned char resident = 0;
    EXPECT_EQ(mincore(first.write + at, kPage, &resident), 0);
    return (resident & 1) != 0;
  };
  EXPECT_FALSE(isResident(kFarther));
  u32 used = kSlot;
  for (; used < 64u << 10; used += kSlot) ASSERT_TRUE(arena->allocate(kSlot));
  EXPECT_EQ(isResident(kFarther), givesMemoryAhead());
  for (; used < kSize; used += kSlot) {
    const CodeSlot slot = arena->allocate(kSlot);
    ASSERT_TRUE(slot);
    *slot.write = static_cast<u8>(used >> 12);
    EXPECT_EQ(*slot.execute, static_cast<u8>(used >> 12));
  }
  EXPECT_FALSE(arena->allocate(kSlot));
  EXPECT_EQ(*first.execute, 0xc3);
}

// One thread changes a jump, across four bytes' borders, while another runs it: it ends at one place or the other, and the store
// of whole bytes around it is seen sooner or later. The jump is kept busy at either place.
TEST(CodeArena, CodeIsChangedWhileItRuns) {
  auto arena = CodeArena::create(1u << 20).value();
  const CodeSlot slot = arena->allocate(64);
  // 3: jmp first; 8: first: mov eax,1; ret; 16: second: mov eax,2; ret
  const u8 code[] = {0x90, 0x90, 0x90, 0xe9, 0,    0,    0, 0, 0xb8, 1, 0,
                     0,    0,    0xc3, 0x90, 0x90, 0xb8, 2, 0, 0,    0, 0xc3};
  const u8 toFirst[] = {0, 0, 0, 0}, toSecond[] = {8, 0, 0, 0}, load[] = {0xb8, 3, 0, 0, 0},
           jump[] = {0xe9, 0, 0, 0, 0};
  std::memcpy(slot.write, code, sizeof code);
  const auto run = reinterpret_cast<int (*)()>(reinterpret_cast<uintptr_t>(slot.execute));
  std::atomic<bool> stop = false;
  std::atomic<u64> seen[3] = {};
  std::thread other([&] {
    while (!stop) {
      const int got = run();
      if (got != 1 && got != 2) return;
      ++seen[got];
    }
    ++seen[0];
  });
  const auto soFar = [&] { return seen[1] + seen[2]; };
  for (u64 end = 0; seen[1] < 1000 || seen[2] < 1000 || end < 20000; ++end) {
    arena->patch(slot.execute + 4, end % 2 ? toFirst : toSecond);
    if (end % 3 == 0) {  // the whole instruction, as another one that goes on behind it
      arena->patch(slot.execute + 3, load);
      arena->patch(slot.execute + 3, jump);
    }
    if (end > 100000000) break;
    for (const u64 now = soFar(); end % 64 == 0 && soFar() == now && end < 1000000;)
      std::this_thread::yield();
  }
  stop = true;
  other.join();
  EXPECT_EQ(seen[0], 1u) << "it ended elsewhere";
  EXPECT_GE(seen[1], 1000u);
  EXPECT_GE(seen[2], 1000u);
}

// PSHUFD with every immediate makes 256 stubs; a small cache runs out and still computes.
TEST(StubCache, FullArenaStillRuns) {
  auto cache = StubCache::create(4096).value();
  Guest guest;
  for (unsigned imm = 0; imm < 256; ++imm) {
    const isa::Insn insn = guest.decode(std::vector<u8>{0x66, 0x0f, 0x70, 0xca, static_cast<u8>(imm)});
    guest.setXmm<u32>(2, {10, 11, 12, 13});
    ASSERT_EQ(cache->get(insn)->run(guest.state, insn, nullptr), NativeResult::Ok);
    for (unsigned i = 0; i < 4; ++i) ASSERT_EQ(guest.xmm<u32>(1, i), 10 + (imm >> (2 * i) & 3));
  }
  EXPECT_LT(cache->stubCount(), 256u);
  EXPECT_GT(cache->stubCount(), 0u);
  u8 memory[4] = {0, 0, 0x80, 0x3f};
  const isa::Insn fld = guest.decode(std::vector<u8>{0xd9, 0x03});
  ASSERT_EQ(cache->get(fld)->run(guest.state, fld, memory), NativeResult::Ok);
  EXPECT_EQ(guest.st(0), 1.0L);
}

TEST(StubCache, SameInstructionSameStub) {
  auto cache = StubCache::create().value();
  Guest guest;
  const isa::Insn insn = guest.decode(std::vector<u8>{0x0f, 0x58, 0xc1});
  EXPECT_EQ(cache->get(insn), cache->get(insn));
  EXPECT_NE(cache->get(insn), cache->get(guest.decode(std::vector<u8>{0x0f, 0x58, 0xc2})));
  EXPECT_EQ(cache->stubCount(), 2u);
}

TEST(StubCache, ThreadsShareIt) {
  auto cache = StubCache::create().value();
  std::atomic<unsigned> wrong = 0;
  const auto work = [&] {
    Guest guest;
    for (unsigned round = 0; round < 2000; ++round) {
      const u8 imm = static_cast<u8>(round);
      const isa::Insn insn = guest.decode(std::vector<u8>{0x66, 0x0f, 0x70, 0xca, imm});
      guest.setXmm<u32>(2, {0, 1, 2, 3});
      cache->get(insn)->run(guest.state, insn, nullptr);
      wrong += guest.xmm<u32>(1, 3) != imm >> 6;
    }
  };
  std::thread other(work);
  work();
  other.join();
  EXPECT_EQ(wrong, 0u);
  EXPECT_EQ(cache->stubCount(), 256u);
}

}  // namespace
}  // namespace duet::tcg::test
