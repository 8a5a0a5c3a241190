#include "cpu-tcg/baseline/thunks.h"

#include <cstddef>

#include "cpu-tcg/baseline/jump_lookup.h"
#include "cpu-tcg/baseline/store_look.h"
#include "cpu-tcg/baseline/unit_thunks.h"

namespace duet::tcg::baseline {
namespace {

#define FRAME(member) static_cast<i32>(offsetof(Frame, member))

class ThunkEmitter {
 public:
  ThunkEmitter(const Places& places, asmjit::CodeHolder& code)
      : places_(places), a_(&code), units_(places, a_) {}

  void emit(Thunks& out) {
    leave_ = a_.newLabel();
    exit_ = a_.newLabel();
    units_.emit(out);
    out.enter = here();
    emitEnter();
    out.leave = here();
    emitLeave();
    out.bail = here();
    emitBail();
    out.exit = here();
    emitExit();
    out.handler = here();
    emitCall(reinterpret_cast<u64>(&duetBaselineRun), true);
    out.handlerAlone = here();
    emitCall(reinterpret_cast<u64>(&duetBaselineRun), false);
    out.wroteWindow = here();
    emitCall(reinterpret_cast<u64>(&duetBaselineWroteWindow), true);
    const asmjit::Label wrote = a_.newLabel();
    a_.bind(wrote);
    out.wrote = here();
    emitWrote();
    for (size_t n = 0; n < out.wroteSize.size(); ++n) {
      out.wroteSize[n] = here();
      a_.mov(at(FRAME(written), 4, 8), 1u << n);
      a_.jmp(wrote);
    }
    out.cpuid = here();
    emitCall(reinterpret_cast<u64>(&duetBaselineCpuid), true);
    out.look = here();
    emitLook(a_);
    a_.ret();
    out.second = here();
    emitSecondLook(a_);
    a_.ret();
    out.x87 = here();
    emitCall(reinterpret_cast<u64>(&duetBaselineX87), true);
  }

 private:
  static constexpr unsigned kSaved[] = {3, 5, 12, 13, 14, 15};  // callee-saved: RBX RBP R12-R15

  u32 here() const { return static_cast<u32>(a_.offset()); }
  // `pushed`: bytes on the stack above the frame.
  x86::Mem at(i32 offset, u32 size, i32 pushed = 0) const {
    return x86::Mem(x86::rsp, offset + pushed, size);
  }
  x86::Mem gpr(unsigned n, i32 pushed = 0) const { return at(places_.gpr(n), 8, pushed); }

  void emitEnter() {
    for (const unsigned r : kSaved) a_.push(x86::gpq(r));
    a_.push(x86::rdi);  // keeps calls aligned, and brings the frame back after them
    a_.mov(x86::qword_ptr(x86::rdi, FRAME(hostRsp)), x86::rsp);
    a_.mov(x86::rsp, x86::rdi);
    units_.forget(0);
    a_.mov(kT1, x86::rsi);
    reload(0);
    a_.jmp(kT1);
  }

  void emitLeave() {
    a_.pop(kT1);
    a_.jmp(exit_);
  }

  // Goes on at emitExit().
  void emitBail() {
    static_assert(alignof(BlockHead) == 8);
    a_.pext(kT0, kT1, at(FRAME(spotHeads), 8));
    a_.mov(kT1, at(FRAME(code), 8));
    a_.mov(kT0, x86::ptr(kT1, kT0, 3, offsetof(BlockHead, rip), 8));
    a_.mov(at(FRAME(bailed) + offsetof(Link, rip), 8), kT0);
    a_.lea(kT1, at(FRAME(bailed), 8));
  }

  void emitExit() {
    a_.bind(exit_);
    a_.mov(at(FRAME(link), 8), kT1);
    spill(0);
    a_.xor_(x86::eax, x86::eax);
    a_.bind(leave_);  // result in EAX
    a_.mov(x86::rsp, at(FRAME(hostRsp), 8));
    a_.pop(x86::rdi);
    for (unsigned i = std::size(kSaved); i-- > 0;) a_.pop(x86::gpq(kSaved[i]));
    a_.ret();
  }

