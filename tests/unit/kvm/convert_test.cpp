// CpuState in the kernel's structures, each direction.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "cpu-kvm/convert/clock.h"
#include "cpu-kvm/convert/events.h"
#include "cpu-kvm/convert/kvm_state.h"
#include "cpu-kvm/convert/msrs.h"
#include "cpu-kvm/convert/segments.h"

namespace duet::kvm {
namespace {

constexpr XsaveLayout kAmdLayout{.avx = 576, .pkru = 832, .size = 4096};

// Every member another value, as far as the structures hold it.
CpuState randomState(std::mt19937_64& random) {
  CpuState s;
  for (u64& r : s.gpr) r = random();
  s.rip = random();
  s.rflags = (random() & kRflagsKnown) | 2;
  for (SegmentRegister* r : {&s.segment[0], &s.segment[1], &s.segment[2], &s.segment[3], &s.segment[4],
                             &s.segment[5], &s.ldtr, &s.tr})
    *r = {static_cast<u16>(random()), random(), static_cast<u32>(random()),
          static_cast<u32>(random() & 0x1f0ff)};
  s.gdtr = {random(), static_cast<u32>(random() & 0xffff)};
  s.idtr = {random(), static_cast<u32>(random() & 0xffff)};
  s.cr0 = kCr0Pe | kCr0Pg | kCr0Et;
  s.cr4 = kCr4Pae;
  s.cr2 = random();
  s.cr3 = random();
  s.cr8 = random() & 15;
  s.xcr0 = 0x207;
  for (u64& r : s.dr) r = random();
  s.dr6 = random();
  s.dr7 = random();
  for (u64& r : s.pdpte) r = random();
  for (const u32 index : convertedMsrs()) *msrMember(s.msr, index) = random();
  for (u32 i = 0; i < kXsaveLegacySize; ++i) s.xsave[i] = static_cast<u8>(random());
  s.xsave[kXsaveLegacySize] = 7;
  s.xsave[kXsaveLegacySize + 1] = 2;
  for (u32 i = 0; i < 256; ++i) s.xsave[kXsaveAvxOffset + i] = static_cast<u8>(random());
  for (u32 i = 0; i < 4; ++i) s.xsave[kXsavePkruOffset + i] = static_cast<u8>(random());
  return s;
}

TEST(Convert, RoundTripOfEverything) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 50; ++round) {
    const CpuState in = randomState(random);
    KvmState kvm;
    toKvm(in, 0xfee00900, convertedMsrs(), kAmdLayout, kvm);
    CpuState out;
    fromKvm(kvm, kAmdLayout, out);
    EXPECT_EQ(out, in);
    EXPECT_EQ(kvm.sregs.apic_base, 0xfee00900u);
  }
}

TEST(Convert, RegistersGoToTheirNames) {
  CpuState s;
  for (unsigned i = 0; i < 16; ++i) s.gpr[i] = 100 + i;
  KvmState kvm;
  toKvm(s, 0, {}, {}, kvm);
  EXPECT_EQ(kvm.regs.rcx, 101u);
  EXPECT_EQ(kvm.regs.rsp, 104u);
  EXPECT_EQ(kvm.regs.rbp, 105u);
  EXPECT_EQ(kvm.regs.rsi, 106u);
  EXPECT_EQ(kvm.regs.rdi, 107u);
  EXPECT_EQ(kvm.regs.r15, 115u);
}

TEST(Convert, PdptesOnlyUnderPaePaging) {
  CpuState s;
  s.pdpte = {1, 2, 3, 4};
  KvmState kvm;
  toKvm(s, 0, {}, {}, kvm);
  EXPECT_EQ(kvm.sregs.flags, 0u);
  s.cr0 = kCr0Pg | kCr0Pe;
  s.cr4 = kCr4Pae;
  toKvm(s, 0, {}, {}, kvm);
  EXPECT_EQ(kvm.sregs.flags, static_cast<u64>(KVM_SREGS2_FLAGS_PDPTRS_VALID));
  EXPECT_EQ(kvm.sregs.pdptrs[3], 4u);
  s.msr.efer = kEferLme | kEferLma;
  toKvm(s, 0, {}, {}, kvm);
  EXPECT_EQ(kvm.sregs.flags, 0u);
}

