// The algebra over integers and a Context: instantiating a semantic function with it makes the
// interpreter's handler. A Form fixes at compile time what the handler would otherwise look up.
#pragma once

#include "cpu-tcg/interp/handlers/form.h"
#include "cpu-tcg/interp/handlers/random.h"
#include "cpu-tcg/interp/handlers/word.h"
#include "cpu-tcg/runtime/memory.h"

namespace duet::tcg::interp {

template <Form F>
class InterpAlgebra {
 public:
  template <unsigned W>
  using Word = interp::Word<W>;
  using Bit = interp::Bit;

  InterpAlgebra(Context& ctx, const isa::Insn& insn) : ctx_(ctx), insn_(insn) {
    // 64-bit mode has flat segments and a 64-bit stack (SDM vol. 3, 3.2.4).
    if (F.wide && !(ctx.flatSegments && ctx.stackSize == 8)) __builtin_unreachable();
  }

  const isa::Insn& insn() const { return insn_; }
  template <unsigned W>
  Word<W> constant(u64 v) const {
    return {static_cast<Raw<W>>(v)};
  }
  Bit bit(bool v) const { return {v}; }
  bool amd() const { return ctx_.amd; }

  bool isMemory(unsigned n) const {
    const Kind k = F.kind(n);
    return k == Kind::Any ? insn_.op[n].kind == isa::OperandKind::Memory : isMemoryKind(k);
  }
  bool isImmediate(unsigned n) const {
    const Kind k = F.kind(n);
    return k == Kind::Any ? insn_.op[n].kind == isa::OperandKind::Immediate : k == Kind::Imm;
  }

  // --- operands
  template <unsigned W>
  Word<W> read(unsigned n) {
    const Kind k = F.kind(n);
    if (k == Kind::Reg) return reg<W>(insn_.op[n].reg);
    if (k == Kind::Imm) return {static_cast<Raw<W>>(insn_.imm)};
    if (isMemoryKind(k)) return loadOperand<W>();
    switch (insn_.op[n].kind) {
      case isa::OperandKind::Memory:
        return loadOperand<W>();
      case isa::OperandKind::Immediate:
        return {static_cast<Raw<W>>(insn_.imm)};
      case isa::OperandKind::GprHigh:
        return {static_cast<Raw<W>>(static_cast<u8>(ctx_.arch.gpr[insn_.op[n].reg & 3] >> 8))};
      default:
        return reg<W>(insn_.op[n].reg);
    }
  }
  template <unsigned W>
  Word<W> readZext(unsigned n) {
    if (sourceIs(n, 8)) return zext<W>(read<8>(n));
    if constexpr (W > 16) {
      if (!sourceIs(n, 16)) return zext<W>(read<32>(n));
    }
    return zext<W>(read<16>(n));
  }
  template <unsigned W>
  Word<W> readSext(unsigned n) {
    if (sourceIs(n, 8)) return sext<W>(read<8>(n));
    if constexpr (W > 16) {
      if (!sourceIs(n, 16)) return sext<W>(read<32>(n));
    }
    return sext<W>(read<16>(n));
  }
  template <unsigned W>
  void write(unsigned n, Word<W> v) {
    const Kind k = F.kind(n);
    if (k == Kind::Reg) return setReg<W>(insn_.op[n].reg, v);
    if (isMemory(n)) return tcg::store<Raw<W>>(ctx_, segment(), offset(), v.v);
    if (insn_.op[n].kind == isa::OperandKind::GprHigh) {
      u64& r = ctx_.arch.gpr[insn_.op[n].reg & 3];
      r = (r & ~u64{0xff00}) | (u64{static_cast<u8>(v.v)} << 8);
      return;
    }
    setReg<W>(insn_.op[n].reg, v);
  }
  template <unsigned W, class Fn>
  sem::Change<Word<W>> modify(unsigned n, Fn fn) {
    if constexpr (W <= 64) {
      if (!isMemory(n)) {
        const Word<W> old = read<W>(n), now = fn(old);
        write<W>(n, now);
        return {old, now};
      }
    }
    return modifyMemory<W>(offset(), fn);
  }
  template <unsigned W>
  Word<W> exchange(unsigned n, Word<W> v) {
    if (isMemory(n))
      return {tcg::lockedModify<Raw<W>>(ctx_, segment(), offset(), [v](Raw<W>) { return v.v; })};
    const Word<W> old = read<W>(n);
    write<W>(n, v);
    return old;
  }
  template <unsigned W, class Fn>
  sem::Change<Word<W>> modifyAt(Word<64> displacement, Fn fn) {
    return modifyMemory<W>(wrapAddress({offset() + displacement.v}).v, fn);
  }
  template <unsigned W>
  Word<W> readAt(Word<64> displacement) {
    return load<W>(segment(), wrapAddress({offset() + displacement.v}));
  }
  Word<64> address() const { return {offset()}; }
  template <unsigned W>
  Word<W> load(isa::SegReg seg, Word<64> at) {
    return {tcg::load<Raw<W>>(ctx_, seg, at.v)};
  }
  template <unsigned W>
  void store(isa::SegReg seg, Word<64> at, Word<W> v) {
    tcg::store<Raw<W>>(ctx_, seg, at.v, v.v);
  }
  void requireAligned(u32 bytes) {
    if (tcg::linearAddress(ctx_, segment(), offset(), bytes, true).value & (bytes - 1)) raiseGp0(ctx_);
  }

