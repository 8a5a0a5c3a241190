#include "tools/diff/host/case_codec.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "tools/diff/case/user_world.h"

namespace duet::diff::host {
namespace {

// ucontext's registers by number (sys/ucontext.h), in the order of GprIndex.
constexpr u8 kContextGpr[16] = {13, 14, 12, 11, 15, 10, 9, 8, 0, 1, 2, 3, 4, 5, 6, 7};
enum ContextRegister : u8 {
  kContextRip = 16,
  kContextFlags,
  kContextSelectors,
  kContextError,
  kContextTrap,
  kContextCr2 = 22
};

constexpr u64 kState = kXcr0X87 | kXcr0Sse | kXcr0Avx;
constexpr u32 kHeader = kXsaveLegacySize, kAvxSize = 256;
// Of the legacy area: what the processor reads and writes; the rest is the program's own.
constexpr u32 kLegacyUsed = 416, kMxcsrMask = 28;

bool canonical(u64 a) { return static_cast<u64>(static_cast<i64>(a << 16) >> 16) == a; }

u64 stateBits(const u8* xsave) {
  u64 bits;
  std::memcpy(&bits, xsave + kHeader, sizeof(bits));
  return bits;
}

u8* putPatches(const Case& c, const PageTable& pages, u8* p, const u8* end, u32& count) {
  for (const Piece& piece : c.pieces) {
    for (size_t done = 0; done < piece.bytes.size();) {
      const PageTable::Place place = pages.find(piece.address + done);
      const Patch patch{place.offset, static_cast<u32>(std::min<u64>(place.room, piece.bytes.size() - done))};
      if (static_cast<u64>(end - p) < patch.space()) return nullptr;
      std::memcpy(p, &patch, sizeof(patch));
      std::memcpy(p + sizeof(patch), piece.bytes.data() + done, patch.length);
      p += patch.space();
      done += patch.length;
      ++count;
    }
  }
  return p;
}

// A data segment register after the case; nothing: it holds a descriptor that the world does not have.
std::optional<SegmentRegister> segmentAfter(u16 selector, u64 base, bool ownBase) {
  // The kernel's IRET to the handler has made 0 of a null selector with an RPL (SDM vol. 2, IRET).
  if (selector < 4) return SegmentRegister{0, ownBase ? base : 0, 0, kSegUnusable};
  for (const Descriptor& d : userDescriptors()) {
    if ((d.selector ^ selector) & ~3u) continue;
    SegmentRegister s = userSegment(d.selector);
    s.selector = selector;
    if (ownBase) s.base = base;
    return s;
  }
  return std::nullopt;
}

bool segmentsAfter(World world, const OutcomeRecord& r, CpuState& s) {
  const u64 selectors = r.registers[kContextSelectors];
  // In compatibility mode a base is the descriptor's, and that of a null selector cannot be seen.
  const bool wide = world == World::User64;
  const struct {
    SegmentIndex index;
    u16 selector;
    u64 base;
    bool ownBase;
  } all[] = {{kSegCs, static_cast<u16>(selectors), 0, false},
             {kSegSs, static_cast<u16>(selectors >> 48), 0, false},
             {kSegDs, r.ds, 0, false},
             {kSegEs, r.es, 0, false},
             {kSegFs, r.fs, r.fsBase, wide},
             {kSegGs, r.gs, r.gsBase, wide}};
  for (const auto& one : all) {
    const auto segment = segmentAfter(one.selector, one.base, one.ownBase);
    if (!segment) return false;
    s.segment[one.index] = *segment;
  }
  return true;
}

// x87, SSE and AVX of the frame into the state, in one form whatever the processor held in its initial state: XSTATE_BV
// names x87 and SSE, and AVX if the processor has it on.
void xsaveAfter(const OutcomeRecord& r, CpuState& s) {
  const u64 inUse = stateBits(r.xsave);
  u8* x = s.xsave.data();
  u32 maskOfMxcsr;  // a property of the processor, not state
  std::memcpy(&maskOfMxcsr, x + kMxcsrMask, sizeof(maskOfMxcsr));
  std::memcpy(x, r.xsave, kLegacyUsed);
  std::memcpy(x + kMxcsrMask, &maskOfMxcsr, sizeof(maskOfMxcsr));
  if (!(inUse & kXcr0X87)) {
    std::memset(x, 0, 24);
    std::memset(x + 32, 0, 128);
    x[0] = 0x7f, x[1] = 3;  // FCW of FNINIT
  }
  if (!(inUse & kXcr0Sse)) std::memset(x + 160, 0, 256);
  const bool avx = r.stateSize >= kXsaveAvxOffset + kAvxSize;
  const u64 bits = avx ? kState : kXcr0X87 | kXcr0Sse;
  std::memset(x + kHeader, 0, 64);
  std::memcpy(x + kHeader, &bits, sizeof(bits));
  if (avx && inUse & kXcr0Avx) {
    std::memcpy(x + kXsaveAvxOffset, r.xsave + kXsaveAvxOffset, kAvxSize);
  } else {
    std::memset(x + kXsaveAvxOffset, 0, kAvxSize);
  }
}

RaisedException raised(const OutcomeRecord& r) {
  RaisedException e;
  e.vector = static_cast<u8>(r.registers[kContextTrap]);
  e.hasErrorCode = (e.vector >= kExcTS && e.vector <= kExcPF) || e.vector == kExcAC;
  if (!e.hasErrorCode) return e;
  e.errorCode = static_cast<u32>(r.registers[kContextError]);
  // Linux hides from a process what is mapped in the kernel's half: it always says P. The world has no page there.
  constexpr u64 kUserEnd = 0x7ffffffff000;
  if (e.vector == kExcPF && r.registers[kContextCr2] >= kUserEnd) e.errorCode &= ~u32{kPfPresent};
  return e;
}

std::string whyUnsupported(const OutcomeRecord& r) {
  if (r.ended == Ended::Refused)
    return "the processor does not take this start state from IRET, XRSTOR or MOV to a segment";
  if (r.signal == SIGSYS) return "it makes a system call";
  if (r.stateSize == 0) return "its signal frame has no XSAVE image";
  if (stateBits(r.xsave) & ~(kState | kXcr0Pkru)) return "it uses vector state beyond AVX";
  return {};
}

// Words in order of offset to maximal runs of changed bytes within a page.
std::vector<Piece> writesOf(const u8* words, u32 count, const PageTable& pages) {
  std::vector<Piece> writes;
  u64 end = ~u64{0};  // offset after the run that grows
  for (u32 i = 0; i < count; ++i) {
    ChangedWord w;
    std::memcpy(&w, words + i * sizeof(w), sizeof(w));
    for (unsigned b = 0; b < 8; ++b) {
      if (!((w.before ^ w.after) >> 8 * b & 0xff)) continue;
      const u64 offset = w.offset + b;
      if (offset != end || offset % kPageSize == 0) writes.push_back({pages.addressOf(offset), {}});
      writes.back().bytes.push_back(static_cast<u8>(w.after >> 8 * b));
      end = offset + 1;
    }
  }
  return writes;
}

// Whether offsets are in order and within the pages: the code under test may have reached the shared memory.
bool sound(const u8* words, u32 count, u64 pageBytes) {
  u64 least = 0;
  for (u32 i = 0; i < count; ++i) {
    ChangedWord w;
    std::memcpy(&w, words + i * sizeof(w), sizeof(w));
    if (w.offset < least || w.offset >= pageBytes || w.offset % 8) return false;
    least = w.offset + 8;
  }
  return true;
}

}  // namespace

std::string unfit(const Case& c, const PageTable& pages) {
  if (c.world == World::System) return "the host's processor runs user code only";
  if (!canonical(c.start.rip)) return "it begins at a non-canonical address";
  u64 size = sizeof(Start);
  for (const Piece& piece : c.pieces) {
    size += piece.bytes.size() + 2 * sizeof(Patch) * (2 + piece.bytes.size() / kPageSize);
    for (u64 done = 0; done < piece.bytes.size();) {
      const u32 room = pages.find(piece.address + done).room;
      if (room == 0) return fmt::format("its piece at {:#x} is not all in its memory", piece.address);
      done += room;
    }
  }
  if (size > kCasesSize) return "its pieces have too many bytes";
  return {};
}

u64 encode(const Case& c, const PageTable& pages, u8* to, u64 room) {
  if (room < sizeof(Start)) return 0;
  Start& s = *new (to) Start;
  const CpuState& from = c.start;
  std::memcpy(s.xsave, from.xsave.data(), sizeof(s.xsave));
  const u64 bits = stateBits(s.xsave) & kState;
  std::memset(s.xsave + kHeader, 0, 64);
  std::memcpy(s.xsave + kHeader, &bits, sizeof(bits));
  s.fsBase = from.segment[kSegFs].base;
  s.gsBase = from.segment[kSegGs].base;
  s.ds = from.segment[kSegDs].selector;
  s.es = from.segment[kSegEs].selector;
  s.fs = from.segment[kSegFs].selector;
  s.gs = from.segment[kSegGs].selector;
  unsigned n = 0;
  for (unsigned i = 0; i < 16; ++i)
    if (i != kRsp) s.gpr[n++] = from.gpr[i];
  s.rsp = from.gpr[kRsp];
  s.rip = from.rip;
  s.cs = from.segment[kSegCs].selector;
  s.ss = from.segment[kSegSs].selector;
  s.rflags = (from.rflags & kUserFlags) | 2 | kFlagIf;
  s.patches = 0;
  u8* end = putPatches(c, pages, to + sizeof(Start), to + room, s.patches);
  if (!end) return 0;
  end = to + ((static_cast<u64>(end - to) + 63) & ~u64{63});
  s.size = static_cast<u32>(end - to);
  return s.size > room ? 0 : s.size;
}

u64 decode(const Case& c, const PageTable& pages, const u8* from, u64 room, Outcome& outcome) {
  if (room < sizeof(OutcomeRecord)) return 0;
  OutcomeRecord r;
  std::memcpy(&r, from, sizeof(r));
  const u8* words = from + sizeof(r);
  if (r.words > (room - sizeof(r)) / sizeof(ChangedWord) || !sound(words, r.words, pages.bytes())) return 0;
  const u64 size = sizeof(r) + r.words * sizeof(ChangedWord);
  outcome.why = whyUnsupported(r);
  outcome.ending = !outcome.why.empty()        ? Ending::Unsupported
                   : r.ended == Ended::Looping ? Ending::Steps
                                               : Ending::Exception;
  outcome.exception = outcome.ending == Ending::Exception ? raised(r) : RaisedException{};
  outcome.after = c.start;
  outcome.writes.clear();
  if (outcome.ending == Ending::Unsupported) return size;
  CpuState& s = outcome.after;
  for (unsigned i = 0; i < 16; ++i) s.gpr[i] = r.registers[kContextGpr[i]];
  s.rip = r.registers[kContextRip];
  s.rflags = r.registers[kContextFlags];
  if (outcome.exception.vector == kExcPF) s.cr2 = r.registers[kContextCr2];
  xsaveAfter(r, s);
  outcome.writes = writesOf(words, r.words, pages);
  if (segmentsAfter(c.world, r, s)) return size;
  outcome = {};
  outcome.why = "it loaded a descriptor that the world does not have";
  return size;
}

}  // namespace duet::diff::host
