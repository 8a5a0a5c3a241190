#include "tools/diff/system/system_builder.h"

#include <algorithm>
#include <cstring>

#include "core/base/assert.h"
#include "core/base/bits.h"
#include "core/cpu/registers.h"
#include "tools/diff/case/descriptor.h"
#include "tools/diff/generate/values.h"
#include "tools/diff/system/places.h"

namespace duet::diff {
namespace {

using namespace stage;

Target inMode(Target target, SystemMode mode) {
  target.world = World::System;
  target.systemMode = mode;
  return target;
}

Paging choose(SystemMode mode, Random& random) {
  if (isLong(mode)) return Paging::Long;
  if (mode == SystemMode::Real16) return Paging::None;
  static constexpr Paging kAll[] = {Paging::None, Paging::Bits32, Paging::Bits32, Paging::Pae};
  return random.of(kAll);
}

}  // namespace

std::span<const Cr4Bit> cr4Bits() {
  static constexpr Cr4Bit kBits[] = {
      {kCr4Vme, Feature::Vme},        {kCr4Pvi, Feature::Vme},   {kCr4Tsd, Feature::Tsc},
      {kCr4De, Feature::De},          {kCr4Pse, Feature::Pse},   {kCr4Mce, Feature::Mce},
      {kCr4Pge, Feature::Pge},        {kCr4Pce, Feature::Base},  {kCr4Osfxsr, Feature::Fxsr},
      {kCr4Osxmmexcpt, Feature::Sse}, {kCr4Umip, Feature::Umip}, {kCr4Fsgsbase, Feature::Fsgsbase},
      {kCr4Osxsave, Feature::Xsave},  {kCr4Smep, Feature::Smep}, {kCr4Smap, Feature::Smap},
      {kCr4Pke, Feature::Pku}};
  return kBits;
}

SystemBuilder::SystemBuilder(const Target& target, const Setting& setting, u64 seed, GeneratedCase& out)
    : RegisterChoice(out.c.start, setting.mode == SystemMode::Long64, seed),
      target_(inMode(target, setting.mode)),
      setting_(setting),
      out_(out) {
  out_.count = 0;
  out_.c.world = World::System;
  out_.c.pieces.clear();
  paging_ = choose(setting.mode, random_);
  start_ = systemState(setting.mode, setting.cpl, paging_);
  decided_ = 1u << kRsp;
  chooseControl();
  chooseFlags();
  chooseSegments();
  chooseTables();
  chooseRegisters();
  chooseCode();
}

void SystemBuilder::chooseControl() {
  const auto sometimes = [this](u64 bit, unsigned n) { return random_.oneIn(n) ? bit : 0; };
  start_.cr0 |= sometimes(kCr0Wp, 2) | (target_.alignmentChecks ? sometimes(kCr0Am, 2) : 0) |
                sometimes(kCr0Mp, 2) | sometimes(kCr0Ts, 12) | sometimes(kCr0Em, 16);
  for (const Cr4Bit& b : cr4Bits())
    if (has(b.feature)) start_.cr4 |= sometimes(b.bit, b.bit == kCr4Pke ? 4 : 2);
  if (paging_ == Paging::Bits32) start_.cr4 |= kCr4Pse;  // the stage has a large page
  if (isLong(setting_.mode) && has(Feature::Pcid) && random_.oneIn(4)) {
    start_.cr4 |= kCr4Pcide;
    start_.cr3 |= random_.below(4);
  }
  if (has(Feature::Syscall)) start_.msr.efer |= sometimes(kEferSce, 2);
  if (has(Feature::Nx)) start_.msr.efer |= random_.oneIn(4) ? 0 : u64{kEferNxe};
  if (start_.cr4 & kCr4Osxsave) start_.xcr0 = has(Feature::Avx) ? 7 : 3;
}

void SystemBuilder::chooseFlags() {
  const u64 chance = random_();
  start_.rflags |= (chance & kFlagsArithmetic) | (chance >> 20 & kFlagIopl);
  const auto sometimes = [&](u64 flag, unsigned at, unsigned mask) {
    if ((chance >> at & mask) == 0) start_.rflags |= flag;
  };
  sometimes(kFlagIf, 40, 1);
  sometimes(kFlagDf, 41, 3);
  sometimes(kFlagNt, 43, 7);
  // With AC set, SMAP lets the supervisor through, whether alignment is checked or not.
  sometimes(kFlagAc, 46, 3);
  sometimes(kFlagRf, 48, 15);
  sometimes(kFlagTf, 52, 31);
  sometimes(kFlagId, 57, 3);
}

void SystemBuilder::chooseSegments() {
  static constexpr SegmentIndex kData[] = {kSegDs, kSegEs, kSegFs, kSegGs};
  for (const SegmentIndex segment : kData) {
    if (!random_.oneIn(3) || (!target_.segmentChecks && isProtected(setting_.mode))) continue;
    SegmentRegister& r = start_.segment[segment];
    if (!isProtected(setting_.mode)) {
      static constexpr u16 kSelectors[] = {0x900, 0xa00, 0xb00, 0x10};
      r.selector = random_.of(kSelectors);
      r.base = u64{r.selector} << 4;
      continue;
    }
    static constexpr u16 kSelectors[] = {
        37 * 8, 42 * 8, selectorOf(3, kExpandDown), selectorOf(3, kReadOnlyData), selectorOf(3, kData16), 0};
    const u16 selector = random_.of(kSelectors);
    r = selector ? loadedSegment(selector | 3u, descriptorAt(selector))
                 : SegmentRegister{static_cast<u16>(random_.below(4)), 0, 0, kSegUnusable};
    if (setting_.mode == SystemMode::Long64 && segment >= kSegFs && random_.oneIn(2))
      r.base = random_.oneIn(2) ? 0x1000 : kHighAlias;
  }
}

void SystemBuilder::chooseTables() {
  if (random_.oneIn(24)) start_.idtr.limit = random_.below(0x30) * 8 + 7;
  if (random_.oneIn(24)) start_.gdtr.limit = random_.below(60) * 8 + 7;
  if (!isProtected(setting_.mode)) return;
  if (random_.oneIn(8)) start_.ldtr = {0, 0, 0, kSegUnusable};
  // Of the task that is left, and of those that may be switched to.
  const u16 link = random_.oneIn(2) ? 52 * 8 : anySelector();
  addNumber(isLong(setting_.mode) ? kTss64 : kTss32, link, 2);
  if (paged()) addNumber(kOtherTss32 + 28, start_.cr3, 4);
}

void SystemBuilder::chooseRegisters() {
  ModelSpecificRegisters& m = start_.msr;
  const u64 target = kKernelCode + 0xe00 + random_.below(0x80);
  m.star = u64{selectorOf(0, kCode32)} << 32 | u64{selectorOf(3, kCode32) | 3u} << 48 | target;
  if (has(Feature::Lm)) {
    m.lstar = target;
    m.cstar = target + 0x10;
    m.sfmask = random_.oneIn(2) ? random_() & 0x257fd5 : 0;
    m.kernelGsBase = random_.oneIn(2) ? 0x1000 : kHighAlias + 0x2000;
  }
  if (has(Feature::Sep)) {
    m.sysenterCs = random_.oneIn(6) ? random_.below(4) : selectorOf(0, kCode32);
    m.sysenterEip = target;
    m.sysenterEsp = stage::kStacks + 0x800;
  }
  start_.cr2 = 0x1230;
  if (random_.oneIn(8)) start_.gpr[kRsp] += random_.below(16);
  if (random_.oneIn(16)) start_.gpr[kRsp] = (setting_.cpl == 3 ? kUserData0 : kStacks) + random_.below(24);
}

// Mostly inside a page; else so that an instruction may run over its end, or where the privilege is another.
void SystemBuilder::chooseCode() {
  static constexpr u64 kCodeAliases[] = {kAliases + 0x3000, kAliases + 0x6000, kAliases + 0x7000};
  const u64 own = setting_.cpl == 3 ? kUserCode : kKernelCode,
            other = setting_.cpl == 3 ? kKernelCode : kUserCode;
  start_.rip = own + 0x100 + random_.below(0x800);
  if (random_.oneIn(40)) start_.rip = own + 0x1000 - 1 - random_.below(8);
  if (random_.oneIn(40)) start_.rip = other + 0x100;
  if (random_.oneIn(60) && paged() && target_.mode() != tcg::isa::CodeMode::Bits16)
    start_.rip = kCodeAliases[random_.below(3)] + 0x100;
}

u64 SystemBuilder::linear(tcg::isa::SegReg segment, u64 offset) const {
  const bool flat = wide_ && segment < tcg::isa::kFs;
  const u64 address = (flat ? 0 : start_.segment[segment].base) + offset;
  return wide_ ? address : address & 0xffffffff;
}

std::optional<u64> SystemBuilder::reach(tcg::isa::SegReg segment, unsigned addressSize, unsigned size) {
  const u64 place = stagePlace({.size = size,
                                .paged = paged(),
                                .wide = wide_ && addressSize == 8,
                                .narrow = addressSize == 2,
                                .wraps = target_.segmentChecks},
                               random_);
  u64 offset = place - linear(segment, 0);
  if (!wide_) offset &= 0xffffffff;
  if (offset & ~lowMask(8 * addressSize)) return std::nullopt;
  const SegmentRegister& s = start_.segment[segment];
  if (!target_.segmentChecks && !(wide_ && s.usable()) && offset + size - 1 > s.limit) return std::nullopt;
  touch(segment, addressSize, size, offset);
  return offset;
}

// The first byte, and the last one where it lies in another page. Written where writing is mostly possible: a touch that faults is the
// end of the case.
void SystemBuilder::touch(tcg::isa::SegReg segment, unsigned addressSize, unsigned size, u64 offset) {
  const auto one = [&](u64 at) {
    const u64 page = linear(segment, at) & ~u64{0xfff};
    const bool kernels = page == kStacks || page == kKernelData;
    const bool writable = page == kUserData0 || page == kUserData1 || (kernels && setting_.cpl < 3);
    touches_.add({segment, addressSize, at, writable && !random_.oneIn(8)});
  };
  if (!touches_.wanted() || (!wide_ && !start_.segment[segment].usable())) return;
  one(offset);
  if ((offset ^ (offset + size - 1)) >> 12 && random_.oneIn(2)) one(offset + size - 1);
}

void SystemBuilder::touchStack() {
  const unsigned size = wide_ ? 8 : start_.segment[kSegSs].attributes & kSegDb ? 4 : 2;
  touch(tcg::isa::kSs, size, 1, (start_.gpr[kRsp] - 1) & lowMask(8 * size));
}

void SystemBuilder::addInstruction(const Draft& draft) {
  DUET_ASSERT(out_.count < kMostInstructions && codeSize_ + 16 <= code_.size());
  FormKey form = formOf(draft.insn, target_);
  form.cpl = setting_.cpl;
  out_.made[out_.count++] = {
      .form = form, .address = here(), .length = draft.insn.length, .operand = draft.operand};
  std::copy_n(draft.bytes, draft.insn.length, code_.begin() + codeSize_);
  codeSize_ += draft.insn.length;
}

// What lies behind the linear addresses that do not stand for themselves.
u64 SystemBuilder::behind(u64 address) const {
  if (!paged()) return address;
  if (wide_ && address >= kHighAlias) address -= kHighAlias;
  const u64 large = paging_ == Paging::Bits32 ? kLargeAlias32 : kLargeAliasPae;
  if (address >= large && address < large + kAliasesEnd) return address - large;
  static constexpr u32 kBehind[] = {kUserData0, kUserData0, kUserData1,  kUserCode,
                                    kUserData0, kUserData0, kKernelCode, kUserCode};
  if (address >= kAliases && address < kAliasesEnd)
    return kBehind[(address - kAliases) >> 12] + (address & 0xfff);
  return address;
}

void SystemBuilder::addData(u64 linear, std::span<const u8> bytes) {
  const u64 address = behind(linear);
  if (address >= kAliasesEnd || address + bytes.size() > kAliasesEnd || bytes.empty()) return;
  out_.c.pieces.push_back({address, {bytes.begin(), bytes.end()}});
}

void SystemBuilder::addNumber(u64 address, u64 value, unsigned size) {
  u8 bytes[8];
  std::memcpy(bytes, &value, 8);
  addData(address, {bytes, size});
}

void SystemBuilder::addStack(std::span<const u64> slots, unsigned size) {
  if (!isKnown(kRsp)) return;
  const SegmentRegister& ss = start_.segment[kSegSs];
  const u64 mask = wide_ ? ~u64{0} : ss.attributes & kSegDb ? 0xffffffff : 0xffff;
  u64 at = linear(tcg::isa::kSs, gpr(kRsp) & mask);
  for (const u64 slot : slots) {
    addNumber(at, slot, size);
    at += size;
  }
}

u16 SystemBuilder::anySelector() {
  if (random_.oneIn(10)) return static_cast<u16>(random_.below(4));
  if (random_.oneIn(16)) return static_cast<u16>(random_());
  const auto all = selectors();
  const u16 selector = all[random_.below(static_cast<unsigned>(all.size()))];
  return static_cast<u16>(selector | (random_.oneIn(2) ? setting_.cpl : random_.below(4)));
}

u16 SystemBuilder::dataSelector() {
  if (random_.oneIn(3)) return anySelector();
  static constexpr Kind kData[] = {kData32, kData16, kExpandDown, kReadOnlyData, kCode32, kConforming};
  const unsigned dpl = random_.oneIn(2) ? setting_.cpl : random_.below(4);
  return static_cast<u16>(selectorOf(dpl, random_.of(kData)) |
                          (random_.oneIn(3) ? random_.below(4) : setting_.cpl));
}

u16 SystemBuilder::codeSelector() {
  if (random_.oneIn(5)) return anySelector();
  if (random_.oneIn(4)) {
    const auto gates = gateSelectors();
    return static_cast<u16>(gates[random_.below(static_cast<unsigned>(gates.size()))] | random_.below(4));
  }
  static constexpr Kind kCode[] = {kCode32, kCode64, kCode16, kConforming};
  const unsigned dpl = random_.oneIn(2) ? setting_.cpl : random_.below(4);
  return static_cast<u16>(selectorOf(dpl, random_.of(kCode)) | (random_.oneIn(4) ? random_.below(4) : dpl));
}

u64 SystemBuilder::entryOf(u16 selector) {
  if (!isProtected(setting_.mode)) {
    const u64 page = setting_.cpl == 3 ? kUserCode : kKernelCode;
    return page + 0xe00 + random_.below(0x80) - (u64{selector} << 4);
  }
  const bool user = (descriptorAt(static_cast<u16>(selector & ~3u)) >> 45 & 3) == 3;
  const u64 usual = (user ? kUserCode : kKernelCode) + 0xe00 + random_.below(0x80);
  switch (random_.below(24)) {
    case 0:
      return wide_ ? 0x0000800000000000 : 0xfffffff0;
    case 1:
      return (user ? kKernelCode : kUserCode) + 0xe00;
    case 2:
      return kUserNoExecute + 0x10;
    default:
      return usual;
  }
}

u64 SystemBuilder::anyFlags() {
  u64 flags = (random_() & (kFlagsArithmetic | kFlagIf | kFlagDf | kFlagIopl | kFlagId)) | 2;
  static constexpr u64 kRare[] = {kFlagNt,  kFlagRf,  kFlagAc,      kFlagTf,
                                  kFlagVif, kFlagVip, u64{1} << 15, kFlagVm};
  for (const u64 flag : kRare)
    if (random_.oneIn(8)) flags |= flag;
  return flags;
}

void SystemBuilder::finish() {
  for (unsigned n = 0; n < (wide_ ? 16u : 8u); ++n)
    if (!isDecided(n)) decide(n, edgeInteger(random_));
  touchStack();
  std::vector<u8> code = touches_.before(start_, target_.mode());
  start_.rip -= code.size();
  code.insert(code.end(), code_.begin(), code_.begin() + codeSize_);
  out_.c.pieces.push_back({start_.rip, std::move(code)});
}

}  // namespace duet::diff
