// FXSAVE, FXRSTOR and the XSAVE family (SDM vol. 1 10.5 and chapter 13). A fault on the way leaves
// registers, and for stores also memory, as they were.
#include <bit>
#include <cstring>

#include "core/base/bits.h"
#include "cpu-tcg/helpers/fpu_error.h"
#include "cpu-tcg/helpers/fpu_state.h"
#include "cpu-tcg/helpers/operands.h"
#include "cpu-tcg/native/x87.h"
#include "cpu-tcg/runtime/memory.h"

namespace duet::tcg {

namespace {

constexpr u64 kCompacted = u64{1} << 63;
constexpr u32 kHeaderOffset = kXsaveLegacySize, kHeaderSize = 64,
              kExtendedOffset = kXsaveLegacySize + kHeaderSize;
constexpr u32 kAvxSize = 256, kPkruSize = 8;

bool rexW(const isa::Insn& insn) { return insn.has(isa::kPrefixRexW); }
unsigned vectorCount(const Context& ctx) { return ctx.codeMode == isa::CodeMode::Bits64 ? 16 : 8; }

void requireFxsave(Context& ctx) {
  ctx.xrstor.components &= ~(kXcr0X87 | kXcr0Sse);
  if (ctx.arch.cr0 & (kCr0Em | kCr0Ts)) raise(ctx, kExcNM);
}

void requireXsave(Context& ctx) {
  if (!(ctx.arch.cr4 & kCr4Osxsave)) raiseUd(ctx);
  if (ctx.arch.cr0 & kCr0Ts) raise(ctx, kExcNM);
}

LinearAddr xsaveOperand(Context& ctx, const isa::Insn& insn, bool write) {
  const LinearAddr at =
      linearAddress(ctx, insn.mem.segment, operandOffset(ctx, insn), kExtendedOffset, write);
  if (at.value & 63) raiseGp0(ctx);
  return at;
}

// Off its 16 bytes: #GP(0), or #AC when not even a doubleword would be aligned there. (SDM vol. 2 leaves it open.)
LinearAddr fxsaveOperand(Context& ctx, const isa::Insn& insn, bool write) {
  const LinearAddr at = linearAddress(ctx, insn.mem.segment, operandOffset(ctx, insn), 512, write);
  if (ctx.alignmentChecks && (at.value & 3)) raiseCode(ctx, kExcAC, 0);
  if (at.value & 15) raiseGp0(ctx);
  return at;
}

// What goes where in an XSAVE area. Offsets of components 2 and 9 depend on the format.
struct AreaLayout {
  u32 avx = kXsaveAvxOffset, pkru = kXsavePkruOffset;

  static AreaLayout compacted(u64 components) {
    AreaLayout l;
    l.avx = kExtendedOffset;
    l.pkru = components & kXcr0Avx ? kExtendedOffset + kAvxSize : kExtendedOffset;
    return l;
  }
};

// Pieces of an area to be written together: all are probed before the first one is.
struct Pieces {
  struct Piece {
    u32 offset;
    const void* data;
    u32 size;
  };
  Piece list[8];
  unsigned count = 0;

