// Machine-check banks (SDM vol. 3 16.3): there, and for ever without an error; and AMD's registers of
// family 0Fh and later that operating systems read without asking CPUID.
#include "cpu-tcg/helpers/msr.h"

namespace duet::tcg {

namespace {

constexpr u32 kBanks = 10;
constexpr u32 kBankEnd = kMsrMc0Ctl + 4 * kBanks;
constexpr u64 kMcgCap = kBanks | (1u << 8);  // MCG_CTL is present
enum BankRegister : u32 { kControl, kStatus, kAddress, kMisc };

bool isBank(u32 index) { return index >= kMsrMc0Ctl && index < kBankEnd; }

bool isMachineCheck(const Context& ctx, u32 index) {
  if (!ctx.env->model.has(Feature::Mca)) return false;
  return isBank(index) || index == kMsrMcgCap || index == kMsrMcgStatus || index == kMsrMcgCtl;
}

}  // namespace

MsrAccess readMachineCheck(const Context& ctx, u32 index, u64& value) {
  if (!isMachineCheck(ctx, index)) return MsrAccess::NotMine;
  const ModelSpecificRegisters& m = ctx.arch.msr;
  switch (index) {
    case kMsrMcgCap:
      value = kMcgCap;
      break;
    case kMsrMcgStatus:
      value = m.mcgStatus;
      break;
    case kMsrMcgCtl:
      value = m.mcgCtl;
      break;
    default:
      value = m.mcBanks[index - kMsrMc0Ctl];
      break;
  }
  return MsrAccess::Done;
}

MsrAccess writeMachineCheck(Context& ctx, u32 index, u64 value) {
  if (!isMachineCheck(ctx, index)) return MsrAccess::NotMine;
  ModelSpecificRegisters& m = ctx.arch.msr;
  switch (index) {
    case kMsrMcgCap:
      return MsrAccess::Fault;
    case kMsrMcgStatus:
      if (value & ~u64{0xf}) return MsrAccess::Fault;
      m.mcgStatus = value;
      return MsrAccess::Done;
    case kMsrMcgCtl:
      m.mcgCtl = value;
      return MsrAccess::Done;
    default:
      break;
  }
  // A bank's control is all or nothing, but for bits 0 and 10, which operating systems turn off against
  // errata; its status can only be cleared by software.
  constexpr u64 kOptional = (1u << 10) | 1;
  if ((index & 3) == kControl && value != 0 && (value | kOptional) != ~u64{0}) return MsrAccess::Fault;
  if ((index & 3) == kStatus && value != 0) return MsrAccess::Fault;
  // Address and miscellaneous data of Intel's banks can only be cleared too (SDM vol. 3 16.3.2.3, 16.3.2.4).
  const bool intel = ctx.env->model.vendor() == CpuVendor::Intel;
  if (intel && (index & 3) >= kAddress && value != 0) return MsrAccess::Fault;
  m.mcBanks[index - kMsrMc0Ctl] = value;
  return MsrAccess::Done;
}

namespace {

struct FixedMsr {
  u32 index;
  u64 value;
};
constexpr FixedMsr
    kAmdRegisters
        [] =
            {
                // Performance counters: every AMD processor has four and no CPUID bit says so. These count nothing.
                {0xc0010000, 0},        {0xc0010001, 0},
                {0xc0010002, 0},        {0xc0010003, 0},
                {0xc0010004, 0},        {0xc0010005, 0},
                {0xc0010006, 0},        {0xc0010007, 0},
                {0xc0010010, 0},                          // SYSCFG: no memory encryption
                {0xc0010015, 1u << 24},                   // HWCR: TSC runs at the P0 frequency
                {0xc001001f, 0},                          // NB_CFG
                {0xc001001a, 0},                          // TOP_MEM
                {0xc001001d, 0},                          // TOP_MEM2
                {0xc0010055, 0},                          // interrupt pending message
                {0xc0010058, 0},                          // MMIO configuration base: none
                {0xc0010114, 1u << 4},                    // VM_CR: SVM disabled
                {0xc0010140, 0},        {0xc0010141, 0},  // OSVW
                {0xc0011020, 0},        {0xc0011021, 0},
                {0xc0011022, 0},        {0xc0011023, 0},
                {0xc001102a, 0},        {0xc001102c, 0},
                {0xc001102d, 0},        {0xc0011029, 1u << 1},  // DE_CFG: LFENCE serializes
                {0xc0000104, 0},                                // TSC ratio
};

const FixedMsr* findAmd(const Context& ctx, u32 index) {
  if (ctx.env->model.vendor() != CpuVendor::Amd) return nullptr;
  for (const FixedMsr& r : kAmdRegisters)
    if (r.index == index) return &r;
  return nullptr;
}

}  // namespace

MsrAccess readAmdMsr(const Context& ctx, u32 index, u64& value) {
  const FixedMsr* r = findAmd(ctx, index);
  if (!r) return MsrAccess::NotMine;
  value = r->value;
  return MsrAccess::Done;
}

// Configuration that changes nothing here is taken and forgotten.
MsrAccess writeAmdMsr(Context& ctx, u32 index, u64) {
  return findAmd(ctx, index) ? MsrAccess::Done : MsrAccess::NotMine;
}

}  // namespace duet::tcg