  // --- registers
  template <unsigned W>
  Word<W> reg(unsigned r) const {
    return {static_cast<Raw<W>>(ctx_.arch.gpr[r])};
  }
  template <unsigned W>
  void setReg(unsigned r, Word<W> v) {
    u64& g = ctx_.arch.gpr[r];
    if constexpr (W >= 32) {
      g = v.v;
    } else {
      g = (g & ~static_cast<u64>(static_cast<Raw<W>>(~Raw<W>{0}))) | v.v;
    }
  }
  Word<64> pointer(unsigned r) const { return wrapAddress({ctx_.arch.gpr[r]}); }
  void setPointer(unsigned r, Word<64> v) {
    if (insn_.addrSize == 2) return setReg<16>(r, trunc<16>(v));
    ctx_.arch.gpr[r] = wrapAddress(v).v;
  }
  Word<64> wrapAddress(Word<64> v) const {
    return insn_.addrSize == 8 ? v : Word<64>{v.v & (insn_.addrSize == 4 ? 0xffffffff : 0xffff)};
  }

  // --- flags
  template <unsigned W>
  void flagsAdd(Word<W> x, Word<W> y, Word<W> r) {
    ctx_.flags.setAdd(x.v, y.v, r.v);
  }
  template <unsigned W>
  void flagsAdc(Word<W> x, Word<W> y, Word<W> r) {
    ctx_.flags.setAdc(x.v, y.v, r.v);
  }
  template <unsigned W>
  void flagsSub(Word<W> x, Word<W> y, Word<W> r) {
    ctx_.flags.setSub(x.v, y.v, r.v);
  }
  template <unsigned W>
  void flagsSbb(Word<W> x, Word<W> y, Word<W> r) {
    ctx_.flags.setSbb(x.v, y.v, r.v);
  }
  template <unsigned W>
  void flagsLogic(Word<W> r) {
    ctx_.flags.setLogic(r.v);
  }
  template <unsigned W>
  void flagsInc(Word<W> r) {
    ctx_.flags.setInc(r.v);
  }
  template <unsigned W>
  void flagsDec(Word<W> r) {
    ctx_.flags.setDec(r.v);
  }
  template <unsigned W>
  void flagsResult(Word<W> r, Bit cf, Bit of, Bit af) {
    ctx_.flags.setResultAnd(r.v, cf.v, of.v, af.v);
  }
  // Bit 8 keeps the stored result from being zero; PF comes from the byte below, SF from bit 63.
  template <unsigned W>
  void flagsProduct(Word<W> lo, Bit wide) {
    ctx_.flags.setResultAnd(static_cast<u64>(sext<64>(lo).v | 0x100), wide.v, wide.v);
  }
  template <unsigned W>
  void flagsScan(Word<W> r, Bit none) {
    ctx_.flags.setResultAnd(none.v ? u64{0} : u64{r.v} | 0x100, false, false);
  }
  void setArithmeticFlags(Bit cf, Bit pf, Bit af, Bit zf, Bit sf, Bit of) {
    ctx_.flags.set(u32{cf.v} | (u32{pf.v} << 2) | (u32{af.v} << 4) | (u32{zf.v} << 6) | (u32{sf.v} << 7) |
                   (u32{of.v} << 11));
  }
  void setCarryOverflow(Bit cf, Bit of) {
    ctx_.flags.setCf(cf.v);
    ctx_.flags.setOf(of.v);
  }
  template <u32 Flag>
  Bit flag() const {
    if constexpr (Flag == kFlagCf) return {ctx_.flags.cf()};
    if constexpr (Flag == kFlagZf) return {ctx_.flags.zf()};
    return {(ctx_.flags.arithmetic() & Flag) != 0};
  }
  template <u32 Flag>
  void setFlag(Bit b) {
    static_assert(Flag == kFlagCf || Flag == kFlagZf);
    if constexpr (Flag == kFlagCf) ctx_.flags.setCf(b.v);
    if constexpr (Flag == kFlagZf) ctx_.flags.setZf(b.v);
  }
  template <unsigned W>
  Word<W> carry() const {
    return {static_cast<Raw<W>>(ctx_.flags.cf())};
  }
  Bit condition() const {
    return {ctx_.flags.condition(F.condition < 16 ? unsigned{F.condition} : insn_.opcode & 15u)};
  }
  void setDirection(bool down) {
    ctx_.arch.rflags = down ? ctx_.arch.rflags | kFlagDf : ctx_.arch.rflags & ~u64{kFlagDf};
  }
  Word<8> flagsByte() const { return {static_cast<u8>((ctx_.flags.arithmetic() & 0xff) | 2)}; }
  void setFlagsByte(Word<8> v) {
    ctx_.flags.set((ctx_.flags.arithmetic() & kFlagOf) | (v.v & (kFlagsArithmetic & 0xff)));
  }

