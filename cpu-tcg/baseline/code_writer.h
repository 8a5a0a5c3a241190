// Writes the code of one block, with what all lowerings are made of. Between guest instructions the host's flags are the
// guest's, so everything here leaves them alone.
#pragma once

#include <array>
#include <vector>

#include "cpu-tcg/baseline/access_windows.h"
#include "cpu-tcg/baseline/block_emitter.h"
#include "cpu-tcg/baseline/host_code.h"
#include "cpu-tcg/baseline/mode_key.h"
#include "cpu-tcg/baseline/registers.h"
#include "cpu-tcg/runtime/unit_check.h"

namespace duet::tcg::baseline {

// The ways into a block of the unit (Entries).
struct BlockLabels {
  u64 rip;
  Label far, back, forward;
};

// Of block `self` of units, one after the other.
class CodeWriter {
 public:
  CodeWriter(const EmitterSetup& setup, HostCode& code, const std::vector<BlockLabels>& unit, size_t self);
  // A unit with another block; puts what Record is made of before the code.
  void start(const BlockPlace& place);

  HostCode& a;
  const EmitterSetup& setup;
  BlockPlace place{};
  const BlockLabels& own() const { return unit_[self_]; }

  // --- the instruction being lowered
  void begin(unsigned index);
  void end();
  const BlockInsn& insn() const { return place.block->insns[index_]; }
  u64 nextRip() const { return rips_[index_ + 1]; }
  // Whether the instruction keeps its LOCK.
  bool locks() const { return insn().has(isa::kPrefixLock) && !setup.alone; }
  bool wide() const { return insn().mode == isa::CodeMode::Bits64; }
  unsigned stackSize() const { return wide() ? 8 : place.key & kStack16 ? 2 : 4; }  // bytes of rSP in use
  // Carries out the whole instruction by its handler instead; nothing of it may have been done.
  void callHandler();
  void callCpuid();  // CPUID by C++, and on behind the call
  // The same as callHandler(), out of line: where to jump when the short way will not do.
  Label slowPath();
  void requireZero();  // on, if T0 is 0; else slowPath()

  // --- guest registers, `size` bytes wide
  x86::Gp host(const x86::Gp& reg, unsigned size) const;
  // Where guest register n is: its own host register, or `temporary` after loading it there.
  x86::Gp use(unsigned n, unsigned size, const x86::Gp& temporary);
  void load(const x86::Gp& to, unsigned n);     // 64 bits
  void store(unsigned n, const x86::Gp& from);  // 64 bits

  // --- guest memory
  // The memory operand's offset in its segment to `out`, 2, 4 or 8 bytes of it, zero-extended.
  void offset(const x86::Gp& out, unsigned size);
  // The linear address of the instruction's memory operand, of which `size` bytes are accessed, to T1. False: nothing was
  // emitted, it takes the handler.
  bool address(unsigned size);
  // The offset in T1 of an access becomes its linear address; where the segment does not surely allow it, slowPath() or, in code
  // with windows, to the same instruction in code without.
  void toLinear(isa::SegReg segment, unsigned size, bool write);
  // Whether it does anything, outside 64-bit mode.
  bool checksSegment(isa::SegReg segment) const {
    return segment >= isa::kFs || segment == isa::kCs || (place.key & kSegmented);
  }
  bool canAddress(unsigned size) const;  // what address() will say
  // Whether [T1, +size) may be accessed straight; then pointer() is it, T0 is free. Else slowPath(); or, where one look does for
  // more accesses than this, to the same instruction in code without windows.
  // alignMask: nor unless T1 is a multiple of alignMask + 1, which is `size`: 8, 16 or 32.
  void probe(unsigned size, bool write, unsigned alignMask = 0, AccessKind kind = AccessKind::Operand);
  x86::Mem pointer(unsigned size) const { return x86::Mem(kT2, kT1, 0, 0, size); }
  // After bytes were written at pointer() by the access probed last, and everything else of the instruction is done.
  void checkStore();
  // The host address to T1, where as many elements as rCX says lie in one page from T1 on, may be accessed straight, and a store
  // there would concern nobody else; else slowPath(). In 64-bit code. One that writes comes last, checkRun() after the stores.
  void probeRun(unsigned size, bool write);
  void checkRun();

  // The name that the code TLB has for a page.
  x86::Mem nameOfPage(u64 linear) const {
    return context(&codeTlb()[mmu::Tlb::execIndex(LinearAddr(linear))].name, 4);
  }
  u64 secondPage() const { return pageBehind(insn().mode, LinearAddr(linear(place.rip))).value; }

  // --- leaving the block
  void exitTo(u64 rip);                             // by JMP, or by falling into the unit's next block
  void exitWhen(x86::CondCode condition, u64 rip);  // by Jcc
  void leaveUnit(u64 rip);                          // by JMP, to code that is none of the unit's
  // Code at the guest address in T0, if the jump cache has it: its entry in T1. Else slowPath().
  void lookUpTarget();
  void jumpToFound() { a.jmp(x86::qword_ptr(kT1, 8)); }

