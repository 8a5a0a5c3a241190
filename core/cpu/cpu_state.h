// The architectural state of one vCPU: the only form in which engines, snapshots, the debugger and the
// comparer exchange it. A value, engine-neutral.
#pragma once

#include <array>

#include "core/base/types.h"

namespace duet {

enum GprIndex : u8 {
  kRax,
  kRcx,
  kRdx,
  kRbx,
  kRsp,
  kRbp,
  kRsi,
  kRdi,
  kR8,
  kR9,
  kR10,
  kR11,
  kR12,
  kR13,
  kR14,
  kR15
};
enum SegmentIndex : u8 { kSegEs, kSegCs, kSegSs, kSegDs, kSegFs, kSegGs };

// Segment attributes in the layout of the descriptor's second dword, bits 8..23 shifted down by 8
// (type 3:0, S 4, DPL 6:5, P 7, AVL 12, L 13, D/B 14, G 15), plus kSegUnusable.
enum : u32 {
  kSegS = 1u << 4,
  kSegPresent = 1u << 7,
  kSegL = 1u << 13,
  kSegDb = 1u << 14,
  kSegG = 1u << 15,
  kSegUnusable = 1u << 16
};

struct SegmentRegister {
  u16 selector = 0;
  u64 base = 0;
  u32 limit = 0;  // bytes, granularity applied
  u32 attributes = 0;

  unsigned type() const { return attributes & 0xf; }
  unsigned dpl() const { return (attributes >> 5) & 3; }
  bool present() const { return attributes & kSegPresent; }
  bool usable() const { return !(attributes & kSegUnusable); }
  bool operator==(const SegmentRegister&) const = default;
};

struct DescriptorTableRegister {
  u64 base = 0;
  u32 limit = 0;
  bool operator==(const DescriptorTableRegister&) const = default;
};

enum class Activity : u8 { Running, Halted, WaitForSipi, Shutdown };
enum class InterruptShadow : u8 { None, Sti, MovSs };
enum class EventType : u8 { None, ExternalInterrupt, Nmi, Exception, SoftwareInterrupt };

// An event whose delivery had begun or was decided when the state was taken.
struct PendingEvent {
  EventType type = EventType::None;
  u8 vector = 0;
  bool hasErrorCode = false;
  u32 errorCode = 0;
  u64 payload = 0;  // CR2 of a #PF, DR6 bits of a #DB
  bool operator==(const PendingEvent&) const = default;
};

// The IN or OUT that was the last instruction; an SMI taken next records it (APM vol. 2 10.2.4).
struct PortInstruction {
  u16 port = 0;
  u8 size = 0;  // bytes; 0: the last instruction was another one
  bool in = false;
  u64 rip = 0;  // its own
  bool operator==(const PortInstruction&) const = default;
};

// XSAVE area in standard format: legacy 512 bytes, header, AVX (YMM_Hi128) at 576, PKRU at 2688.
inline constexpr u32 kXsaveLegacySize = 512;
inline constexpr u32 kXsaveAvxOffset = 576;
inline constexpr u32 kXsavePkruOffset = 2688;
inline constexpr u32 kXsaveAreaSize = 2752;  // rounded up to 64
inline constexpr u64 kXcr0X87 = 1, kXcr0Sse = 2, kXcr0Avx = 4, kXcr0Pkru = 1u << 9;

inline constexpr unsigned kVariableMtrrs = 8;

struct ModelSpecificRegisters {
  u64 efer = 0;
  u64 star = 0, lstar = 0, cstar = 0, sfmask = 0, kernelGsBase = 0;
  u64 sysenterCs = 0, sysenterEsp = 0, sysenterEip = 0;
  u64 pat = 0x0007040600070406;
  u64 tscAux = 0, tscAdjust = 0;
  u64 tscOffset = 0;  // guest TSC = clock TSC + tscOffset (WRMSR to IA32_TSC changes it)
  u64 miscEnable = 0, debugCtl = 0, featureControl = 0, specCtrl = 0, xss = 0;
  u64 pkrs = 0;
  u64 mtrrDefType = 0;
  std::array<u64, 11> mtrrFixed{};
  std::array<u64, kVariableMtrrs> mtrrPhysBase{}, mtrrPhysMask{};
  u64 mcgStatus = 0, mcgCtl = 0;
  std::array<u64, 4 * 10> mcBanks{};
  u64 biosSignId = 0, smbase = 0x30000;
  // While DEBUGCTL.LBR: the last branch, interrupt or exception taken, and the one before the last interrupt or exception.
  u64 lastBranchFrom = 0, lastBranchTo = 0, lastExceptionFrom = 0, lastExceptionTo = 0;
  // KVM's, with the numbers 4B564D00h to ..06h (Linux Documentation/virt/kvm/x86/msr.rst). 11h and 12h are the first two
  // by older numbers.
  u64 kvmWallClock = 0, kvmSystemTime = 0, kvmAsyncPf = 0, kvmStealTime = 0, kvmPvEoi = 0, kvmPollControl = 1;
  u64 kvmAsyncPfInt = 0;
  bool operator==(const ModelSpecificRegisters&) const = default;
};

struct CpuState {
  std::array<u64, 16> gpr{};
  u64 rip = 0;
  u64 rflags = 2;
  std::array<SegmentRegister, 6> segment{};
  SegmentRegister ldtr, tr;
  DescriptorTableRegister gdtr, idtr;
  u64 cr0 = 0, cr2 = 0, cr3 = 0, cr4 = 0, cr8 = 0, xcr0 = 1;
  std::array<u64, 4> dr{};
  u64 dr6 = 0, dr7 = 0;
  std::array<u64, 4> pdpte{};  // PAE: loaded at CR3 load
  ModelSpecificRegisters msr;
  Activity activity = Activity::Running;
  InterruptShadow interruptShadow = InterruptShadow::None;
  bool nmiBlocked = false;
  bool inSmm = false;
  // Latched and not taken yet: blocked, or asked for since the last instruction.
  bool nmiPending = false, smiPending = false, initPending = false;
  bool unhaltPending = false;  // KVM_HC_KICK_CPU: the next HLT, or the one under way, ends at once
  PendingEvent pending;
  PortInstruction portBefore;
  u64 instructions = 0;  // retired since power-on (0 where the engine cannot count)
  alignas(64) std::array<u8, kXsaveAreaSize> xsave{};

  bool operator==(const CpuState&) const = default;
};

// Linear address of the next instruction: CS base + RIP, or RIP alone in 64-bit mode.
LinearAddr codeAddress(const CpuState& state);

// Power-on / RESET# state (SDM vol. 3 table 10-1). `bootProcessor` false: waits for a SIPI.
CpuState resetState(bool bootProcessor);
// What INIT changes on top of `before`: x87, SSE, caches, MTRRs and most MSRs stay.
CpuState initState(const CpuState& before, bool bootProcessor);
// Where a started application processor begins: CS = vector << 8 (selector), base vector << 12, IP 0.
void applySipi(CpuState& state, u8 vector);

}  // namespace duet
