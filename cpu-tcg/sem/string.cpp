#include "cpu-tcg/sem/string.h"

#include <algorithm>

#include "cpu-tcg/helpers/helpers.h"
#include "cpu-tcg/runtime/memory.h"

namespace duet::tcg::sem {
namespace {

constexpr u64 kElementsPerDispatch = 4096;

struct Progress {
  u64 elements;
  bool stop = false;  // REPE/REPNE saw what ends it
};

u64 addressMask(const isa::Insn& insn) {
  return insn.addrSize == 8 ? ~u64{0} : insn.addrSize == 4 ? 0xffffffff : 0xffff;
}

u64 index(const Context& ctx, const isa::Insn& insn, GprIndex r) {
  return ctx.arch.gpr[r] & addressMask(insn);
}

void setIndex(Context& ctx, const isa::Insn& insn, GprIndex r, u64 value) {
  const u64 mask = addressMask(insn);
  const u64 kept = insn.addrSize == 2 ? ctx.arch.gpr[r] & ~mask : 0;  // 32-bit addressing clears the top
  ctx.arch.gpr[r] = kept | (value & mask);
}

bool goesDown(const Context& ctx) { return ctx.arch.rflags & kFlagDf; }

void advance(Context& ctx, const isa::Insn& insn, GprIndex r, u64 elements, u64 size) {
  const u64 bytes = elements * size;
  setIndex(ctx, insn, r, goesDown(ctx) ? ctx.arch.gpr[r] - bytes : ctx.arch.gpr[r] + bytes);
}

// Which index registers an instruction moves.
enum Uses : unsigned { kSource = 1, kDestination = 2 };

// Whether something wants a look after each element: TF, breakpoints on data and ports.
bool oneByOne(const Context& ctx) { return (ctx.arch.rflags & kFlagTf) || ctx.watchData || ctx.watchPorts; }

// Runs step(max) until the count is used up or a step says stop; step does 1..max elements or raises, and leaves the
// index registers to us. Interrupts, TF and breakpoints are seen between two dispatches. RF is set meanwhile (SDM vol. 3
// 17.3.1.1; not on AMD's processors): the instruction's own breakpoint was due before the first element, and an event in
// between pushes RF.
template <unsigned uses, class Step>
void repeat(Context& ctx, const isa::Insn& insn, u64 size, Step step) {
  const bool repeated = insn.prefixes & (isa::kPrefixRep | isa::kPrefixRepne);
  u64 left = repeated ? index(ctx, insn, kRcx) : 1;
  u64 budget = oneByOne(ctx) ? 1 : kElementsPerDispatch;
  while (left != 0) {
    const Progress done = step(std::min(left, budget));
    if (uses & kSource) advance(ctx, insn, kRsi, done.elements, size);
    if (uses & kDestination) advance(ctx, insn, kRdi, done.elements, size);
    left -= done.elements;
    budget -= done.elements;
    if (repeated) setIndex(ctx, insn, kRcx, left);
    if (done.stop) return;
    if (left != 0 && (budget == 0 || ctx.leave != 0)) {
      return leaveUnfinished(ctx);
    }
  }
}

// A run of elements in one page of RAM.
struct Run {
  u8* host = nullptr;
  u64 elements = 0;
};

// The run that starts at seg:offset, going up, at most `want` elements; none when they must go one by one. Raises what
// the first element would raise.
Run findRun(Context& ctx, const isa::Insn& insn, isa::SegReg seg, u64 offset, u32 size, u64 want,
            bool write) {
  if (want < 2 || goesDown(ctx) || ctx.alignmentChecks || ctx.watchData) return {};
  const LinearAddr linear = linearAddress(ctx, seg, offset, size, write);
  u64 elements = std::min(want, (kPageSize - linear.pageOffset()) / size);
  if (insn.addrSize != 8) elements = std::min(elements, (addressMask(insn) - offset + 1) / size);
  if (!ctx.flatSegments) {
    const SegmentRegister& s = ctx.arch.segment[seg];
    const bool expandDown = (s.type() & 0xc) == 4;
    if (expandDown) return {};
    elements = std::min(elements, (u64{s.limit} + 1 - offset) / size);
  }
  if (elements < 2) return {};
  u8* host = hostPointer(ctx, linear, static_cast<u32>(elements * size), write);
  return host ? Run{host, elements} : Run{};
}

// The host's own string instructions: the same element order, so overlaps come out the same.
template <class T>
void copyElements(u8* to, const u8* from, u64 n) {
  if constexpr (sizeof(T) == 1) asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n)::"memory");
  if constexpr (sizeof(T) == 2) asm volatile("rep movsw" : "+D"(to), "+S"(from), "+c"(n)::"memory");
  if constexpr (sizeof(T) == 4) asm volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(n)::"memory");
  if constexpr (sizeof(T) == 8) asm volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(n)::"memory");
}

