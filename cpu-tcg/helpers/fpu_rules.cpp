// What the x87 and SSE units of the CPU model do in their own ways.
#include "core/cpu/state_check.h"
#include "cpu-tcg/helpers/fpu_state.h"

namespace duet::tcg {

namespace {

constexpr u64 kFopcodeCompatibility = 1u << 2;  // IA32_MISC_ENABLE[2]

// SDM vol. 1 8.1.9: from the Pentium 4 on, unless its compatibility mode is on.
bool fopOnUnmasked(const Context& ctx) {
  const CpuModel& model = ctx.env->model;
  if (model.vendor() != CpuVendor::Intel) return false;
  const unsigned family = model.family();
  if (family == 15) return !(ctx.arch.msr.miscEnable & kFopcodeCompatibility);
  constexpr unsigned kFirstCore = 14;
  return family == 6 && model.modelNumber() >= kFirstCore;
}

// AMD's processors save the pointers only for a pending exception; RstrFpErrPtrs (APM vol. 3 appendix E, CPUID
// Fn8000_0008_EBX[2]) says that they write zeros otherwise and always restore what is in memory.
FpuRules::ErrorPointers savedPointers(const CpuModel& model) {
  using Pointers = FpuRules::ErrorPointers;
  if (model.vendor() != CpuVendor::Amd) return Pointers::Always;
  return model.has(Feature::Xsaveerptr) ? Pointers::ZeroUnlessPending : Pointers::OnlyPending;
}

}  // namespace

void updateFpuRules(Context& ctx) {
  const CpuModel& model = ctx.env->model;
  FpuRules& rules = ctx.native.rules;
  rules.mxcsrMask = mxcsrMaskOf(model);
  rules.fopOnUnmasked = fopOnUnmasked(ctx);
  rules.fdpOnUnmasked = model.has(Feature::FdpExcptnOnly);
  rules.zeroSelectors = model.has(Feature::ZeroFcsFds);
  rules.saved = savedPointers(model);
}

}  // namespace duet::tcg
