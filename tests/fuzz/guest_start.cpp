#include "tests/fuzz/guest_start.h"

#include <cstring>

#include "core/base/bits.h"
#include "core/cpu/registers.h"

namespace duet::fuzz {
namespace {

// access: P DPL S type; flags: G D/B L AVL.
constexpr u64 descriptor(u64 base, u32 limit, u64 access, u64 flags) {
  return (limit & 0xffff) | (base & 0xffffff) << 16 | access << 40 | u64{limit >> 16 & 15} << 48 |
         flags << 52 | (base >> 24 & 0xff) << 56;
}
constexpr u64 gate(u16 selector, u64 offset, u64 access, u64 low = 0) {
  return (offset & 0xffff) | u64{selector} << 16 | low << 32 | access << 40 | (offset >> 16 & 0xffff) << 48;
}

constexpr u64 kSmiHandler = 0x38000;       // with SMBASE at its reset value
constexpr u32 kErrorVectors = 0x00227d00;  // 8, 10 to 14, 17, 21

// Each handler takes the error code off, adds 1 to the saved IP and returns: the program goes on one byte later.
constexpr u8 kReal[] = {0x55, 0x89, 0xe5, 0xff, 0x46, 0x02, 0x5d, 0xcf};
constexpr u8 kProt[] = {0xff, 0x04, 0x24, 0xcf};
constexpr u8 kProtError[] = {0x83, 0xc4, 0x04, 0xff, 0x04, 0x24, 0xcf};
constexpr u8 kLong[] = {0x48, 0xff, 0x04, 0x24, 0x48, 0xcf};
constexpr u8 kLongError[] = {0x48, 0x83, 0xc4, 0x08, 0x48, 0xff, 0x04, 0x24, 0x48, 0xcf};
constexpr u64 kErrorHandler = kHandlers + 0x100;

void writeHandlers(FuzzMachine& m, Mode mode) {
  const bool longMode = mode >= Mode::Compat;
  if (mode == Mode::Real) {
    m.putBytes(kHandlers, kReal);
    for (u32 v = 0; v < 256; ++v) m.put<u32>(v * 4, static_cast<u32>(kHandlers));
    return;
  }
  m.putBytes(kHandlers, longMode ? std::span<const u8>(kLong) : std::span<const u8>(kProt));
  m.putBytes(kErrorHandler, longMode ? std::span<const u8>(kLongError) : std::span<const u8>(kProtError));
  for (u32 v = 0; v < 256; ++v) {
    const bool error = v < 32 && (kErrorVectors >> v & 1);
    const u64 handler = error ? kErrorHandler : kHandlers;
    const u64 access = v == 3 || v == 4 || v >= 0x40 ? 0xee : v & 1 ? 0x8f : 0x8e;
    const u64 ist = longMode && (v == 8 || v == 2) ? 1 : 0;
    u64 entry = gate(longMode ? kCode64 : kCode0, handler, access, ist);
    // Outside long mode the double fault is a task's.
    if (!longMode && v == 8) entry = gate(kTss2Sel, 0, 0x85);
    m.put<u64>(kIdt + v * (longMode ? 16 : 8), entry);
  }
}

void writeSegments(FuzzMachine& m, bool longMode) {
  const struct {
    u16 selector;
    u64 value;
  } entries[] = {
      {kCode0, descriptor(0, 0xfffff, 0x9a, 0xc)},
      {kData0, descriptor(0, 0xfffff, 0x92, 0xc)},
      {kCode3, descriptor(0, 0xfffff, 0xfa, 0xc)},
      {kData3, descriptor(0, 0xfffff, 0xf2, 0xc)},
      {kCode64, descriptor(0, 0xfffff, 0x9a, 0xa)},
      {kCode64User, descriptor(0, 0xfffff, 0xfa, 0xa)},
      {kTssSel, descriptor(kTss, 0x3ff, 0x8b, 0)},
      {kCode16, descriptor(0, 0xffff, 0x9a, 0)},
      {kData16, descriptor(0, 0xffff, 0x92, 0)},
      {kConforming, descriptor(0, 0xfffff, 0x9e, 0xc)},
      {kTss16Sel, descriptor(kTss16, 0x2b, 0x81, 0)},
      {kTss2Sel, descriptor(kTss2, 0x67, 0x89, 0)},
      {kCallGate, gate(kCode0, kHandlers, 0xec, 1)},
      {kTaskGate, gate(kTss16Sel, 0, 0xe5)},
      {kLdtSel, descriptor(kLdt, 0xff, 0x82, 0)},
      {kCallGate64, gate(longMode ? kCode64 : kCode16, kHandlers, longMode ? 0xec : 0xe4)},
      {kCode16User, descriptor(0, 0xffff, 0xfa, 0)},
      {kDownData, descriptor(0, 0xf, 0x96, 0xc)},
      {kAbsent, descriptor(0, 0xfffff, 0x72, 0xc)},
  };
  for (const auto& e : entries) m.put<u64>(kGdt + (e.selector & ~7u), e.value);
  for (u64 i = 0; i < 8; ++i) m.put<u64>(kLdt + 8 * i, descriptor(i << 12, 0xffff, 0xf2 | (i & 1) << 3, 4));
}

void writeTasks(FuzzMachine& m, bool longMode) {
  if (longMode) {
    m.put<u64>(kTss + 4, kStack0);
    m.put<u64>(kTss + 0x24, kStackIst);
  } else {
    m.put<u32>(kTss + 4, static_cast<u32>(kStack0));
    m.put<u16>(kTss + 8, kData0);
  }
  m.put<u16>(kTss + 0x66, 0x68);  // I/O permission bits: none refused up to the limit
  // The 32-bit task of the double fault, and a 16-bit one.
  m.put<u32>(kTss2 + 0x1c, static_cast<u32>(kTables));
  m.put<u32>(kTss2 + 0x20, static_cast<u32>(kHandlers));
  m.put<u32>(kTss2 + 0x38, static_cast<u32>(kStackIst));
  for (const u64 at : {0x48, 0x50, 0x54, 0x58, 0x5c}) m.put<u16>(kTss2 + at, kData0);
  m.put<u16>(kTss2 + 0x4c, kCode0);
  m.put<u16>(kTss16 + 0x0e, kHandlers);
  m.put<u16>(kTss16 + 0x1a, static_cast<u16>(kStack));
  m.put<u16>(kTss16 + 0x22, kData16);
  m.put<u16>(kTss16 + 0x24, kCode16);
  m.put<u16>(kTss16 + 0x26, kData16);
  m.put<u16>(kTss16 + 0x28, kData16);
}

// Rights of a page of the map: user where programs and their data are.
u64 pageRights(u64 linear, bool wide) {
  if (linear == 0x170000) return 0;
  u64 rights = 3;
  if (linear >= kData || linear < kHandlers) rights |= 4;
  if (linear >= kStack0 - 0x1000 && linear < kStackIst) rights &= ~u64{4};
  if (linear == 0x15000) rights &= ~u64{2};                   // read-only
  if (wide && linear == 0x16000) rights |= u64{1} << 63;      // no code
  if (wide && linear == 0x17000) rights |= u64{5} << 59 | 4;  // protection key 5
  return rights;
}

void writeLowTable(FuzzMachine& m, u64 table, unsigned entrySize) {
  const bool wide = entrySize == 8;
  for (u64 linear = 0; linear < kTables; linear += kPageSize) {
    const u64 rights = pageRights(linear, wide);
    const u64 value = rights ? linear | rights : 0;
    const u64 at = table + (linear >> 12) * entrySize;
    wide ? m.put<u64>(at, value) : m.put<u32>(at, static_cast<u32>(value));
  }
}

// Tables for the mode at kTables; the value of CR3.
void writePages(FuzzMachine& m, Mode mode) {
  if (mode == Mode::Paged32) {
    m.put<u32>(kTables, (kTables + 0x1000) | 7);
    m.put<u32>(kTables + 8 * 4, 0x83 | 4);  // 32 MiB: a large page of the low 4 MiB
    writeLowTable(m, kTables + 0x1000, 4);
    for (u64 i = 0; i < 0x80; ++i)
      m.put<u32>(kTables + 0x1000 + (kAlias / kPageSize + i) * 4, static_cast<u32>(i << 12 | 7));
    return;
  }
  u64 table = kTables;
  for (unsigned level = mode == Mode::Level5 ? 5 : mode == Mode::Pae ? 3 : 4; level > 2; --level) {
    m.put<u64>(table, (table + 0x1000) | (mode == Mode::Pae ? 1 : 7));
    // The upper half of the address space shows the lower one.
    if (level > 3) m.put<u64>(table + 0xff8, (table + 0x1000) | 7);
    table += 0x1000;
  }
  m.put<u64>(table, (table + 0x1000) | 7);
  m.put<u64>(table + 8, 0x87);   // 2 MiB at kAlias
  m.put<u64>(table + 16, 0x80);  // absent
  writeLowTable(m, table + 0x1000, 8);
}

constexpr SegmentRegister flat(u16 selector, u32 attributes) { return {selector, 0, 0xffffffff, attributes}; }

CpuState protectedState(unsigned cpl) {
  CpuState s = resetState(true);
  s.cr0 = kCr0Pe | kCr0Et | kCr0Ne;
  s.gdtr = {kGdt, kGdtLimit};
  s.idtr = {kIdt, 0x7ff};
  const u32 dpl = cpl << 5;
  s.segment.fill(flat(cpl ? kData3 : kData0, 0xc093 | dpl));
  s.segment[kSegCs] = flat(cpl ? kCode3 : kCode0, 0xc09b | dpl);
  s.tr = {kTssSel, kTss, 0x3ff, 0x8b};
  s.ldtr = {kLdtSel, kLdt, 0xff, 0x82};
  s.gpr[kRsp] = cpl ? kUserStack : kStack;
  s.rip = kCode;
  return s;
}

CpuState virtualState(unsigned iopl) {
  CpuState s = protectedState(3);
  s.rflags = 2 | kFlagVm | u64{iopl} << 12;
  for (unsigned i = 0; i < 6; ++i) s.segment[i] = {0, 0, 0xffff, 0xf3};
  return s;
}

CpuState realState() {
  CpuState s = resetState(true);
  s.segment[kSegCs] = {0, 0, 0xffff, 0x93};
  s.gpr[kRsp] = kStack;
  s.rip = kCode;
  return s;
}

void enableLong(CpuState& s, Mode mode, unsigned cpl) {
  s.cr0 |= kCr0Pg | kCr0Wp;
  s.cr4 |= kCr4Pae;
  s.msr.efer = kEferLme | kEferLma | kEferSce | kEferNxe;
  s.idtr.limit = 0xfff;
  if (mode == Mode::Compat) return;
  if (mode == Mode::Level5) s.cr4 |= kCr4La57;
  s.segment[kSegCs] = flat(cpl ? kCode64User : kCode64, 0xa09b | cpl << 5);
}

CpuState stateOf(Mode mode, unsigned cpl) {
  if (mode == Mode::Real) return realState();
  CpuState s = mode == Mode::Virtual8086 ? virtualState(cpl) : protectedState(cpl);
  s.cr3 = kTables;
  switch (mode) {
    case Mode::Prot16:
      s.segment[kSegCs] = {cpl ? kCode16User : kCode16, 0, 0xffff, 0x9b | cpl << 5};
      if (cpl == 0) s.segment[kSegSs] = {kData16, 0, 0xffff, 0x93};
      break;
    case Mode::Paged32:
      s.cr0 |= kCr0Pg;
      s.cr4 |= kCr4Pse;
      break;
    case Mode::Pae:
      s.cr0 |= kCr0Pg;
      s.cr4 |= kCr4Pae;
      s.msr.efer = kEferNxe;
      s.pdpte[0] = (kTables + 0x1000) | 1;
      break;
    case Mode::Compat:
    case Mode::Long:
    case Mode::Level5:
      enableLong(s, mode, cpl);
      break;
    default:
      break;
  }
  return s;
}

template <class T>
void setArea(CpuState& s, u32 offset, T value) {
  std::memcpy(&s.xsave[offset], &value, sizeof value);
}

void takeRegisters(CpuState& s, const CpuModel& model, Input& input) {
  const u64 sp = s.gpr[kRsp];
  for (u64& r : s.gpr) r = takeValue(input);
  if (input.take<u8>() & 0xf0) s.gpr[kRsp] = sp;
  if (!(s.msr.efer & kEferLma))
    for (u64& r : s.gpr) r &= 0xffffffff;
  constexpr u64 kFlags = kFlagsArithmetic | kFlagTf | kFlagIf | kFlagDf | kFlagNt | kFlagRf | kFlagAc |
                         kFlagVif | kFlagVip | kFlagId | 3u << 12;
  s.rflags ^= input.take<u32>() & kFlags;
  s.cr0 ^= input.take<u32>() & (kCr0Mp | kCr0Em | kCr0Ts | kCr0Ne | kCr0Wp | kCr0Am);
  const u64 fixed = kCr4Pae | kCr4La57 | (s.msr.efer & kEferLma ? 0 : kCr4Pcide);
  s.cr4 ^= input.take<u32>() & model.cr4Mask() & ~fixed;
  for (u64& d : s.dr) d = takeValue(input) & (s.msr.efer & kEferLma ? ~u64{0} : 0xffffffff);
  s.dr6 = 0xffff0ff0;
  s.dr7 = 0x400 | (input.take<u8>() & 3 ? 0 : input.take<u32>() & 0xffff23ff);
  setArea<u16>(s, 0, input.take<u8>() & 1 ? 0x037f : input.take<u16>() & 0x1f7f);
  setArea<u32>(s, 24, input.take<u8>() & 1 ? 0x1f80 : input.take<u16>());
  s.xcr0 = input.take<u8>() & 1 ? model.supportedXcr0() : kXcr0X87;
  for (u32 at = 160; at < 160 + 16 * 16; at += 32) setArea<u64>(s, at, takeValue(input) * 0x0101010101010101);
  setArea<u64>(s, kXsaveLegacySize, kXcr0X87 | kXcr0Sse);
}

void takeMsrs(CpuState& s, Input& input) {
  s.msr.star = u64{0x00230008} << 32;
  s.msr.lstar = s.msr.cstar = kHandlers;
  s.msr.sfmask = input.take<u16>();
  s.msr.sysenterCs = kCode0;
  s.msr.sysenterEsp = kStack0;
  s.msr.sysenterEip = kHandlers;
  s.msr.kernelGsBase = kData;
}

}  // namespace

u64 takeValue(Input& input) {
  static constexpr u64 kValues[] = {0,
                                    1,
                                    2,
                                    7,
                                    0x10,
                                    0x40,
                                    0xff,
                                    0x3f8,
                                    kIdt,
                                    kGdt,
                                    kTss,
                                    kTss2,
                                    kLdt,
                                    kData,
                                    kData + 0xffc,
                                    kCode,
                                    kCode + 0x40,
                                    kStack,
                                    kStack0,
                                    kUserStack,
                                    0x15000,
                                    0x16000,
                                    0x17ff8,
                                    kEdge - 3,
                                    kEdge,
                                    0x170000,
                                    kAlias + kCode,
                                    kAlias + kData,
                                    kTables,
                                    0x1fffff,
                                    FuzzMachine::kDevicePage,
                                    FuzzMachine::kDevicePage + 0xffe,
                                    FuzzMachine::kDevicePage + 0x1800,
                                    FuzzMachine::kApicPage,
                                    FuzzMachine::kShadowPage,
                                    FuzzMachine::kRomBase + 8,
                                    FuzzMachine::kRomBase - 2,
                                    0x2000000,
                                    0xffff,
                                    0x10000,
                                    0x7fff,
                                    0x80000000,
                                    0xffffffff,
                                    0xfffffffc,
                                    0x7fffffffffff,
                                    0x7ffffffffff8,
                                    0x800000000000,
                                    0xffff800000000000,
                                    0xffff800000006000,
                                    0xffffffffffffffff,
                                    0xfffffffffffffff8,
                                    0xff00000000000000,
                                    0x00ffffffffffffff,
                                    kCode0,
                                    kData0,
                                    kCode3,
                                    kData3,
                                    kCode64,
                                    kTssSel,
                                    kCallGate,
                                    kTaskGate,
                                    kLdtSel,
                                    kTss16Sel,
                                    kTss2Sel,
                                    kAbsent,
                                    0xc0000080,
                                    0x1b,
                                    0x10,
                                    0xc0000100,
                                    0xc0000082,
                                    0x176,
                                    0x1d9,
                                    0xd90,
                                    0x6e0,
                                    0x200,
                                    0x3f000000};
  const u8 which = input.take<u8>();
  if (which < std::size(kValues)) return kValues[which];
  if (which < 0xc0) return kData + (which & 0x3f) * 64;
  if (which < 0xf0) return input.take<u16>();
  return input.take<u64>();
}

unsigned Start::bits() const {
  if (mode == Mode::Real || mode == Mode::Virtual8086 || mode == Mode::Prot16) return 16;
  return mode >= Mode::Long ? 64 : 32;
}

Start makeStart(FuzzMachine& machine, Input& input) {
  Start start;
  start.mode = static_cast<Mode>(input.take<u8>() % static_cast<u8>(Mode::kCount));
  const u8 level = input.take<u8>();
  start.state = stateOf(start.mode, start.mode == Mode::Virtual8086 ? level & 3 : level & 1 ? 3 : 0);
  writeHandlers(machine, start.mode);
  if (start.mode != Mode::Real) {
    writeSegments(machine, start.longMode());
    writeTasks(machine, start.longMode());
  }
  if (start.mode >= Mode::Paged32) writePages(machine, start.mode);
  takeRegisters(start.state, *machine.model, input);
  takeMsrs(start.state, input);
  // A handler of SMIs: some bytes, then RSM. Or the guest begins inside it, with whatever RSM finds.
  start.state.inSmm = input.take<u8>() > 0xc0;
  const auto bytes = input.takeBytes(input.take<u8>() & 15);
  machine.putBytes(kSmiHandler, bytes);
  machine.put<u16>(kSmiHandler + bytes.size(), 0xaa0f);
  return start;
}

void putProgram(FuzzMachine& machine, const Start& start, std::span<const u8> code) {
  machine.putBytes(kCode, code);
  const u64 jump = kCode + code.size();
  const unsigned width = start.bits() == 16 ? 2 : 4;
  machine.put<u8>(jump, 0xe9);
  const u32 back = static_cast<u32>(kCode - (jump + 1 + width));
  machine.putBytes(jump + 1, std::span(reinterpret_cast<const u8*>(&back), width));
}

}  // namespace duet::fuzz