  void add(u32 offset, const void* data, u32 size) { list[count++] = {offset, data, size}; }
  void store(Context& ctx, LinearAddr base) const {
    for (unsigned i = 0; i < count; ++i) probeWrite(ctx, base + list[i].offset, list[i].size);
    for (unsigned i = 0; i < count; ++i) storeBytes(ctx, base + list[i].offset, list[i].data, list[i].size);
  }
};

// Register images that pieces point to.
struct Image {
  u8 legacy[512];
  u64 pkru;
  u64 header[2];  // XSTATE_BV, XCOMP_BV
};

void fillImage(Context& ctx, Image& image, LinearAddr base, bool wide) {
  const bool pointersStay = ctx.native.rules.saved == FpuRules::ErrorPointers::OnlyPending;
  if (pointersStay) loadBytes(ctx, base + kXsFop, image.legacy + kXsFop, kXsMxcsr - kXsFop);
  storeFxsaveX87(ctx.native, image.legacy, wide);
  const u32 mxcsr[2] = {ctx.native.guestMxcsr(), ctx.native.rules.mxcsrMask};
  std::memcpy(image.legacy + kXsMxcsr, mxcsr, 8);
  std::memcpy(image.legacy + kXsXmm0, ctx.native.xsave + kXsXmm0, 256);
  image.pkru = pkru(ctx);
}

void addComponents(Context& ctx, Pieces& pieces, const Image& image, u64 components, bool mxcsr,
                   const AreaLayout& l) {
  const u32 vectors = vectorCount(ctx) * 16;
  if (components & kXcr0X87) {
    pieces.add(0, image.legacy, kXsMxcsr);
    pieces.add(kXsSt0, image.legacy + kXsSt0, 128);
  }
  if (mxcsr) pieces.add(kXsMxcsr, image.legacy + kXsMxcsr, 8);
  if (components & kXcr0Sse) pieces.add(kXsXmm0, image.legacy + kXsXmm0, vectors);
  if (components & kXcr0Avx) pieces.add(l.avx, ctx.native.xsave + kXsYmmHigh, vectors);
  if (components & kXcr0Pkru) pieces.add(l.pkru, &image.pkru, kPkruSize);
}

u64 requestedFeatures(const Context& ctx) {
  return (ctx.arch.gpr[kRdx] << 32) | (ctx.arch.gpr[kRax] & 0xffffffff);
}

u64 loadHeaderWord(Context& ctx, LinearAddr base, unsigned word) {
  return loadLinear<u64>(ctx, base + (kHeaderOffset + 8 * word));
}

// Components that the last XRSTOR loaded from this very area and whose registers have not changed since.
u64 unmodified(const Context& ctx, LinearAddr base, u64 format) {
  const XrstorInfo& last = ctx.xrstor;
  const NativeState& n = ctx.native;
  if (last.linear != base.value || last.format != format || last.cpl != ctx.cpl) return 0;
  const auto same = [&](u32 from, u32 to) {
    return std::memcmp(n.xsave + from, last.legacy + from, to - from) == 0;
  };
  u64 components = 0;
  if (same(0, kXsMxcsr) && same(kXsSt0, kXsXmm0) && n.area<u32>(kXsFcs) == last.selectors)
    components |= kXcr0X87;
  if (same(kXsXmm0, kXsXmm0 + 256) && same(kXsMxcsr, kXsMxcsr + 4)) components |= kXcr0Sse;
  if (std::memcmp(n.xsave + kXsYmmHigh, last.ymmHigh, sizeof last.ymmHigh) == 0) components |= kXcr0Avx;
  if (pkru(ctx) == last.pkru) components |= kXcr0Pkru;
  return components & last.components;
}

void rememberRestore(Context& ctx, LinearAddr base, u64 format, u64 components) {
  const NativeState& n = ctx.native;
  XrstorInfo& last = ctx.xrstor;
  x87Release(ctx.native);
  last.linear = base.value;
  last.format = format;
  last.components = components;
  last.cpl = ctx.cpl;
  last.pkru = pkru(ctx);
  last.selectors = n.area<u32>(kXsFcs);
  std::memcpy(last.legacy, n.xsave, sizeof last.legacy);
  std::memcpy(last.ymmHigh, n.xsave + kXsYmmHigh, sizeof last.ymmHigh);
}

void saveStandard(Context& ctx, const isa::Insn& insn, bool optimized) {
  requireXsave(ctx);
  const LinearAddr base = xsaveOperand(ctx, insn, true);
  const u64 requested = requestedFeatures(ctx) & ctx.arch.xcr0;
  const u64 inUse = componentsInUse(ctx) & requested;
  Image image;
  fillImage(ctx, image, base, rexW(insn));
  image.header[0] = (loadHeaderWord(ctx, base, 0) & ~requested) | inUse;
  Pieces pieces;
  const bool mxcsr = requested & (kXcr0Sse | kXcr0Avx);
  const u64 written = optimized ? inUse & ~unmodified(ctx, base, 0) : requested;
  addComponents(ctx, pieces, image, written, mxcsr, AreaLayout{});
  pieces.add(kHeaderOffset, image.header, 8);
  pieces.store(ctx, base);
}

// XSAVEC and XSAVES. MXCSR belongs to SSE here and makes it "in use" by itself.
void saveCompacted(Context& ctx, const isa::Insn& insn, u64 enabled, bool optimized) {
  requireXsave(ctx);
  const LinearAddr base = xsaveOperand(ctx, insn, true);
  const u64 requested = requestedFeatures(ctx) & enabled;
  u64 inUse = componentsInUse(ctx);
  if (ctx.native.guestMxcsr() != kMxcsrDefault) inUse |= kXcr0Sse;
  inUse &= requested;
  Image image;
  fillImage(ctx, image, base, rexW(insn));
  image.header[0] = inUse;
  image.header[1] = requested | kCompacted;
  Pieces pieces;
  const u64 written = optimized ? inUse & ~unmodified(ctx, base, image.header[1]) : inUse;
  addComponents(ctx, pieces, image, written, written & kXcr0Sse, AreaLayout::compacted(requested));
  pieces.add(kHeaderOffset, image.header, 16);
  pieces.store(ctx, base);
}

// Everything a restore needs, read and checked before any register changes.
struct Restore {
  u64 requested = 0;  // RFBM
  u64 present = 0;    // XSTATE_BV
  bool mxcsrFromMemory = false;
  u32 mxcsr = 0;
  u8 legacy[416] = {};
  u8 avx[kAvxSize] = {};
  u64 pkru = 0;
};

void checkStandardHeader(Context& ctx, const u64 (&header)[8]) {
  if ((header[0] & ~ctx.arch.xcr0) || header[1] != 0 || header[2] != 0) raiseGp0(ctx);
}

void checkCompactedHeader(Context& ctx, const u64 (&header)[8], u64 enabled) {
  const u64 format = header[1] & ~kCompacted;
  if ((format & ~enabled) || (header[0] & ~format)) raiseGp0(ctx);
  for (unsigned i = 2; i < 8; ++i)
    if (header[i] != 0) raiseGp0(ctx);
}

void readComponents(Context& ctx, LinearAddr base, Restore& r, const AreaLayout& l, bool compacted) {
  const u32 vectors = vectorCount(ctx) * 16;
  const u64 wanted = r.requested & r.present;
  if (wanted & kXcr0X87) {
    loadBytes(ctx, base, r.legacy, kXsMxcsr);
    loadBytes(ctx, base + kXsSt0, r.legacy + kXsSt0, 128);
  }
  if (wanted & kXcr0Sse) loadBytes(ctx, base + kXsXmm0, r.legacy + kXsXmm0, vectors);
  if (wanted & kXcr0Avx) loadBytes(ctx, base + l.avx, r.avx, vectors);
  if (wanted & kXcr0Pkru) loadBytes(ctx, base + l.pkru, &r.pkru, kPkruSize);
  // In standard form MXCSR comes from memory whatever XSTATE_BV says (SDM vol. 1 13.8.1).
  r.mxcsrFromMemory = compacted ? (wanted & kXcr0Sse) != 0 : (r.requested & (kXcr0Sse | kXcr0Avx)) != 0;
  if (!r.mxcsrFromMemory) return;
  r.mxcsr = loadLinear<u32>(ctx, base + kXsMxcsr);
  if (r.mxcsr & ~ctx.native.rules.mxcsrMask) raiseGp0(ctx);
}

void commitRestore(Context& ctx, const Restore& r, bool wide) {
  NativeState& n = ctx.native;
  const u32 vectors = vectorCount(ctx) * 16;
  const u64 loaded = r.requested & r.present;
  const u64 initialized = r.requested & ~r.present;
  // Outside 64-bit mode the upper eight vector registers are left alone.
  if (initialized & kXcr0X87) initializeComponents(ctx, kXcr0X87);
  if (initialized & kXcr0Sse) {
    std::memset(n.xsave + kXsXmm0, 0, vectors);
    n.setGuestMxcsr(kMxcsrDefault);
  }
  if (initialized & kXcr0Avx) std::memset(n.xsave + kXsYmmHigh, 0, vectors);
  if (loaded & kXcr0X87) loadFxsaveX87(n, r.legacy, wide);
  if (loaded & kXcr0Sse) std::memcpy(n.xsave + kXsXmm0, r.legacy + kXsXmm0, vectors);
  if (loaded & kXcr0Avx) std::memcpy(n.xsave + kXsYmmHigh, r.avx, vectors);
  if (r.mxcsrFromMemory) n.setGuestMxcsr(r.mxcsr);
  if (r.requested & kXcr0Pkru) setPkru(ctx, loaded & kXcr0Pkru ? static_cast<u32>(r.pkru) : 0);
}

void restore(Context& ctx, const isa::Insn& insn, u64 enabled, bool mustBeCompacted) {
  requireXsave(ctx);
  const LinearAddr base = xsaveOperand(ctx, insn, false);
  u64 header[8];
  loadBytes(ctx, base + kHeaderOffset, header, sizeof header);
  const bool compacted = header[1] & kCompacted;
  if (compacted ? !ctx.env->model.has(Feature::Xsavec) : mustBeCompacted) raiseGp0(ctx);
  if (compacted)
    checkCompactedHeader(ctx, header, enabled);
  else
    checkStandardHeader(ctx, header);
  Restore r;
  r.requested = requestedFeatures(ctx) & enabled;
  r.present = header[0];
  readComponents(ctx, base, r, compacted ? AreaLayout::compacted(header[1]) : AreaLayout{}, compacted);
  commitRestore(ctx, r, rexW(insn));
  rememberRestore(ctx, base, header[1], r.requested);
  x87ErrorMayBeGone(ctx);
}

// EFER.FFXSR (APM vol. 2 11.4.4): FXSAVE and FXRSTOR leave the vector registers out, MXCSR not.
u32 fxsaveSize(const Context& ctx) {
  const bool fast = (ctx.arch.msr.efer & kEferFfxsr) && ctx.cpl == 0 && vectorCount(ctx) == 16;
  return kXsXmm0 + (fast ? 0 : vectorCount(ctx) * 16);
}

}  // namespace

void Fxsave::run(Context& ctx, const isa::Insn& insn) {
  requireFxsave(ctx);
  const LinearAddr base = fxsaveOperand(ctx, insn, true);
  Image image;
  fillImage(ctx, image, base, rexW(insn));
  storeBytes(ctx, base, image.legacy, fxsaveSize(ctx));
}

void Fxrstor::run(Context& ctx, const isa::Insn& insn) {
  requireFxsave(ctx);
  const LinearAddr base = fxsaveOperand(ctx, insn, false);
  u8 image[416] = {};
  const u32 size = fxsaveSize(ctx);
  loadBytes(ctx, base, image, size);
  u32 mxcsr;
  std::memcpy(&mxcsr, image + kXsMxcsr, 4);
  if (mxcsr & ~ctx.native.rules.mxcsrMask) raiseGp0(ctx);
  loadFxsaveX87(ctx.native, image, rexW(insn));
  x87ErrorMayBeGone(ctx);
  if (!(ctx.arch.cr4 & kCr4Osfxsr)) return;
  ctx.native.setGuestMxcsr(mxcsr);
  std::memcpy(ctx.native.xsave + kXsXmm0, image + kXsXmm0, size - kXsXmm0);
}

void Xsave::run(Context& ctx, const isa::Insn& insn) { saveStandard(ctx, insn, false); }
void Xsaveopt::run(Context& ctx, const isa::Insn& insn) { saveStandard(ctx, insn, true); }
void Xsavec::run(Context& ctx, const isa::Insn& insn) { saveCompacted(ctx, insn, ctx.arch.xcr0, false); }
void Xsaves::run(Context& ctx, const isa::Insn& insn) {
  saveCompacted(ctx, insn, ctx.arch.xcr0 | ctx.arch.msr.xss, true);
}
void Xrstor::run(Context& ctx, const isa::Insn& insn) { restore(ctx, insn, ctx.arch.xcr0, false); }
void Xrstors::run(Context& ctx, const isa::Insn& insn) {
  restore(ctx, insn, ctx.arch.xcr0 | ctx.arch.msr.xss, true);
}

}  // namespace duet::tcg