  // --- units (units.cpp). Before anything of the instruction that may go to slowPath(), which leaves all of it as it was.
  void needVectors(Unit unit);  // Sse or Avx: the guest's vector registers are in the processor's
  void useUppers();             // and upper halves may become other than 0
  void zeroedUppers();          // all of them have become 0
  void needMxcsr();             // the guest's MXCSR is loaded, all masked
  void needX87();               // the guest's x87 registers are in the processor's
  // The instruction is done, and x87 remembers it, and its memory operand's offset, which is in T1.
  void ranX87(bool memory);

  x86::Mem frame(size_t offset, u32 size) const { return x86::Mem(x86::rsp, static_cast<i32>(offset), size); }
  x86::Mem context(const void* field, u32 size) const {
    return x86::Mem(x86::rsp, setup.places.of(field), size);
  }

  // Cold code and data, and where the data begin. Nothing may follow.
  u32 finish();
  void bail();                           // nothing of the block has been done
  void takeInstructions(int count);      // of what remains
  void takeInstructionsHere(int count);  // likewise, where who comes may be sent elsewhere: see redirectAt()
  void check(asmjit::Error e) { DUET_ASSERT(e == asmjit::kErrorOk); }

 private:
  // The last x87 instructions of the block that Frame's x87Last and x87Segment are to tell of; -1: none.
  struct X87Pointers {
    int last = -1, data = -1;
  };
  // What of the guest's is known to be in the processor's.
  struct Units {
    bool sse = false, avx = false, uppers = false, mxcsr = false, x87 = false;
  };
  struct Slow {
    unsigned index;
    Label from, back;
    X87Pointers x87;  // before the instruction
  };
  struct Store {
    unsigned index, size;
    size_t state;  // lookAfter()
    Label from, back;
    X87Pointers x87;  // after it
  };
  struct Lookup {
    Label from, hit, miss;
  };
  struct Exit {
    Label from;
    u64 rip;
    u32 site;  // offset behind the displacement
    u32 name;  // offset behind that of the page's name, 0: none
    bool plain = false;
  };
  struct PlainExit {
    unsigned index;
    Label from;
    X87Pointers x87;  // before the instruction
  };
  u64 constantOffset() const;
  bool writesOperand() const;
  u64 linear(u64 rip) const { return wide() ? rip : (rip + place.segment.base) & 0xffffffff; }
  bool samePage(u64 rip) const;
  bool isLast() const { return index_ + 1u == place.block->count; }
  bool isForward(u64 rip) const;
  const Label* inUnit(u64 rip) const;
  void exitToPage(u64 rip);
  const mmu::ExecTlbEntry* codeTlb() const { return setup.places.ctx->tlb.execEntries(place.key & kUser); }
  void probeOne(unsigned size, bool write, unsigned alignMask);
  void lookUp(const x86::Gp& first, bool write, i32 last, size_t mask, Label miss);
  void findEntry(const x86::Gp& address, bool write);
  void takeAddend(size_t mask, Label miss);
  void findWindow(const WindowAccess& access, unsigned size, bool write);
  void rememberState(int window);
  bool staysHere(unsigned index);
  void stateOfPage();
  void checkState(Label look);
  void lookAfter(unsigned insn, size_t state);
  void flushStores(unsigned done);
  void checkAligned(unsigned mask);
  Label plainPath();
  x86::Mem addendSlot(int window) const;
  x86::Mem stateSlot(int window) const;
  static size_t stateAt(int window);
  void checkOffset(unsigned size);
  u32 spot(unsigned index) const { return firstSpot_ | index << kSpotIndexShift; }
  bool checksAny(unsigned index) const;
  void need(bool& there, size_t away, u32 thunk);
  void emitX87(const X87Pointers& x87);
  void settleX87();
  void emitHead();
  void emitExit(const Exit& e);
  void callWrote(unsigned size);

  const std::vector<BlockLabels>& unit_;
  const size_t self_;
  unsigned index_ = 0;
  u32 firstSpot_ = 0;
  std::vector<u64> rips_;  // of each instruction, and behind the last
  Label slow_, next_;
  bool slowUsed_ = false;
  Units units_;
  X87Pointers x87_, x87Before_;
  std::vector<Slow> slows_;
  std::vector<Store> stores_;
  std::vector<Lookup> lookups_;
  std::vector<Exit> exits_;
  std::vector<PlainExit> plainExits_;
  AccessWindows ownWindows_;
  const AccessWindows* windows_ = nullptr;  // none in plain code
  // The window that a slot of Frame::windows is of, and which of its offsets is known to be aligned.
  struct Found {
    int window = -1;
    bool quiet = false;  // Frame::windowStates too
    unsigned alignMask = 0;
    i64 alignedAt = 0;
  };
  Found& foundIn(int window);
  std::array<Found, kWindowSlots> found_;
  unsigned stored_ = 0;         // bytes, by the access probed last
  int storedIn_ = -1;           // the quiet window it is in; -1: none
  std::vector<int> unchecked_;  // quiet windows that were stored to
};

}  // namespace duet::tcg::baseline
