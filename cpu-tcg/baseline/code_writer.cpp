#include "cpu-tcg/baseline/code_writer.h"

#include <bit>
#include <cstddef>

#include "core/base/assert.h"
#include "cpu-tcg/baseline/jump_lookup.h"

namespace duet::tcg::baseline {

using namespace isa;

#define FRAME(member) offsetof(Frame, member)

CodeWriter::CodeWriter(const EmitterSetup& s, HostCode& code, const std::vector<BlockLabels>& unit,
                       size_t self)
    : a(code), setup(s), unit_(unit), self_(self) {}

void CodeWriter::start(const BlockPlace& p) {
  place = p;
  const Block& block = *p.block;
  rips_.clear();
  rips_.push_back(p.rip);
  for (unsigned i = 0; i < block.count; ++i)
    rips_.push_back((rips_.back() + block.insns[i].length) & p.ripMask);
  // Offsets of 16 bits wrap where windows do not.
  const bool wraps = block.insns[0].mode == CodeMode::Bits16 || (p.key & kStack16);
  const bool shares = !p.plain && !wraps && ownWindows_.find(block, (p.key & kSegmented) != 0);
  windows_ = shares ? &ownWindows_ : nullptr;
  index_ = 0;
  units_ = {};
  x87_ = x87Before_ = {};
  slows_.clear();
  stores_.clear();
  lookups_.clear();
  exits_.clear();
  plainExits_.clear();
  found_.fill({});
  unchecked_.clear();
  emitHead();
}

void CodeWriter::begin(unsigned index) {
  if (!staysHere(index)) flushStores(index_);
  index_ = index;
  slowUsed_ = false;
  if (isLast()) settleX87();
  x87Before_ = x87_;
}

void CodeWriter::end() {
  if (isLast()) flushStores(index_);
  if (slowUsed_) {
    a.bind(next_);
    slows_.push_back({index_, slow_, next_, x87Before_});
  }
  if (isLast()) settleX87();
}

Label CodeWriter::slowPath() {
  DUET_ASSERT(unchecked_.empty());
  if (!slowUsed_) {
    slow_ = a.label();
    next_ = a.label();
    slowUsed_ = true;
  }
  return slow_;
}

void CodeWriter::requireZero() {
  const Label zero = a.label();
  a.jecxz(kT0, zero);
  a.jmp(slowPath());
  a.bind(zero);
}

void CodeWriter::takeInstructions(int count) {
  a.mov(kT0, frame(FRAME(remaining), 8));
  a.lea(kT0, x86::ptr(kT0, -count));
  a.mov(frame(FRAME(remaining), 8), kT0);
}

// Two instructions of four bytes come first, at least one of which begins where five bytes can be changed: that one gets longer.
void CodeWriter::takeInstructionsHere(int count) {
  static_assert(offsetof(Frame, remaining) == 0);
  constexpr u8 kLoad[] = {0x48, 0x8b, 0x4c, 0x24, 0x00};  // mov rcx,[rsp+0], and an offset of one byte
  constexpr u8 kTake[] = {0x48, 0x8d, 0x89};              // lea rcx,[rcx+...], an offset of four
  if (redirectAt(a.here()) == a.here()) {
    a.putData(kLoad, sizeof kLoad);
    a.lea(kT0, x86::ptr(kT0, -count));
  } else {
    a.mov(kT0, frame(FRAME(remaining), 8));
    DUET_ASSERT(HostCode::isPatchable(a.here(), kRedirectSize));
    a.putData(kTake, sizeof kTake);
    const i32 change = -count;
    a.putData(&change, sizeof change);
  }
  a.mov(frame(FRAME(remaining), 8), kT0);
}

// Windows end with it: it may change rights, or where things are, and go on.
void CodeWriter::callHandler() {
  flushStores(index_ - 1);  // stores of before: this instruction is not done
  found_.fill({});
  settleX87();
  units_ = {};
  a.mov(kT1.r32(), spot(index_));
  a.call(setup.thunksAt + setup.thunks.handlerAlone);
}

void CodeWriter::callCpuid() {
  a.mov(kT1.r32(), spot(index_));
  a.call(setup.thunksAt + setup.thunks.cpuid);
}

x86::Gp CodeWriter::host(const x86::Gp& reg, unsigned size) const {
  switch (size) {
    case 1:
      return reg.r8();
    case 2:
      return reg.r16();
    case 4:
      return reg.r32();
    default:
      return reg.r64();
  }
}

void CodeWriter::load(const x86::Gp& to, unsigned n) {
  if (isPinned(n)) return void(a.mov(to, x86::gpq(kHostOf[n])));
  a.mov(to, x86::Mem(x86::rsp, setup.places.gpr(n), 8));
}

void CodeWriter::store(unsigned n, const x86::Gp& from) {
  if (isPinned(n)) return void(a.mov(x86::gpq(kHostOf[n]), from));
  a.mov(x86::Mem(x86::rsp, setup.places.gpr(n), 8), from);
}

x86::Gp CodeWriter::use(unsigned n, unsigned size, const x86::Gp& temporary) {
  if (isPinned(n)) return host(x86::gpq(kHostOf[n]), size);
  load(temporary, n);
  return host(temporary, size);
}

// --- leaving

bool CodeWriter::samePage(u64 rip) const { return (linear(rip) ^ linear(place.rip)) >> 12 == 0; }

// Behind the whole block: who only jumps forwards soon leaves the page. Asked within the page alone.
bool CodeWriter::isForward(u64 rip) const { return rip >= rips_.back() && !place.exact; }

// From plain code the way goes back to code with windows, and from a region's fallback to the region.
const Label* CodeWriter::inUnit(u64 rip) const {
  if (place.plain || place.again || setup.separate) return nullptr;
  for (const BlockLabels& b : unit_)
    if (b.rip == rip) return isForward(rip) ? &b.forward : &b.back;
  return nullptr;
}

// Within the page the code that follows is where the block itself is: it is valid as long, and in the same mode, so a plain jump
// will do once there is code. Other pages may come to lie elsewhere: their names tell.
void CodeWriter::exitTo(u64 rip) {
  if (!samePage(rip)) return exitToPage(rip);
  const bool adjoins = isLast() && self_ + 1 < unit_.size() && unit_[self_ + 1].rip == rip;
  if (adjoins && isForward(rip)) return;
  if (const Label* there = inUnit(rip)) return void(a.jmp(*there));
  leaveUnit(rip);
}

// The code there is of the mode that the frame and the Context say by then (Translator::connect()).
void CodeWriter::leaveUnit(u64 rip) {
  if (!samePage(rip)) return exitToPage(rip);
  const Label from = a.label();
  a.alignPatch(1);
  a.jmp(from);
  exits_.push_back({from, rip, a.here(), 0});
}

void CodeWriter::bail() {
  a.mov(kT1.r32(), spot(0));
  a.jmp(setup.thunksAt + setup.thunks.bail);
}

void CodeWriter::exitWhen(x86::CondCode condition, u64 rip) {
  const Label label = a.label();
  if (samePage(rip)) {
    if (const Label* there = inUnit(rip)) return void(a.j(condition, *there));
    a.alignPatch(2);
    a.j(condition, label);
    return void(exits_.push_back({label, rip, a.here(), 0}));
  }
  a.j(x86::negateCond(condition), label);
  exitToPage(rip);
  a.bind(label);
}

// To code that is known by the name of its page: name and jump are set together, once there is code.
void CodeWriter::exitToPage(u64 rip) {
  const Label hit = a.label(), miss = a.label();
  a.mov(kT0.r32(), nameOfPage(linear(rip)));
  a.alignPatch(2);
  a.lea(kT0.r32(), x86::ptr(kT0, static_cast<i32>(u32{0} - PageNames::kNever)));
  const u32 name = a.here();
  a.jecxz(kT0.r32(), hit);  // three bytes: what follows is patchable as the name is
  a.jmp(miss);
  DUET_ASSERT(a.here() == name + kNameToMiss);
  a.alignPatch(1);
  a.bind(hit);
  a.jmp(miss);
  exits_.push_back({miss, rip, a.here(), name});
}

// See JumpEntry for the sum.
void CodeWriter::lookUpTarget() {
  const Label hit = a.label(), second = a.label();
  emitJumpLookup(a, setup.places, place.key & kUser, {place.segment.base, place.segmentNumber});
  a.jecxz(kT0, hit);
  a.jmp(second);
  a.bind(hit);
  lookups_.push_back({second, hit, slowPath()});
}

// --- cold code

u32 CodeWriter::finish() {
  for (const Slow& s : slows_) {
    a.bind(s.from);
    emitX87(s.x87);
    a.mov(kT1.r32(), spot(s.index) | kSpotLowered);
    a.call(setup.thunksAt + setup.thunks.handler);
    a.jmp(s.back);
  }
  for (const Store& s : stores_) {
    a.bind(s.from);
    emitX87(s.x87);
    const bool went = place.block->insns[s.index].row->has(kAttrEnd);  // a CALL
    a.mov(kT2.r32(), spot(s.index) | (went ? kSpotWent : 0));
    if (s.state) {
      a.mov(kT1, frame(s.state, 8));
      a.call(setup.thunksAt + setup.thunks.wroteWindow);
    } else {
      callWrote(s.size);
    }
    a.jmp(s.back);
  }
  for (const Lookup& l : lookups_) {
    const Label hit = a.label();
    a.bind(l.from);
    a.call(setup.thunksAt + setup.thunks.second);
    a.jecxz(kT0, hit);
    a.jmp(l.miss);
    a.bind(hit);
    a.jmp(l.hit);
  }
  for (const PlainExit& p : plainExits_) {
    a.bind(p.from);
    emitX87(p.x87);
    takeInstructions(-static_cast<int>(place.block->count - p.index));
    const Label from = a.label();
    a.alignPatch(1);
    a.jmp(from);
    exits_.push_back({from, rips_[p.index], a.here(), 0, true});
  }
  const u32 end = a.here();
  for (const Exit& e : exits_) emitExit(e);
  return end;
}

void CodeWriter::callWrote(unsigned size) {
  const auto power = static_cast<size_t>(std::countr_zero(size));
  if (std::has_single_bit(size) && power < setup.thunks.wroteSize.size())
    return a.call(setup.thunksAt + setup.thunks.wroteSize[power]);
  a.mov(frame(FRAME(written), 4), size);
  a.call(setup.thunksAt + setup.thunks.wrote);
}

void CodeWriter::emitExit(const Exit& e) {
  a.bind(e.from);
  a.call(setup.thunksAt + setup.thunks.leave);
  const Link link{e.rip,
                  static_cast<u32>(place.block->position >> 12),
                  static_cast<u32>(a.addressOf(e.site) - setup.thunksAt),
                  static_cast<u8>(e.name ? e.site - e.name : 0),
                  isForward(e.rip) && !e.plain,
                  e.plain};
  a.putData(&link, sizeof link);
}

void CodeWriter::emitHead() {
  const Block& block = *place.block;
  a.alignData(alignof(BlockHead));
  firstSpot_ = spotOf(a.addressOf(a.here()) - setup.thunksAt);
  const BlockHead head{place.known, place.rip};
  a.putData(&head, sizeof head);
  u8 lengths[Block::kMaxInsns];
  for (unsigned i = 0; i < block.count; ++i) lengths[i] = block.insns[i].length;
  a.putData(lengths, block.count);
}

}  // namespace duet::tcg::baseline
