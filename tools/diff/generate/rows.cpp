#include "tools/diff/generate/rows.h"

#include <algorithm>
#include <vector>

namespace duet::diff {
namespace {

using namespace tcg::isa;

constexpr LeftOut kLeftOut[] = {
    {"Cpuid", true, "answers for the processor it runs on"},
    {"Rdtsc", true, "time"},
    {"Rdtscp", true, "time, and the processor's number"},
    {"Rdpmc", true, "counters, and the kernel decides on CR4.PCE"},
    {"Rdrand", true, "random"},
    {"Rdseed", true, "random"},
    {"Rdpid", true, "the processor's number"},
    {"Xgetbv", true, "XCR0 is the host kernel's choice"},
    {"Xsaveopt", true, "what it leaves out depends on what the kernel restored before"},
    {"Syscall", true, "enters the kernel"},
    {"Sysenter", true, "enters the kernel"},
    {"Vmcall", true, "enters the hypervisor, if there is one"},
    {"Vmmcall", true, "enters the hypervisor, if there is one"},
    {"Monitor", true, "whether user mode may is a model-specific register's choice (APM vol. 3)"},
    {"Mwait", true, "waits, if user mode may"},
    {"Sgdt", true,
     "under UMIP Linux answers in the processor's place, without it the kernel's address shows"},
    {"Sidt", true, "as SGDT"},
    {"Smsw", true, "as SGDT"},
    {"Sldt", true, "as SGDT"},
    {"Str", true, "as SGDT"},
    {"Rdpkru", true, "CR4.PKE is the host kernel's choice"},
    {"Wrpkru", true, "as RDPKRU"},
    {"IntN", false, "not vector 80h, which enters the kernel"},
    {"Lar", false, "not selectors 78h to 7Bh, behind which Linux keeps the processor's number"},
    {"Lsl", false, "as LAR"},
    {"Verr", false, "as LAR"},
    {"Verw", false, "as LAR"},
    {"MovToSeg", false, "as LAR"},
    {"Xsave", false, "only x87, SSE and AVX: what else XCR0 has is the host kernel's choice"},
    {"Xsavec", false, "as XSAVE"},
    {"Xrstor", false, "as XSAVE"},
};

bool isLeftOut(const Row& row) {
  return std::ranges::any_of(kLeftOut, [&](const LeftOut& e) { return e.whole && e.sem == row.semName; });
}

bool isOneOf(const Row& row, std::initializer_list<std::string_view> sems) {
  return std::ranges::find(sems, std::string_view(row.semName)) != sems.end();
}

SizeUse useOf(SizeRule rule) {
  switch (rule) {
    case SizeRule::OpSize:
    case SizeRule::OpSizeZ:
    case SizeRule::FarPtr:
    case SizeRule::BoundPair:
    case SizeRule::B14_28:
    case SizeRule::B94_108:
      return SizeUse::Operand;
    case SizeRule::OpSizeY:
      return SizeUse::Width;
    default:
      return SizeUse::None;
  }
}

SizeUse findSizeUse(const Row& row) {
  if (row.has(kAttrByte)) return SizeUse::None;
  // Without operands that say so: stack slots and names that change with the size.
  if (row.attrs & (kAttrD64 | kAttrF64)) return SizeUse::Operand;
  if (isOneOf(row, {"FarRet", "Iret", "PushSeg", "PopSeg", "Pusha", "Popa", "Cbw", "Cwd"}))
    return SizeUse::Operand;
  SizeUse use = SizeUse::None;
  for (unsigned i = 0; i < row.operandCount; ++i) {
    use = std::max(use, useOf(row.operands[i].size));
    use = std::max(use, useOf(row.operands[i].memSize));
  }
  return use;
}

bool findImplicitMemory(const Row& row) {
  for (unsigned i = 0; i < row.operandCount; ++i) {
    const Slot slot = row.operands[i].slot;
    if (slot == Slot::Moffs || slot == Slot::StringSrc || slot == Slot::StringDst) return true;
  }
  return isOneOf(row, {"Xlat", "Maskmov", "Clzero"});
}

struct Facts {
  SizeUse use;
  bool implicitMemory, countsByAddressSize;
};

// By row index, found once: the generator asks for them at every instruction.
const Facts& factsOf(const Row& row) {
  static const std::vector<Facts> facts = [] {
    std::vector<Facts> list;
    for (const Row& r : allRows())
      list.push_back(
          {findSizeUse(r), findImplicitMemory(r), isOneOf(r, {"Loop", "Loope", "Loopne", "Jcxz"})});
    return list;
  }();
  return facts[row.index];
}

}  // namespace

std::span<const LeftOut> leftOut() { return kLeftOut; }

bool isGenerated(const Row& row, const Target& target) {
  const bool wide = target.wide();
  if (row.has(wide ? kAttrI64 : kAttrO64)) return false;
  if (!wide && !row.vex && (row.w == 1 || row.rexB == 1)) return false;
  if (row.has(kAttrIntel) && target.vendor == CpuVendor::Amd) return false;
  return target.features.has(row.feature) && !isLeftOut(row);
}

bool isUserRow(const Row& row, const Target& target) {
  return isGenerated(row, target) && !row.has(kAttrCpl0) &&
         !isOneOf(row, {"Rsm", "Sysret", "Xsetbv", "Clac", "Stac"});
}

SizeUse sizeUse(const Row& row) { return factsOf(row).use; }
bool hasImplicitMemory(const Row& row) { return factsOf(row).implicitMemory; }
bool countsByAddressSize(const Row& row) { return factsOf(row).countsByAddressSize; }

}  // namespace duet::diff
