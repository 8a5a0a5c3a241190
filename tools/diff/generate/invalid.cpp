// Encodings that are not instructions: holes of the opcode maps, fields with reserved values, prefixes that are not allowed,
// more than 15 bytes.
#include <algorithm>
#include <cstring>

#include "tools/diff/generate/instruction.h"
#include "tools/diff/generate/shape.h"
#include "tools/diff/generate/values.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

constexpr unsigned kMostBytes = 15;
constexpr u8 kInt3 = 0xcc;

// Opcodes that the tables do not have and that some processor carries out, or that other software or hardware watches.
// Bytes that could be one of them are not made: they say nothing about us.
struct Extension {
  bool vex;
  Map map;
  u8 first, last;
  const char* what;
};

constexpr Extension kExtensions[] = {
    {false, Map::OneByte, 0x62, 0x62, "EVEX"},
    {false, Map::OneByte, 0x8f, 0x8f, "XOP"},
    {false, Map::OneByte, 0xc4, 0xc5, "VEX outside its own table"},
    {false, Map::OneByte, 0xc6, 0xc7, "XABORT, XBEGIN"},
    {false, Map::OneByte, 0xd5, 0xd5, "REX2"},
    {false, Map::M0F, 0x01, 0x01, "virtual machines, enclaves, RDPRU, MONITORX, CET, UINTR, TSX"},
    {false, Map::M0F, 0x0d, 0x0f, "FEMMS, 3DNow!"},
    {false, Map::M0F, 0x1a, 0x1e, "MPX, CLDEMOTE, CET"},
    {false, Map::M0F, 0x37, 0x37, "GETSEC"},
    {false, Map::M0F, 0x78, 0x79, "VMREAD, VMWRITE"},
    {false, Map::M0F, 0xa6, 0xa7, "PadLock"},
    {false, Map::M0F, 0xae, 0xae, "CET, WAITPKG, PTWRITE"},
    {false, Map::M0F, 0xc7, 0xc7, "virtual machines, UINTR"},
    {false, Map::M0F38, 0x80, 0x8b, "INVEPT, INVVPID, MOVRS"},
    {false, Map::M0F38, 0xc8, 0xdf, "SHA, key locker"},
    {false, Map::M0F38, 0xf0, 0xff, "CET, MOVDIR64B, ENQCMD, AADD, key locker"},
    {false, Map::M0F3A, 0xcc, 0xcf, "SHA, GFNI"},
    {false, Map::M0F3A, 0xf0, 0xf0, "HRESET"},
    {true, Map::M0F, 0x41, 0x4b, "opmask instructions of AVX-512"},
    {true, Map::M0F, 0x90, 0x99, "opmask instructions of AVX-512"},
    {true, Map::M0F38, 0x48, 0x53, "AMX, AVX-VNNI"},
    {true, Map::M0F38, 0x5c, 0x5f, "AMX"},
    {true, Map::M0F38, 0x6c, 0x6c, "AMX"},
    {true, Map::M0F38, 0x72, 0x72, "AVX-NE-CONVERT"},
    {true, Map::M0F38, 0xb0, 0xb5, "AVX-NE-CONVERT, AVX-IFMA"},
    {true, Map::M0F38, 0xcb, 0xda, "SHA512, SM3, SM4, AVX-VNNI-INT16"},
    {true, Map::M0F38, 0xe0, 0xef, "CMPCCXADD"},
    {true, Map::M0F38, 0xf5, 0xff, "URDMSR and others"},
    {true, Map::M0F3A, 0x30, 0x33, "opmask instructions of AVX-512"},
    {true, Map::M0F3A, 0x48, 0x4f, "XOP, FMA4"},
    {true, Map::M0F3A, 0x5c, 0x7f, "FMA4"},
    {true, Map::M0F3A, 0xde, 0xde, "SM3"},
};

bool isExtension(const Shape& s) {
  return std::ranges::any_of(kExtensions, [&](const Extension& e) {
    return e.vex == s.vex && e.map == s.map && s.opcode >= e.first && s.opcode <= e.last;
  });
}

