#include "cpu-tcg/baseline/access_windows.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/cpu/registers.h"
#include "cpu-tcg/isa/decoder.h"

namespace duet::tcg::baseline {

using namespace isa;

namespace {

// What an instruction does to general registers.
enum class Effect : u8 {
  Unknown,
  Operands,  // writes those that are operands
  Wide,      // and RAX and RDX
  Add,       // operand 1 added to operand 0
  Subtract,
  Increment,
  Decrement,
  Lea,
  Push,
  Pop,
  Leave,
};

Effect effectOf(std::string_view sem) {
  static const std::unordered_map<std::string_view, Effect> table = {
      {"Add", Effect::Add},        {"Sub", Effect::Subtract},   {"Inc", Effect::Increment},
      {"Dec", Effect::Decrement},  {"Lea", Effect::Lea},        {"Push", Effect::Push},
      {"Pop", Effect::Pop},        {"Leave", Effect::Leave},    {"Call", Effect::Push},
      {"Adc", Effect::Operands},   {"Sbb", Effect::Operands},   {"And", Effect::Operands},
      {"Or", Effect::Operands},    {"Xor", Effect::Operands},   {"Cmp", Effect::Operands},
      {"Test", Effect::Operands},  {"Neg", Effect::Operands},   {"Not", Effect::Operands},
      {"Mov", Effect::Operands},   {"Movzx", Effect::Operands}, {"Movsx", Effect::Operands},
      {"Xchg", Effect::Operands},  {"Xadd", Effect::Operands},  {"Bswap", Effect::Operands},
      {"Imul", Effect::Operands},  {"Bsf", Effect::Operands},   {"Bsr", Effect::Operands},
      {"Shld", Effect::Operands},  {"Shrd", Effect::Operands},  {"Shl", Effect::Operands},
      {"Shr", Effect::Operands},   {"Sar", Effect::Operands},   {"Rol", Effect::Operands},
      {"Ror", Effect::Operands},   {"Bt", Effect::Operands},    {"Bts", Effect::Operands},
      {"Btr", Effect::Operands},   {"Btc", Effect::Operands},   {"Cmovcc", Effect::Operands},
      {"Setcc", Effect::Operands}, {"Nop", Effect::Operands},   {"Native", Effect::Operands},
      {"Clc", Effect::Operands},   {"Stc", Effect::Operands},   {"Cmc", Effect::Operands},
      {"Jcc", Effect::Operands},   {"Jmp", Effect::Operands},   {"Ret", Effect::Operands},
      {"Mul", Effect::Wide},       {"ImulWide", Effect::Wide},  {"Cmpxchg", Effect::Wide},
      {"Cbw", Effect::Wide},       {"Cwd", Effect::Wide},       {"Div", Effect::Wide},
      {"Idiv", Effect::Wide},      {"Pushf", Effect::Push},     {"Cld", Effect::Operands},
      {"Std", Effect::Operands},   {"Rdtsc", Effect::Wide},
  };
  const auto at = table.find(sem);
  return at == table.end() ? Effect::Unknown : at->second;
}

// What a row's name says, by Row::index.
struct Meaning {
  Effect effect;
  bool bitString;  // with a bit's number in a register: its word is somewhere else than its operand
  bool ret, pcmpstri;
};

Meaning meaningOf(const Row& row) {
  static const std::vector<Meaning> meanings = [] {
    std::vector<Meaning> all;
    for (const Row& r : allRows())
      all.push_back({effectOf(r.semName), r.semName.starts_with("Bt"), r.semName == "Ret", isPcmpstri(r)});
    return all;
  }();
  return meanings[row.index];
}

}  // namespace

// What an address is made of; equal ones differ by their offsets alone.
struct AccessWindows::Key {
  u8 base, index, scale, segment;
  u32 baseVersion, indexVersion;
  bool operator==(const Key&) const = default;
};

// Registers are known by versions, and by what has been added to a version since it began.
class AccessWindows::Builder {
 public:
  Builder(AccessWindows& out, const Block& block, bool segmented)
      : out_(out), block_(block), segmented_(segmented) {
    out_.windows_.clear();
    out_.keys_.clear();
    out_.accesses_.assign(block.count, {});
    out_.simple_.assign(block.count, 0);
  }

