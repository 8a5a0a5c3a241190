#include "cpu-tcg/region/region_code.h"

#include <cstddef>
#include <cstring>

#include "cpu-tcg/baseline/host_code.h"
#include "cpu-tcg/baseline/jump_lookup.h"
#include "cpu-tcg/region/flag_kind.h"

namespace duet::tcg::region {

using namespace baseline;

namespace {

#define FRAME(member) static_cast<i32>(offsetof(Frame, member))

class Wrapper {
 public:
  Wrapper(const EmitterSetup& setup, const Code& code, const RegionPlace& place, asmjit::CodeHolder& holder)
      : setup_(setup), code_(code), place_(place), a_(&holder), guards_(a_.newLabel()) {}

  void emit() {
    const asmjit::Label region = a_.newLabel(), exits = a_.newLabel(), kinds = a_.newLabel();
    enter(region, exits, kinds);
    for (unsigned k = 0; k < kFlagKinds; ++k) makeFlags(k);
    for (const Exit& e : code_.exits) leaveBy(e);
    tables(exits, kinds);
    a_.align(asmjit::AlignMode::kCode, 16);
    a_.bind(region);
    a_.embed(code_.bytes.data(), code_.bytes.size());
  }

 private:
  static x86::Mem frame(i32 offset, u32 size = 8) { return x86::Mem(x86::rsp, offset, size); }
  // Of what RDX points at.
  x86::Mem runs(size_t field) const {
    return x86::qword_ptr(x86::rdx, static_cast<i32>(place_.number * sizeof(RegionRuns) + field));
  }
  x86::Mem gpr(unsigned n) const { return frame(setup_.places.gpr(n)); }

  template <class F>
  void forEachPinned(F f) {
    for (unsigned n = 0; n < 16; ++n)
      if (isPinned(n)) f(n, x86::gpq(kHostOf[n]));
  }

  void enter(const asmjit::Label& region, const asmjit::Label& exits, const asmjit::Label& kinds) {
    for (const auto& page : place_.others) expect(page);
    const Units& units = place_.units;
    if (units.avx) {
      bring(FRAME(avxAway), setup_.thunks.avx);
    } else if (units.sse) {
      bring(FRAME(vectorsAway), setup_.thunks.vectors);
    }
    if (units.mxcsr) bring(FRAME(mxcsrAway), setup_.thunks.mxcsr);
    forEachPinned([&](unsigned guest, const x86::Gp& host) { a_.mov(gpr(guest), host); });
    a_.lahf();
    a_.seto(x86::al);
    a_.mov(frame(FRAME(flags), 4), x86::eax);
    a_.mov(x86::rax, place_.rip & ~kPageMask);
    a_.mov(frame(FRAME(region.origin)), x86::rax);
    a_.lea(x86::rax, x86::ptr(guards_));
    a_.mov(frame(FRAME(region.guards)), x86::rax);
    a_.mov(x86::rdx, frame(FRAME(region.runs)));
    a_.mov(x86::rax, frame(FRAME(remaining)));
    a_.add(runs(offsetof(RegionRuns, ran)), x86::rax);
    a_.call(region);
    a_.mov(x86::rdx, frame(FRAME(region.runs)));
    a_.mov(x86::rcx, frame(FRAME(remaining)));
    a_.sub(runs(offsetof(RegionRuns, ran)), x86::rcx);
    a_.inc(runs(offsetof(RegionRuns, entries)));
    a_.lea(x86::rcx, x86::ptr(exits));
    a_.mov(x86::rax, x86::qword_ptr(x86::rcx, x86::rax, 3));
    a_.mov(frame(FRAME(scratch)), x86::rax);
    a_.lea(x86::rcx, x86::ptr(kinds));
    a_.mov(x86::rdx, frame(FRAME(region.flagKind)));
    a_.mov(x86::rax, frame(FRAME(region.a)));
    a_.jmp(x86::qword_ptr(x86::rcx, x86::rdx, 3));
  }

