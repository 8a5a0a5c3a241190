// Operations that the host carries out itself on registers and one memory operand.
#include <algorithm>
#include <unordered_map>
#include <vector>

#include "core/cpu/cpu_model.h"
#include "core/cpu/registers.h"
#include "cpu-tcg/baseline/lowering.h"
#include "cpu-tcg/baseline/recode.h"
#include "cpu-tcg/isa/decoder.h"

namespace duet::tcg::baseline {

using namespace isa;
namespace Inst = x86::Inst;

namespace {

enum class Shape : u8 {
  Plain,      // operands as the row has them
  Shift,      // the count may be CL
  Condition,  // by the opcode's low bits
  Exchange,   // one register twice is special
};

struct Operation {
  asmjit::InstId id;
  Shape shape = Shape::Plain;
  bool vendors = false;    // undefined flags differ between vendors
  bool extension = false;  // not every processor has it
  bool scan = false;       // undefined flags differ between generations, too
};

const Operation* find(std::string_view sem) {
  static const std::unordered_map<std::string_view, Operation> table = {
      {"Add", {Inst::kIdAdd}},
      {"Adc", {Inst::kIdAdc}},
      {"Sub", {Inst::kIdSub}},
      {"Sbb", {Inst::kIdSbb}},
      {"And", {Inst::kIdAnd}},
      {"Or", {Inst::kIdOr}},
      {"Xor", {Inst::kIdXor}},
      {"Cmp", {Inst::kIdCmp}},
      {"Test", {Inst::kIdTest}},
      {"Inc", {Inst::kIdInc}},
      {"Dec", {Inst::kIdDec}},
      {"Neg", {Inst::kIdNeg}},
      {"Not", {Inst::kIdNot}},
      {"Mov", {Inst::kIdMov}},
      {"Movzx", {Inst::kIdMovzx}},
      {"Movsx", {Inst::kIdMovsx}},
      {"Xchg", {Inst::kIdXchg, Shape::Exchange}},
      {"Xadd", {Inst::kIdXadd, Shape::Exchange}},
      {"Bswap", {Inst::kIdBswap}},
      {"Imul", {Inst::kIdImul, Shape::Plain, true}},
      {"Mul", {Inst::kIdMul, Shape::Plain, true}},
      {"ImulWide", {Inst::kIdImul, Shape::Plain, true}},
      {"Cmpxchg", {Inst::kIdCmpxchg, Shape::Plain, true}},
      {"Bsf", {Inst::kIdBsf, Shape::Plain, true, false, true}},
      {"Bsr", {Inst::kIdBsr, Shape::Plain, true, false, true}},
      {"Shld", {Inst::kIdShld, Shape::Shift, true}},
      {"Shrd", {Inst::kIdShrd, Shape::Shift, true}},
      {"Shl", {Inst::kIdShl, Shape::Shift, true}},
      {"Shr", {Inst::kIdShr, Shape::Shift, true}},
      {"Sar", {Inst::kIdSar, Shape::Shift, true}},
      {"Rol", {Inst::kIdRol, Shape::Shift, true}},
      {"Ror", {Inst::kIdRor, Shape::Shift, true}},
      {"Bt", {Inst::kIdBt, Shape::Plain, true}},
      {"Bts", {Inst::kIdBts, Shape::Plain, true}},
      {"Btr", {Inst::kIdBtr, Shape::Plain, true}},
      {"Btc", {Inst::kIdBtc, Shape::Plain, true}},
      {"Cmovcc", {Inst::kIdCmovo, Shape::Condition}},
      {"Tzcnt", {Inst::kIdTzcnt, Shape::Plain, true, true}},
      {"Lzcnt", {Inst::kIdLzcnt, Shape::Plain, true, true}},
      {"Popcnt", {Inst::kIdPopcnt, Shape::Plain, false, true}},
      {"Movbe", {Inst::kIdMovbe, Shape::Plain, false, true}},
      {"Mulx", {Inst::kIdMulx, Shape::Exchange, false, true}},
      {"Setcc", {Inst::kIdSeto, Shape::Condition}},
  };
  const auto at = table.find(sem);
  return at == table.end() ? nullptr : &at->second;
}

// By Row::index.
const Operation* find(const Row& row) {
  static const std::vector<const Operation*> operations = [] {
    std::vector<const Operation*> all;
    for (const Row& r : allRows()) all.push_back(find(r.semName));
    return all;
  }();
  return operations[row.index];
}

asmjit::InstId instruction(const Operation& op, const BlockInsn& insn) {
  const auto condition = static_cast<x86::CondCode>(insn.opcode & 15);
  if (op.id == Inst::kIdCmovo) return Inst::cmovccFromCond(condition);
  if (op.id == Inst::kIdSeto) return Inst::setccFromCond(condition);
  if (op.id == Inst::kIdMovsx && insn.op[1].size == 4) return Inst::kIdMovsxd;
  return op.id;
}

bool hostHas(Feature feature) {
  static const FeatureSet features = hostFeatures();
  return features.has(feature);
}

i64 signExtended(u64 value, unsigned size) {
  switch (size) {
    case 1:
      return static_cast<i8>(value);
    case 2:
      return static_cast<i16>(value);
    case 4:
      return static_cast<i32>(value);
    default:
      return static_cast<i64>(value);
  }
}

// One operation under way.
class Lowering {
 public:
  Lowering(CodeWriter& w, const Operation& operation)
      : w_(w), insn_(w.insn()), row_(*insn_.row), operation_(operation) {}

