// SDM vol. 3 chapter 32 and APM vol. 2 chapter 10; offsets are those of the manuals' tables.
#include "cpu-tcg/helpers/smm.h"

#include "tests/unit/helpers/fixture.h"

namespace duet::tcg {
namespace {

class Smm : public HelperTest {
 protected:
  template <class T>
  T saved(u32 offset) {
    return peek<T>(0x30000 + offset);
  }
};

TEST_F(Smm, EntryState) {
  enterLong(3);
  ctx_->arch.gpr[kRax] = 0x1122334455667788;
  ctx_->arch.gpr[kR15] = 0x99;
  ctx_->arch.rip = 0x123456789;
  ctx_->arch.dr7 = 0x401;
  ctx_->arch.cr0 |= kCr0Ts | kCr0Em;
  const CpuState before = ctx_->arch;
  enterSmm(*ctx_, {});
  const CpuState& s = ctx_->arch;
  EXPECT_TRUE(s.inSmm);
  EXPECT_TRUE(s.nmiBlocked);
  EXPECT_EQ(s.rip, 0x8000u);
  EXPECT_EQ(s.rflags & kRflagsKnown, 2u);
  EXPECT_EQ(s.cr0, before.cr0 & ~(kCr0Pe | kCr0Em | kCr0Ts | kCr0Pg));
  EXPECT_EQ(s.cr4, 0u);
  EXPECT_EQ(s.msr.efer, 0u);
  EXPECT_EQ(s.dr7, 0x400u);
  EXPECT_EQ(s.segment[kSegCs].selector, 0x3000);
  EXPECT_EQ(s.segment[kSegCs].base, 0x30000u);
  for (const SegmentRegister& r : s.segment) EXPECT_EQ(r.limit, 0xffffffffu);
  EXPECT_EQ(s.segment[kSegDs].base, 0u);
  EXPECT_EQ(s.cr3, before.cr3);
  EXPECT_EQ(s.gdtr, before.gdtr);
  EXPECT_EQ(ctx_->cpl, 0);
  EXPECT_EQ(ctx_->codeMode, isa::CodeMode::Bits16);
}

TEST_F(Smm, SaveAreaOf64BitProcessors) {
  enterLong(3);
  CpuState& a = ctx_->arch;
  for (u64 i = 0; i < 16; ++i) a.gpr[i] = 0x1000 + i;
  a.rip = 0x123456789;
  a.cr2 = 0x77;
  const CpuState before = a;
  enterSmm(*ctx_, {.fromHalt = true});
  EXPECT_EQ(saved<u64>(0xfff8), 0x1000u);  // RAX
  EXPECT_EQ(saved<u64>(0xffd8), 0x1004u);  // RSP
  EXPECT_EQ(saved<u64>(0xff80), 0x100fu);  // R15
  EXPECT_EQ(saved<u64>(0xff78), before.rip);
  EXPECT_EQ(saved<u64>(0xff58), before.cr0);
  EXPECT_EQ(saved<u64>(0xff50), before.cr3);
  EXPECT_EQ(saved<u64>(0xff48), before.cr4);
  EXPECT_EQ(saved<u64>(0xfed0), before.msr.efer);
  EXPECT_EQ(saved<u32>(0xff00), 0x30000u);
  EXPECT_EQ(saved<u32>(0xfefc), 0x20064u);
  EXPECT_EQ(saved<u8>(0xfec9), 1u);
  EXPECT_EQ(saved<u16>(0xfe10), before.segment[kSegCs].selector);
  EXPECT_EQ(saved<u16>(0xfe12), before.segment[kSegCs].attributes);
  EXPECT_EQ(saved<u32>(0xfe14), before.segment[kSegCs].limit);
  EXPECT_EQ(saved<u64>(0xfe88), before.idtr.base);
  EXPECT_EQ(saved<u16>(0xfe90), before.tr.selector);
}

TEST_F(Smm, RoundTripChangesNothing) {
  enterLong(3);
  ctx_->arch.pdpte = {1, 2, 3, 4};
  ctx_->arch.interruptShadow = InterruptShadow::Sti;
  CpuState before, after;
  exportState(*ctx_, before);
  enterSmm(*ctx_, {});
  leaveSmm(*ctx_);
  exportState(*ctx_, after);
  EXPECT_TRUE(after == before);
}

TEST_F(Smm, KeepsNmiBlockingAndPendingTraps) {
  enterLong(0);
  ctx_->arch.nmiBlocked = true;
  enterSmm(*ctx_, {.fromHalt = false, .pendingTraps = 0x4001});
  ctx_->arch.nmiBlocked = false;  // an IRET of the handler
  leaveSmm(*ctx_);
  EXPECT_TRUE(ctx_->arch.nmiBlocked);
  EXPECT_EQ(ctx_->arch.pending, (PendingEvent{EventType::Exception, kExcDB, false, 0, 0x4001}));
}

TEST_F(Smm, WhatTheAreaDoesNotHoldStaysChanged) {
  enterLong(0);
  enterSmm(*ctx_, {});
  ctx_->arch.cr2 = 0x1234;
  ctx_->arch.dr[0] = 0x5678;
  ctx_->arch.msr.star = 0x9abc;
  leaveSmm(*ctx_);
  EXPECT_EQ(ctx_->arch.cr2, 0x1234u);
  EXPECT_EQ(ctx_->arch.dr[0], 0x5678u);
  EXPECT_EQ(ctx_->arch.msr.star, 0x9abcu);
}

TEST_F(Smm, MovedBase) {
  enterLong(0);
  enterSmm(*ctx_, {});
  poke<u32>(0x3ff00, 0x123400);
  leaveSmm(*ctx_);
  EXPECT_EQ(ctx_->arch.msr.smbase, 0x123400u);
  enterSmm(*ctx_, {});
  EXPECT_EQ(ctx_->arch.segment[kSegCs].selector, 0x2340);
  EXPECT_EQ(ctx_->arch.segment[kSegCs].base, 0x123400u);
  EXPECT_EQ(peek<u32>(0x123400 + 0xfefc), 0x20064u);
}

// The causes of shutdown in APM vol. 2 10.4 and SDM vol. 3 32.4.1.
TEST_F(Smm, ImpossibleStatesShutDown) {
  struct Damage {
    const char* what;
    u32 offset;
    u64 value;
  };
  const Damage damages[] = {
      {"PG without PE", 0xff58, kCr0Pg | kCr0Et},
      {"NW without CD", 0xff58, kCr0Pe | kCr0Pg | kCr0Nw},
      {"CR0 beyond 32 bits", 0xff58, u64{1} << 32 | kCr0Pe | kCr0Pg},
      {"CR4 reserved bit", 0xff48, u64{1} << 31 | kCr4Pae},
      {"long mode without PAE", 0xff48, 0},
      {"CR3 beyond the address width", 0xff50, u64{1} << 60},
      {"EFER reserved bit", 0xfed0, u64{1} << 40 | kEferLme | kEferLma},
      {"LMA without LME", 0xfed0, kEferLma},
  };
  for (const Damage& d : damages) {
    load(resetState(true));
    enterLong(0);
    enterSmm(*ctx_, {});
    poke<u64>(0x30000 + d.offset, d.value);
    leaveSmm(*ctx_);
    EXPECT_EQ(ctx_->arch.activity, Activity::Shutdown) << d.what;
  }
}

TEST_F(Smm, HaltRestart) {
  for (const bool again : {true, false}) {
    load(resetState(true));
    ctx_->arch.activity = Activity::Halted;
    enterSmm(*ctx_, {.fromHalt = true});
    EXPECT_EQ(ctx_->arch.activity, Activity::Running);
    if (!again) poke<u8>(0x3fec9, 0);
    leaveSmm(*ctx_);
    EXPECT_EQ(ctx_->arch.activity, again ? Activity::Halted : Activity::Running);
  }
}

TEST_F(Smm, SaveAreaOf32BitProcessors) {
  use("pentium3");
  enterProtected(0);
  CpuState& a = ctx_->arch;
  for (u64 i = 0; i < 8; ++i) a.gpr[i] = 0x1000 + i;
  a.rip = 0x123456;
  CpuState before, after;
  exportState(*ctx_, before);
  enterSmm(*ctx_, {});
  EXPECT_EQ(saved<u32>(0xfffc), before.cr0);
  EXPECT_EQ(saved<u32>(0xfff8), before.cr3);
  EXPECT_EQ(saved<u32>(0xfff4), before.rflags);
  EXPECT_EQ(saved<u32>(0xfff0), before.rip);
  EXPECT_EQ(saved<u32>(0xffec), 0x1007u);  // EDI
  EXPECT_EQ(saved<u32>(0xffd0), 0x1000u);  // EAX
  EXPECT_EQ(saved<u32>(0xffcc), before.dr6);
  EXPECT_EQ(saved<u32>(0xffc8), before.dr7);
  EXPECT_EQ(saved<u32>(0xffc4), before.tr.selector);
  EXPECT_EQ(saved<u32>(0xffb4), before.segment[kSegDs].selector);
  EXPECT_EQ(saved<u32>(0xffac), before.segment[kSegCs].selector);
  EXPECT_EQ(saved<u32>(0xfefc), 0x20000u);
  EXPECT_EQ(saved<u32>(0xfef8), 0x30000u);
  leaveSmm(*ctx_);
  exportState(*ctx_, after);
  EXPECT_TRUE(after == before);
}

TEST_F(Smm, RsmOutsideIsUndefined) { EXPECT_FAULT(run<Rsm>({0x0f, 0xaa}), kExcUD, 0); }

}  // namespace
}  // namespace duet::tcg
