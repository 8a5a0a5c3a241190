#include "tests/guest/runner/case_machine.h"

#include <string>

#include "core/cpu/registers.h"
#include "tests/guest/layout.h"
#include "tests/guest/runner/state_names.h"

namespace duet::test {
namespace {

// Access bytes and flag nibbles: SDM vol. 3 3.4.5.
u64 descriptorOf(u32 base, u32 limit, u8 access, u8 flags) {
  return (limit & 0xffffu) | u64{base & 0xffffffu} << 16 | u64{access} << 40 | u64{limit >> 16 & 0xfu} << 48 |
         u64{flags} << 52 | u64{base >> 24} << 56;
}

struct FlatSegment {
  u16 selector;
  u32 limit;  // in the descriptor's units
  u8 access, flags;
};

// Accessed already, so that a load changes nothing.
constexpr FlatSegment kSegments[] = {
    {CODE0_32, 0xfffff, 0x9b, 0xc},   {CODE0_64, 0xfffff, 0x9b, 0xa}, {DATA0, 0xfffff, 0x93, 0xc},
    {CODE3_32, 0xfffff, 0xfb, 0xc},   {DATA3, 0xfffff, 0xf3, 0xc},    {CODE3_64, 0xfffff, 0xfb, 0xa},
    {DATA3_COPY, 0xfffff, 0xf3, 0xc}, {CODE0_16, 0xffff, 0x9b, 0x0},  {DATA0_16, 0xffff, 0x93, 0x0},
};

SegmentRegister segmentOf(u16 selector) {
  for (const FlatSegment& f : kSegments) {
    if (f.selector != selector) continue;
    const u32 limit = f.flags & 8 ? f.limit << 12 | 0xfff : f.limit;
    return {selector, 0, limit, f.access | u32{f.flags} << 12};
  }
  return {};
}

bool isLong(const GuestCase& c) { return c.mode == "long64" || c.mode == "compat32"; }

void writeRealVectors(GuestMachine& rig) {
  for (u32 v = 0; v < 256; ++v) rig.putWord<u32>(IVT + v * 4, HANDLERS + v);
}

// Interrupt gates to the HLTs; the vectors a program may use by INT n have DPL 3.
void writeGates(GuestMachine& rig, bool longMode) {
  for (u32 v = 0; v < 256; ++v) {
    const u64 handler = HANDLERS + v;
    const bool forUser = v == 3 || v == 4 || v >= 0x80;
    // A stack of its own where the interrupted stack may be what failed: #DF, #TS to #PF.
    const u64 ist = longMode && (v == 8 || (v >= 10 && v <= 14)) ? 1 : 0;
    const u64 access = forUser ? 0xee : 0x8e;
    const u64 selector = longMode ? CODE0_64 : CODE0_32;
    const u64 gate = (handler & 0xffff) | selector << 16 | ist << 32 | access << 40;
    rig.putWord<u64>(IDT + (longMode ? u64{v} * 16 : u64{v} * 8), gate);
  }
}

void writeTables(GuestMachine& rig, bool longMode) {
  for (const FlatSegment& f : kSegments)
    rig.putWord<u64>(GDT + (f.selector & ~7u), descriptorOf(0, f.limit, f.access, f.flags));
  rig.putWord<u64>(GDT + TSS_SELECTOR, descriptorOf(TSS, TSS_LIMIT, 0x8b, 0));
  if (longMode) {
    rig.putWord<u64>(TSS + 4, STACK0);
    rig.putWord<u64>(TSS + 36, STACK_IST);
  } else {
    rig.putWord<u32>(TSS + 4, STACK0);
    rig.putWord<u32>(TSS + 8, DATA0);
  }
  rig.putWord<u16>(TSS + 102, TSS_LIMIT + 1);
}

// The 4 MB that hold the registers of I/O APIC, HPET and local APIC: strong uncacheable, for supervisors.
void writeDevicePages(GuestMachine& rig) {
  constexpr u64 kTable = 7, kDevice = 0x1b, kLarge = 0x80;
  rig.putWord<u64>(PDPT + 24, PD64_DEVICES | kTable);
  rig.putWord<u64>(PDPT_PAE + 24, PD64_DEVICES | 1);
  const u64 slot = DEVICES >> 21 & 511;
  rig.putWord<u64>(PD64_DEVICES + slot * 8, DEVICES | kDevice | kLarge);
  rig.putWord<u64>(PD64_DEVICES + slot * 8 + 8, (DEVICES + 0x200000) | kDevice | kLarge);
  rig.putWord<u32>(PD32 + (DEVICES >> 22) * 4, PT32_DEVICES | kTable);
  for (u32 page = 0; page < 1024; ++page)
    rig.putWord<u32>(PT32_DEVICES + u64{page} * 4, (DEVICES + (page << 12)) | kDevice);
}

// Present and writable everywhere; U/S only where user programs live.
void writePages(GuestMachine& rig) {
  constexpr u64 kAll = 7, kSupervisor = 3;
  rig.putWord<u64>(PML4, PDPT | kAll);
  rig.putWord<u64>(PDPT, PD64 | kAll);
  rig.putWord<u64>(PDPT_PAE, PD64 | 1);
  rig.putWord<u64>(PD64, PT64 | kAll);
  rig.putWord<u32>(PD32, PT32 | kAll);
  for (u32 page = 0; page < 1024; ++page) {
    const u32 address = page << 12;
    const bool user =
        address == USER_STACK - 0x1000 || (address >= USER_IMAGE && address < USER_IMAGE + USER_IMAGE_SIZE);
    const u64 entry = address | (user ? kAll : kSupervisor);
    if (page < 512) rig.putWord<u64>(PT64 + u64{page} * 8, entry);
    rig.putWord<u32>(PT32 + u64{page} * 4, static_cast<u32>(entry));
  }
  writeDevicePages(rig);
}

void enterProtected(CpuState& s, u16 code, u16 data) {
  s.cr0 |= kCr0Pe;
  s.gdtr = {GDT, GDT_LIMIT};
  s.idtr = {IDT, 0xfff};
  s.segment.fill(segmentOf(data));
  s.segment[kSegCs] = segmentOf(code);
  s.tr = {TSS_SELECTOR, TSS, TSS_LIMIT, 0x8b};
}

void enterLong(CpuState& s, bool compatible) {
  enterProtected(s, compatible ? CODE0_32 : CODE0_64, DATA0);
  s.cr0 |= kCr0Pg | kCr0Wp;
  s.cr4 |= kCr4Pae;
  s.cr3 = PML4;
  s.msr.efer = kEferLme | kEferLma | kEferSce | kEferNxe;
}

Result<CpuState> startState(const std::string& mode) {
  CpuState s = resetState(true);
  s.segment[kSegCs] = {0, 0, 0xffff, s.segment[kSegCs].attributes};
  s.rip = IMAGE;
  s.cr0 = kCr0Et | kCr0Ne;
  s.cr4 = kCr4Osfxsr | kCr4Osxmmexcpt;
  s.gpr.fill(0);
  s.gpr[kRsp] = STACK;
  if (mode == "real16") return s;
  if (mode == "prot16") {
    enterProtected(s, CODE0_16, DATA0_16);
  } else if (mode == "prot32") {
    enterProtected(s, CODE0_32, DATA0);
  } else if (mode == "long64" || mode == "compat32") {
    enterLong(s, mode == "compat32");
  } else {
    return fail("'{}' is no mode", mode);
  }
  return s;
}

Result<> applyInit(CpuState& s, const GuestCase& c, const Program& program) {
  for (const Assignment& a : c.init) {
    if (a.name == "flags") {
      const auto flags = parseFlags(a.value);
      if (!flags) return fail("init: '{}' are no flags", a.value);
      s.rflags = (s.rflags | flags->set) & ~flags->clear;
      continue;
    }
    const auto value = program.evaluate(a.value);
    if (!value) return fail("init: '{}' is no value", a.value);
    if (!writeRegister(s, a.name, *value)) return fail("init: '{}' cannot be set", a.name);
  }
  return {};
}

}  // namespace

Result<CpuState> prepareMachine(GuestMachine& rig, const GuestCase& c, const Program& program) {
  for (u32 v = 0; v < 256; ++v) rig.putWord<u8>(HANDLERS + v, 0xf4);
  if (c.mode == "real16")
    writeRealVectors(rig);
  else
    writeGates(rig, isLong(c));
  writeTables(rig, isLong(c));
  writePages(rig);
  for (const ProgramPiece& piece : program.pieces) rig.memory().write(Gpa(piece.address), piece.bytes);
  auto state = startState(c.mode);
  if (!state) return state;
  if (auto r = applyInit(*state, c, program); !r) return tl::unexpected(r.error());
  return state;
}

}  // namespace duet::test
