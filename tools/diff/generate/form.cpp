#include "tools/diff/generate/form.h"

#include <bit>
#include <string_view>

#include "tools/diff/generate/rows.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

PrefixGroup groupOf(const Insn& insn) {
  const Row& row = *insn.row;
  const bool mandatory = row.prefix == MandatoryPrefix::PF2 || row.prefix == MandatoryPrefix::PF3;
  unsigned prefixes = insn.prefixes & (kPrefixLock | kPrefixRep | kPrefixRepne | kPrefixSegment | kPrefixRex);
  if (mandatory) prefixes &= ~unsigned{kPrefixRep | kPrefixRepne};
  if (prefixes == 0) return PrefixGroup::None;
  if (std::popcount(prefixes) > 1) return PrefixGroup::Several;
  switch (prefixes) {
    case kPrefixLock:
      return PrefixGroup::Lock;
    case kPrefixRep:
      return PrefixGroup::Rep;
    case kPrefixRepne:
      return PrefixGroup::Repne;
    case kPrefixSegment:
      return PrefixGroup::Segment;
    default:
      return PrefixGroup::Rex;
  }
}

// Operand sizes of rows whose 32- or 64-bit operands follow REX.W (or VEX.W) alone.
std::vector<u8> widthSizes(const Row& row, bool wide) {
  if (!wide) return {4};
  if (row.w >= 0) return {row.w ? u8{8} : u8{4}};
  return {4, 8};
}

std::vector<u8> operandSizes(const Row& row, const Target& target) {
  const SizeUse use = sizeUse(row);
  if (use == SizeUse::None) return {0};
  if (use == SizeUse::Width) return widthSizes(row, target.wide());
  const bool may66 = row.prefix != MandatoryPrefix::None, must66 = row.prefix == MandatoryPrefix::P66;
  std::vector<u8> sizes;
  if (may66 && row.w != 1) sizes.push_back(2);
  if (!target.wide()) {
    if (!must66) sizes.push_back(4);
    return sizes;
  }
  if (row.has(kAttrF64)) return target.vendor == CpuVendor::Amd ? std::vector<u8>{2, 8} : std::vector<u8>{8};
  if (!must66 && row.w != 1 && !row.has(kAttrD64)) sizes.push_back(4);
  if (row.w != 0) sizes.push_back(8);
  return sizes;
}

std::vector<u8> addressSizes(const Row& row, const Target& target) {
  if (target.wide()) return {4, 8};
  const bool vsib = row.attrs & (kAttrVsibX | kAttrVsibY);
  return vsib ? std::vector<u8>{4} : std::vector<u8>{2, 4};
}

}  // namespace

CodeMode Target::mode() const {
  if (world == World::System) {
    switch (systemMode) {
      case SystemMode::Real16:
      case SystemMode::Virtual8086:
      case SystemMode::Protected16:
      case SystemMode::Compat16:
        return CodeMode::Bits16;
      case SystemMode::Protected32:
      case SystemMode::Compat32:
        return CodeMode::Bits32;
      case SystemMode::Long64:
        return CodeMode::Bits64;
    }
  }
  return world == World::User64 ? CodeMode::Bits64 : CodeMode::Bits32;
}

u64 FormKey::packed() const {
  return u64{row} << 24 | u64{static_cast<u8>(world)} << 22 | u64{static_cast<u8>(shape)} << 21 |
         u64(std::bit_width(operandSize)) << 18 | u64(std::bit_width(addressSize)) << 15 |
         u64{static_cast<u8>(mode)} << 12 | u64{static_cast<u8>(prefixes)} << 9 | u64{cpl} << 6 | ending;
}

FormKey FormKey::unpack(u64 packed) {
  const auto size = [](u64 width) { return width ? static_cast<u8>(1u << ((width & 7) - 1)) : u8{0}; };
  FormKey key;
  key.row = static_cast<u16>(packed >> 24);
  key.world = static_cast<World>(packed >> 22 & 3);
  key.shape = static_cast<OperandShape>(packed >> 21 & 1);
  key.operandSize = size(packed >> 18 & 7);
  key.addressSize = size(packed >> 15 & 7);
  key.prefixes = static_cast<PrefixGroup>(packed >> 9 & 7);
  key.mode = static_cast<SystemMode>(packed >> 12 & 7);
  key.cpl = static_cast<u8>(packed >> 6 & 3);
  key.ending = static_cast<u8>(packed & 0x3f);
  return key;
}

FormKey FormKey::plain() const {
  FormKey key = *this;
  key.prefixes = PrefixGroup::None;
  key.ending = kNotRun;
  key.cpl = 0;
  return key;
}

FormKey formOf(const Insn& insn, const Target& target) {
  const Row& row = *insn.row;
  FormKey key{.row = row.index, .prefixes = groupOf(insn), .world = target.world};
  if (target.world == World::System) key.mode = target.systemMode;
  const bool memory = insn.hasMemory() || hasImplicitMemory(row);
  if (memory) key.shape = OperandShape::Memory;
  if (memory || countsByAddressSize(row)) key.addressSize = insn.addrSize;
  switch (sizeUse(row)) {
    case SizeUse::None:
      break;
    case SizeUse::Width:
      key.operandSize = insn.mode == CodeMode::Bits64 && insn.has(kPrefixRexW) ? 8 : 4;
      break;
    case SizeUse::Operand:
      key.operandSize = insn.opSize;
      break;
  }
  return key;
}

std::vector<FormKey> formsOf(const Row& row, const Target& target) {
  std::vector<FormKey> forms;
  const bool modrm = row.modrm != ModrmRule::Absent && !row.modIgnored;
  const bool memory = hasImplicitMemory(row) || (modrm && row.modrm != ModrmRule::Register);
  const bool reg = !hasImplicitMemory(row) && (!modrm || row.modrm != ModrmRule::Memory);
  for (const u8 size : operandSizes(row, target)) {
    FormKey key{.row = row.index, .operandSize = size, .world = target.world};
    if (target.world == World::System) key.mode = target.systemMode;
    const std::vector<u8> addresses = addressSizes(row, target);
    if (reg && !countsByAddressSize(row)) forms.push_back(key);
    if (reg && countsByAddressSize(row))
      for (const u8 address : addresses) forms.push_back((key.addressSize = address, key));
    key.shape = OperandShape::Memory;
    if (memory)
      for (const u8 address : addresses) forms.push_back((key.addressSize = address, key));
  }
  return forms;
}

}  // namespace duet::diff
