// What guests of KVM are promised (Linux Documentation/virt/kvm/x86/msr.rst, hypercalls.rst): memory areas and MSRs.
#include "cpu-tcg/helpers/paravirtual.h"

#include <atomic>
#include <thread>

#include "cpu-tcg/helpers/msr.h"
#include "cpu-tcg/helpers/pvclock.h"
#include "cpu-tcg/helpers/tsc_agreement.h"
#include "tests/unit/helpers/fixture.h"

namespace duet::tcg {
namespace {

constexpr u64 kArea = 0x20000, kSecond = 1'000'000'000;
constexpr i64 kBadAddress = -14, kNotSupported = -95;

// struct pvclock_vcpu_time_info, as the document gives it.
struct TimeInfo {
  u32 version, pad0;
  u64 tscTimestamp, systemTime;
  u32 tscToSystemMul;
  i8 tscShift;
  u8 flags, pad[2];
};
static_assert(sizeof(TimeInfo) == kClockPageSize);

u64 timeBy(const TimeInfo& t, u64 tsc) {  // the document's formula
  u64 delta = tsc - t.tscTimestamp;
  if (t.tscShift < 0)
    delta >>= -t.tscShift;
  else
    delta <<= t.tscShift;
  return static_cast<u64>(u128{delta} * t.tscToSystemMul >> 32) + t.systemTime;
}

class Paravirtual : public HelperTest {
 protected:
  bool write(u32 index, u64 value) { return writeMsr(*ctx_, index, value); }
  u64 read(u32 index) {
    u64 value = ~u64{0};
    EXPECT_TRUE(readMsr(*ctx_, index, value));
    return value;
  }
  TimeInfo info() { return peek<TimeInfo>(kArea); }
};

TEST_F(Paravirtual, TimePageSaysTheClocksTime) {
  clock_.advanceTo(5'000);
  ASSERT_TRUE(write(kMsrKvmSystemTime, kArea | 1));
  EXPECT_EQ(read(kMsrKvmSystemTime), kArea | 1);
  EXPECT_EQ(read(kMsrKvmSystemTimeOld), kArea | 1) << "one register by two numbers";
  const TimeInfo t = info();
  EXPECT_EQ(t.version % 2, 0u);
  EXPECT_EQ(t.flags, 1) << "stable: the only vCPU agrees with itself";
  EXPECT_EQ(timeBy(t, 5'000), 5'000u);
  EXPECT_EQ(timeBy(t, 3600 * kSecond), 3600 * kSecond) << "counted: a tick a nanosecond";
}

TEST_F(Paravirtual, TimePageFollowsAWrittenTsc) {
  ASSERT_TRUE(write(kMsrKvmSystemTime, kArea | 1));
  const u32 version = info().version;
  clock_.advanceTo(7'000);
  ASSERT_TRUE(write(kMsrTsc, 1'000'000));
  EXPECT_NE(info().version, version);
  EXPECT_EQ(timeBy(info(), 1'000'000), 7'000u);
  ASSERT_TRUE(write(kMsrTscAdjust, 0));
  EXPECT_EQ(timeBy(info(), 7'000), 7'000u);
}

TEST_F(Paravirtual, OddVersionsOfOldAreMendedAndStopFlagsKept) {
  poke<u32>(kArea, 0xffffffff);
  poke<u8>(kArea + 29, 2);  // the guest has not seen it yet
  ASSERT_TRUE(write(kMsrKvmSystemTime, kArea | 1));
  EXPECT_EQ(info().version, 0u);
  EXPECT_EQ(info().flags, 3);
}

TEST_F(Paravirtual, NothingIsWrittenUnasked) {
  ASSERT_TRUE(write(kMsrKvmSystemTime, kArea));  // not enabled
  ASSERT_TRUE(write(kMsrKvmStealTime, kArea));
  EXPECT_EQ(peek<u64>(kArea), 0u);
  EXPECT_EQ(peek<u32>(kArea + 24), 0u);
  // Past the end of RAM: nothing happens.
  ASSERT_TRUE(write(kMsrKvmSystemTime, (8_MiB - 16) | 1));
  EXPECT_EQ(peek<u64>(8_MiB - 8), 0u);
}

TEST_F(Paravirtual, StopFlagOnlyWhereTimeIsTheHosts) {
  ASSERT_TRUE(write(kMsrKvmSystemTime, kArea | 1));
  tellOfPause(*ctx_);
  EXPECT_EQ(info().flags, 1);
  VirtualClock host;
  const VcpuEnv env{0, *view_, *physical_, *ports_, apic_, mailbox_, host, *model_};
  host.start();
  host.stop();
  host.start();
  ctx_->env = &env;
  tellOfPause(*ctx_);
  EXPECT_EQ(info().flags, 3);
  EXPECT_EQ(ctx_->pausesTold, 1u);
  ctx_->env = env_.get();
}

TEST_F(Paravirtual, StableWhileAllCountersAgree) {
  TscAgreement tscs;
  VcpuMailbox other;
  tscs.join(0, mailbox_);
  tscs.join(1, other);
  ctx_->tscs = &tscs;
  ASSERT_TRUE(write(kMsrKvmSystemTime, kArea | 1));
  EXPECT_EQ(info().flags, 1);
  ASSERT_TRUE(write(kMsrTscAdjust, 40));
  EXPECT_EQ(info().flags, 0);
  EXPECT_TRUE(other.take(kMailClock)) << "the other page says it, too";
  tscs.set(1, 40);
  EXPECT_TRUE(mailbox_.take(kMailClock));
  tellTime(*ctx_);
  EXPECT_EQ(info().flags, 1);
  tscs.set(1, 40);
  other.take(kMailClock);
  tscs.set(1, 40);
  EXPECT_EQ(other.peek(), 0u) << "the same again is no news";
  ctx_->tscs = nullptr;
}

TEST_F(Paravirtual, NoStableBitWithoutItsFeature) {
  use("max,-kvmclock-stable-bit");
  ASSERT_TRUE(write(kMsrKvmSystemTime, kArea | 1));
  EXPECT_EQ(info().flags, 0);
}

// struct pvclock_wall_clock: version, seconds, nanoseconds of the calendar when the time was 0.
TEST_F(Paravirtual, WallClock) {
  clock_.setCalendarStart(static_cast<i64>(1'700'000'000 * kSecond + 5));
  clock_.advanceTo(static_cast<i64>(3 * kSecond));
  for (const u32 index : {u32{kMsrKvmWallClock}, u32{kMsrKvmWallClockOld}}) {
    poke<u64>(kArea, 0);
    ASSERT_TRUE(write(index, kArea));
    EXPECT_EQ(read(index), kArea);
    EXPECT_EQ(peek<u32>(kArea) % 2, 0u);
    EXPECT_EQ(peek<u32>(kArea + 4), 1'700'000'000u);
    EXPECT_EQ(peek<u32>(kArea + 8), 5u);
  }
}

TEST_F(Paravirtual, StealTimeBeginsNotPreempted) {
  poke<u64>(kArea, 123);    // stolen so far, by another engine
  poke<u32>(kArea + 8, 7);  // its version
  poke<u8>(kArea + 16, 3);  // preempted, and a TLB flush asked for
  ASSERT_TRUE(write(kMsrKvmStealTime, kArea | 1));
  EXPECT_EQ(peek<u64>(kArea), 123u);
  EXPECT_EQ(peek<u32>(kArea + 8), 8u);
  EXPECT_EQ(peek<u8>(kArea + 16), 0);
  poke<u8>(kArea + 16, 1);
  enterParavirtual(*ctx_);
  EXPECT_EQ(peek<u8>(kArea + 16), 0);
}

// struct kvm_vcpu_pv_apf_data: the token is behind the flags; all ones wakes everybody.
TEST_F(Paravirtual, PageWaitersOfAnotherEngineAreWoken) {
  ASSERT_TRUE(write(kMsrKvmAsyncPfInt, 0xf3));
  ASSERT_TRUE(write(kMsrKvmAsyncPf, kArea | 9));
  EXPECT_TRUE(apic_.sent.empty());
  EXPECT_EQ(peek<u32>(kArea + 4), 0u);
  poke<u32>(kArea + 4, 77);  // told by the other engine, not taken yet
  enterParavirtual(*ctx_);
  EXPECT_EQ(peek<u32>(kArea + 4), 77u);
  EXPECT_TRUE(apic_.sent.empty());
  poke<u32>(kArea + 4, 0);
  ASSERT_TRUE(write(kMsrKvmAsyncPfAck, 1));
  EXPECT_EQ(peek<u32>(kArea + 4), ~u32{0});
  EXPECT_EQ(apic_.sent, std::vector<u32>{0xf3});
  poke<u32>(kArea + 4, 0);
  ASSERT_TRUE(write(kMsrKvmAsyncPfAck, 1));
  EXPECT_EQ(peek<u32>(kArea + 4), 0u) << "once";
  ASSERT_TRUE(write(kMsrKvmAsyncPf, 0));
  enterParavirtual(*ctx_);
  EXPECT_EQ(apic_.sent.size(), 1u);
}

TEST_F(Paravirtual, ReservedBits) {
  EXPECT_FALSE(write(kMsrKvmStealTime, kArea | 3));
  EXPECT_FALSE(write(kMsrKvmPvEoi, kArea | 3));
  EXPECT_TRUE(write(kMsrKvmPvEoi, kArea | 1));
  EXPECT_FALSE(write(kMsrKvmPollControl, 2));
  EXPECT_EQ(read(kMsrKvmPollControl), 1u) << "polling is allowed after reset";
  EXPECT_TRUE(write(kMsrKvmPollControl, 0));
  EXPECT_FALSE(write(kMsrKvmAsyncPf, kArea | 0x11));
  EXPECT_FALSE(write(kMsrKvmAsyncPf, kArea | 5)) << "as an exit of a nested guest: not offered";
  EXPECT_TRUE(write(kMsrKvmAsyncPf, kArea | 0xb));
  EXPECT_FALSE(write(kMsrKvmAsyncPfInt, 0x100));
  EXPECT_TRUE(write(kMsrKvmAsyncPfInt, 0xf3));
  EXPECT_TRUE(write(kMsrKvmAsyncPfAck, 1));
  EXPECT_EQ(read(kMsrKvmAsyncPfAck), 0u);
}

TEST_F(Paravirtual, NoRegisterWithoutItsFeature) {
  use("max,kvm=off");
  for (u32 index = kMsrKvmWallClock; index <= kMsrKvmAsyncPfAck; ++index) {
    u64 value;
    EXPECT_FALSE(readMsr(*ctx_, index, value)) << std::hex << index;
    EXPECT_FALSE(write(index, 0)) << std::hex << index;
  }
  EXPECT_FALSE(write(kMsrKvmSystemTimeOld, 0));
  use("max,-kvmclock-old");
  EXPECT_FALSE(write(kMsrKvmSystemTimeOld, 0));
  EXPECT_TRUE(write(kMsrKvmSystemTime, 0));
  use("max,-kvm-asyncpf-int");
  EXPECT_FALSE(write(kMsrKvmAsyncPf, kArea | 9)) << "delivery as an interrupt needs the feature";
  EXPECT_TRUE(write(kMsrKvmAsyncPf, kArea | 1));
}

TEST_F(Paravirtual, StatesWithRegistersThatTheModelLacksAreRefused) {
  CpuState s = protectedState(0);
  s.msr.kvmStealTime = kArea | 1;
  EXPECT_TRUE(importState(*ctx_, s));
  s.msr.kvmStealTime = kArea | 3;
  EXPECT_FALSE(importState(*ctx_, s));
  s.msr.kvmStealTime = kArea | 1;
  use("max,-kvm-steal-time");
  EXPECT_FALSE(importState(*ctx_, s));
}

TEST_F(Paravirtual, InitForgetsTheAreas) {
  CpuState s = protectedState(0);
  s.msr.kvmSystemTime = s.msr.kvmStealTime = s.msr.kvmPvEoi = s.msr.kvmAsyncPf = kArea | 1;
  s.unhaltPending = true;
  const CpuState after = initState(s, true);
  EXPECT_EQ(after.msr.kvmSystemTime | after.msr.kvmStealTime | after.msr.kvmPvEoi | after.msr.kvmAsyncPf, 0u);
  EXPECT_FALSE(after.unhaltPending);
}

// struct kvm_clock_pairing: seconds, nanoseconds, TSC.
TEST_F(Paravirtual, ClockPairing) {
  EXPECT_EQ(pairClocks(*ctx_, Gpa(kArea), 0), kNotSupported) << "counted time is no host's";
  VirtualClock host;
  const VcpuEnv env{0, *view_, *physical_, *ports_, apic_, mailbox_, host, *model_};
  host.start();
  ctx_->env = &env;
  arch().msr.tscOffset = 1u << 30;
  EXPECT_EQ(pairClocks(*ctx_, Gpa(kArea), 1), kNotSupported);
  EXPECT_EQ(pairClocks(*ctx_, Gpa(8_MiB), 0), kBadAddress);
  EXPECT_EQ(pairClocks(*ctx_, Gpa(kArea), 0), 0);
  EXPECT_LE(std::abs(peek<i64>(kArea) - static_cast<i64>(std::time(nullptr))), 1);
  EXPECT_LT(peek<u64>(kArea + 8), kSecond);
  EXPECT_LT(host.tsc() + (1u << 30) - peek<u64>(kArea + 16), host.tscFrequency());
  ctx_->env = env_.get();
}

// A reader on another processor, by the document's protocol, only ever sees pages that were written whole.
TEST(ClockPageProtocol, ReadersSeeWholePages) {
  alignas(8) u8 area[kClockPageSize] = {};
  std::atomic<bool> end{false};
  u64 torn = 0, reads = 0;
  std::thread reader([&] {
    const auto word = [&](unsigned offset) { return *reinterpret_cast<const volatile u64*>(area + offset); };
    const auto version = [&] { return *reinterpret_cast<const volatile u32*>(area); };
    while (!end) {
      const u32 before = version();
      std::atomic_thread_fence(std::memory_order_acquire);
      const u64 tsc = word(8), time = word(16);
      std::atomic_thread_fence(std::memory_order_acquire);
      if ((before & 1) || version() != before) continue;
      ++reads;
      torn += time != 3 * tsc;
    }
  });
  for (u64 i = 1; i < 300'000; ++i) writeClockPage(area, {.line = {i, 3 * i}, .scale = {}});
  while (reads == 0) std::this_thread::yield();
  end = true;
  reader.join();
  EXPECT_EQ(torn, 0u);
}

}  // namespace
}  // namespace duet::tcg
