#include "cpu-tcg/baseline/block_emitter.h"

#include <cstddef>
#include <deque>

#include "core/base/assert.h"
#include "cpu-tcg/baseline/lowering.h"

namespace duet::tcg::baseline {
namespace {

#define FRAME(member) offsetof(Frame, member)

// Leaves for `bail` when it is not 0.
void leaveUnlessZero(CodeWriter& w, const x86::Gp& value, Label bail) {
  const Label good = w.a.label();
  w.a.jecxz(value, good);
  w.a.jmp(bail);
  w.a.bind(good);
}

// The page's version is that of the block.
void checkVersion(CodeWriter& w, Label bail) {
  const Block& block = *w.place.block;
  w.a.mov(kT1, reinterpret_cast<u64>(w.setup.ram->states() + (block.position >> 12)));
  w.a.mov(kT0.r32(), x86::dword_ptr(kT1));
  w.a.lea(kT0.r32(), x86::ptr(kT0, static_cast<i32>(u32{0} - block.version)));
  leaveUnlessZero(w, kT0, bail);
}

// No mail, and instructions remain: two numbers that are 0 when all is well are added up, as flags must stay as they are.
void checkRest(CodeWriter& w, Label bail) {
  w.a.mov(kT0.r32(), w.frame(FRAME(remaining) + 4, 4));
  w.a.mov(kT1, w.frame(FRAME(mail), 8));
  w.a.mov(kT1.r32(), x86::dword_ptr(kT1));
  w.a.lea(kT0, x86::ptr(kT0, kT1));
  leaveUnlessZero(w, kT0, bail);
}

// The block's second page is where it was, with its version: two numbers again. Its name is not known yet; returns where it belongs.
u32 checkSecond(CodeWriter& w, const Label& bail) {
  const Block& block = *w.place.block;
  w.a.mov(kT0.r32(), w.nameOfPage(w.secondPage()));
  w.a.alignPatch(2);
  w.a.lea(kT0.r32(), x86::ptr(kT0, static_cast<i32>(u32{0} - PageNames::kNever)));
  const u32 name = w.a.here();
  w.a.mov(kT1, reinterpret_cast<u64>(w.setup.ram->states() + block.page2));
  w.a.mov(kT1.r32(), x86::dword_ptr(kT1));
  w.a.lea(kT1.r32(), x86::ptr(kT1, static_cast<i32>(u32{0} - block.version2)));
  w.a.lea(kT0, x86::ptr(kT0, kT1));
  leaveUnlessZero(w, kT0, bail);
  return name;
}

// Where a block leaves that must not run: its instructions were taken already, or not.
struct Bails {
  Label taken, nothing;
};

// What jumps from elsewhere pass before the block.
void emitChecks(CodeWriter& w, const Bails& bails) {
  if (w.place.exact) w.a.alignPatch(0, kRedirectSize);
  w.a.bind(w.own().far);
  checkVersion(w, bails.nothing);
  if (w.place.exact) w.a.alignPatch(0, kRedirectSize);
  w.a.bind(w.own().back);
  if (w.place.exact) w.takeInstructionsHere(w.place.block->count);
  checkRest(w, w.place.exact ? bails.taken : bails.nothing);
}

}  // namespace

class UnitEmitter::Parts {
 public:
  explicit Parts(const EmitterSetup& setup) {
    for (size_t i = 0; i < kMostBlocks; ++i) writers_.emplace_back(setup, code_, labels_, i);
  }

  const UnitCode& emit(std::span<const BlockPlace> places, u64 hot, u64 cold) {
    DUET_ASSERT(places.size() <= kMostBlocks);
    start(places, hot, cold);
    stretches(made_.hot, places.size(), [&](size_t i) { return emitHot(i), code_.here(); });
    code_.startCold();
    stretches(made_.cold, places.size(), [&](size_t i) { return emitCold(i); });
    for (size_t i = 0; i < places.size(); ++i) {
      const BlockLabels& l = labels_[i];
      made_.entries.push_back({entry(l.far), entry(l.back), entry(l.forward), seconds_[i]});
    }
    return finish();
  }

