#include "cpu-tcg/baseline/block_emitter.h"

#include <cstddef>
#include <deque>

#include "cpu-tcg/baseline/lowering.h"

namespace duet::tcg::baseline {
namespace {

#define FRAME(member) offsetof(Frame, member)

// Leaves for `bail` when it is not 0.
void leaveUnlessZero(CodeWriter& w, const x86::Gp& value, const asmjit::Label& bail) {
  const asmjit::Label good = w.a.newLabel();
  w.a.jecxz(value, good);
  w.a.jmp(bail);
  w.a.bind(good);
}

// The page's version is that of the block. (T1 + T1 drops kDirty.)
void checkVersion(CodeWriter& w, const asmjit::Label& bail) {
  const Block& block = *w.place.block;
  w.a.mov(kT1, reinterpret_cast<u64>(w.setup.ram->states() + (block.position >> 12)));
  w.a.mov(kT1.r32(), x86::dword_ptr(kT1));
  w.a.lea(kT0.r32(), x86::ptr(kT1, kT1, 0, -static_cast<i32>(2 * block.version)));
  leaveUnlessZero(w, kT0, bail);
}

// No mail, and instructions remain: two numbers that are 0 when all is well are added up, as flags must stay as they are.
void checkRest(CodeWriter& w, const asmjit::Label& bail) {
  w.a.mov(kT0.r32(), w.frame(FRAME(remaining) + 4, 4));
  w.a.mov(kT1, w.frame(FRAME(mail), 8));
  w.a.mov(kT1.r32(), x86::dword_ptr(kT1));
  w.a.lea(kT0, x86::ptr(kT0, kT1));
  leaveUnlessZero(w, kT0, bail);
}

// Where a block leaves that must not run: its instructions were taken already, or not.
struct Bails {
  asmjit::Label taken, nothing;
};

// What jumps from elsewhere pass before the block.
void emitChecks(CodeWriter& w, const Bails& bails) {
  w.a.bind(w.own().far);
  checkVersion(w, bails.nothing);
  w.a.bind(w.own().back);
  if (w.place.exact) w.takeInstructions(w.place.block->count);
  checkRest(w, w.place.exact ? bails.taken : bails.nothing);
}

class UnitEmitter {
 public:
  UnitEmitter(const EmitterSetup& setup, std::span<const BlockPlace> places, u64 address,
              asmjit::CodeHolder& code)
      : assembler_(&code) {
    for (const BlockPlace& place : places) {
      labels_.push_back({place.rip, assembler_.newLabel(), assembler_.newLabel(), assembler_.newLabel()});
      bails_.push_back({assembler_.newLabel(), assembler_.newLabel()});
    }
    for (size_t i = 0; i < places.size(); ++i)
      writers_.emplace_back(setup, places[i], address, assembler_, labels_, i);
  }

  bool run(UnitCode& out) {
    for (size_t i = 0; i < writers_.size(); ++i) {
      const u32 begin = here();
      emitHot(i);
      out.hot.push_back({begin, here()});
    }
    bool failed = false;
    for (size_t i = 0; i < writers_.size(); ++i) {
      const u32 begin = here();
      emitCold(i);
      out.cold.push_back({begin, writers_[i].codeEnd()});
      failed |= writers_[i].failed();
    }
    return !failed;
  }

  std::vector<Entries> entries(const asmjit::CodeHolder& code) const {
    const auto at = [&](const asmjit::Label& l) { return static_cast<u32>(code.labelOffsetFromBase(l)); };
    std::vector<Entries> all;
    for (const BlockLabels& l : labels_) all.push_back({at(l.far), at(l.back), at(l.forward)});
    return all;
  }

 private:
  u32 here() const { return static_cast<u32>(assembler_.offset()); }

  void emitHot(size_t i) {
    CodeWriter& w = writers_[i];
    if (i == 0) emitChecks(w, bails_[i]);
    w.a.bind(w.own().forward);
    if (!w.place.exact) w.takeInstructions(w.place.block->count);
    bool ended = false;
    for (unsigned n = 0; n < w.place.block->count; ++n) {
      w.begin(n);
      ended = lower(w);
      w.end();
    }
    if (!ended) w.exitTo(w.nextRip());
  }

  void emitCold(size_t i) {
    CodeWriter& w = writers_[i];
    if (i > 0) {
      emitChecks(w, bails_[i]);
      w.a.jmp(w.own().forward);
    }
    w.a.bind(bails_[i].taken);
    if (w.place.exact) w.takeInstructions(-static_cast<int>(w.place.block->count));
    w.a.bind(bails_[i].nothing);
    w.exitWithoutLink(w.place.rip);
    w.finish();
  }

  x86::Assembler assembler_;
  std::vector<BlockLabels> labels_;
  std::vector<Bails> bails_;
  std::deque<CodeWriter> writers_;
};

}  // namespace

UnitCode emitUnit(const EmitterSetup& setup, std::span<const BlockPlace> places, u64 address) {
  asmjit::CodeHolder code;
  if (code.init(asmjit::Environment::host(), address) != asmjit::kErrorOk) return {};
  UnitEmitter unit(setup, places, address, code);
  UnitCode made;
  if (!unit.run(made)) return {};
  if (code.flatten() != asmjit::kErrorOk || code.resolveUnresolvedLinks() != asmjit::kErrorOk ||
      code.relocateToBase(address) != asmjit::kErrorOk)
    return {};
  made.bytes.resize(code.codeSize());
  made.entries = unit.entries(code);
  if (code.copyFlattenedData(made.bytes.data(), made.bytes.size()) != asmjit::kErrorOk) return {};
  return made;
}

}  // namespace duet::tcg::baseline
