#include "cpu-kvm/convert/msrs.h"

#include <algorithm>

#include "core/cpu/registers.h"
#include "cpu-kvm/convert/kvm_state.h"

namespace duet::kvm {
namespace {

using Registers = ModelSpecificRegisters;

struct Named {
  u32 index;
  u64 Registers::* member;
};

constexpr Named kNamed[] = {
    {kMsrStar, &Registers::star},
    {kMsrLstar, &Registers::lstar},
    {kMsrCstar, &Registers::cstar},
    {kMsrSfmask, &Registers::sfmask},
    {kMsrKernelGsBase, &Registers::kernelGsBase},
    {kMsrSysenterCs, &Registers::sysenterCs},
    {kMsrSysenterEsp, &Registers::sysenterEsp},
    {kMsrSysenterEip, &Registers::sysenterEip},
    {kMsrPat, &Registers::pat},
    {kMsrTscAux, &Registers::tscAux},
    {kMsrTscAdjust, &Registers::tscAdjust},
    {kMsrMiscEnable, &Registers::miscEnable},
    {kMsrDebugCtl, &Registers::debugCtl},
    {kMsrFeatureControl, &Registers::featureControl},
    {kMsrSpecCtrl, &Registers::specCtrl},
    {kMsrXss, &Registers::xss},
    {kMsrPkrs, &Registers::pkrs},
    {kMsrMtrrDefType, &Registers::mtrrDefType},
    {kMsrMcgStatus, &Registers::mcgStatus},
    {kMsrMcgCtl, &Registers::mcgCtl},
    {kMsrBiosSignId, &Registers::biosSignId},
    {kMsrSmbase, &Registers::smbase},
    {kMsrLastBranchFrom, &Registers::lastBranchFrom},
    {kMsrLastBranchTo, &Registers::lastBranchTo},
    {kMsrLastExceptionFrom, &Registers::lastExceptionFrom},
    {kMsrLastExceptionTo, &Registers::lastExceptionTo},
    {kMsrKvmWallClock, &Registers::kvmWallClock},
    {kMsrKvmSystemTime, &Registers::kvmSystemTime},
    {kMsrKvmAsyncPfInt, &Registers::kvmAsyncPfInt},  // before what enables it
    {kMsrKvmAsyncPf, &Registers::kvmAsyncPf},
    {kMsrKvmStealTime, &Registers::kvmStealTime},
    {kMsrKvmPvEoi, &Registers::kvmPvEoi},
    {kMsrKvmPollControl, &Registers::kvmPollControl},
};

// SDM vol. 3 table 12-9: the fixed-range registers have numbers with holes.
constexpr u32 kFixedMtrrs[] = {0x250, 0x258, 0x259, 0x268, 0x269, 0x26a, 0x26b, 0x26c, 0x26d, 0x26e, 0x26f};
static_assert(std::size(kFixedMtrrs) == std::tuple_size_v<decltype(Registers::mtrrFixed)>);

}  // namespace

u64* msrMember(Registers& r, u32 index) {
  for (const Named& n : kNamed)
    if (n.index == index) return &(r.*n.member);
  if (const auto* fixed = std::ranges::find(kFixedMtrrs, index); fixed != std::end(kFixedMtrrs))
    return &r.mtrrFixed[static_cast<size_t>(fixed - kFixedMtrrs)];
  if (const u32 i = index - kMsrMtrrPhysBase0; i < 2 * kVariableMtrrs)
    return i % 2 ? &r.mtrrPhysMask[i / 2] : &r.mtrrPhysBase[i / 2];
  if (const u32 i = index - kMsrMc0Ctl; i < r.mcBanks.size()) return &r.mcBanks[i];
  return nullptr;
}

std::vector<u32> convertedMsrs() {
  std::vector<u32> indices(std::begin(kFixedMtrrs), std::end(kFixedMtrrs));
  for (const Named& n : kNamed) indices.push_back(n.index);
  for (u32 i = 0; i < 2 * kVariableMtrrs; ++i) indices.push_back(kMsrMtrrPhysBase0 + i);
  for (u32 i = 0; i < std::tuple_size_v<decltype(Registers::mcBanks)>; ++i) indices.push_back(kMsrMc0Ctl + i);
  return indices;
}

}  // namespace duet::kvm