  bool run() {
    if (!possible()) return false;
    if (memory_ >= 0) {
      if (!w_.address(size())) return false;
      w_.probe(size(), writesMemory());
      if (loose_ > 1) w_.a.lea(kT2, w_.pointer(8));
    }
    for (unsigned i = 0; i < row_.operandCount; ++i) operands_[i] = operand(i);
    if (isOwn() && canRecode(insn_)) {
      encode();
    } else {
      if (locks()) w_.a.lock();
      w_.check(w_.a.emitOpArray(instruction(operation_, insn_), operands_, row_.operandCount));
    }
    for (unsigned i = 0; i < row_.operandCount; ++i) storeBack(i);
    if (writesMemory()) w_.checkStore();
    return true;
  }

 private:
  // Not renamed by a test.
  bool isOwn() const { return !w_.setup.rename || &operation_ == find(row_); }
  bool locks() const { return w_.locks() && row_.semName != "Xchg"; }  // that locks anyway
  void encode() {
    HostOperands host = operandsOf(insn_);
    host.lock = locks();
    for (unsigned i = 0; i < row_.operandCount; ++i) setOperand(host, insn_, i, operands_[i]);
    recode(w_.a, insn_, host);
  }

  unsigned size() const { return insn_.op[memory_].size; }
  bool writesMemory() const { return memory_ >= 0 && row_.operands[memory_].access != Access::Read; }
  bool inMemory(unsigned i) const {
    return insn_.op[i].kind == OperandKind::Gpr && !isPinned(insn_.op[i].reg);
  }
  // AH, CH, DH, BH: the whole register is turned, so that the byte is the lowest of a temporary.
  bool isHigh(unsigned i) const { return insn_.op[i].kind == OperandKind::GprHigh; }
  bool isWritten(unsigned i) const { return row_.operands[i].access != Access::Read; }
  // An operation that writes both halves of one register.
  bool writesTwice(unsigned i) const {
    if (!isHigh(i) || !isWritten(i)) return false;
    return operation_.shape == Shape::Exchange || operation_.id == Inst::kIdCmpxchg;
  }
  bool isCount(unsigned i) const {
    return operation_.shape == Shape::Shift && insn_.op[i].kind == OperandKind::Gpr &&
           row_.operands[i].slot == Slot::Fixed;
  }

  bool possible() {
    if (operation_.vendors && !w_.setup.hostsVendor) return false;
    if (operation_.scan && !w_.setup.hostsScans) return false;
    if (operation_.extension && !hostHas(row_.feature)) return false;
    const Operand &first = insn_.op[0], &second = insn_.op[1];
    if (operation_.shape == Shape::Exchange && second.kind == first.kind && second.reg == first.reg)
      return false;
    if (operation_.id == Inst::kIdMovsx && first.size <= second.size) return false;
    // A count above 16 leaves a word undefined, in ways of each processor's own.
    const bool doubleShift = operation_.id == Inst::kIdShld || operation_.id == Inst::kIdShrd;
    if (doubleShift && insn_.opSize == 2) return false;
    for (unsigned i = 0; i < row_.operandCount; ++i) {
      const OperandKind kind = insn_.op[i].kind;
      if (kind == OperandKind::Memory) {
        if (memory_ >= 0 || !insn_.op[i].size) return false;
        memory_ = static_cast<int>(i);
      } else if (kind != OperandKind::Gpr && kind != OperandKind::GprHigh && kind != OperandKind::Immediate) {
        return false;
      }
      if (writesTwice(i)) return false;
      loose_ += isLoose(i);
    }
    // Bit strings reach beyond their operand.
    const bool bitString =
        memory_ == 0 && row_.semName.starts_with("Bt") && insn_.op[1].kind == OperandKind::Gpr;
    return !bitString && !(memory_ >= 0 && loose_ > (writesMemory() ? 1 : 2));
  }