TEST(Convert, SegmentBits) {
  // A 64-bit code segment: type 11, S, DPL 3, P, AVL, L, G.
  const kvm_segment s = toKvm(SegmentRegister{0x33, 0x1234, 0xffffffff, 0xb0fb});
  EXPECT_EQ(s.type, 11);
  EXPECT_EQ(s.s, 1);
  EXPECT_EQ(s.dpl, 3);
  EXPECT_EQ(s.present, 1);
  EXPECT_EQ(s.avl, 1);
  EXPECT_EQ(s.l, 1);
  EXPECT_EQ(s.db, 0);
  EXPECT_EQ(s.g, 1);
  EXPECT_EQ(s.unusable, 0);
}

TEST(Convert, XsaveComponentsAtTheHostsPlaces) {
  CpuState s;
  s.xsave[kXsaveLegacySize + 1] = 2;
  s.xsave[kXsavePkruOffset] = 0x5a;
  KvmState kvm;
  toKvm(s, 0, {}, kAmdLayout, kvm);
  EXPECT_EQ(kvm.xsave.size(), 4096u);
  EXPECT_EQ(kvm.xsave[832], 0x5a);
  EXPECT_EQ(kvm.xsave[kXsavePkruOffset], 0);
}

TEST(Convert, ComponentsThatWeDoNotKeepAreNotNamed) {
  KvmState kvm;
  kvm.xsave.assign(4096, 0);
  kvm.xsave[kXsaveLegacySize] = 0xff;  // MPX and AVX-512 too
  CpuState out;
  fromKvm(kvm, kAmdLayout, out);
  EXPECT_EQ(out.xsave[kXsaveLegacySize], 7);
}

TEST(Convert, EveryMsrOnce) {
  ModelSpecificRegisters r;
  std::vector<u64*> members;
  for (const u32 index : convertedMsrs()) {
    u64* member = msrMember(r, index);
    ASSERT_NE(member, nullptr) << std::hex << index;
    EXPECT_EQ(std::ranges::count(members, member), 0) << std::hex << index;
    members.push_back(member);
  }
  // The rest of the structure: EFER is in the special registers, the TSC offset the vCPU's.
  EXPECT_EQ(members.size() + 2, sizeof r / sizeof(u64));
  EXPECT_EQ(msrMember(r, kMsrEfer), nullptr);
  EXPECT_EQ(msrMember(r, kMsrTsc), nullptr);
  EXPECT_EQ(msrMember(r, 0x26f), &r.mtrrFixed[10]);
  EXPECT_EQ(msrMember(r, 0x20f), &r.mtrrPhysMask[7]);
}

// KVM_GET_CLOCK (Linux Documentation/virt/kvm/api.rst 4.29): host_tsc counts with its flag alone.
TEST(Convert, ParavirtualTime) {
  const kvm_clock_data given = clockOf(77);
  EXPECT_EQ(given.clock, 77u);
  EXPECT_EQ(given.flags, 0u) << "no realtime to catch up with";
  kvm_clock_data told{};
  told.clock = 1000;
  told.host_tsc = 500;
  EXPECT_EQ(lineOf(told, 400, 30), (TscLine{430, 1000}));
  told.flags = KVM_CLOCK_HOST_TSC | KVM_CLOCK_TSC_STABLE;
  EXPECT_EQ(lineOf(told, 400, 30), (TscLine{530, 1000}));
}