  // Whether more than one access is made from the same base register, or from none.
  static bool mayShare(const Block& block) {
    u32 bases = 0;
    const auto seen = [&bases](u8 base) {
      const u32 bit = 1u << (base < 16 ? base : base == kRipBase ? 16 : 17);
      return (std::exchange(bases, bases | bit) & bit) != 0;
    };
    for (unsigned i = 0; i < block.count; ++i) {
      const BlockInsn& insn = block.insns[i];
      if (!insn.row) continue;
      const Meaning meaning = meaningOf(*insn.row);
      for (unsigned n = 0; n < insn.row->operandCount; ++n)
        if (insn.op[n].kind == OperandKind::Memory && seen(insn.mem.base)) return true;
      const bool stack = meaning.effect == Effect::Push || meaning.effect == Effect::Pop || meaning.ret;
      if (stack && seen(kRsp)) return true;
    }
    return false;
  }

  void run() {
    for (unsigned i = 0; i < block_.count; ++i) {
      const BlockInsn& insn = block_.insns[i];
      ip_ += insn.length;
      const Meaning meaning = insn.row ? meaningOf(*insn.row) : Meaning{};
      const Effect effect = meaning.effect;
      if (effect == Effect::Unknown) {
        forgetAll();
        continue;
      }
      out_.simple_[i] = effect != Effect::Wide && effect != Effect::Leave && !insn.row->has(kAttrEnd);
      noteAccesses(i, insn, meaning);
      apply(insn, meaning);
    }
  }

 private:
  struct Register {
    u32 version = 0;
    i64 added = 0;
  };

  // One number for segments with the same base.
  u8 baseOf(SegReg segment) const { return !segmented_ && segment < kFs ? u8{kDs} : u8{segment}; }
  static unsigned word(const BlockInsn& insn) { return insn.mode == CodeMode::Bits64 ? 8 : 4; }

  void forget(unsigned n) { registers_[n] = {++versions_, 0}; }
  void forgetAll() {
    for (unsigned n = 0; n < 16; ++n) forget(n);
    constants_ = ++versions_;
  }

  void noteAccesses(unsigned i, const BlockInsn& insn, const Meaning& meaning) {
    for (unsigned n = 0; n < insn.row->operandCount; ++n) {
      if (insn.op[n].kind != OperandKind::Memory || !insn.op[n].size) continue;
      if (meaning.bitString && insn.op[1].kind == OperandKind::Gpr) {
        out_.simple_[i] = 0;
        return;
      }
      const bool native = insn.native.size;
      const bool writes = native ? insn.native.writes : insn.row->operands[n].access != Access::Read;
      noteOperand(i, insn, native ? insn.native.size : insn.op[n].size, writes);
    }
    const Effect effect = meaning.effect;
    if (insn.opSize != word(insn)) {
      if (effect == Effect::Push || effect == Effect::Pop) out_.simple_[i] = 0;
      return;
    }
    if (effect == Effect::Push) noteStack(i, -static_cast<i64>(word(insn)), word(insn), true);
    if (effect == Effect::Pop || meaning.ret) noteStack(i, 0, word(insn), false);
  }

  void noteOperand(unsigned i, const BlockInsn& insn, unsigned size, bool writes) {
    const MemoryRef& m = insn.mem;
    if (insn.addrSize != word(insn)) {
      out_.simple_[i] = 0;
      return;
    }
    Key key{m.base, m.index, m.scale, baseOf(m.segment), constants_, constants_};
    u64 offset = static_cast<u64>(m.disp);
    if (m.base == kRipBase) offset += static_cast<u64>(ip_);
    if (m.base < 16) {
      key.baseVersion = registers_[m.base].version;
      offset += static_cast<u64>(registers_[m.base].added);
    }
    if (m.index < 16) {
      key.indexVersion = registers_[m.index].version;
      offset += static_cast<u64>(registers_[m.index].added) << m.scale;
    }
    add(i, AccessKind::Operand, key, static_cast<i64>(offset), size, writes);
  }

  void noteStack(unsigned i, i64 offset, unsigned size, bool writes) {
    const Register& sp = registers_[kRsp];
    const Key key{kRsp, kNoReg, 0, baseOf(kSs), sp.version, constants_};
    add(i, AccessKind::Stack, key, offset + sp.added, size, writes);
  }