  // Whether it needs a temporary.
  bool isLoose(unsigned i) const { return inMemory(i) || isCount(i) || isHigh(i); }

  // With a memory operand at [T2 + T1], T0 is what is left; RCX is also the count's. A second one gets T1, and the memory operand is at
  // [T2] (MULX, that is).
  x86::Gp temporary(unsigned i) const {
    if (memory_ < 0) return i == 2 ? kT0 : i == 0 ? kT1 : kT2;
    return loose_ > 1 && i > 0 && isLoose(0) ? kT1 : kT0;
  }

  asmjit::Operand operand(unsigned i) {
    const Operand& op = insn_.op[i];
    if (op.kind == OperandKind::Memory) return loose_ > 1 ? x86::Mem(kT2, 0, op.size) : w_.pointer(op.size);
    if (op.kind == OperandKind::Immediate)
      return asmjit::Imm(signExtended(insn_.imm, std::min<unsigned>(op.size ? op.size : 8, 8)));
    if (isHigh(i)) {
      static_assert(isPinned(kRax) && isPinned(kRcx) && isPinned(kRdx) && isPinned(kRbx));
      w_.a.rorx(temporary(i), x86::gpq(kHostOf[op.reg]), 8);
      return temporary(i).r8();
    }
    if (isCount(i)) {
      w_.load(x86::rcx, kRcx);
      return x86::cl;
    }
    return w_.use(op.reg, op.size, temporary(i));
  }

  void storeBack(unsigned i) {
    if (!isWritten(i) || isCount(i)) return;
    if (inMemory(i)) w_.store(insn_.op[i].reg, temporary(i));
    if (isHigh(i)) w_.a.rorx(x86::gpq(kHostOf[insn_.op[i].reg]), temporary(i), 56);
  }

  CodeWriter& w_;
  const BlockInsn& insn_;
  const Row& row_;
  const Operation& operation_;
  int memory_ = -1;
  unsigned loose_ = 0;  // operands that need a temporary
  asmjit::Operand operands_[kMaxOperands];
};

bool lowerLea(CodeWriter& w) {
  const BlockInsn& i = w.insn();
  const unsigned to = i.op[0].reg;
  if (i.opSize == 2) {
    w.offset(kT0, i.addrSize);
    w.a.mov(w.use(to, 2, kT1), kT0.r16());
    if (!isPinned(to)) w.store(to, kT1);
    return true;
  }
  w.offset(isPinned(to) ? x86::gpq(kHostOf[to]) : kT0, std::min(i.opSize, i.addrSize));
  if (!isPinned(to)) w.store(to, kT0);
  return true;
}

// CBW, CWDE, CDQE; CWD, CDQ, CQO: RAX and RDX are where they are.
bool lowerWiden(CodeWriter& w, bool intoDx) {
  switch (w.insn().opSize) {
    case 2:
      w.check(intoDx ? w.a.cwd() : w.a.cbw());
      return true;
    case 4:
      w.check(intoDx ? w.a.cdq() : w.a.cwde());
      return true;
    default:
      w.check(intoDx ? w.a.cqo() : w.a.cdqe());
      return true;
  }
}

}  // namespace

bool lowerOperation(CodeWriter& w, std::string_view sem) {
  if (const Operation* operation = w.setup.rename ? find(sem) : find(*w.insn().row))
    return Lowering(w, *operation).run();
  if (sem == "Nop") return true;
  if (sem == "Lea") return lowerLea(w);
  if (sem == "Div" || sem == "Idiv") return lowerDivide(w, sem == "Idiv");
  if (sem == "Cbw") return lowerWiden(w, false);
  if (sem == "Cwd") return lowerWiden(w, true);
  if (sem == "Clc") return w.check(w.a.clc()), true;
  if (sem == "Stc") return w.check(w.a.stc()), true;
  return sem == "Cmc" && (w.check(w.a.cmc()), true);
}

}  // namespace duet::tcg::baseline
