// STAC and CLAC. While CR4.SMAP is set, EFLAGS.AC chooses the supervisor's TLB bank, whose place is part of the code: the mode's key
// changes with it, and a kernel that copies a word to a program changes it twice.
#include <cstddef>

#include "core/cpu/registers.h"
#include "cpu-tcg/baseline/lowering.h"

namespace duet::tcg::baseline {
namespace {

#define FRAME(member) offsetof(Frame, member)

// On at level 0 with SMAP on, when the bank says what AC is, and, for who turns it, when there is a jump cache for the other mode; else
// the slow path.
void requireSmap(CodeWriter& w, bool turns) {
  const Context& ctx = *w.setup.places.ctx;
  w.a.movzx(kT0.r32(), w.context(&ctx.cpl, 1));
  w.a.movzx(kT1.r32(), w.context(&ctx.paging.smap, 1));
  w.a.lea(kT0, x86::ptr(kT1, kT0, 1, -1));  // -1 to 6
  if (turns) {
    w.a.mov(kT1, w.frame(FRAME(otherAway), 8));
    w.a.lea(kT0, x86::ptr(kT0, kT1));
  }
  w.requireZero();
}

// What updateBank() and Translator::select() would do.
void turnBank(CodeWriter& w, bool toAc) {
  const Context& ctx = *w.setup.places.ctx;
  const mmu::TlbBank bank = toAc ? mmu::TlbBank::SupervisorAc : mmu::TlbBank::Supervisor;
  constexpr i32 kAc = kFlagAc;
  const i32 change = toAc ? kAc : -kAc;
  const x86::Mem flags = w.context(&ctx.arch.rflags, 8);
  w.a.mov(kT1, flags);
  w.a.lea(kT1, x86::ptr(kT1, change));
  w.a.mov(flags, kT1);
  w.a.lea(kT1, w.context(&ctx.tlb.entries(bank), 8));
  w.a.mov(w.context(ctx.tlb.currentPlace(), 8), kT1);
  w.a.mov(kT1.r32(), static_cast<u32>(bank));
  w.a.mov(w.context(ctx.tlb.bankPlace(), 1), kT1.r8());
  w.a.mov(kT1, w.frame(FRAME(jumpTable), 8));
  w.a.mov(kT2, w.frame(FRAME(otherTable), 8));
  w.a.mov(w.frame(FRAME(jumpTable), 8), kT2);
  w.a.mov(w.frame(FRAME(otherTable), 8), kT1);
  w.a.mov(w.frame(FRAME(key), 4), w.place.key ^ kBankAc);
}

}  // namespace

bool lowerSmap(CodeWriter& w, std::string_view sem) {
  const bool set = sem == "Stac";
  if ((!set && sem != "Clac") || (w.place.key & kUser)) return false;
  const bool turns = set != ((w.place.key & kBankAc) != 0);
  requireSmap(w, turns);
  if (turns) {
    turnBank(w, set);
    w.leaveUnit(w.nextRip());  // whose code is of one mode
  } else {
    w.exitTo(w.nextRip());
  }
  return true;
}

}  // namespace duet::tcg::baseline