  // `unitsToo`: what was in the processor of vectors and MXCSR comes back.
  void emitCall(u64 function, bool unitsToo) {
    const asmjit::Label leaves = a_.newLabel(), elsewhere = a_.newLabel();
    spill(8);
    callOut(function);
    a_.cmp(x86::rax, kLeave);
    a_.je(leaves);
    a_.ja(elsewhere);
    if (unitsToo) {
      units_.bringBack(8);
    } else {
      units_.forget(8);
    }
    reload(8);
    a_.ret();
    a_.bind(elsewhere);
    a_.lea(x86::rsp, x86::ptr(x86::rsp, 8));
    a_.mov(at(FRAME(scratch), 8), x86::rax);
    units_.forget(0);
    reload(0);
    a_.jmp(at(FRAME(scratch), 8));
    a_.bind(leaves);
    a_.lea(x86::rsp, x86::ptr(x86::rsp, 8));
    a_.jmp(leave_);
  }

  void emitWrote() {
    const asmjit::Label clean = a_.newLabel(), call = a_.newLabel();
    static_assert(alignof(BlockHead) == 8 && offsetof(BlockHead, block) == 0);
    a_.mov(at(FRAME(lookSaved), 8, 8), kT2);
    a_.pext(kT0, kT2, at(FRAME(spotHeads), 8, 8));
    a_.mov(kT2, at(FRAME(code), 8, 8));
    a_.mov(kT0, x86::ptr(kT2, kT0, 3, 0, 8));
    a_.mov(kT0, x86::qword_ptr(kT0, offsetof(CodePlace, position)));
    a_.mov(kT2, at(FRAME(lookSaved), 8, 8));
    emitLook(a_);
    a_.jecxz(kT0, clean);
    a_.jmp(call);
    a_.bind(clean);
    a_.ret();
    a_.bind(call);
    emitCall(reinterpret_cast<u64>(&duetBaselineWrote), true);
  }

  // C++ on its own stack, with the frame, R11 and R14 as arguments; called by compiled code.
  void callOut(u64 function) {
    a_.lea(x86::rdi, x86::ptr(x86::rsp, 8));
    a_.mov(x86::rsi, kT1);
    a_.mov(x86::rdx, kT2);
    a_.mov(x86::rsp, x86::qword_ptr(x86::rdi, FRAME(hostRsp)));
    a_.mov(x86::rax, function);
    a_.call(x86::rax);
    a_.mov(x86::rsp, x86::qword_ptr(x86::rsp));
    a_.lea(x86::rsp, x86::ptr(x86::rsp, -8));
  }

  // Guest registers and flags to memory. Leaves R11 and R14.
  void spill(i32 pushed) {
    forEachPinned([&](unsigned guest, const x86::Gp& host) { a_.mov(gpr(guest, pushed), host); });
    a_.lahf();
    a_.seto(x86::al);
    a_.mov(at(FRAME(flags), 4, pushed), x86::eax);
    units_.giveBack(pushed);
  }

  // The addition overflows exactly when AL is 1, and SAHF leaves OF alone. Leaves R11.
  void reload(i32 pushed) {
    a_.mov(x86::eax, at(FRAME(flags), 4, pushed));
    a_.add(x86::al, 0x7f);
    a_.sahf();
    forEachPinned([&](unsigned guest, const x86::Gp& host) { a_.mov(host, gpr(guest, pushed)); });
  }

  template <class F>
  void forEachPinned(F f) {
    for (unsigned n = 0; n < 16; ++n)
      if (isPinned(n)) f(n, x86::gpq(kHostOf[n]));
  }

  const Places& places_;
  x86::Assembler a_;
  UnitThunks units_;
  asmjit::Label leave_, exit_;
};

}  // namespace

std::vector<u8> emitThunks(const Places& places, Thunks& out) {
  asmjit::CodeHolder code;
  if (code.init(asmjit::Environment::host()) != asmjit::kErrorOk) return {};
  ThunkEmitter(places, code).emit(out);
  if (code.flatten() != asmjit::kErrorOk || code.resolveUnresolvedLinks() != asmjit::kErrorOk) return {};
  std::vector<u8> bytes(code.codeSize());
  if (code.copyFlattenedData(bytes.data(), bytes.size()) != asmjit::kErrorOk) return {};
  return bytes;
}

}  // namespace duet::tcg::baseline
