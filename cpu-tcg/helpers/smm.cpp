#include "cpu-tcg/helpers/smm.h"

#include <algorithm>
#include <cstring>

#include "core/base/log.h"
#include "cpu-tcg/helpers/control.h"
#include "cpu-tcg/helpers/helpers.h"
#include "cpu-tcg/helpers/processor.h"
#include "cpu-tcg/helpers/smm_save_area.h"
#include "cpu-tcg/runtime/fault.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

namespace {

constexpr u32 kHandlerData = kSegG | kSegPresent | kSegS | 3;  // 4 GiB, read/write
constexpr u8 kRestartIo = 0xff;

u64 saveAreaAddress(const CpuState& s) { return (s.msr.smbase + SmmSaveArea::kStart) & 0xffffffff; }

bool wideForm(const Context& ctx) { return ctx.env->model.has(Feature::Lm); }

// The part of the save area at `done` bytes that one mapping holds.
u32 pieceSize(const Mapping& m, u64 address, u32 done) {
  const u64 left = SmmSaveArea::kSize - done, here = m.size - (address - m.base);
  return static_cast<u32>(m.size ? std::min(left, here) : left);
}

// Where there is no memory the area reads as ones.
void readArea(const Context& ctx, u64 start, SmmSaveArea::Bytes& bytes) {
  bytes.fill(0xff);
  for (u32 done = 0; done < bytes.size();) {
    const u64 at = start + done;
    const Mapping m = ctx.dataMemory->lookup(at);
    const u32 n = pieceSize(m, at, done);
    if (m.host) std::memcpy(&bytes[done], m.host + (at - m.base), n);
    done += n;
  }
}

void writeArea(Context& ctx, u64 start, const SmmSaveArea::Bytes& bytes) {
  for (u32 done = 0; done < bytes.size();) {
    const u64 at = start + done;
    const Mapping m = ctx.dataMemory->lookup(at);
    const u32 n = pieceSize(m, at, done);
    if (m.kind == MappingKind::Ram) {
      u8* host = m.host + (at - m.base);
      std::memcpy(host, &bytes[done], n);
      ctx.ram->noteWrite(host, n);
    }
    done += n;
  }
}

// The I/O instruction that ended where the SMI came, if one did (APM vol. 2 10.2.4).
void describeIo(const Context& ctx, SmmSaveExtras& x) {
  const PortInstruction io = portInstructionBefore(ctx);
  if (!io.size) return;
  x.ioTrap = u32{io.port} << 16 | u32{io.size} << 4 | (io.in ? 1u : 0u) | 2u;
  x.ioRip = io.rip;
  x.ioRcx = ctx.arch.gpr[kRcx];
  x.ioRsi = ctx.arch.gpr[kRsi];
  x.ioRdi = ctx.arch.gpr[kRdi];
}

// SDM vol. 3 table 32-4. IDTR stays as it was: the handler loads its own before it lets anything interrupt it.
void enterHandler(CpuState& s) {
  s.segment.fill({0, 0, 0xffffffff, kHandlerData});
  s.segment[kSegCs].selector = static_cast<u16>(s.msr.smbase >> 4);
  s.segment[kSegCs].base = s.msr.smbase;
  s.rip = 0x8000;
  s.cr0 &= ~(kCr0Pe | kCr0Em | kCr0Ts | kCr0Pg);
  s.cr4 = 0;
  s.msr.efer = 0;
  s.dr7 = kDr7Fixed;
  s.interruptShadow = InterruptShadow::None;
  s.activity = Activity::Running;
  s.nmiBlocked = true;
  s.inSmm = true;
}

void shutDown(Context& ctx) {
  ctx.arch.activity = Activity::Shutdown;
  ctx.leave |= kLeaveCode | kLeaveEvents;
}

}  // namespace

PortInstruction portInstructionBefore(const Context& ctx) {
  const PortAccess& io = ctx.lastPort;
  if (!io.insn || io.insn != ctx.insn || io.nextRip != ctx.arch.rip) return {};
  return {io.port, io.size, io.in, io.rip};
}

void enterSmm(Context& ctx, const SmmEntry& entry) {
  SmmSaveExtras extras;
  extras.haltRestart = entry.fromHalt;
  extras.pendingTraps = entry.pendingTraps;
  extras.nmiBlocked = ctx.arch.nmiBlocked;
  extras.interruptShadow = static_cast<u8>(ctx.arch.interruptShadow);
  describeIo(ctx, extras);
  CpuState saved = ctx.arch;
  saved.rflags = readFlags(ctx);
  SmmSaveArea area(wideForm(ctx));
  area.save(saved, extras);
  log(LogChannel::Int, "cpu {} SMI at {:#x}:{:#x}, SMBASE {:#x}", ctx.env->index,
      saved.segment[kSegCs].selector, saved.rip, saved.msr.smbase);

  writeFlags(ctx, 2);
  enterHandler(ctx.arch);
  ctx.nextRip = ctx.arch.rip;
  updateMode(ctx);
  selectMemory(ctx);
  flushTlb(ctx, true);
  writeArea(ctx, saveAreaAddress(ctx.arch), area.bytes());
}

// SDM vol. 3 32.4.1: what the checks of importState() refuse is what makes a processor shut down.
void leaveSmm(Context& ctx) {
  SmmSaveArea area(wideForm(ctx));
  readArea(ctx, saveAreaAddress(ctx.arch), area.bytes());
  CpuState s;
  exportState(ctx, s);
  SmmSaveExtras extras;
  area.load(s, extras);
  s.inSmm = false;
  s.nmiBlocked = extras.nmiBlocked;
  s.interruptShadow = static_cast<InterruptShadow>(extras.interruptShadow);
  s.activity = extras.haltRestart ? Activity::Halted : Activity::Running;
  if (extras.pendingTraps) s.pending = {EventType::Exception, kExcDB, false, 0, extras.pendingTraps};
  if (extras.ioRestart == kRestartIo && extras.ioRip) s.rip = extras.ioRip;
  if (auto loaded = importState(ctx, s); !loaded) {
    guestLog(LogChannel::GuestErrors, "RSM: {}", loaded.error().message);
    return shutDown(ctx);
  }
  const bool pae = ctx.paging.mode == mmu::PagingMode::Pae;
  if (pae && !fetchPdptes(ctx, ctx.arch.cr3, ctx.arch.pdpte)) return shutDown(ctx);
  updateMode(ctx);
  ctx.leave |= kLeaveCode | kLeaveEvents;
}

void Rsm::run(Context& ctx, const isa::Insn&) {
  if (!ctx.arch.inSmm) raiseUd(ctx);
  leaveSmm(ctx);
}

}  // namespace duet::tcg
