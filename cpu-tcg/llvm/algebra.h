// The algebra over LLVM's IR: instantiating a semantic function with it builds the instruction's IR (cpu-tcg/sem/algebra.h).
#pragma once

#include "cpu-tcg/llvm/emitter.h"

namespace duet::tcg::region {

class IrAlgebra {
 public:
  template <unsigned W>
  using Word = region::Word<W>;
  using Bit = region::Bit;

  explicit IrAlgebra(Emitter& e) : e_(e) {}

  const isa::Insn& insn() const { return e_.step().insn; }
  template <unsigned W>
  Word<W> constant(u64 v) const {
    return {number(W, v)};
  }
  Bit bit(bool v) const { return {building->getInt1(v)}; }
  bool amd() const { return e_.plan().amd; }
  bool isMemory(unsigned n) const { return insn().op[n].kind == isa::OperandKind::Memory; }
  bool isImmediate(unsigned n) const { return insn().op[n].kind == isa::OperandKind::Immediate; }

  // --- operands
  template <unsigned W>
  Word<W> read(unsigned n) {
    const isa::Operand& op = insn().op[n];
    if (op.kind == isa::OperandKind::Memory) return load<W>(insn().mem.segment, address());
    if (op.kind == isa::OperandKind::Immediate) return immediate<W>(insn().imm);
    if (op.kind == isa::OperandKind::GprHigh) return trunc<W>(Word<64>{e_.reg(op.reg & 3)} >> 8u);
    return reg<W>(op.reg);
  }
  template <unsigned W>
  Word<W> readZext(unsigned n) {
    const unsigned size = insn().op[n].size;
    if (size == 1) return zext<W>(read<8>(n));
    if constexpr (W > 16) {
      if (size != 2) return zext<W>(read<32>(n));
    }
    return zext<W>(read<16>(n));
  }
  template <unsigned W>
  Word<W> readSext(unsigned n) {
    const unsigned size = insn().op[n].size;
    if (size == 1) return sext<W>(read<8>(n));
    if constexpr (W > 16) {
      if (size != 2) return sext<W>(read<32>(n));
    }
    return sext<W>(read<16>(n));
  }
  template <unsigned W>
  void write(unsigned n, Word<W> v) {
    const isa::Operand& op = insn().op[n];
    if (op.kind == isa::OperandKind::Memory) return store<W>(insn().mem.segment, address(), v);
    if (op.kind != isa::OperandKind::GprHigh) return setReg<W>(op.reg, v);
    const unsigned r = op.reg & 3;
    const Word<64> rest = Word<64>{e_.reg(r)} & constant<64>(~u64{0xff00});
    e_.setReg(r, (rest | (zext<64>(trunc<8>(v)) << 8u)).v);
  }
  template <unsigned W, class Fn>
  sem::Change<Word<W>> modify(unsigned n, Fn fn) {
    if (isMemory(n)) return modifyMemory<W>(address(), fn);
    const Word<W> old = read<W>(n), now = fn(old);
    write<W>(n, now);
    return {old, now};
  }
  template <unsigned W>
  Word<W> exchange(unsigned n, Word<W> v) {
    if (isMemory(n) && !e_.plan().alone)
      return {e_.exchange(e_.host(e_.linear(insn().mem.segment, address().v), W / 8, true), v.v)};
    return modify<W>(n, [&](Word<W>) { return v; }).old;
  }
  template <unsigned W, class Fn>
  sem::Change<Word<W>> modifyAt(Word<64> displacement, Fn fn) {
    return modifyMemory<W>(wrapAddress(address() + displacement), fn);
  }
  template <unsigned W>
  Word<W> readAt(Word<64> displacement) {
    return load<W>(insn().mem.segment, wrapAddress(address() + displacement));
  }
  Word<64> address() const { return addressWith(e_.reg(kRsp)); }
  template <unsigned W>
  Word<W> load(isa::SegReg segment, Word<64> offset) {
    return {e_.load(e_.host(e_.linear(segment, offset.v), W / 8, false), W / 8)};
  }
  template <unsigned W>
  void store(isa::SegReg segment, Word<64> offset, Word<W> v) {
    e_.store(e_.host(e_.linear(segment, offset.v), W / 8, true), W / 8, v.v);
  }

