// VMCALL and VMMCALL as a guest of KVM meets them: its numbers, registers and error codes. They exist while CPUID says
// that there is a hypervisor, else they are undefined, as on a processor outside VMX and SVM.
#include <thread>

#include "core/base/bits.h"
#include "cpu-tcg/helpers/paravirtual.h"
#include "cpu-tcg/helpers/processor.h"
#include "cpu-tcg/runtime/fault.h"

namespace duet::tcg {
namespace {

constexpr u64 kVapicPollIrq = 1, kKickCpu = 5, kClockPairing = 9, kSendIpi = 10, kSchedYield = 11;
constexpr i64 kNotPermitted = -1, kInvalid = -22, kNoSuchCall = -1000;

// The part of the interrupt command register that a call may give: delivery mode, vector, level, trigger.
constexpr u64 kIcrDestinations = bit(11) | bit(18) | bit(19);

i64 sendIpis(Context& ctx, const u64 (&arguments)[4], unsigned word) {
  const auto [low, high, first, icr] = arguments;
  if (icr & kIcrDestinations) return kInvalid;
  i64 reached = 0;
  for (unsigned i = 0; i < 2 * word; ++i) {
    const u64 map = i < word ? low : high;
    const u64 id = first + i;
    if (id >> 32 == 0 && testBit(map, i % word) &&
        ctx.env->interrupts.sendIpi(static_cast<u32>(id), static_cast<u32>(icr)))
      ++reached;
  }
  return reached;
}

// `word`: bits of a register in the caller's mode.
i64 call(Context& ctx, u64 number, const u64 (&arguments)[4], unsigned word) {
  const CpuModel& model = ctx.env->model;
  switch (number) {
    case kVapicPollIrq:
      ctx.leave |= kLeaveEvents;
      return 0;
    case kKickCpu:
      if (!model.has(Feature::KvmPvUnhalt)) return kNoSuchCall;
      if (arguments[1] >> 32 == 0) ctx.env->interrupts.unhalt(static_cast<u32>(arguments[1]));
      return 0;
    case kClockPairing:
      return model.has(Feature::Kvmclock) ? pairClocks(ctx, Gpa(arguments[0]), arguments[1]) : kNoSuchCall;
    case kSendIpi:
      return model.has(Feature::KvmPvIpi) ? sendIpis(ctx, arguments, word) : kNoSuchCall;
    case kSchedYield:
      if (!model.has(Feature::KvmPvSchedYield)) return kNoSuchCall;
      std::this_thread::yield();
      ctx.leave |= kLeaveEvents;
      return 0;
    default:
      return kNoSuchCall;
  }
}

void hypercall(Context& ctx) {
  const bool wide = ctx.codeMode == isa::CodeMode::Bits64;
  const u64 mask = wide ? ~u64{0} : 0xffffffff;
  const auto& gpr = ctx.arch.gpr;
  const u64 arguments[4] = {gpr[kRbx] & mask, gpr[kRcx] & mask, gpr[kRdx] & mask, gpr[kRsi] & mask};
  const i64 result = ctx.cpl != 0 ? kNotPermitted : call(ctx, gpr[kRax] & mask, arguments, wide ? 64 : 32);
  ctx.arch.gpr[kRax] = static_cast<u64>(result) & mask;
}

}  // namespace

void Vmcall::run(Context& ctx, const isa::Insn&) {
  if (ctx.env->model.vendor() != CpuVendor::Intel) raiseUd(ctx);
  hypercall(ctx);
}

void Vmmcall::run(Context& ctx, const isa::Insn&) {
  if (ctx.env->model.vendor() != CpuVendor::Amd) raiseUd(ctx);
  hypercall(ctx);
}

}  // namespace duet::tcg