template <class T>
void fillElements(u8* to, T value, u64 n) {
  const u64 a = value;
  if constexpr (sizeof(T) == 1) asm volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(a) : "memory");
  if constexpr (sizeof(T) == 2) asm volatile("rep stosw" : "+D"(to), "+c"(n) : "a"(a) : "memory");
  if constexpr (sizeof(T) == 4) asm volatile("rep stosl" : "+D"(to), "+c"(n) : "a"(a) : "memory");
  if constexpr (sizeof(T) == 8) asm volatile("rep stosq" : "+D"(to), "+c"(n) : "a"(a) : "memory");
}

template <class T>
Progress moveSome(Context& ctx, const isa::Insn& insn, u64 max) {
  const isa::SegReg seg = insn.mem.segment;
  const u64 from = index(ctx, insn, kRsi), to = index(ctx, insn, kRdi);
  const Run source = findRun(ctx, insn, seg, from, sizeof(T), max, false);
  if (source.host) {
    const Run target = findRun(ctx, insn, isa::kEs, to, sizeof(T), source.elements, true);
    if (target.host) {
      copyElements<T>(target.host, source.host, target.elements);
      wrote(ctx, target.host, static_cast<u32>(target.elements * sizeof(T)));
      return {target.elements};
    }
  }
  store<T>(ctx, isa::kEs, to, load<T>(ctx, seg, from));
  return {1};
}

template <class T>
Progress fillSome(Context& ctx, const isa::Insn& insn, u64 max) {
  const T value = static_cast<T>(ctx.arch.gpr[kRax]);
  const u64 to = index(ctx, insn, kRdi);
  const Run target = findRun(ctx, insn, isa::kEs, to, sizeof(T), max, true);
  if (target.host) {
    fillElements<T>(target.host, value, target.elements);
    wrote(ctx, target.host, static_cast<u32>(target.elements * sizeof(T)));
    return {target.elements};
  }
  store<T>(ctx, isa::kEs, to, value);
  return {1};
}

template <class T>
Progress loadSome(Context& ctx, const isa::Insn& insn) {
  const u64 value = load<T>(ctx, insn.mem.segment, index(ctx, insn, kRsi));
  u64& rax = ctx.arch.gpr[kRax];
  rax = sizeof(T) >= 4 ? value : (rax & ~u64{static_cast<T>(~T{0})}) | value;
  return {1};
}

// The last pair compared. Flags are set once at the end: a fault leaves those from before the
// instruction (SDM vol. 2, REP). On AMD's processors a fault leaves those of the last comparison (seen on Zen 4).
template <class T>
struct Comparison {
  T x = 0, y = 0;
  bool any = false;
};

template <class T>
void setFlags(Context& ctx, const Comparison<T>& last) {
  if (last.any) ctx.flags.setSub<T>(last.x, last.y, static_cast<T>(last.x - last.y));
}

template <class T>
bool endsAt(const isa::Insn& insn, T x, T y) {
  return insn.has(isa::kPrefixRepne) ? x == y : x != y;
}

template <class T>
Progress compareSome(Context& ctx, const isa::Insn& insn, u64 max, Comparison<T>& last) {
  const isa::SegReg seg = insn.mem.segment;
  const u64 from = index(ctx, insn, kRsi), to = index(ctx, insn, kRdi);
  const Run a = findRun(ctx, insn, seg, from, sizeof(T), max, false);
  const Run b = a.host ? findRun(ctx, insn, isa::kEs, to, sizeof(T), a.elements, false) : Run{};
  if (!b.host) {
    const T x = load<T>(ctx, seg, from), y = load<T>(ctx, isa::kEs, to);
    last = {x, y, true};
    return {1, endsAt(insn, x, y)};
  }
  last.any = true;
  for (u64 i = 0; i < b.elements; ++i) {
    last.x = guestLoad<T>(a.host + i * sizeof(T));
    last.y = guestLoad<T>(b.host + i * sizeof(T));
    if (endsAt(insn, last.x, last.y)) return {i + 1, true};
  }
  return {b.elements};
}