  // --- registers
  template <unsigned W>
  Word<W> reg(unsigned r) const {
    return trunc<W>(Word<64>{e_.reg(r)});
  }
  template <unsigned W>
  void setReg(unsigned r, Word<W> v) {
    if constexpr (W >= 32) {
      e_.setReg(r, zext<64>(v).v);
    } else {
      const Word<64> rest = Word<64>{e_.reg(r)} & constant<64>(~u64{(1u << W) - 1});
      e_.setReg(r, (rest | zext<64>(v)).v);
    }
  }
  Word<64> pointer(unsigned r) const { return wrapAddress({e_.reg(r)}); }
  void setPointer(unsigned r, Word<64> v) { e_.setReg(r, wrapAddress(v).v); }
  Word<64> wrapAddress(Word<64> v) const { return insn().addrSize == 8 ? v : v & constant<64>(0xffffffff); }

  // --- flags
  template <unsigned W>
  void flagsAdd(Word<W> x, Word<W> y, Word<W> r) {
    e_.setFlags(FlagOp::Add, W, x.v, y.v, nullptr, r.v);
  }
  template <unsigned W>
  void flagsAdc(Word<W> x, Word<W> y, Word<W> r) {
    e_.setFlags(FlagOp::Adc, W, x.v, y.v, e_.flag(kCf), r.v);
  }
  template <unsigned W>
  void flagsSub(Word<W> x, Word<W> y, Word<W> r) {
    e_.setFlags(FlagOp::Sub, W, x.v, y.v, nullptr, r.v);
  }
  template <unsigned W>
  void flagsSbb(Word<W> x, Word<W> y, Word<W> r) {
    e_.setFlags(FlagOp::Sbb, W, x.v, y.v, e_.flag(kCf), r.v);
  }
  template <unsigned W>
  void flagsLogic(Word<W> r) {
    e_.setFlags(FlagOp::Logic, W, nullptr, nullptr, nullptr, r.v);
  }
  template <unsigned W>
  void flagsInc(Word<W> r) {
    e_.setFlags(FlagOp::Inc, W, (r - constant<W>(1)).v, nullptr, e_.flag(kCf), r.v);
  }
  template <unsigned W>
  void flagsDec(Word<W> r) {
    e_.setFlags(FlagOp::Dec, W, (r + constant<W>(1)).v, nullptr, e_.flag(kCf), r.v);
  }
  template <unsigned W>
  void flagsResult(Word<W> r, Bit cf, Bit of, Bit af) {
    e_.setFlags(FlagOp::Logic, W, nullptr, nullptr, nullptr, r.v);
    e_.setFlagBit(kCf, cf.v);
    e_.setFlagBit(kOf, of.v);
    e_.setFlagBit(kAf, af.v);
  }
  template <unsigned W>
  void flagsProduct(Word<W> lo, Bit wide) {
    flagsResult(lo, wide, wide, bit(false));
    e_.setFlagBit(kZf, bit(false).v);
  }
  template <unsigned W>
  void flagsScan(Word<W> r, Bit none) {
    const Word<8> low = trunc<8>(r);
    flagsResult(select(none, constant<8>(0), low), bit(false), bit(false), bit(false));
    e_.setFlagBit(kSf, bit(false).v);
    e_.setFlagBit(kZf, none.v);
  }
  void setArithmeticFlags(Bit cf, Bit pf, Bit af, Bit zf, Bit sf, Bit of) {
    const Bit all[kFlagCount] = {cf, pf, af, zf, sf, of};
    for (unsigned f = 0; f < kFlagCount; ++f) e_.setFlagBit(static_cast<Flag>(f), all[f].v);
  }
  void setCarryOverflow(Bit cf, Bit of) {
    e_.setFlagBit(kCf, cf.v);
    e_.setFlagBit(kOf, of.v);
  }
  template <u32 F>
  Bit flag() const {
    return {e_.flag(flagOf(F))};
  }
  template <u32 F>
  void setFlag(Bit b) {
    e_.setFlagBit(flagOf(F), b.v);
  }
  template <unsigned W>
  Word<W> carry() const {
    return word<W>(Bit{e_.flag(kCf)});
  }
  Bit condition() const { return {e_.condition(insn().opcode & 15u)}; }
  Word<8> flagsByte() const {
    constexpr unsigned kPlace[] = {0, 2, 4, 6, 7};
    Word<8> all = constant<8>(2);
    for (unsigned f = kCf; f < kOf; ++f)
      all = all | (word<8>(Bit{e_.flag(static_cast<Flag>(f))}) << kPlace[f]);
    return all;
  }
  void setFlagsByte(Word<8> v) {
    constexpr unsigned kPlace[] = {0, 2, 4, 6, 7};
    for (unsigned f = kCf; f < kOf; ++f) e_.setFlagBit(static_cast<Flag>(f), lsb(v >> kPlace[f]).v);
  }

