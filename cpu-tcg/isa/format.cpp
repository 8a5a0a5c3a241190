#include "cpu-tcg/isa/format.h"

#include <fmt/format.h>

#include <string_view>

#include "core/base/bits.h"
#include "cpu-tcg/isa/words.h"

namespace duet::tcg::isa {
namespace {

constexpr std::string_view kGpr64[16] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                         "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
constexpr std::string_view kGpr32[8] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
constexpr std::string_view kGpr16[8] = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
constexpr std::string_view kGpr8[8] = {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"};
constexpr std::string_view kGprHigh[4] = {"ah", "ch", "dh", "bh"};
constexpr std::string_view kSegments[8] = {"es", "cs", "ss", "ds", "fs", "gs", "?", "?"};

std::string gprName(unsigned reg, unsigned size) {
  if (reg == kRipBase) return size == 8 ? "rip" : "eip";
  if (size == 8) return std::string(kGpr64[reg & 15]);
  if (reg < 8) return std::string(size == 4 ? kGpr32[reg] : size == 2 ? kGpr16[reg] : kGpr8[reg]);
  return fmt::format("{}{}", kGpr64[reg & 15], size == 4 ? "d" : size == 2 ? "w" : "b");
}

std::string vectorName(const Operand& op) {
  return fmt::format("{}{}", op.size == 32 ? "ymm" : "xmm", op.reg);
}

std::string_view sizeWord(unsigned size) {
  switch (size) {
    case 1:
      return "byte ptr ";
    case 2:
      return "word ptr ";
    case 4:
      return "dword ptr ";
    case 6:
      return "fword ptr ";
    case 8:
      return "qword ptr ";
    case 10:
      return "tbyte ptr ";
    case 16:
      return "xmmword ptr ";
    case 32:
      return "ymmword ptr ";
    default:
      return "";
  }
}

std::string hex(i64 value) {
  return value < 0 ? fmt::format("-0x{:x}", -static_cast<u64>(value)) : fmt::format("0x{:x}", value);
}

std::string indexName(const Insn& insn) {
  if (insn.row->has(kAttrVsibX)) return fmt::format("xmm{}", insn.mem.index);
  if (insn.row->has(kAttrVsibY)) return fmt::format("ymm{}", insn.mem.index);
  return gprName(insn.mem.index, insn.addrSize);
}

std::string displacementText(const Insn& insn, bool alone) {
  if (alone) return fmt::format("0x{:x}", static_cast<u64>(insn.mem.disp) & lowMask(insn.addrSize * 8u));
  if (insn.mem.disp == 0) return "";
  return (insn.mem.disp > 0 ? "+" : "") + hex(insn.mem.disp);
}

std::string memoryText(const Insn& insn, unsigned size) {
  std::string inside;
  if (insn.mem.base != kNoReg) inside = gprName(insn.mem.base, insn.addrSize);
  if (insn.mem.index != kNoReg) {
    // Alone it is shown with its scale, even of 1: as a base, EBP would mean another segment.
    const bool alone = inside.empty();
    if (!alone) inside += '+';
    inside += indexName(insn);
    if (insn.mem.scale != 0 || alone) inside += fmt::format("*{}", 1u << insn.mem.scale);
  }
  inside += displacementText(insn, inside.empty());
  const std::string segment =
      insn.has(kPrefixSegment) ? fmt::format("{}:", kSegments[insn.mem.segment]) : std::string();
  return fmt::format("{}{}[{}]", sizeWord(size), segment, inside);
}

std::string stringText(const Insn& insn, const Operand& op, bool source) {
  const std::string_view segment = source ? kSegments[insn.mem.segment] : kSegments[kEs];
  return fmt::format("{}{}:[{}]", sizeWord(op.size), segment, gprName(source ? 6 : 7, insn.addrSize));
}

std::string relativeText(const Insn& insn, u64 address) {
  const unsigned width = insn.mode == CodeMode::Bits64 ? 64 : insn.opSize * 8u;
  return fmt::format("0x{:x}", (address + insn.length + insn.imm) & lowMask(width));
}

std::string operandText(const Insn& insn, const Operand& op, u64 imm, u64 address) {
  switch (op.kind) {
    case OperandKind::None:
      return "";
    case OperandKind::Gpr:
      return gprName(op.reg, op.size);
    case OperandKind::GprHigh:
      return std::string(kGprHigh[op.reg & 3]);
    case OperandKind::Segment:
      return std::string(kSegments[op.reg & 7]);
    case OperandKind::Control:
      return fmt::format("cr{}", op.reg);
    case OperandKind::Debug:
      return fmt::format("dr{}", op.reg);
    case OperandKind::Fpu:
      return fmt::format("st({})", op.reg);
    case OperandKind::Mmx:
      return fmt::format("mm{}", op.reg);
    case OperandKind::Vector:
      return vectorName(op);
    case OperandKind::Memory:
      return memoryText(insn, op.size);
    case OperandKind::StringSrc:
      return stringText(insn, op, true);
    case OperandKind::StringDst:
      return stringText(insn, op, false);
    case OperandKind::Immediate:
      return fmt::format("0x{:x}", imm & lowMask(op.size * 8u));
    case OperandKind::Relative:
      return relativeText(insn, address);
    case OperandKind::FarPointer:
      return fmt::format("0x{:x}:0x{:x}", insn.imm2, insn.imm);
  }
  return "";
}

std::string_view prefixWord(const Insn& insn) {
  if (insn.has(kPrefixLock)) return "lock ";
  const bool repeats = insn.row->attrs & (kAttrRep | kAttrRepe);
  if (!repeats) return "";
  if (insn.has(kPrefixRepne)) return "repne ";
  if (!insn.has(kPrefixRep)) return "";
  return insn.row->has(kAttrRepe) ? "repe " : "rep ";
}

}  // namespace

std::string_view mnemonicOf(const Insn& insn) {
  // "a/b/c" by operand size, "@a/b/c" by address size, 16/32/64.
  std::string_view text = insn.row->mnemonic;
  unsigned size = insn.opSize;
  if (text.starts_with('@')) {
    text.remove_prefix(1);
    size = insn.addrSize;
  }
  if (text.find('/') == std::string_view::npos) return text;
  const unsigned place = size == 8 ? 2 : size == 4 ? 1 : 0;
  std::string_view word = nextWord(text, '/');
  for (unsigned i = 0; i < place && !text.empty(); ++i) word = nextWord(text, '/');
  return word;
}

std::string format(const Insn& insn, u64 address) {
  if (!insn.row) return "(invalid)";
  std::string text = fmt::format("{}{}", prefixWord(insn), mnemonicOf(insn));
  bool sawImmediate = false;
  for (unsigned i = 0; i < insn.row->operandCount; ++i) {
    const Operand& op = insn.op[i];
    const bool immediate = op.kind == OperandKind::Immediate;
    text += i == 0 ? " " : ", ";
    text += operandText(insn, op, sawImmediate ? insn.imm2 : insn.imm, address);
    sawImmediate |= immediate;
  }
  return text;
}

}  // namespace duet::tcg::isa