template <class T>
Progress scanSome(Context& ctx, const isa::Insn& insn, u64 max, Comparison<T>& last) {
  const u64 at = index(ctx, insn, kRdi);
  const T x = static_cast<T>(ctx.arch.gpr[kRax]);
  const Run run = findRun(ctx, insn, isa::kEs, at, sizeof(T), max, false);
  if (!run.host) {
    const T y = load<T>(ctx, isa::kEs, at);
    last = {x, y, true};
    return {1, endsAt(insn, x, y)};
  }
  last = {x, 0, true};
  for (u64 i = 0; i < run.elements; ++i) {
    last.y = guestLoad<T>(run.host + i * sizeof(T));
    if (endsAt(insn, last.x, last.y)) return {i + 1, true};
  }
  return {run.elements};
}

// The port is read only when the destination can take the value: devices notice reads.
template <class T>
Progress inputOne(Context& ctx, const isa::Insn& insn, u16 port) {
  const u64 to = index(ctx, insn, kRdi);
  probeWrite(ctx, linearAddress(ctx, isa::kEs, to, sizeof(T), true), sizeof(T));
  store<T>(ctx, isa::kEs, to, static_cast<T>(portIn(ctx, port, sizeof(T))));
  return {1};
}

template <class T>
Progress outputOne(Context& ctx, const isa::Insn& insn, u16 port) {
  const u32 value = load<T>(ctx, insn.mem.segment, index(ctx, insn, kRsi));
  portOut(ctx, port, sizeof(T), value);
  return {1};
}

// Calls f.operator()<T>() with the element type of `size` bytes.
template <class Fn>
void withElement(unsigned size, Fn f) {
  switch (size) {
    case 1:
      return f.template operator()<u8>();
    case 2:
      return f.template operator()<u16>();
    case 4:
      return f.template operator()<u32>();
    default:
      return f.template operator()<u64>();
  }
}

// The element of INS and OUTS is 32 bits at most, whatever REX.W says.
template <class Fn>
void withPortElement(unsigned size, Fn f) {
  if (size == 1) return f.template operator()<u8>();
  if (size == 2) return f.template operator()<u16>();
  f.template operator()<u32>();
}

}  // namespace

void Movs::run(Context& ctx, const isa::Insn& insn) {
  withElement(insn.opSize, [&]<class T>() {
    repeat<kSource | kDestination>(ctx, insn, sizeof(T),
                                   [&](u64 max) { return moveSome<T>(ctx, insn, max); });
  });
}

void Stos::run(Context& ctx, const isa::Insn& insn) {
  withElement(insn.opSize, [&]<class T>() {
    repeat<kDestination>(ctx, insn, sizeof(T), [&](u64 max) { return fillSome<T>(ctx, insn, max); });
  });
}

void Lods::run(Context& ctx, const isa::Insn& insn) {
  withElement(insn.opSize, [&]<class T>() {
    repeat<kSource>(ctx, insn, sizeof(T), [&](u64) { return loadSome<T>(ctx, insn); });
  });
}

void Cmps::run(Context& ctx, const isa::Insn& insn) {
  withElement(insn.opSize, [&]<class T>() {
    Comparison<T> last;
    repeat<kSource | kDestination>(ctx, insn, sizeof(T), [&](u64 max) {
      if (ctx.amd) setFlags(ctx, last);
      return compareSome<T>(ctx, insn, max, last);
    });
    setFlags(ctx, last);
  });
}

void Scas::run(Context& ctx, const isa::Insn& insn) {
  withElement(insn.opSize, [&]<class T>() {
    Comparison<T> last;
    repeat<kDestination>(ctx, insn, sizeof(T), [&](u64 max) {
      if (ctx.amd) setFlags(ctx, last);
      return scanSome<T>(ctx, insn, max, last);
    });
    setFlags(ctx, last);
  });
}

void Ins::run(Context& ctx, const isa::Insn& insn) {
  withPortElement(insn.opSize, [&]<class T>() {
    const u16 port = static_cast<u16>(ctx.arch.gpr[kRdx]);
    checkPortAccess(ctx, port, sizeof(T));
    repeat<kDestination>(ctx, insn, sizeof(T), [&](u64) { return inputOne<T>(ctx, insn, port); });
  });
}

void Outs::run(Context& ctx, const isa::Insn& insn) {
  withPortElement(insn.opSize, [&]<class T>() {
    const u16 port = static_cast<u16>(ctx.arch.gpr[kRdx]);
    checkPortAccess(ctx, port, sizeof(T));
    repeat<kSource>(ctx, insn, sizeof(T), [&](u64) { return outputOne<T>(ctx, insn, port); });
  });
}

}  // namespace duet::tcg::sem
