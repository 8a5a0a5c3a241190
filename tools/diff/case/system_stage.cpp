#include "tools/diff/case/system_stage.h"

#include <algorithm>
#include <cstring>

#include "core/base/assert.h"
#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "tools/diff/case/case_bytes.h"
#include "tools/diff/case/descriptor.h"
#include "tools/diff/case/system_tables.h"

namespace duet::diff {
namespace {

using namespace stage;

constexpr u8 kHlt = 0xf4;
constexpr u64 kPage = sizeof(PageBytes);
constexpr u64 kPresent = 1, kWritable = 2, kUser = 4, kNoCache = 0x18, kAccessed = 0x20, kDirty = 0x40,
              kLarge = 0x80, kGlobal = 0x100;
constexpr u64 kUsed = kPresent | kAccessed | kDirty, kKernelPage = kUsed | kWritable,
              kUserPage = kKernelPage | kUser, kNoExecute = u64{1} << 63, kReservedHigh = u64{1} << 51,
              kKey3 = u64{3} << 59;

// What maps a page: flags, and bits that only the wider entries have.
struct Mapping {
  u64 flags = kKernelPage;
  u64 wide = 0;
  u32 to = 0;  // 0: itself
};

Mapping mappingOf(u32 address) {
  switch (address) {
    case kUserCode:
      return {kUsed | kUser};
    case kUserData0:
    case kUserData1:
      return {kUserPage};
    case kUserReadOnly:
      return {kUsed | kUser};
    case kKernelData:
      return {kPresent | kWritable};
    case kKernelReadOnly:
      return {kUsed};
    case kAbsent:
      return {kUserPage & ~kPresent};
    case kUserNoExecute:
      return {kPresent | kWritable | kUser, kNoExecute};
    case kAliases:
      return {kUserPage, kReservedHigh, kUserData0};
    case kAliases + 0x1000:
      return {kKernelPage, 0, kUserData0};
    case kAliases + 0x2000:
      return {kPresent | kUser | kWritable | kGlobal, 0, kUserData1};
    case kAliases + 0x3000:
      return {kUserPage, kNoExecute, kUserCode};
    case kAliases + 0x4000:
      return {kUserPage | kNoCache, 0, kUserData0};
    case kAliases + 0x5000:
      return {kUserPage, kKey3, kUserData0};
    case kAliases + 0x6000:
      return {kUsed & ~kDirty, 0, kKernelCode};
    case kAliases + 0x7000:
      return {kUserPage & ~kDirty, 0, kUserCode};
    default:
      return {};
  }
}

template <class T>
void put(u8* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

void putPageTables(u8* ram) {
  for (u32 at = 0; at < kAliasesEnd; at += kPage) {
    const Mapping m = mappingOf(at);
    const u64 entry = (m.to ? m.to : at) | m.flags;
    put(ram + kTable32 + at / kPage * 4, static_cast<u32>(entry));
    put(ram + kTablePae + at / kPage * 8, entry | m.wide);
  }
  // Behind the table: a large page, nothing, a large page with a reserved bit, a table that user code may not use.
  constexpr u64 kLargeUser = kPresent | kWritable | kUser | kLarge;
  const u32 narrow[] = {kTable32 | kUserPage, kLargeUser, 0, kLargeUser | 1u << 21, kTable32 | kKernelPage};
  const u64 wide[] = {kTablePae | kUserPage, kLargeUser, 0, kLargeUser | 1u << 13, kTablePae | kKernelPage};
  std::memcpy(ram + kDirectory32, narrow, sizeof narrow);
  std::memcpy(ram + kDirectoryPae, wide, sizeof wide);
  put(ram + kPointersPae, u64{kDirectoryPae | kPresent});
  for (unsigned i : {0u, 256u}) put(ram + kLevel4 + 8 * i, kPointersLong | kUserPage);
  put(ram + kPointersLong, kDirectoryPae | kUserPage);
  put(ram + kPointersLong + 16, kDirectoryPae | kUserPage | kLarge);  // 1 GiB, not aligned: reserved bits
}

void fillPages(u8* ram) {
  for (const auto& [from, to] : {std::pair{kHandlers, kTss32}, {kKernelCode, kUserData0}})
    std::memset(ram + from, kHlt, to - from);
  // Numbers that say where they lie.
  for (u32 at = kUserData0; at < kDirectory32; at += 4) put(ram + at, 0x01010101u * (at >> 12) ^ at);
  for (u32 page : {kUserData0, kUserNoExecute})
    std::memset(ram + page, kHlt, 256);  // what runs over the end of the code ends there
}

SegmentRegister loaded(unsigned dpl, Kind kind, unsigned rpl) {
  const u16 selector = selectorOf(dpl, kind);
  return loadedSegment(static_cast<u16>(selector | rpl), descriptorAt(selector));
}

SegmentRegister loadedSystem(u16 selector) { return loadedSegment(selector, descriptorAt(selector)); }

Kind codeKind(SystemMode mode) {
  const bool narrow = mode == SystemMode::Protected16 || mode == SystemMode::Compat16;
  return mode == SystemMode::Long64 ? kCode64 : narrow ? kCode16 : kCode32;
}

void setSegments(CpuState& s, SystemMode mode, unsigned cpl) {
  if (!isProtected(mode)) {
    const bool real = mode == SystemMode::Real16;
    for (SegmentRegister& r : s.segment)
      r = {0, 0, 0xffff, real ? (u32{kSegPresent} | u32{kSegS} | 3u) : 0xf3u};
    return;
  }
  const Kind code = codeKind(mode);
  for (SegmentRegister& r : s.segment) r = loaded(3, kData32, 3);
  s.segment[kSegCs] = loaded(cpl, code, cpl);
  s.segment[kSegSs] = loaded(cpl, code == kCode16 ? kData16 : kData32, cpl);
}

void setTables(CpuState& s, SystemMode mode) {
  s.gdtr = {kGdt, kGdtLimit};
  if (mode == SystemMode::Real16) {
    s.idtr = {kVectors, 0x3ff};
    return;
  }
  s.ldtr = loadedSystem(kLdtSelector);
  if (isLong(mode)) {
    s.idtr = {kIdt64, 0xfff};
    s.tr = loadedSystem(kTss64Selector);
  } else {
    s.idtr = {mode == SystemMode::Protected16 ? kIdt16 : kIdt32, 0x7ff};
    s.tr = loadedSystem(kTss32Selector);
  }
}

void setControl(CpuState& s, SystemMode mode, Paging paging) {
  s.cr0 = kCr0Et | kCr0Ne | (mode == SystemMode::Real16 ? u64{0} : u64{kCr0Pe});
  if (paging != Paging::None) s.cr0 |= kCr0Pg;
  s.cr4 = kCr4Osfxsr;
  switch (paging) {
    case Paging::None:
      break;
    case Paging::Bits32:
      s.cr3 = kDirectory32;
      break;
    case Paging::Pae:
      s.cr3 = kPointersPae;
      s.cr4 |= kCr4Pae;
      s.pdpte = {kDirectoryPae | kPresent};
      break;
    case Paging::Long:
      s.cr3 = kLevel4;
      s.cr4 |= kCr4Pae;
      s.msr.efer = kEferLme | kEferLma;
      break;
  }
}

u64 initialStack(SystemMode mode, unsigned cpl) {
  if (cpl == 3) return kUserData1 + 0xf00;
  const bool own = cpl == 0 && mode != SystemMode::Real16;
  return (own ? stackTop(3) : stackTop(cpl)) - 0x80;
}

// Memory as it is after the run.
u64 numberAfter(const Case& c, const Outcome& o, u64 address, unsigned size) {
  u64 value = 0;
  for (unsigned i = 0; i < size; ++i) {
    u8 byte = byteAt(c, address + i).value_or(0xff);
    for (const Piece& p : o.writes)
      if (address + i >= p.address && address + i - p.address < p.bytes.size())
        byte = p.bytes[address + i - p.address];
    value |= u64{byte} << 8 * i;
  }
  return value;
}

bool mayHaveErrorCode(unsigned v) {
  return v == kExcDF || (v >= kExcTS && v <= kExcPF) || v == kExcAC || v == kExcCP;
}

// Bytes of a slot of the frame that led here: by the gate.
unsigned slotSize(const CpuState& s, unsigned vector) {
  if (s.msr.efer & kEferLma) return 8;
  if (!(s.cr0 & kCr0Pe) || s.idtr.base == kIdt16) return 2;
  return vector == kFirstOddVector + 14 ? 2 : 4;
}

}  // namespace

std::string_view systemModeName(SystemMode mode) {
  static constexpr std::string_view kNames[] = {"real",
                                                "virtual-8086",
                                                "16-bit protected",
                                                "32-bit protected",
                                                "16-bit compatibility",
                                                "32-bit compatibility",
                                                "64-bit"};
  return kNames[static_cast<size_t>(mode)];
}

std::shared_ptr<const Memory> systemMemory() {
  static const std::shared_ptr<const Memory> memory = [] {
    std::vector<u8> ram(kAliasesEnd);
    fillPages(ram.data());
    putDescriptors(ram.data() + kGdt, ram.data() + kLdt);
    putGates(ram.data());
    putTasks(ram.data());
    putPageTables(ram.data());
    auto made = std::make_shared<Memory>();
    for (u64 at = 0; at < kAliasesEnd; at += kPage) {
      Page& page = made->pages.emplace_back(Page{at, PageAccess::ReadWriteExecute, {}});
      std::memcpy(page.bytes.data(), ram.data() + at, kPage);
    }
    return made;
  }();
  return memory;
}

CpuState systemState(SystemMode mode, unsigned cpl, Paging paging) {
  DUET_ASSERT((paging == Paging::Long) == isLong(mode));
  CpuState s = resetState(true);
  s.gpr = {};
  s.rflags = 2 | (mode == SystemMode::Virtual8086 ? u64{kFlagVm} : 0);
  setSegments(s, mode, cpl);
  setTables(s, mode);
  setControl(s, mode, paging);
  s.rip = (cpl == 3 ? kUserCode : kKernelCode) + 0x100;
  s.gpr[kRsp] = initialStack(mode, cpl);
  return s;
}

std::optional<SystemEnd> systemEnd(const Case& c, const Outcome& o) {
  if (o.ending != Ending::Halt) return std::nullopt;
  const u64 at = codeAddress(o.after).value - 1;
  if (at < kHandlers || at >= kHandlers + 256) return SystemEnd{std::nullopt, at};
  const auto vector = static_cast<u8>(at - kHandlers);
  const unsigned size = slotSize(o.after, vector);
  const SegmentRegister& ss = o.after.segment[kSegSs];
  const bool flat = o.after.msr.efer & kEferLma;
  const u64 mask = flat ? ~u64{0} : ss.attributes & kSegDb ? 0xffffffff : 0xffff;
  u64 frame = (o.after.gpr[kRsp] & mask) + (flat ? 0 : ss.base);
  // A software interrupt pushes no error code: then the interrupted CS stands where RIP would.
  const bool may = (size > 2 || (o.after.cr0 & kCr0Pe)) && mayHaveErrorCode(vector);
  SystemEnd end{.vector = vector};
  end.hasErrorCode =
      may && (numberAfter(c, o, frame + size, size) & 0xffff) != c.start.segment[kSegCs].selector;
  if (end.hasErrorCode) {
    end.errorCode = numberAfter(c, o, frame, size);
    frame += size;
  }
  end.rip = numberAfter(c, o, frame, size);
  end.flagsAt = frame + u64{2} * size;
  end.flagsSize = size;
  end.flags = numberAfter(c, o, end.flagsAt, size);
  return end;
}

}  // namespace duet::diff