  // Else the block's own code runs, which finds the page if the way leads there. Flags are the guest's.
  void expect(const NamedPage& page) {
    const asmjit::Label there = a_.newLabel();
    const mmu::ExecTlbEntry* entries = setup_.places.ctx->tlb.execEntries(place_.user);
    const auto& entry = entries[mmu::Tlb::execIndex(LinearAddr(page.linear))];
    a_.mov(kT0.r32(), frame(setup_.places.of(&entry.name), 4));
    a_.lea(kT0.r32(), x86::ptr(kT0, -static_cast<i32>(page.name)));
    a_.jecxz(kT0, there);
    a_.jmp(place_.fallback);
    a_.bind(there);
  }

  // The guest's registers of a unit into the processor's, unless they are there. Flags are the guest's.
  void bring(i32 away, u32 thunk) {
    const asmjit::Label there = a_.newLabel();
    a_.mov(kT0, frame(away));
    a_.jecxz(kT0, there);
    a_.call(setup_.thunksAt + thunk);
    a_.bind(there);
  }

  // Whatever made the flags, once more; then the guest's registers, and on.
  void makeFlags(unsigned kind) {
    const asmjit::Label here = a_.newLabel();
    a_.bind(here);
    kinds_.push_back(here);
    if (kind == kFlagsThemselves) {
      a_.add(x86::al, 0x7f);
      a_.sahf();
    } else {
      const auto op = static_cast<FlagOp>((kind - 1) % kFlagOps);
      const u32 size = 1u << (kind - 1) / kFlagOps;
      if (op != FlagOp::Add && op != FlagOp::Sub && op != FlagOp::Logic) a_.bt(frame(FRAME(region.c), 4), 0);
      carryOut(op, size);
    }
    if (kind == 0) {
      a_.bind(back_ = a_.newLabel());
      putOver();
      forEachPinned([&](unsigned guest, const x86::Gp& host) { a_.mov(host, gpr(guest)); });
      a_.jmp(frame(FRAME(scratch)));
    } else {
      a_.jmp(back_);
    }
  }

  // Single flags that are otherwise than the operation makes them.
  void putOver() {
    const asmjit::Label none = a_.newLabel();
    a_.mov(kT0, frame(FRAME(region.over)));
    a_.jecxz(kT0, none);
    a_.lahf();
    a_.seto(x86::al);
    a_.mov(x86::edx, x86::ecx);
    a_.shr(x86::edx, kOverMaskShift);
    a_.andn(x86::eax, x86::edx, x86::eax);
    a_.or_(x86::eax, x86::ecx);
    a_.add(x86::al, 0x7f);
    a_.sahf();
    a_.bind(none);
  }

  void carryOut(FlagOp op, u32 size) {
    const x86::Gp a = size == 1   ? x86::Gp(x86::al)
                      : size == 2 ? x86::Gp(x86::ax)
                      : size == 4 ? x86::Gp(x86::eax)
                                  : x86::Gp(x86::rax);
    const x86::Mem b = frame(FRAME(region.b), size);
    switch (op) {
      case FlagOp::Add:
        a_.add(a, b);
        break;
      case FlagOp::Sub:
        a_.cmp(a, b);
        break;
      case FlagOp::Adc:
        a_.adc(a, b);
        break;
      case FlagOp::Sbb:
        a_.sbb(a, b);
        break;
      case FlagOp::Inc:
        a_.inc(a);
        break;
      case FlagOp::Dec:
        a_.dec(a);
        break;
      case FlagOp::Logic:
        a_.test(a, a);
        break;
    }
  }

