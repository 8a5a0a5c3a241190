#include "core/cpu/state_check.h"

#include <cstring>

#include "core/base/bits.h"
#include "core/cpu/exception.h"
#include "core/cpu/kvm_registers.h"
#include "core/cpu/registers.h"

namespace duet {
namespace {

constexpr u32 kAttributesKnown = 0xf0ff | kSegUnusable;
constexpr u32 kMxcsrOffset = 24;  // in the XSAVE area

struct NamedValue {
  const char* name;
  u64 value;
};

template <class T>
T areaValue(const CpuState& s, u32 offset) {
  T value;
  std::memcpy(&value, &s.xsave[offset], sizeof value);
  return value;
}

Result<> checkControl(const CpuModel& model, const CpuState& s) {
  if (s.cr0 >> 32) return fail("CPU state: CR0 {:#x} has reserved bits", s.cr0);
  if ((s.cr0 & kCr0Pg) && !(s.cr0 & kCr0Pe))
    return fail("CPU state: CR0 {:#x} has paging without protection", s.cr0);
  if ((s.cr0 & kCr0Nw) && !(s.cr0 & kCr0Cd)) return fail("CPU state: CR0 {:#x} has NW without CD", s.cr0);
  if (s.cr4 & ~model.cr4Mask())
    return fail("CPU state: CR4 {:#x} has bits that CPU model {} lacks", s.cr4, model.name());
  const u64 efer = s.msr.efer;
  if (efer & ~model.eferMask())
    return fail("CPU state: EFER {:#x} has bits that CPU model {} lacks", efer, model.name());
  const bool active = (efer & kEferLme) && (s.cr0 & kCr0Pg);
  if (active != ((efer & kEferLma) != 0))
    return fail("CPU state: EFER {:#x} does not fit CR0 {:#x}", efer, s.cr0);
  if (active && !(s.cr4 & kCr4Pae)) return fail("CPU state: long mode without CR4.PAE");
  if (active && (s.rflags & kFlagVm)) return fail("CPU state: virtual-8086 mode in long mode");
  if ((s.cr4 & kCr4Pcide) && !active) return fail("CPU state: CR4.PCIDE outside long mode");
  const u64 cr3Reserved = ~lowMask(model.physicalBits());
  if (s.cr3 & cr3Reserved) return fail("CPU state: CR3 {:#x} is beyond the physical address width", s.cr3);
  if (s.cr8 > 15) return fail("CPU state: CR8 {:#x} has reserved bits", s.cr8);
  return {};
}

Result<> checkRegisters(const CpuModel& model, const CpuState& s) {
  if ((s.rflags & ~kRflagsKnown) || !(s.rflags & 2))
    return fail("CPU state: RFLAGS {:#x} has reserved bits", s.rflags);
  if (s.dr6 >> 32 || s.dr7 >> 32) return fail("CPU state: DR6 or DR7 has reserved bits");
  const u64 supported = model.supportedXcr0() | kXcr0X87;
  const bool avxAlone = (s.xcr0 & (kXcr0Avx | kXcr0Sse)) == kXcr0Avx;
  if (!(s.xcr0 & kXcr0X87) || avxAlone || (s.xcr0 & ~supported))
    return fail("CPU state: XCR0 {:#x} is not possible", s.xcr0);
  if (areaValue<u32>(s, kMxcsrOffset) & ~mxcsrMaskOf(model))
    return fail("CPU state: MXCSR has reserved bits");
  if (areaValue<u64>(s, kXsaveLegacySize + 8) != 0)
    return fail("CPU state: the XSAVE area is not in standard format");
  if (s.msr.xss != 0) return fail("CPU state: IA32_XSS {:#x} is not possible", s.msr.xss);
  if (!validPat(s.msr.pat)) return fail("CPU state: IA32_PAT {:#x} has a bad memory type", s.msr.pat);
  if (s.msr.smbase >> 32) return fail("CPU state: SMBASE {:#x} is beyond 4 GiB", s.msr.smbase);
  if (s.msr.tscAux >> 32) return fail("CPU state: IA32_TSC_AUX {:#x} has reserved bits", s.msr.tscAux);
  return {};
}

Result<> checkSegments(const CpuState& s) {
  const auto bad = [](const SegmentRegister& r) { return (r.attributes & ~kAttributesKnown) != 0; };
  for (const SegmentRegister& r : s.segment)
    if (bad(r))
      return fail("CPU state: segment {:#x} has reserved attribute bits {:#x}", r.selector, r.attributes);
  if (bad(s.ldtr) || bad(s.tr)) return fail("CPU state: LDTR or TR has reserved attribute bits");
  if (s.gdtr.limit > 0xffff || s.idtr.limit > 0xffff)
    return fail("CPU state: a descriptor table limit is over 0xffff");
  const bool longMode = s.msr.efer & kEferLma;
  const u32 cs = s.segment[kSegCs].attributes;
  if (longMode && (cs & kSegL) && (cs & kSegDb)) return fail("CPU state: CS has both L and D set");
  if (!longMode && s.rip >> 32) return fail("CPU state: RIP {:#x} is beyond 4 GiB outside long mode", s.rip);
  return {};
}

Result<> checkCanonical(const CpuModel& model, const CpuState& s) {
  const NamedValue values[] = {{"GDTR base", s.gdtr.base},
                               {"IDTR base", s.idtr.base},
                               {"LDTR base", s.ldtr.base},
                               {"TR base", s.tr.base},
                               {"FS base", s.segment[kSegFs].base},
                               {"GS base", s.segment[kSegGs].base},
                               {"KERNEL_GS_BASE", s.msr.kernelGsBase},
                               {"LSTAR", s.msr.lstar},
                               {"CSTAR", s.msr.cstar},
                               {"SYSENTER_ESP", s.msr.sysenterEsp},
                               {"SYSENTER_EIP", s.msr.sysenterEip}};
  for (const NamedValue& v : values)
    if (signExtend(v.value, model.linearBits()) != v.value)
      return fail("CPU state: {} {:#x} is not canonical", v.name, v.value);
  return {};
}

Result<> checkEvents(const CpuState& s) {
  if (s.activity > Activity::Shutdown)
    return fail("CPU state: unknown activity {}", static_cast<unsigned>(s.activity));
  if (s.interruptShadow > InterruptShadow::MovSs) return fail("CPU state: unknown interrupt shadow");
  if (s.pending.type > EventType::SoftwareInterrupt) return fail("CPU state: unknown pending event type");
  const bool debug = s.pending.type == EventType::Exception && s.pending.vector == kExcDB;
  if (debug && (s.pending.payload & ~u64{0xe00f}))
    return fail("CPU state: the pending #DB has reserved bits");
  if (s.pending.type == EventType::Exception && s.pending.vector > 31)
    return fail("CPU state: pending exception {} is not one", s.pending.vector);
  if (const u8 size = s.portBefore.size; size > 4 || size == 3)
    return fail("CPU state: the last port access has {} bytes", size);
  return {};
}

// A register that the model lacks is as after reset.
Result<> checkKvmRegisters(const CpuModel& model, const CpuState& s) {
  const ModelSpecificRegisters reset;
  for (const KvmRegister& r : kvmRegisters()) {
    const u64 value = s.msr.*r.member;
    if (r.index == kMsrKvmWallClockOld || r.index == kMsrKvmSystemTimeOld)
      continue;  // the same by another number
    if (!model.has(r.feature) && value != reset.*r.member)
      return fail("CPU state: MSR {:#x} is {:#x} and CPU model {} lacks it", r.index, value, model.name());
    if (!kvmRegisterFits(model, r, value))
      return fail("CPU state: MSR {:#x} {:#x} has reserved bits", r.index, value);
  }
  return {};
}

}  // namespace

// SDM vol. 3 table 12-10: 2 and 3 are reserved; 7 (UC-) is the PAT's alone.
bool validPat(u64 value) {
  constexpr u32 kValid = 1u << 0 | 1u << 1 | 1u << 4 | 1u << 5 | 1u << 6 | 1u << 7;
  for (unsigned shift = 0; shift < 64; shift += 8) {
    const u64 type = value >> shift & 0xff;
    if (type > 7 || !(kValid >> type & 1)) return false;
  }
  return true;
}

u32 mxcsrMaskOf(const CpuModel& model) {
  constexpr u32 kAlways = 0xffff, kMisaligned = 1u << 17;  // APM vol. 1 4.2.2: MM
  return model.has(Feature::Misalignsse) ? kAlways | kMisaligned : kAlways;
}

Result<> checkState(const CpuModel& model, const CpuState& s) {
  if (auto r = checkControl(model, s); !r) return r;
  if (auto r = checkRegisters(model, s); !r) return r;
  if (auto r = checkSegments(s); !r) return r;
  if (auto r = checkCanonical(model, s); !r) return r;
  if (auto r = checkKvmRegisters(model, s); !r) return r;
  return checkEvents(s);
}

}  // namespace duet