  // --- stack
  Word<64> stackPointer() const { return {tcg::stackPointer(ctx_)}; }
  void setStackPointer(Word<64> sp) { tcg::setStackPointer(ctx_, sp.v); }
  Word<64> stackRegister(Word<64> sp) const {
    if (ctx_.stackSize != 2) return {ctx_.stackSize == 4 ? sp.v & 0xffffffff : sp.v};
    return {(ctx_.arch.gpr[kRsp] & ~u64{0xffff}) | (sp.v & 0xffff)};
  }
  template <unsigned W>
  Word<W> stackLoad(Word<64> sp) {
    return {tcg::loadStack<Raw<W>>(ctx_, sp.v)};
  }
  template <unsigned W>
  void stackStore(Word<64> sp, Word<W> v) {
    tcg::storeStack<Raw<W>>(ctx_, sp.v, v.v);
  }
  template <unsigned W>
  void stackProbe(Word<64> sp) {
    const u64 mask = ctx_.stackSize == 8 ? ~u64{0} : ctx_.stackSize == 4 ? 0xffffffff : 0xffff;
    const LinearAddr at = tcg::linearAddress(ctx_, isa::kSs, sp.v & mask, W / 8, true);
    if (ctx_.alignmentChecks && at.value % (W / 8) != 0) raiseCode(ctx_, kExcAC, 0);
    tcg::probeWrite(ctx_, at, W / 8);
  }
  template <unsigned W>
  void push(Word<W> v) {
    const Word<64> sp = stackPointer() - constant<64>(W / 8);
    stackStore<W>(sp, v);
    setStackPointer(sp);
  }
  Word<64> addressAfterPop(u64 bytes) {
    const u64 rsp = ctx_.arch.gpr[kRsp];
    tcg::setStackPointer(ctx_, rsp + bytes);
    const u64 at = offset();
    ctx_.arch.gpr[kRsp] = rsp;
    return {at};
  }