// One step away from the encoding. Legal ones come out, too.
void mutate(Shape& s, Random& random) {
  static constexpr u8 kPrefixes[] = {0x66, 0xf2, 0xf3, 0xf0};
  switch (random.below(s.vex ? 8 : 6)) {
    case 0:
      return s.addLegacy(0xf0);
    case 1:
      return s.addLegacy(random.of(kPrefixes));
    case 2:
      s.opcode = static_cast<u8>(random());
      s.hasModrm = true;
      return;
    case 3:
      if (!s.vex) s.map = random.oneIn(2) ? Map::M0F : random.oneIn(2) ? Map::M0F38 : Map::M0F3A;
      s.opcode = static_cast<u8>(random());
      s.hasModrm = true;
      return;
    case 4:
      s.modrm ^= static_cast<u8>((1 + random.below(7)) << 3);
      return;
    case 5:
      if (s.vex)
        s.vvvv ^= static_cast<u8>(1 + random.below(15));
      else
        s.opcode = static_cast<u8>(s.opcode ^ (1u << random.below(8)));
      return;
    case 6:
      s.l = !s.l;
      s.shortVex = false;
      return;
    default:
      s.w = !s.w;
      s.shortVex = false;
      return;
  }
}

// No row whatever the features, for either vendor: else it says which features the host has.
bool isInvalid(std::span<const u8> bytes, const Target& target, Insn& insn) {
  static const FeatureSet kAll = FeatureSet::all();
  Insn other;
  return target.decode(bytes, insn) == DecodeStatus::Invalid &&
         decode(bytes, target.mode(), true, kAll, other, Dialect::Intel) == DecodeStatus::Invalid &&
         decode(bytes, target.mode(), true, kAll, other, Dialect::Amd) == DecodeStatus::Invalid;
}

MadeInstruction invalidInstruction(const CaseBuilder& builder) {
  MadeInstruction made;
  made.form.world = builder.target().world;
  return made;
}

// The memory operand, if any, is where registers and a displacement of 0 say; an invalid opcode does not look at it.
bool addReserved(CaseBuilder& builder, const Row& near) {
  Random& random = builder.random();
  for (unsigned attempt = 0; attempt < 40; ++attempt) {
    Shape shape = chooseShape(near, builder.target(), {.addressRegisters = 0xffff}, random);
    for (unsigned steps = 1 + random.below(3); steps; --steps) mutate(shape, random);
    if (!builder.target().wide() && shape.vex && (shape.r || shape.x)) continue;
    u8 bytes[32];
    Insn insn;
    const unsigned head = assemble(shape, bytes);
    std::memset(bytes + head, kInt3, sizeof bytes - head);  // what will follow
    if (head + 4 > kMostBytes || isExtension(shape) ||
        !isInvalid({bytes, kMostBytes}, builder.target(), insn))
      continue;
    builder.addInstruction({bytes, head}, invalidInstruction(builder));
    return true;
  }
  return false;
}

// Prefixes that change nothing until there are 16 bytes (#GP, SDM vol. 2 2.3.11), or 15, which is the most.
bool addLong(CaseBuilder& builder, const Row& near) {
  Random& random = builder.random();
  Shape shape = chooseShape(near, builder.target(), {.addressRegisters = 0xffff, .plain = true}, random);
  u8 bytes[32], all[64];
  assemble(shape, bytes);
  Insn insn;
  if (builder.target().decode({bytes, kMostBytes}, insn) != DecodeStatus::Ok) return false;
  const unsigned total = 16 + random.below(3);
  static constexpr u8 kPadding[] = {0x2e, 0x3e, 0x26, 0x36};
  const unsigned more = total > insn.length ? total - insn.length : 1;
  for (unsigned i = 0; i < more; ++i) all[i] = random.of(kPadding);
  std::memcpy(all + more, bytes, insn.length);
  if (builder.target().decode({all, more + insn.length}, insn) != DecodeStatus::TooLong) return false;
  builder.addInstruction({all, total}, invalidInstruction(builder));
  return true;
}

}  // namespace

bool addInvalid(CaseBuilder& builder, const Row& near) {
  return builder.random().oneIn(6) ? addLong(builder, near) : addReserved(builder, near);
}

}  // namespace duet::diff
