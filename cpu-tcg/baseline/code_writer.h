// The assembler of one block, with what all lowerings are made of. Between guest instructions the host's flags are the
// guest's, so everything here leaves them alone.
#pragma once

#include <vector>

#include "cpu-tcg/baseline/block_emitter.h"
#include "cpu-tcg/baseline/registers.h"
#include "cpu-tcg/runtime/unit_check.h"

namespace duet::tcg::baseline {

class CodeWriter {
 public:
  CodeWriter(const EmitterSetup& setup, const BlockPlace& place, u64 address, asmjit::CodeHolder& code);

  x86::Assembler a;
  const EmitterSetup& setup;
  const BlockPlace& place;

  // --- the instruction being lowered
  void begin(unsigned index);
  void end();
  const BlockInsn& insn() const { return block_.insns[index_]; }
  u64 nextRip() const { return rips_[index_ + 1]; }
  bool wide() const { return insn().mode == isa::CodeMode::Bits64; }
  // Carries out the whole instruction by its handler instead; nothing of it may have been done.
  void callHandler();
  // The same, out of line: where to jump when the short way will not do.
  asmjit::Label slowPath();

  // --- guest registers, `size` bytes wide
  x86::Gp host(const x86::Gp& reg, unsigned size) const;
  // Where guest register n is: its own host register, or `temporary` after loading it there.
  x86::Gp use(unsigned n, unsigned size, const x86::Gp& temporary);
  void load(const x86::Gp& to, unsigned n);     // 64 bits
  void store(unsigned n, const x86::Gp& from);  // 64 bits

  // --- guest memory
  // The memory operand's offset in its segment to `out`, 4 or 8 bytes of it. False: nothing was emitted, it takes the handler.
  bool offset(const x86::Gp& out, unsigned size);
  // The linear address of the instruction's memory operand to T1, likewise.
  bool address(unsigned size);
  bool canAddress(unsigned size) const;  // what address() will say
  // Whether [T1, +size) may be accessed straight; then pointer() is it, T0 is free. Else slowPath().
  void probe(unsigned size, bool write);
  x86::Mem pointer(unsigned size) const { return x86::Mem(kT2, kT1, 0, 0, size); }
  // That T1 is a multiple of mask + 1, which is 8, 16 or 32. Else slowPath().
  void checkAligned(unsigned mask);
  // After bytes were written at pointer() and everything else of the instruction is done.
  void checkStore();
  void checkStoreAt();  // the same, with their host address in T1

  // --- leaving the block
  void exitTo(u64 rip);                             // by JMP
  void exitWhen(x86::CondCode condition, u64 rip);  // by Jcc
  // Code at the guest address in T0, if the jump cache has it: its entry in T1. Else slowPath().
  void lookUpTarget();
  void jumpToFound() { a.jmp(x86::qword_ptr(kT1, 8)); }

  // Whether compiled code uses the unit for the first time in this block since C++ ran.
  bool firstUse(Unit unit);
  // The guest's MXCSR, exceptions masked, is loaded, or slowPath().
  void needMxcsr();

  x86::Mem frame(size_t offset, u32 size) const { return x86::Mem(x86::rsp, static_cast<i32>(offset), size); }
  x86::Mem context(const void* field, u32 size) const {
    return x86::Mem(x86::rsp, setup.places.of(field), size);
  }

  // Cold code and data. Nothing may follow.
  void finish();
  void exitWithoutLink(u64 rip);
  bool failed() const { return failed_; }
  void check(asmjit::Error e) { failed_ |= e != asmjit::kErrorOk; }

 private:
  struct Slow {
    unsigned index;
    asmjit::Label from, back;
  };
  struct Store {
    unsigned index;
    asmjit::Label from, back;
  };
  struct Exit {
    asmjit::Label from;
    u64 rip;
    u64 site;  // offset behind the displacement, 0: none
  };
  u64 constantOffset() const;
  void addExit(const asmjit::Label& from, u64 rip, bool linkable);
  bool samePage(u64 rip) const;
  void lookUpConstant(u64 rip);
  void checkOffset(unsigned size);
  void recordTo(const x86::Gp& reg, unsigned index);
  void emitRecords();

  const Block& block_;
  const u64 address_;
  unsigned index_ = 0;
  std::vector<u64> rips_;  // of each instruction, and behind the last
  asmjit::Label slow_, next_, records_, links_;
  bool slowUsed_ = false, failed_ = false, sseUsed_ = false, avxUsed_ = false;
  std::vector<Slow> slows_;
  std::vector<Store> stores_;
  std::vector<Exit> exits_;
};

}  // namespace duet::tcg::baseline
