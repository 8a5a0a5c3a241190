#include "core/cpu/cpu_model.h"

#include <bit>

#include "core/cpu/registers.h"

namespace duet {

namespace {

struct FeatureBits {
  Feature feature;
  u64 mask;
};

constexpr FeatureBits kCr4Bits[] = {
    {Feature::Vme, kCr4Vme | kCr4Pvi}, {Feature::Tsc, kCr4Tsd},       {Feature::De, kCr4De},
    {Feature::Pse, kCr4Pse},           {Feature::Pae, kCr4Pae},       {Feature::Mce, kCr4Mce},
    {Feature::Pge, kCr4Pge},           {Feature::Fxsr, kCr4Osfxsr},   {Feature::Sse, kCr4Osxmmexcpt},
    {Feature::Umip, kCr4Umip},         {Feature::La57, kCr4La57},     {Feature::Fsgsbase, kCr4Fsgsbase},
    {Feature::Pcid, kCr4Pcide},        {Feature::Xsave, kCr4Osxsave}, {Feature::Smep, kCr4Smep},
    {Feature::Smap, kCr4Smap},         {Feature::Pku, kCr4Pke},       {Feature::Pks, kCr4Pks}};

unsigned bitsFor(unsigned count) { return static_cast<unsigned>(std::bit_width(count - 1)); }

}  // namespace

u64 CpuModel::supportedXcr0() const {
  if (!has(Feature::Xsave)) return 0;
  u64 mask = kXcr0X87;
  if (has(Feature::Sse)) mask |= kXcr0Sse;
  if (has(Feature::Avx)) mask |= kXcr0Avx;
  if (has(Feature::Pku)) mask |= kXcr0Pkru;
  return mask;
}

u64 CpuModel::cr4Mask() const {
  u64 mask = family_ >= 6 ? u64{kCr4Pce} : 0;
  for (const FeatureBits& row : kCr4Bits)
    if (has(row.feature)) mask |= row.mask;
  return mask;
}

u64 CpuModel::eferMask() const {
  u64 mask = 0;
  if (has(Feature::Syscall)) mask |= kEferSce;
  if (has(Feature::Lm)) mask |= kEferLme | kEferLma;
  if (has(Feature::Nx)) mask |= kEferNxe;
  if (has(Feature::FxsrOpt)) mask |= kEferFfxsr;
  return mask;
}

u32 CpuModel::signature() const {
  const u32 baseFamily = family_ > 15 ? 15 : family_;
  const u32 extendedFamily = family_ > 15 ? family_ - 15 : 0;
  return (extendedFamily << 20) | ((model_ >> 4) << 16) | (baseFamily << 8) | ((model_ & 15) << 4) |
         stepping_;
}

unsigned CpuModel::threadBits() const { return bitsFor(topology_.threads); }
unsigned CpuModel::packageBits() const { return threadBits() + bitsFor(topology_.cores); }

u32 CpuModel::apicId(unsigned vcpuIndex) const {
  const unsigned thread = vcpuIndex % topology_.threads;
  const unsigned core = vcpuIndex / topology_.threads % topology_.cores;
  const unsigned socket = vcpuIndex / (topology_.threads * topology_.cores);
  return (socket << packageBits()) | (core << threadBits()) | thread;
}

}  // namespace duet
