// MTRRs and PAT (SDM vol. 3 chapter 12). They are kept and checked, and change nothing: guest memory is
// as coherent as the host's.
#include <algorithm>

#include "core/base/bits.h"
#include "core/cpu/state_check.h"
#include "cpu-tcg/helpers/control.h"
#include "cpu-tcg/helpers/msr.h"

namespace duet::tcg {

namespace {

constexpr u64 kCapability = kVariableMtrrs | (1u << 8) | (1u << 10);  // fixed ranges, write-combining
constexpr u32 kFixedIndex[] = {0x250, 0x258, 0x259, 0x268, 0x269, 0x26a, 0x26b, 0x26c, 0x26d, 0x26e, 0x26f};

bool validMtrrType(u64 type) { return type == 0 || type == 1 || type == 4 || type == 5 || type == 6; }

template <class Valid>
bool everyByte(u64 value, Valid valid) {
  for (unsigned i = 0; i < 64; i += 8)
    if (!valid(bits(value, i + 7, i))) return false;
  return true;
}

bool isVariable(u32 index) {
  return index >= kMsrMtrrPhysBase0 && index < kMsrMtrrPhysBase0 + 2 * kVariableMtrrs;
}

const u32* fixedRange(u32 index) {
  const u32* p = std::find(std::begin(kFixedIndex), std::end(kFixedIndex), index);
  return p == std::end(kFixedIndex) ? nullptr : p;
}

bool isMtrr(u32 index) {
  return index == kMsrMtrrCap || index == kMsrMtrrDefType || isVariable(index) || fixedRange(index);
}

MsrAccess storeIf(bool ok, u64& target, u64 value) {
  if (!ok) return MsrAccess::Fault;
  target = value;
  return MsrAccess::Done;
}

}  // namespace

MsrAccess readMtrr(const Context& ctx, u32 index, u64& value) {
  const ModelSpecificRegisters& m = ctx.arch.msr;
  if (index == kMsrPat && ctx.env->model.has(Feature::Pat)) {
    value = m.pat;
    return MsrAccess::Done;
  }
  if (!isMtrr(index) || !ctx.env->model.has(Feature::Mtrr)) return MsrAccess::NotMine;
  if (index == kMsrMtrrCap)
    value = kCapability;
  else if (index == kMsrMtrrDefType)
    value = m.mtrrDefType;
  else if (const u32* f = fixedRange(index))
    value = m.mtrrFixed[static_cast<size_t>(f - kFixedIndex)];
  else
    value = (index & 1 ? m.mtrrPhysMask : m.mtrrPhysBase)[(index - kMsrMtrrPhysBase0) / 2];
  return MsrAccess::Done;
}

MsrAccess writeMtrr(Context& ctx, u32 index, u64 value) {
  ModelSpecificRegisters& m = ctx.arch.msr;
  if (index == kMsrPat && ctx.env->model.has(Feature::Pat)) return storeIf(validPat(value), m.pat, value);
  if (!isMtrr(index) || !ctx.env->model.has(Feature::Mtrr)) return MsrAccess::NotMine;
  if (index == kMsrMtrrCap) return MsrAccess::Fault;
  if (index == kMsrMtrrDefType)
    return storeIf(validMtrrType(value & 0xff) && !(value & ~u64{0xcff}), m.mtrrDefType, value);
  if (const u32* f = fixedRange(index))
    return storeIf(everyByte(value, validMtrrType), m.mtrrFixed[static_cast<size_t>(f - kFixedIndex)], value);
  const size_t n = (index - kMsrMtrrPhysBase0) / 2;
  const u64 reserved = physicalReservedBits(ctx);
  if (index & 1) return storeIf(!(value & (reserved | 0x7ff)), m.mtrrPhysMask[n], value);
  return storeIf(validMtrrType(value & 0xff) && !(value & (reserved | 0xf00)), m.mtrrPhysBase[n], value);
}

}  // namespace duet::tcg
