// Forms made in advance for the instructions programs spend their time in. Leaving an instruction out changes
// only its speed.
#pragma once

#include "cpu-tcg/interp/handlers/pick.h"

namespace duet::tcg::sem {
struct Add;
struct Adc;
struct Sub;
struct Sbb;
struct Cmp;
struct Inc;
struct Dec;
struct Neg;
struct And;
struct Or;
struct Xor;
struct Test;
struct Not;
struct Mov;
struct Movzx;
struct Movsx;
struct Lea;
struct Shl;
struct Shr;
struct Sar;
struct Push;
struct Pop;
struct Jmp;
struct Call;
struct Ret;
struct Jcc;
struct Cmovcc;
struct Setcc;
}  // namespace duet::tcg::sem

namespace duet::tcg::interp {

constexpr Kind kindOf(const isa::Insn& insn, unsigned n) {
  switch (insn.op[n].kind) {
    case isa::OperandKind::Gpr:
      return Kind::Reg;
    case isa::OperandKind::Immediate:
      return Kind::Imm;
    case isa::OperandKind::Relative:
      return Kind::Rel;
    case isa::OperandKind::Memory: {
      const isa::MemoryRef& m = insn.mem;
      const bool flat =
          insn.mode == isa::CodeMode::Bits64 && insn.addrSize == 8 && m.segment < isa::kFs && m.base < 16;
      return !flat ? Kind::Mem : m.index < 16 ? Kind::MemIndex : Kind::MemBase;
    }
    default:
      return Kind::Any;
  }
}

// Shapes a hot instruction comes in.
enum Shape : unsigned {
  kRegReg = 1,
  kRegMem = 2,
  kMemReg = 4,
  kRegImm = 8,
  kMemImm = 16,
  kTwoOperands = 31,
};

template <class S, unsigned W, Kind First>
Handler pickMemoryForms(Kind memory) {
  if (memory == Kind::MemBase) return handle<S, W, Form{.first = First, .second = Kind::MemBase}>;
  if (memory == Kind::MemIndex) return handle<S, W, Form{.first = First, .second = Kind::MemIndex}>;
  return handle<S, W, Form{.first = First, .second = Kind::Mem}>;
}

template <class S, unsigned W, Kind Second>
Handler pickMemoryFirst(Kind memory) {
  if (memory == Kind::MemBase) return handle<S, W, Form{.first = Kind::MemBase, .second = Second}>;
  if (memory == Kind::MemIndex) return handle<S, W, Form{.first = Kind::MemIndex, .second = Second}>;
  return handle<S, W, Form{.first = Kind::Mem, .second = Second}>;
}

template <class S, unsigned Shapes>
Handler pickTwo(const isa::Insn& insn) {
  const Kind first = kindOf(insn, 0), second = kindOf(insn, 1);
  return withWidth<S>(insn, [&]<unsigned W>() -> Handler {
    if (insn.has(isa::kPrefixLock)) return handle<S, W, Form{}>;
    if constexpr ((Shapes & kRegReg) != 0) {
      if (first == Kind::Reg && second == Kind::Reg)
        return handle<S, W, Form{.first = Kind::Reg, .second = Kind::Reg}>;
    }
    if constexpr ((Shapes & kRegImm) != 0) {
      if (first == Kind::Reg && second == Kind::Imm)
        return handle<S, W, Form{.first = Kind::Reg, .second = Kind::Imm}>;
    }
    if constexpr ((Shapes & kRegMem) != 0) {
      if (first == Kind::Reg && isMemoryKind(second)) return pickMemoryForms<S, W, Kind::Reg>(second);
    }
    if constexpr ((Shapes & kMemReg) != 0) {
      if (isMemoryKind(first) && second == Kind::Reg) return pickMemoryFirst<S, W, Kind::Reg>(first);
    }
    if constexpr ((Shapes & kMemImm) != 0) {
      if (isMemoryKind(first) && second == Kind::Imm) return pickMemoryFirst<S, W, Kind::Imm>(first);
    }
    return handle<S, W, Form{}>;
  });
}

// INC, DEC, NEG, NOT.
template <class S>
Handler pickOne(const isa::Insn& insn) {
  const Kind first = kindOf(insn, 0);
  return withWidth<S>(insn, [&]<unsigned W>() -> Handler {
    if (insn.has(isa::kPrefixLock)) return handle<S, W, Form{}>;
    if (first == Kind::Reg) return handle<S, W, Form{.first = Kind::Reg}>;
    if (isMemoryKind(first)) return pickMemoryFirst<S, W, Kind::Any>(first);
    return handle<S, W, Form{}>;
  });
}

// PUSH, POP, JMP, CALL, RET: one operand at most; in 64-bit mode the stack is flat.
template <class S>
Handler pickWide(const isa::Insn& insn) {
  const Kind first = kindOf(insn, 0);
  if (insn.mode != isa::CodeMode::Bits64) return pickGeneric<S>(insn);
  return withWidth<S>(insn, [&]<unsigned W>() -> Handler {
    if constexpr (W == 64) {
      if (first == Kind::Reg) return handle<S, W, Form{.first = Kind::Reg, .wide = true}>;
      if (first == Kind::Imm) return handle<S, W, Form{.first = Kind::Imm, .wide = true}>;
      if (first == Kind::Rel) return handle<S, W, Form{.first = Kind::Rel, .wide = true}>;
      return handle<S, W, Form{.wide = true}>;
    } else {
      return handle<S, W, Form{}>;
    }
  });
}

// MOVZX, MOVSX: by source width too.
template <class S, u8 Source>
Handler pickExtension(const isa::Insn& insn) {
  const Kind first = kindOf(insn, 0), second = kindOf(insn, 1);
  return withWidth<S>(insn, [&]<unsigned W>() -> Handler {
    if (first != Kind::Reg) return handle<S, W, Form{}>;
    if (second == Kind::Reg)
      return handle<S, W, Form{.first = Kind::Reg, .second = Kind::Reg, .source = Source}>;
    if (second == Kind::MemBase)
      return handle<S, W, Form{.first = Kind::Reg, .second = Kind::MemBase, .source = Source}>;
    if (second == Kind::MemIndex)
      return handle<S, W, Form{.first = Kind::Reg, .second = Kind::MemIndex, .source = Source}>;
    if (second == Kind::Mem)
      return handle<S, W, Form{.first = Kind::Reg, .second = Kind::Mem, .source = Source}>;
    return handle<S, W, Form{}>;
  });
}

// Jcc, CMOVcc, SETcc: by condition. `First` and `Second` are the kinds the fixed forms take.
template <class S, unsigned W, Kind First, Kind Second, bool Wide, u8 Condition = 0>
Handler pickCondition(unsigned condition) {
  if constexpr (Condition == 16) {
    return nullptr;
  } else {
    if (condition == Condition)
      return handle<S, W, Form{.first = First, .second = Second, .condition = Condition, .wide = Wide}>;
    return pickCondition<S, W, First, Second, Wide, Condition + 1>(condition);
  }
}

// The primary template serves every instruction not listed below.
template <class S>
struct Hot {
  static constexpr bool kIs = false;
};
#define DUET_HOT(S)                             \
  template <>                                   \
  struct Hot<sem::S> {                          \
    static constexpr bool kIs = true;           \
    static Handler pick(const isa::Insn& insn); \
  };
DUET_HOT(Add)
DUET_HOT(Adc)
DUET_HOT(Sub)
DUET_HOT(Sbb)
DUET_HOT(Cmp)
DUET_HOT(Inc)
DUET_HOT(Dec)
DUET_HOT(Neg)
DUET_HOT(And)
DUET_HOT(Or)
DUET_HOT(Xor)
DUET_HOT(Test)
DUET_HOT(Not)
DUET_HOT(Mov)
DUET_HOT(Movzx)
DUET_HOT(Movsx)
DUET_HOT(Lea)
DUET_HOT(Shl)
DUET_HOT(Shr)
DUET_HOT(Sar)
DUET_HOT(Push)
DUET_HOT(Pop)
DUET_HOT(Jmp)
DUET_HOT(Call)
DUET_HOT(Ret)
DUET_HOT(Jcc)
DUET_HOT(Cmovcc)
DUET_HOT(Setcc)
#undef DUET_HOT

}  // namespace duet::tcg::interp
