#include "cpu-tcg/helpers/paravirtual.h"

#include <algorithm>
#include <utility>

#include "core/cpu/kvm_registers.h"
#include "cpu-tcg/helpers/processor.h"
#include "cpu-tcg/helpers/pvclock.h"
#include "cpu-tcg/helpers/tsc_agreement.h"

namespace duet::tcg {
namespace {

constexpr u64 kEnabled = 1;

// Areas are the guest's to place: what is no RAM, or ends within, is written nowhere.
template <class Write>
bool withArea(Context& ctx, u64 address, u64 size, Write&& write) {
  GuestMemory& memory = ctx.env->memory;
  u8* area = memory.hostPointer(Gpa(address), size, true);
  if (!area) return false;
  write(area);
  memory.wrote(Gpa(address), size);
  return true;
}

void writeTime(Context& ctx, bool stopped) {
  const u64 base = ctx.arch.msr.kvmSystemTime;
  if (!(base & kEnabled)) return;
  const VirtualClock& clock = ctx.env->clock;
  ClockPage page{.line = clock.paravirtualLine(),
                 .scale = TscScale::of(clock.tscFrequency()),
                 .stable = ctx.env->model.has(Feature::KvmclockStable) && (!ctx.tscs || ctx.tscs->agree()),
                 .stopped = stopped};
  page.line.tsc += ctx.arch.msr.tscOffset;
  withArea(ctx, base & ~u64{kEnabled}, kClockPageSize, [&](u8* area) { writeClockPage(area, page); });
}

// The machine's calendar, which its real-time clock shows too; the two times stand still together.
void tellWallClock(Context& ctx) {
  const VirtualClock& clock = ctx.env->clock;
  const u64 now = clock.paravirtualLine().at(clock.tsc(), TscScale::of(clock.tscFrequency()));
  const i64 calendar = clock.calendarStart() + clock.now() - static_cast<i64>(now);
  withArea(ctx, ctx.arch.msr.kvmWallClock, kWallClockSize,
           [&](u8* area) { writeWallClock(area, static_cast<u64>(std::max<i64>(calendar, 0))); });
}

// No time is ever stolen here, so far as the guest is told.
void tellStealTime(Context& ctx) {
  const u64 base = ctx.arch.msr.kvmStealTime;
  if (base & kEnabled) withArea(ctx, base & ~u64{kEnabled}, kStealTimeSize, beginStealTime);
}

// Another engine may have told the guest of pages to wait for and will not tell it that they are there; here they all are.
// While the guest has not taken the event before, its acknowledgement is waited for.
void wakePageWaiters(Context& ctx) {
  constexpr u64 kByInterrupt = 8, kAddress = ~u64{0x3f};
  constexpr u32 kEverybody = ~u32{0};
  constexpr u8 kFirstVector = 16;
  const ModelSpecificRegisters& m = ctx.arch.msr;
  const u8 vector = static_cast<u8>(m.kvmAsyncPfInt);
  const bool wanted = (m.kvmAsyncPf & kEnabled) && (m.kvmAsyncPf & kByInterrupt) && vector >= kFirstVector;
  if (!std::exchange(ctx.pageWaitersDue, false) || !wanted) return;
  withArea(ctx, m.kvmAsyncPf & kAddress, kPageReadySize, [&](u8* area) {
    ctx.pageWaitersDue = !writePageReady(area, kEverybody);
    if (!ctx.pageWaitersDue) ctx.env->interrupts.sendIpi(ctx.env->interrupts.apicId(), vector);
  });
}

}  // namespace

void tellTime(Context& ctx) { writeTime(ctx, false); }

void tellTscOffset(Context& ctx) {
  if (ctx.tscs) ctx.tscs->set(ctx.env->index, ctx.arch.msr.tscOffset);
  tellTime(ctx);
}

// Counted time does not differ by a pause, and must not show one.
void tellOfPause(Context& ctx) {
  const VirtualClock& clock = ctx.env->clock;
  ctx.pausesTold = clock.pauses();
  if (clock.kind() == VirtualClock::Kind::Host) writeTime(ctx, true);
}

void enterParavirtual(Context& ctx) {
  tellTscOffset(ctx);
  tellStealTime(ctx);
  ctx.pageWaitersDue = true;
  wakePageWaiters(ctx);
}

MsrAccess readKvmMsr(const Context& ctx, u32 index, u64& value) {
  const CpuModel& model = ctx.env->model;
  if (index == kMsrKvmAsyncPfAck && model.has(Feature::KvmAsyncPfInt)) {
    value = 0;
    return MsrAccess::Done;
  }
  const KvmRegister* r = findKvmRegister(model, index);
  if (!r) return MsrAccess::NotMine;
  value = ctx.arch.msr.*r->member;
  return MsrAccess::Done;
}

MsrAccess writeKvmMsr(Context& ctx, u32 index, u64 value) {
  const CpuModel& model = ctx.env->model;
  if (index == kMsrKvmAsyncPfAck && model.has(Feature::KvmAsyncPfInt)) {
    wakePageWaiters(ctx);
    return MsrAccess::Done;
  }
  const KvmRegister* r = findKvmRegister(model, index);
  if (!r) return MsrAccess::NotMine;
  if (!kvmRegisterFits(model, *r, value)) return MsrAccess::Fault;
  ctx.arch.msr.*r->member = value;
  switch (index) {
    case kMsrKvmSystemTime:
    case kMsrKvmSystemTimeOld:
      tellTime(ctx);
      break;
    case kMsrKvmWallClock:
    case kMsrKvmWallClockOld:
      tellWallClock(ctx);
      break;
    case kMsrKvmStealTime:
      tellStealTime(ctx);
      break;
    default:
      break;  // nothing to do until an event
  }
  return MsrAccess::Done;
}

i64 pairClocks(Context& ctx, Gpa area, u64 type) {
  constexpr i64 kBadAddress = -14, kNotSupported = -95;
  constexpr u64 kWallClock = 0;
  const auto pair = ctx.env->clock.hostCalendar();
  if (type != kWallClock || !pair) return kNotSupported;
  const u64 tsc = pair->tsc + ctx.arch.msr.tscOffset;
  const bool written = withArea(ctx, area.value, kClockPairingSize,
                                [&](u8* bytes) { writeClockPairing(bytes, pair->time, tsc); });
  return written ? 0 : kBadAddress;
}

}  // namespace duet::tcg