  // --- stack: 64-bit mode's
  Word<64> stackPointer() const { return {e_.reg(kRsp)}; }
  void setStackPointer(Word<64> sp) { e_.setReg(kRsp, sp.v); }
  template <unsigned W>
  Word<W> stackLoad(Word<64> sp) {
    return load<W>(isa::kSs, sp);
  }
  template <unsigned W>
  void stackStore(Word<64> sp, Word<W> v) {
    store<W>(isa::kSs, sp, v);
  }
  template <unsigned W>
  void stackProbe(Word<64> sp) {
    e_.host(e_.linear(isa::kSs, sp.v), W / 8, true);
  }
  template <unsigned W>
  void push(Word<W> v) {
    const Word<64> sp = stackPointer() - constant<64>(W / 8);
    stackStore<W>(sp, v);
    setStackPointer(sp);
  }
  Word<64> addressAfterPop(u64 bytes) {
    return addressWith((Word<64>{e_.reg(kRsp)} + constant<64>(bytes)).v);
  }

  // --- control
  Word<64> nextIp() const { return {e_.guestAddress(e_.step().next)}; }
  template <unsigned W>
  Word<64> target() {
    if (insn().op[0].kind == isa::OperandKind::Relative)
      return zext<64>(constant<W>(e_.step().next + insn().imm));
    return zext<64>(read<W>(0));
  }
  void checkTarget(Word<64> t) {
    e_.leaveUnless(e_.isCanonical(t.v));
    checked_ = true;
  }
  void jump(Word<64> t) {
    if (!checked_) checkedOutside(t);
    e_.jump(t.v, nullptr);
  }
  void jumpWhen(Bit c, Word<64> t) {
    checkTarget(t);
    e_.jump(t.v, c.v);
  }
  template <class Fn>
  void when(Bit c, Fn fn) {
    e_.when(c.v, fn);
  }
  void raiseWhen(Bit c, Exception) { e_.leaveUnless((!c).v); }

 private:
  Word<64> addressWith(Value* rsp) const {
    const isa::MemoryRef& m = insn().mem;
    const auto disp = static_cast<u64>(m.disp);
    if (m.base == isa::kRipBase) return wrapAddress({e_.guestAddress(e_.step().next + disp)});
    Value* base = m.base < 16 ? m.base == kRsp ? rsp : e_.reg(m.base) : nullptr;
    Value* index = m.index < 16 ? e_.reg(m.index) : nullptr;
    Value* sum = base || index ? e_.sum(base, index, m.scale) : nullptr;
    if (e_.plan().movesAlong(disp)) return wrapAddress({e_.guestAddress(disp, sum)});
    return wrapAddress(sum ? Word<64>{sum} + constant<64>(disp) : constant<64>(disp));
  }
  // Where the region goes on are canonical addresses, so only who leaves it has to look.
  void checkedOutside(Word<64> t) {
    if (llvm::isa<llvm::ConstantInt>(t.v)) return checkTarget(t);
    e_.checkTargetOutside();
  }
  template <unsigned W>
  Word<W> immediate(u64 v) const {
    return e_.plan().movesAlong(v) ? trunc<W>(Word<64>{e_.guestAddress(v)}) : constant<W>(v);
  }
  template <unsigned W, class Fn>
  sem::Change<Word<W>> modifyMemory(Word<64> offset, Fn fn) {
    Value* host = e_.host(e_.linear(insn().mem.segment, offset.v), W / 8, true);
    if (insn().has(isa::kPrefixLock) && !e_.plan().alone) {
      const auto [before, after] =
          e_.modifyAtomically(host, intType(W), [&](Value* old) { return fn(Word<W>{old}).v; });
      return {{before}, {after}};
    }
    const Word<W> old{e_.load(host, W / 8)}, now = fn(old);
    e_.store(host, W / 8, now.v);
    return {old, now};
  }

  Emitter& e_;
  bool checked_ = false;  // the target
};

static_assert(sem::Algebra<IrAlgebra>);

}  // namespace duet::tcg::region
