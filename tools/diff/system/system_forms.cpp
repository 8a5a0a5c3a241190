#include "tools/diff/system/system_forms.h"

#include "tools/diff/system/system_recipes.h"

namespace duet::diff {

using namespace tcg::isa;

bool isSystemRow(const Row& row, const Target& target) {
  if (!systemRecipeOf(row) || !target.features.has(row.feature)) return false;
  const bool wide = target.wide();
  if (row.has(wide ? kAttrI64 : kAttrO64)) return false;
  if (!wide && (row.w == 1 || row.rexB == 1)) return false;
  if (row.has(kAttrProt) && !isProtected(target.systemMode)) return false;
  return !(row.has(kAttrIntel) && target.vendor == CpuVendor::Amd);
}

}  // namespace duet::diff
