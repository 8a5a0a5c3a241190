#include <algorithm>
#include <utility>

#include "tools/diff/decode/byte_source.h"
#include "tools/diff/generate/random.h"
#include "tools/diff/generate/shape.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

constexpr unsigned kRexBytes = 17;                   // none, 40h to 4Fh
constexpr unsigned kPrefixSets = 2 * 2 * 3 * 4 * 2;  // 66, 67, F2 or F3, segment, LOCK
constexpr unsigned kFewModrm = 4;

bool exists(const Row& row, CodeMode mode) {
  const bool wide = mode == CodeMode::Bits64;
  if (row.has(wide ? kAttrI64 : kAttrO64)) return false;
  return wide || row.vex || (row.w != 1 && row.rexB != 1);
}

bool wide(CodeMode mode) { return mode == CodeMode::Bits64; }

// REX bytes, or what VEX holds of registers, W and L.
unsigned extensions(const Row& row, CodeMode mode) {
  if (row.vex) return wide(mode) ? 32 : 4;
  return wide(mode) ? kRexBytes : 1;
}

unsigned modrmBytes(const Row& row) { return row.modrm == ModrmRule::Absent ? 1 : 256; }

u64 walkLength(const Row& row, CodeMode mode, bool prefixes) {
  const u64 opcodes = row.opcodeReg ? 8 : 1;
  const u64 each = opcodes * extensions(row, mode);
  if (!prefixes) return each * modrmBytes(row) * 2;
  return each * std::min(modrmBytes(row), kFewModrm) * kPrefixSets;
}

// Takes a number apart, digit by digit, each of its own base.
class Digits {
 public:
  explicit Digits(u64 number) : rest_(number) {}
  unsigned next(unsigned base) {
    const auto digit = static_cast<unsigned>(rest_ % base);
    rest_ /= base;
    return digit;
  }

 private:
  u64 rest_;
};

void putExtension(const Row& row, CodeMode mode, unsigned number, Shape& shape, Random& random) {
  if (row.vex) {
    shape.w = number & 1;
    shape.l = number & 2;
    shape.b = number & 4;
    shape.x = number & 8;
    shape.r = number & 16;
    shape.vvvv = row.usesVvvv || random.oneIn(8) ? static_cast<u8>(random.below(16)) : u8{0};
    shape.shortVex = !shape.w && !shape.b && !shape.x && row.map == Map::M0F && random.oneIn(2);
    return;
  }
  if (number == 0 || !wide(mode)) return;
  shape.rex = true;
  --number;
  shape.w = number & 8;
  shape.r = number & 4;
  shape.x = number & 2;
  shape.b = number & 1;
}

void putMandatory(const Row& row, Shape& shape) {
  static constexpr u8 kBytes[] = {0, 0, 0x66, 0xf3, 0xf2};
  static constexpr u8 kVex[] = {0, 0, 1, 2, 3};
  const auto prefix = static_cast<size_t>(row.prefix);
  if (row.vex)
    shape.vexPrefix = kVex[prefix];
  else if (kBytes[prefix])
    shape.addLegacy(kBytes[prefix]);
}

void putPrefixes(Digits& digits, Shape& shape, Random& random) {
  static constexpr u8 kRepeats[] = {0, 0xf2, 0xf3};
  static constexpr u8 kSegments[] = {0, 0x64, 0x65, 0};
  static constexpr u8 kFlat[] = {0x26, 0x2e, 0x36, 0x3e};
  if (digits.next(2)) shape.addLegacy(0x66);
  if (digits.next(2)) shape.addLegacy(0x67);
  if (const u8 byte = kRepeats[digits.next(3)]) shape.addLegacy(byte);
  const unsigned segment = digits.next(4);
  if (const u8 byte = segment == 3 ? random.of(kFlat) : kSegments[segment]) shape.addLegacy(byte);
  if (digits.next(2)) shape.addLegacy(0xf0);
}

// Fields that the row fixes are as it says.
u8 modrmOf(const Row& row, unsigned byte) {
  if (row.modrmReg >= 0) byte = (byte & 0xc7) | static_cast<unsigned>(row.modrmReg) << 3;
  if (row.modrmRm >= 0) byte = (byte & 0xf8) | static_cast<unsigned>(row.modrmRm);
  if (row.modrm == ModrmRule::Register && !row.modIgnored) byte |= 0xc0;
  if (row.modrm == ModrmRule::Memory && byte >= 0xc0) byte -= 0x40;
  return static_cast<u8>(byte);
}

u8 fewModrm(unsigned which, Random& random) {
  const unsigned low = random.below(64);
  switch (which) {
    case 0:
      return static_cast<u8>(0xc0 | low);
    case 1:
      return static_cast<u8>((low & 0x38) | (random.below(2) << 6) | 4);  // SIB
    case 2:
      return static_cast<u8>(low);
    default:
      return static_cast<u8>(low | (random.oneIn(2) ? 0x80 : 0x40));
  }
}

}  // namespace

TableSource::TableSource(u64 seed, const Row* only) : seed_(seed) {
  for (const CodeMode mode : {CodeMode::Bits16, CodeMode::Bits32, CodeMode::Bits64}) {
    const auto m = static_cast<size_t>(mode);
    for (const Row& row : allRows()) {
      if (!exists(row, mode) || (only && only != &row)) continue;
      for (const bool prefixes : {false, true}) {
        walks_[m].push_back({count_[m], &row, prefixes});
        count_[m] += walkLength(row, mode, prefixes);
      }
    }
  }
}

u64 TableSource::count(CodeMode mode) const { return count_[static_cast<size_t>(mode)]; }

ByteString TableSource::make(u64 number, CodeMode mode) const {
  const auto& walks = walks_[static_cast<size_t>(mode)];
  const Walk& walk = *(std::ranges::upper_bound(walks, number, {}, &Walk::first) - 1);
  const Row& row = *walk.row;
  Random random(seed_ * 0x9e3779b97f4a7c15 ^ number * 0xd1342543de82ef95 ^ static_cast<u64>(mode));
  Digits digits(number - walk.first);
  Shape shape;
  shape.vex = row.vex;
  shape.map = row.map;
  shape.opcode = static_cast<u8>(row.opcode + (row.opcodeReg ? digits.next(8) : 0));
  putExtension(row, mode, digits.next(extensions(row, mode)), shape, random);
  if (row.rexB >= 0) shape.b = row.rexB == 1;
  if (row.w == 1 && !row.vex) shape.w = shape.rex = true;
  putMandatory(row, shape);
  if (row.modrm != ModrmRule::Absent) {
    shape.hasModrm = true;
    shape.modrm = modrmOf(row, walk.prefixes ? fewModrm(digits.next(kFewModrm), random) : digits.next(256));
  }
  if (walk.prefixes)
    putPrefixes(digits, shape, random);
  else if (digits.next(2))
    shape.addLegacy(0x67);
  for (unsigned i = shape.legacyCount; i > 1; --i)
    std::swap(shape.legacy[i - 1], shape.legacy[random.below(i)]);
  u8 head[32];
  const unsigned length = assemble(shape, head);
  ByteString bytes;
  for (u8& b : bytes) b = static_cast<u8>(random());
  std::copy_n(head, length, bytes.begin());
  return bytes;
}

}  // namespace duet::diff