TEST(Convert, KvmsRegistersByTheirNumbers) {
  CpuState s;
  s.msr.kvmWallClock = 100;
  s.msr.kvmSystemTime = 101;
  s.msr.kvmAsyncPf = 102;
  s.msr.kvmStealTime = 103;
  s.msr.kvmPvEoi = 104;
  s.msr.kvmPollControl = 105;
  s.msr.kvmAsyncPfInt = 106;
  for (u32 i = 0; i <= 6; ++i) {
    const u32 index = 0x4b564d00 + i;
    KvmState kvm;
    toKvm(s, 0, {&index, 1}, {}, kvm);
    ASSERT_EQ(kvm.msrs.size(), 1u);
    EXPECT_EQ(kvm.msrs[0].data, 100 + i);
    CpuState out;
    fromKvm({.xsave = std::vector<u8>(4096), .msrs = {{index, 0, 100 + i}}}, {}, out);
    EXPECT_EQ(*msrMember(out.msr, index), 100 + i);
  }
}

CpuState throughEvents(const CpuState& in, u64 cr2 = 0) {
  CpuState out;
  eventsFromKvm(eventsToKvm(in), cr2, out);
  return out;
}

TEST(Convert, PendingEventsOfEachKind) {
  const PendingEvent events[] = {{},
                                 {EventType::ExternalInterrupt, 0x31, false, 0, 0},
                                 {EventType::SoftwareInterrupt, 0x80, false, 0, 0},
                                 {EventType::Nmi, kExcNMI, false, 0, 0},
                                 {EventType::Exception, kExcGP, true, 0x18, 0},
                                 {EventType::Exception, kExcPF, true, 7, 0x123456789},
                                 {EventType::Exception, kExcDB, false, 0, 0x4001}};
  for (const PendingEvent& event : events) {
    CpuState in;
    in.pending = event;
    EXPECT_EQ(throughEvents(in).pending, event) << static_cast<int>(event.vector);
  }
}

// When KVM has begun to deliver a page fault, CR2 is in place already.
TEST(Convert, InjectedPageFaultTakesCr2) {
  kvm_vcpu_events in{};
  in.exception.injected = 1;
  in.exception.nr = kExcPF;
  in.exception.has_error_code = 1;
  in.exception.error_code = 2;
  CpuState out;
  eventsFromKvm(in, 0xabcd000, out);
  EXPECT_EQ(out.pending, (PendingEvent{EventType::Exception, kExcPF, true, 2, 0xabcd000}));
}

// svm_get_interrupt_shadow: AMD's one bit comes as both.
TEST(Convert, OneBitForBothShadows) {
  kvm_vcpu_events in{};
  in.interrupt.shadow = KVM_X86_SHADOW_INT_STI | KVM_X86_SHADOW_INT_MOV_SS;
  EXPECT_EQ(shadowOf(in, InterruptShadow::Sti), InterruptShadow::Sti);
  EXPECT_EQ(shadowOf(in, InterruptShadow::MovSs), InterruptShadow::MovSs);
  EXPECT_EQ(shadowOf(in, InterruptShadow::None), InterruptShadow::MovSs);
  in.interrupt.shadow = 0;
  EXPECT_EQ(shadowOf(in, InterruptShadow::Sti), InterruptShadow::None);
}

TEST(Convert, ShadowsAndBlocking) {
  for (const InterruptShadow shadow : {InterruptShadow::None, InterruptShadow::Sti, InterruptShadow::MovSs})
    for (unsigned bits = 0; bits < 16; ++bits) {
      CpuState in;
      in.interruptShadow = shadow;
      in.nmiPending = bits & 1;
      in.nmiBlocked = bits & 2;
      in.inSmm = bits & 4;
      in.smiPending = bits & 8;
      const CpuState out = throughEvents(in);
      EXPECT_EQ(out.interruptShadow, shadow);
      EXPECT_EQ(out.nmiPending, in.nmiPending);
      EXPECT_EQ(out.nmiBlocked, in.nmiBlocked);
      EXPECT_EQ(out.inSmm, in.inSmm);
      EXPECT_EQ(out.smiPending, in.smiPending);
    }
}

}  // namespace
}  // namespace duet::kvm
