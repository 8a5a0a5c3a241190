#include "core/cpu/cpu_state.h"

#include <cstring>

#include "core/cpu/registers.h"

namespace duet {

namespace {

constexpr u32 kRealModeData = kSegPresent | kSegS | 3;  // read/write, accessed
constexpr u32 kResetLdt = kSegPresent | 2;
constexpr u32 kResetTss = kSegPresent | 11;

void store16(CpuState& state, u32 offset, u16 value) { std::memcpy(&state.xsave[offset], &value, 2); }
void store32(CpuState& state, u32 offset, u32 value) { std::memcpy(&state.xsave[offset], &value, 4); }

// What RESET# and INIT have in common (SDM vol. 3 table 10-1).
void resetCore(CpuState& state) {
  state.gpr = {};
  state.rip = 0xfff0;
  state.rflags = 2;
  for (SegmentRegister& s : state.segment) s = {0, 0, 0xffff, kRealModeData};
  state.segment[kSegCs] = {0xf000, 0xffff0000, 0xffff, kRealModeData};
  state.ldtr = {0, 0, 0xffff, kResetLdt};
  state.tr = {0, 0, 0xffff, kResetTss};
  state.gdtr = {0, 0xffff};
  state.idtr = {0, 0xffff};
  state.cr2 = state.cr3 = state.cr4 = state.cr8 = 0;
  state.dr = {};
  state.dr6 = 0xffff0ff0;
  state.dr7 = 0x400;
  state.pdpte = {};
  state.msr.efer = 0;
  state.msr.debugCtl = 0;
  state.interruptShadow = InterruptShadow::None;
  state.nmiBlocked = false;
  state.inSmm = false;
  state.pending = {};
  state.portBefore = {};
  state.nmiPending = state.smiPending = state.initPending = state.unhaltPending = false;
  // The guest that comes to life knows nothing of areas that the one before it gave.
  state.msr.kvmSystemTime = state.msr.kvmAsyncPf = state.msr.kvmAsyncPfInt = 0;
  state.msr.kvmStealTime = state.msr.kvmPvEoi = 0;
}

// Power-up x87 and SSE state: FCW 0040h, FSW 0, every register +0.0 with a "zero" tag, MXCSR 1F80h.
void resetFpu(CpuState& state) {
  state.xsave = {};
  store16(state, 0, 0x0040);
  state.xsave[4] = 0xff;  // abridged tag word: no register is empty
  store32(state, 24, 0x1f80);
  store32(state, kXsaveLegacySize, kXcr0X87 | kXcr0Sse);  // XSTATE_BV
}

}  // namespace

CpuState resetState(bool bootProcessor) {
  CpuState state;
  resetCore(state);
  resetFpu(state);
  state.cr0 = kCr0Cd | kCr0Nw | kCr0Et;
  state.xcr0 = kXcr0X87;
  state.msr.miscEnable = kMiscFastStrings | kMiscNoBranchTraceStore | kMiscNoPebs | kMiscMonitor;
  state.msr.featureControl = 1;  // locked, VMX off
  state.msr.biosSignId = u64{1} << 32;
  state.activity = bootProcessor ? Activity::Running : Activity::WaitForSipi;
  return state;
}

CpuState initState(const CpuState& before, bool bootProcessor) {
  CpuState state = before;
  resetCore(state);
  state.cr0 = (before.cr0 & (kCr0Cd | kCr0Nw)) | kCr0Et;  // the caches keep their mode
  state.activity = bootProcessor ? Activity::Running : Activity::WaitForSipi;
  return state;
}

void applySipi(CpuState& state, u8 vector) {
  SegmentRegister& cs = state.segment[kSegCs];
  cs.selector = static_cast<u16>(vector << 8);
  cs.base = u64{vector} << 12;
  cs.limit = 0xffff;
  state.rip = 0;
  state.activity = Activity::Running;
}

LinearAddr codeAddress(const CpuState& state) {
  const SegmentRegister& cs = state.segment[kSegCs];
  if ((state.msr.efer & kEferLma) && (cs.attributes & kSegL)) return LinearAddr(state.rip);
  return LinearAddr((cs.base + state.rip) & 0xffffffff);
}

}  // namespace duet