  // --- control
  Word<64> nextIp() const { return {ctx_.nextRip}; }
  template <unsigned W>
  Word<64> target() {
    const Kind k = F.kind(0);
    const bool relative = k == Kind::Any ? insn_.op[0].kind == isa::OperandKind::Relative : k == Kind::Rel;
    if (relative) return zext<64>(trunc<W>(Word<64>{ctx_.nextRip + insn_.imm}));
    return zext<64>(read<W>(0));
  }
  void checkTarget(Word<64> t) const {
    if (F.wide || insn_.mode == isa::CodeMode::Bits64) {
      const unsigned shift = ctx_.canonicalShift;
      const u64 extended = static_cast<u64>(static_cast<i64>(t.v << shift) >> shift);
      if (extended != t.v) [[unlikely]]
        raiseGp0(ctx_);
    } else if (t.v > ctx_.arch.segment[isa::kCs].limit) [[unlikely]] {
      raiseGp0(ctx_);
    }
  }
  void jump(Word<64> t) {
    checkTarget(t);
    ctx_.nextRip = t.v;
  }
  void jumpWhen(Bit c, Word<64> t) {
    if (c.v) jump(t);
  }
  template <class Fn>
  void when(Bit c, Fn fn) {
    if (c.v) fn();
  }
  void raiseWhen(Bit c, Exception vector) {
    if (c.v) [[unlikely]]
      raise(ctx_, vector);
  }
  template <unsigned W>
  Word<W> random() {
    return {static_cast<Raw<W>>(hostRandom())};
  }

 private:
  static constexpr Kind kMemoryKind = isMemoryKind(F.first) ? F.first : F.second;

  bool sourceIs(unsigned n, unsigned width) const {
    return F.source ? F.source == width : insn_.op[n].size * 8u == width;
  }
  // The fixed forms are 64-bit mode with one of ES, CS, SS, DS.
  isa::SegReg segment() const {
    if ((kMemoryKind == Kind::MemBase || kMemoryKind == Kind::MemIndex) &&
        !(ctx_.flatSegments && insn_.mem.segment < isa::kFs))
      __builtin_unreachable();
    return insn_.mem.segment;
  }
  u64 offset() const {
    const isa::MemoryRef& m = insn_.mem;
    if constexpr (kMemoryKind == Kind::MemBase) {
      return ctx_.arch.gpr[m.base] + static_cast<u64>(m.disp);
    } else if constexpr (kMemoryKind == Kind::MemIndex) {
      return ctx_.arch.gpr[m.base] + (ctx_.arch.gpr[m.index] << m.scale) + static_cast<u64>(m.disp);
    } else {
      return tcg::effectiveAddress(ctx_, insn_);
    }
  }
  template <unsigned W>
  Word<W> loadOperand() {
    return {tcg::load<Raw<W>>(ctx_, segment(), offset())};
  }
  template <unsigned W, class Fn>
  sem::Change<Word<W>> modifyMemory(u64 at, Fn fn) {
    Word<W> now{};
    const auto apply = [&](Raw<W> v) {
      now = fn(Word<W>{v});
      return now.v;
    };
    const bool locked = F.generic() && insn_.has(isa::kPrefixLock);
    const Raw<W> old = locked ? tcg::lockedModify<Raw<W>>(ctx_, segment(), at, apply)
                              : tcg::modify<Raw<W>>(ctx_, segment(), at, apply);
    return {{old}, now};
  }

  Context& ctx_;
  const isa::Insn& insn_;
};

static_assert(sem::Algebra<InterpAlgebra<Form{}>>);

}  // namespace duet::tcg::interp
