// Memory operands lie where the generator says that it sent them.
#include <map>

#include "tests/unit/diff_generate/effective_address.h"
#include "tests/unit/diff_generate/generators.h"
#include "tools/diff/generate/layout.h"

namespace duet::diff::test {
namespace {

using tcg::isa::Insn;

struct Placed {
  std::map<PlaceKind, unsigned> kinds;
  unsigned sent = 0, memory = 0;
};

// One instruction a case: the start state is the one that it begins in.
Placed place(const Generator& g, unsigned cycles) {
  Placed placed;
  GeneratedCase out;
  for (u64 n = 0; n < u64{cycles} * g.cycle(); ++n) {
    g.at(n, out);
    const MadeInstruction& m = out.made[0];
    if (m.form.row == kInvalidRow || !m.whole) continue;
    Insn insn;
    EXPECT_EQ(g.options().target.decode(codeAt(out.c, m.address, 15), insn), tcg::isa::DecodeStatus::Ok);
    const bool moffs =
        insn.op[0].kind == tcg::isa::OperandKind::Memory || insn.op[1].kind == tcg::isa::OperandKind::Memory;
    if (!insn.hasMemory() && !moffs) continue;
    ++placed.memory;
    ++placed.kinds[m.operand.kind];
    if (m.operand.kind == PlaceKind::Anywhere) continue;
    ++placed.sent;
    EXPECT_EQ(linearAddress(insn, out.c.start, m.address), m.operand.address)
        << n << ' ' << insn.row->encoding << ' ' << insn.row->mnemonic;
  }
  return placed;
}

TEST(Placement, WideOperandsLieWhereTheyWereSent) {
  const Placed placed = place(generator(World::User64, 1), 12);
  EXPECT_GT(placed.sent, placed.memory * 9 / 10);
  for (const PlaceKind kind :
       {PlaceKind::Aligned, PlaceKind::Unaligned, PlaceKind::CrossFine, PlaceKind::CrossToReadOnly,
        PlaceKind::CrossFromReadOnly, PlaceKind::CrossToAbsent, PlaceKind::CrossFromAbsent,
        PlaceKind::ReadOnly, PlaceKind::Absent, PlaceKind::Code, PlaceKind::WritableCode,
        PlaceKind::KernelHalf, PlaceKind::NonCanonical})
    EXPECT_GT(placed.kinds.at(kind), 10u) << static_cast<int>(kind);
}

TEST(Placement, NarrowOperandsLieWhereTheyWereSent) {
  const Placed placed = place(generator(World::User32, 1), 12);
  EXPECT_GT(placed.sent, placed.memory * 7 / 10);
  EXPECT_GT(placed.kinds.at(PlaceKind::SegmentEnd), 10u);
  EXPECT_FALSE(placed.kinds.contains(PlaceKind::NonCanonical));
}

// POP computes the address after it has moved RSP.
TEST(Placement, PopRelativeToTheStackPointer) {
  const Generator g = generator(World::User64, 1, 1, CpuVendor::Intel, "8F /0");
  EXPECT_GT(place(g, 4000).sent, 2000u);
}

// Operands are sent by registers that no instruction before has written.
TEST(Placement, RegistersThatWereWrittenSendNothing) {
  const Generator g = generator(World::User64, 8);
  GeneratedCase out;
  for (u64 n = 0; n < 4 * u64{g.cycle()}; ++n) {
    g.at(n, out);
    unsigned written = 0;
    for (unsigned i = 0; i < out.count && out.made[i].form.row != kInvalidRow; ++i) {
      Insn insn;
      g.options().target.decode(codeAt(out.c, out.made[i].address, 15), insn);
      if (!out.made[i].whole) break;
      if (out.made[i].operand.kind != PlaceKind::Anywhere) {
        const bool vector = insn.row->attrs & (tcg::isa::kAttrVsibX | tcg::isa::kAttrVsibY);
        EXPECT_FALSE(insn.mem.base < 16 && (written >> insn.mem.base & 1)) << n << ' ' << i;
        EXPECT_FALSE(!vector && insn.mem.index < 16 && (written >> insn.mem.index & 1)) << n << ' ' << i;
      }
      for (unsigned k = 0; k < insn.row->operandCount; ++k)
        if (insn.row->operands[k].access != tcg::isa::Access::Read &&
            insn.op[k].kind == tcg::isa::OperandKind::Gpr)
          written |= 1u << insn.op[k].reg;
    }
  }
}

// Stores into code hit the immediate of the instruction behind, and nothing else of it.
TEST(Placement, SelfModifyingCodeChangesImmediates) {
  for (const World world : {World::User64, World::User32}) {
    const Generator g = generator(world, 4);
    GeneratedCase out;
    unsigned found = 0;
    for (u64 n = 0; n < 4 * u64{g.cycle()}; ++n) {
      g.at(n, out);
      for (unsigned i = 0; i + 1 < out.count; ++i) {
        if (out.made[i].operand.kind != PlaceKind::OwnCode) continue;
        ++found;
        const MadeInstruction& changed = out.made[i + 1];
        Insn writer, insn;
        g.options().target.decode(codeAt(out.c, out.made[i].address, 15), writer);
        g.options().target.decode(codeAt(out.c, changed.address, 15), insn);
        const u64 from = out.made[i].operand.address, to = from + writer.op[0].size;
        std::vector<u8> bytes = codeAt(out.c, changed.address, 15);
        for (u64 at = from; at < to; ++at) bytes.at(at - changed.address) ^= 0xff;
        Insn after;
        ASSERT_EQ(g.options().target.decode(bytes, after), tcg::isa::DecodeStatus::Ok);
        EXPECT_TRUE(after.row == insn.row && after.length == insn.length && after.modrm == insn.modrm);
        EXPECT_NE(after.imm, insn.imm);
        EXPECT_TRUE(isWritable(from));
      }
    }
    EXPECT_GT(found, 100u);
  }
}

// A loop comes to an end: its count is small, and no instruction in it writes the count.
TEST(Placement, LoopsBackCountDown) {
  const Generator g = generator(World::User64, 6);
  GeneratedCase out;
  unsigned found = 0;
  for (u64 n = 0; n < 40 * u64{g.cycle()}; ++n) {
    if (n % g.cycle() >= g.rows().size()) continue;
    const std::string_view sem = g.rows()[n % g.cycle()]->semName;
    if (sem != "Loop" && sem != "Loope" && sem != "Loopne") continue;
    g.at(n, out);
    const MadeInstruction& last = out.made[out.count - 1];
    Insn insn;
    g.options().target.decode(codeAt(out.c, last.address, 15), insn);
    if (last.address + insn.length + insn.imm != out.c.start.rip) continue;
    ++found;
    EXPECT_LE(out.c.start.gpr[kRcx] & (insn.addrSize == 8 ? ~u64{0} : 0xffffffff), 6u);
    for (unsigned i = 0; i + 1 < out.count; ++i) {
      g.options().target.decode(codeAt(out.c, out.made[i].address, 15), insn);
      for (unsigned k = 0; k < insn.row->operandCount; ++k) {
        const bool writes = insn.row->operands[k].access != tcg::isa::Access::Read;
        EXPECT_FALSE(writes && insn.op[k].kind == tcg::isa::OperandKind::Gpr && insn.op[k].reg == kRcx);
      }
    }
  }
  EXPECT_GT(found, 5u);
}

// What the kinds' names say, for operands of 16 bytes.
TEST(Placement, KindsMeanWhatTheySay) {
  Random random(1);
  for (unsigned i = 0; i < 20000; ++i) {
    const Place p = choosePlace(World::User64, Mood::Any, false, 16, random);
    const u64 first = p.address, last = p.address + 15;
    switch (p.kind) {
      case PlaceKind::Aligned:
        EXPECT_EQ(first % 16, 0u);
        [[fallthrough]];
      case PlaceKind::Unaligned:
      case PlaceKind::CrossFine:
      case PlaceKind::WritableCode:
        EXPECT_TRUE(isWritable(first) && isWritable(last));
        break;
      case PlaceKind::CrossToReadOnly:
        EXPECT_TRUE(isWritable(first) && isPresent(last) && !isWritable(last));
        break;
      case PlaceKind::CrossFromReadOnly:
        EXPECT_TRUE(isPresent(first) && !isWritable(first) && isWritable(last));
        break;
      case PlaceKind::CrossToAbsent:
        EXPECT_TRUE(isWritable(first) && !isPresent(last));
        break;
      case PlaceKind::CrossFromAbsent:
        EXPECT_TRUE(!isPresent(first) && isWritable(last));
        break;
      case PlaceKind::ReadOnly:
      case PlaceKind::Code:
        EXPECT_TRUE(isPresent(first) && isPresent(last) && !isWritable(first));
        break;
      default:
        EXPECT_FALSE(isPresent(first));
        break;
    }
    const bool crosses = (first ^ last) >> 12;
    EXPECT_TRUE(crosses || (p.kind != PlaceKind::CrossFine && p.kind != PlaceKind::CrossToAbsent));
  }
}

// The pages that isPresent() and isWritable() speak of are those of the memory.
TEST(Placement, PagesAreAsSaid) {
  const auto memory = userMemory(1);
  EXPECT_LE(memory->pages.size(), 8u);
  for (u64 address = kData0 - 0x2000; address < kWritableCodeEnd + 0x2000; address += 0x1000) {
    const Page* found = nullptr;
    for (const Page& page : memory->pages)
      if (page.address == address) found = &page;
    EXPECT_EQ(isPresent(address), found != nullptr) << std::hex << address;
    if (!found) continue;
    const bool writable =
        found->access == PageAccess::ReadWrite || found->access == PageAccess::ReadWriteExecute;
    EXPECT_EQ(isWritable(address), writable) << std::hex << address;
  }
  for (size_t i = 1; i < memory->pages.size(); ++i)
    EXPECT_LT(memory->pages[i - 1].address, memory->pages[i].address);
}

}  // namespace
}  // namespace duet::diff::test