  // From here on registers and flags are the guest's, as between any two blocks.
  void leaveBy(const Exit& exit) {
    exits_.push_back(a_.newLabel());
    a_.bind(exits_.back());
    if (exit.restarts) {
      a_.jmp(place_.fallback);
      return;
    }
    const bool near = !exit.dynamic && !exit.wrote && (exit.rip ^ place_.rip) >> 12 == 0;
    const asmjit::Label out = a_.newLabel();
    if (exit.wrote) lookAtStore(out);
    if (near) {
      alignPatch();
      a_.jmp(out);  // until there is code
    } else if (exit.dynamic) {
      a_.mov(kT0, frame(FRAME(region.link.rip)));
      lookUp();
    } else {
      a_.mov(kT0, exit.rip);
      lookUp();
    }
    const u32 site = near ? static_cast<u32>(place_.address + a_.offset() - setup_.thunksAt) : 0;
    a_.bind(out);
    if (exit.dynamic) {
      a_.lea(kT1, x86::ptr(x86::rsp, FRAME(region.link)));
      a_.jmp(setup_.thunksAt + setup_.thunks.exit);
    } else {
      a_.call(setup_.thunksAt + setup_.thunks.leave);
      const Link link{exit.rip, static_cast<u32>(place_.page), site, 0, false, false};
      a_.embed(&link, sizeof link);
    }
  }

  // The displacement of the jump that follows can be changed while others run it.
  void alignPatch() {
    while (!HostCode::isPatchable(static_cast<u32>(place_.address + a_.offset() + 1), 4)) a_.nop();
  }

  // C++ hears of the store before control goes on, unless there is no need. Blocks are entered by a look at their version then, so it
  // does not matter which page runs: none is named.
  void lookAtStore(const asmjit::Label& out) {
    const asmjit::Label clean = a_.newLabel();
    a_.mov(kT0.r32(), frame(FRAME(region.wroteSize), 4));
    a_.mov(frame(FRAME(written), 4), kT0.r32());
    a_.mov(kT1, frame(FRAME(region.wroteHost)));
    a_.mov(kT0, ~u64{0});
    a_.call(setup_.thunksAt + setup_.thunks.look);
    a_.jecxz(kT0, clean);
    a_.jmp(out);
    a_.bind(clean);
    a_.mov(frame(FRAME(region.wroteSize), 4), 0);
  }

  // As CodeWriter looks up, for the address in T0: goes on behind when the jump cache has no code.
  void lookUp() {
    const asmjit::Label hit = a_.newLabel(), miss = a_.newLabel();
    emitJumpLookup(a_, setup_.places, place_.user);
    a_.jecxz(kT0, hit);
    a_.call(setup_.thunksAt + setup_.thunks.second);
    a_.jecxz(kT0, hit);
    a_.jmp(miss);
    a_.bind(hit);
    a_.jmp(x86::qword_ptr(kT1, offsetof(JumpEntry, code)));
    a_.bind(miss);
  }

  void tables(const asmjit::Label& exits, const asmjit::Label& kinds) {
    a_.align(asmjit::AlignMode::kData, 8);
    a_.bind(exits);
    for (const asmjit::Label& l : exits_) a_.embedLabel(l, 8);
    a_.bind(kinds);
    for (const asmjit::Label& l : kinds_) a_.embedLabel(l, 8);
    a_.bind(guards_);
    for (const Guard& g : place_.guards) a_.embed(&g, sizeof g);
  }

  const EmitterSetup& setup_;
  const Code& code_;
  const RegionPlace& place_;
  x86::Assembler a_;
  asmjit::Label guards_, back_;
  std::vector<asmjit::Label> exits_, kinds_;
};

}  // namespace

std::vector<u8> wrapRegion(const EmitterSetup& setup, const Code& code, const RegionPlace& place) {
  asmjit::CodeHolder holder;
  if (holder.init(asmjit::Environment::host(), place.address) != asmjit::kErrorOk) return {};
  Wrapper(setup, code, place, holder).emit();
  if (holder.flatten() != asmjit::kErrorOk || holder.resolveUnresolvedLinks() != asmjit::kErrorOk ||
      holder.relocateToBase(place.address) != asmjit::kErrorOk)
    return {};
  std::vector<u8> bytes(holder.codeSize());
  if (holder.copyFlattenedData(bytes.data(), bytes.size()) != asmjit::kErrorOk) return {};
  return bytes;
}

}  // namespace duet::tcg::region