  static i64 plus(i64 offset, i64 n) {
    return static_cast<i64>(static_cast<u64>(offset) + static_cast<u64>(n));
  }

  // False: it would be too wide.
  static bool widen(Window& w, i64 offset, i64 size) {
    const i64 at = Window::distance(w.low, offset);
    if (at < -Window::kWidest || at > Window::kWidest) return false;
    const i64 low = std::min<i64>(at, 0), high = std::max(at + size, Window::distance(w.low, w.high));
    if (high - low > Window::kWidest) return false;
    w.high = plus(w.low, high);
    w.low = plus(w.low, low);
    return true;
  }

  void add(unsigned i, AccessKind kind, const Key& key, i64 offset, i64 size, bool writes) {
    int n = static_cast<int>(out_.keys_.size()) - 1;
    while (n >= 0 && !(out_.keys_[n] == key)) --n;
    if (n < 0 || !widen(out_.windows_[n], offset, size)) {
      n = static_cast<int>(out_.keys_.size());
      out_.keys_.push_back(key);
      out_.windows_.push_back({offset, plus(offset, size), 0, 0});
    }
    Window& w = out_.windows_[n];
    ++w.accesses;
    w.stores += writes;
    out_.accesses_[i][static_cast<unsigned>(kind)] = {n, offset};
  }

  void forgetOperands(const BlockInsn& insn) {
    for (unsigned n = 0; n < insn.row->operandCount; ++n) {
      const bool gpr = insn.op[n].kind == OperandKind::Gpr || insn.op[n].kind == OperandKind::GprHigh;
      if (gpr && insn.row->operands[n].access != Access::Read) forget(insn.op[n].reg);
    }
  }

  // A whole register, or -1.
  int wholeRegister(const BlockInsn& insn) const {
    return insn.op[0].kind == OperandKind::Gpr && insn.op[0].size == word(insn) ? insn.op[0].reg : -1;
  }

  void addConstant(const BlockInsn& insn, i64 value) {
    const int reg = wholeRegister(insn);
    if (reg < 0) return forgetOperands(insn);
    registers_[reg].added += value;
  }

  void apply(const BlockInsn& insn, const Meaning& meaning) {
    const i64 immediate =
        word(insn) == 8 ? static_cast<i64>(insn.imm) : static_cast<i32>(static_cast<u32>(insn.imm));
    const bool constant = insn.op[1].kind == OperandKind::Immediate;
    const i64 bytes = insn.opSize;
    switch (meaning.effect) {
      case Effect::Add:
        return constant ? addConstant(insn, immediate) : forgetOperands(insn);
      case Effect::Subtract:
        return constant ? addConstant(insn, -immediate) : forgetOperands(insn);
      case Effect::Increment:
        return addConstant(insn, 1);
      case Effect::Decrement:
        return addConstant(insn, -1);
      case Effect::Lea: {
        const bool moves =
            insn.mem.base == insn.op[0].reg && insn.mem.index == kNoReg && insn.addrSize == word(insn);
        return moves ? addConstant(insn, insn.mem.disp) : forgetOperands(insn);
      }
      case Effect::Push:
        registers_[kRsp].added -= bytes;
        return;
      case Effect::Pop:
        registers_[kRsp].added += bytes;
        return forgetOperands(insn);
      case Effect::Leave:
        forget(kRsp);
        return forget(kRbp);
      case Effect::Wide:
        forget(kRax);
        forget(kRdx);
        return forgetOperands(insn);
      default:
        forgetOperands(insn);
        if (meaning.pcmpstri) forget(kRcx);
    }
  }

  AccessWindows& out_;
  const Block& block_;
  const bool segmented_;
  std::array<Register, 16> registers_{};
  u32 versions_ = 0, constants_ = 0;
  i64 ip_ = 0;  // behind the instruction, from the block's start
};

bool isPcmpstri(const Row& row) {
  return row.map == Map::M0F3A && (row.opcode == 0x61 || row.opcode == 0x63) &&
         row.prefix == MandatoryPrefix::P66;
}

AccessWindows::AccessWindows() = default;
AccessWindows::~AccessWindows() = default;

bool AccessWindows::find(const Block& block, bool segmented) {
  if (!Builder::mayShare(block)) return false;
  Builder(*this, block, segmented).run();
  return true;
}

}  // namespace duet::tcg::baseline