  const UnitCode& emitWaysIn(const BlockPlace& place, u64 forward, u64 hot, u64 cold) {
    start({&place, 1}, hot, cold);
    CodeWriter& w = writers_[0];
    stretches(made_.hot, 1, [&](size_t) {
      emitChecks(w, bails_[0]);
      code_.jmp(forward);
      return code_.here();
    });
    code_.startCold();
    stretches(made_.cold, 1, [&](size_t i) {
      emitBails(i);
      return w.finish();
    });
    made_.entries.push_back({entry(w.own().far), entry(w.own().back), Entries::kNone, 0});
    return finish();
  }

 private:
  void start(std::span<const BlockPlace> places, u64 hot, u64 cold) {
    code_.begin(hot, cold);
    labels_.clear();
    bails_.clear();
    seconds_.assign(places.size(), 0);
    made_.entries.clear();
    for (const BlockPlace& place : places) {
      labels_.push_back({place.rip, code_.label(), code_.label(), code_.label()});
      bails_.push_back({code_.label(), code_.label()});
    }
    for (size_t i = 0; i < places.size(); ++i) writers_[i].start(places[i]);
    code_.startHot();
  }

  const UnitCode& finish() {
    made_.hotBytes = code_.hot();
    made_.data = code_.data();
    made_.coldBytes = code_.cold();
    return made_;
  }

  static constexpr size_t kRoom = 64u << 10;  // no block has more code

  // `part` returns where its instructions end.
  template <class Part>
  void stretches(std::vector<Stretch>& all, size_t blocks, Part part) {
    all.clear();
    for (size_t i = 0; i < blocks; ++i) {
      DUET_ASSERT(code_.hasRoom(kRoom));
      const u32 begin = code_.here();
      const u32 end = part(i);
      all.push_back({code_.fromHot(begin), code_.fromHot(end)});
    }
  }
  u32 entry(const Label& label) const {
    return code_.isBound(label) ? code_.fromHot(code_.offsetOf(label)) : Entries::kNone;
  }

  // Who is entered by a region's jump or is exact has them from the start, and who is jumped back to within the unit.
  bool hasWaysIn(size_t i) const {
    return i == 0 || writers_[i].place.exact || writers_[i].place.block->crosses ||
           code_.isUsed(labels_[i].back);
  }

  void emitHot(size_t i) {
    CodeWriter& w = writers_[i];
    if (i == 0) emitChecks(w, bails_[i]);
    w.a.bind(w.own().forward);
    if (!w.place.exact) w.takeInstructionsHere(w.place.block->count);
    if (w.place.block->crosses) seconds_[i] = code_.fromHot(checkSecond(w, bails_[i].taken));
    bool ended = false;
    for (unsigned n = 0; n < w.place.block->count; ++n) {
      w.begin(n);
      ended = lower(w);
      w.end();
    }
    if (!ended) w.exitTo(w.nextRip());
  }

  u32 emitCold(size_t i) {
    CodeWriter& w = writers_[i];
    if (!hasWaysIn(i)) return w.finish();
    if (i > 0) {
      emitChecks(w, bails_[i]);
      w.a.jmp(w.own().forward);
    }
    emitBails(i);
    return w.finish();
  }

  void emitBails(size_t i) {
    CodeWriter& w = writers_[i];
    w.a.bind(bails_[i].taken);
    if (w.place.exact || w.place.block->crosses) w.takeInstructions(-static_cast<int>(w.place.block->count));
    w.a.bind(bails_[i].nothing);
    w.bail();
  }

  HostCode code_;
  std::vector<BlockLabels> labels_;
  std::vector<Bails> bails_;
  std::vector<u32> seconds_;  // Entries::second
  std::deque<CodeWriter> writers_;
  UnitCode made_;
};

UnitEmitter::UnitEmitter(const EmitterSetup& setup) : parts_(new Parts(setup)) {}
UnitEmitter::~UnitEmitter() = default;

const UnitCode& UnitEmitter::emit(std::span<const BlockPlace> places, u64 hot, u64 cold) {
  return parts_->emit(places, hot, cold);
}

const UnitCode& UnitEmitter::emitWaysIn(const BlockPlace& place, u64 forward, u64 hot, u64 cold) {
  return parts_->emitWaysIn(place, forward, hot, cold);
}

}  // namespace duet::tcg::baseline
