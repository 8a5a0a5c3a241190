// The six arithmetic flags, kept as the last result and the carries it made; nothing is worked out
// until somebody asks, and then without branches.
//
// Two words hold them, in one normal form for all operand widths:
//   result_  the result, sign-extended to 64 bits: ZF, SF, and PF from its low byte
//   aux_     bit 31 carry out of the top bit (CF), bit 30 carry into the top bit (OF = bit 31 xor bit 30),
//            bit 3 carry out of bit 3 (AF), bits 15:8 xored into the low byte before PF is taken,
//            bit 0 xored into SF
// so any combination of the six can be stored, also those no operation makes (ZF and SF both set).
#pragma once

#include <bit>
#include <concepts>
#include <type_traits>

#include "core/base/types.h"
#include "core/cpu/registers.h"

namespace duet::tcg {

class LazyFlags {
 public:
  // T is the operand type: u8, u16, u32, u64. `r` is the result, carry in included for ADC and SBB.
  template <std::unsigned_integral T>
  void setAdd(T a, T b, T r) {
    setResult(r);
    aux_ = carryBits<T>((a & b) | ((a | b) & ~r));
  }
  template <std::unsigned_integral T>
  void setAdc(T a, T b, T r) {
    setAdd<T>(a, b, r);
  }
  // a - b (- borrow): SUB, CMP, NEG (a = 0), SBB.
  template <std::unsigned_integral T>
  void setSub(T a, T b, T r) {
    setResult(r);
    aux_ = carryBits<T>((~a & b) | ((~a | b) & r));
  }
  template <std::unsigned_integral T>
  void setSbb(T a, T b, T r) {
    setSub<T>(a, b, r);
  }
  // AND, OR, XOR, TEST: CF = OF = 0; AF (undefined by the manual) = 0.
  template <std::unsigned_integral T>
  void setLogic(T r) {
    setResult(r);
    aux_ = 0;
  }
  // INC and DEC keep CF. `r` is the result.
  template <std::unsigned_integral T>
  void setInc(T r) {
    const u32 c = cf(), o = r == kTop<T>;
    setResult(r);
    aux_ = (c << 31) | ((c ^ o) << 30) | (((r & 0xf) == 0) << 3);
  }
  template <std::unsigned_integral T>
  void setDec(T r) {
    const u32 c = cf(), o = r == static_cast<T>(kTop<T> - 1);
    setResult(r);
    aux_ = (c << 31) | ((c ^ o) << 30) | (((r & 0xf) == 0xf) << 3);
  }
  // ZF, SF, PF by the result, the others given: shifts, multiplications.
  template <std::unsigned_integral T>
  void setResultAnd(T r, bool carry, bool overflow, bool adjust = false) {
    setResult(r);
    aux_ = (u32{carry} << 31) | (u32{carry != overflow} << 30) | (u32{adjust} << 3);
  }

  void set(u32 flags) {
    const u32 c = flags & 1, p = (flags >> 2) & 1, a = (flags >> 4) & 1, z = (flags >> 6) & 1,
              s = (flags >> 7) & 1, o = (flags >> 11) & 1;
    result_ = z ^ 1;  // low byte 0 (even) with ZF, else 1 (odd)
    aux_ = (c << 31) | ((c ^ o) << 30) | (a << 3) | ((p ^ z) << 8) | s;
  }
  // The six bits in their RFLAGS positions.
  u32 arithmetic() const {
    return u32{cf()} | (u32{pf()} << 2) | (u32{af()} << 4) | (u32{zf()} << 6) | (u32{sf()} << 7) |
           (u32{of()} << 11);
  }

  bool cf() const { return aux_ >> 31; }
  bool of() const { return (aux_ ^ (aux_ << 1)) >> 31; }
  bool af() const { return (aux_ >> 3) & 1; }
  bool zf() const { return result_ == 0; }
  bool sf() const { return (result_ >> 63) ^ (aux_ & 1); }
  bool pf() const { return !__builtin_parity(static_cast<u8>(result_ ^ (aux_ >> 8))); }

  void setCf(bool v) { aux_ ^= (u32{cf() != v} << 31) | (u32{cf() != v} << 30); }  // OF stays
  void setOf(bool v) { aux_ ^= u32{of() != v} << 30; }
  void setAf(bool v) { aux_ = (aux_ & ~8u) | (u32{v} << 3); }
  void setSf(bool v) { aux_ ^= u32{sf() != v}; }
  void setPf(bool v) { aux_ ^= u32{pf() != v} << 8; }
  void setZf(bool v) { set((arithmetic() & ~u32{kFlagZf}) | (v ? u32{kFlagZf} : 0)); }
  void clearCfOf() { aux_ &= 0x3fffffff; }

  // Condition code 0..15 of Jcc, SETcc, CMOVcc (SDM vol. 1 appendix B).
  bool condition(unsigned cc) const {
    bool v = false;
    switch ((cc >> 1) & 7) {
      case 0:
        v = of();
        break;
      case 1:
        v = cf();
        break;
      case 2:
        v = zf();
        break;
      case 3:
        v = cf() || zf();
        break;
      case 4:
        v = sf();
        break;
      case 5:
        v = pf();
        break;
      case 6:
        v = sf() != of();
        break;
      default:
        v = zf() || (sf() != of());
        break;
    }
    return v != static_cast<bool>(cc & 1);
  }

 private:
  template <class T>
  static constexpr T kTop = static_cast<T>(T{1} << (sizeof(T) * 8 - 1));

  template <class T>
  void setResult(T r) {
    result_ = static_cast<u64>(static_cast<i64>(static_cast<std::make_signed_t<T>>(r)));
  }
  // Carry-out vector of an operation to aux_ form. (Integer promotion leaves rubbish above T's width.)
  template <class T, class C>
  static u32 carryBits(C carries) {
    u32 top;
    if constexpr (sizeof(T) == 8) {
      top = static_cast<u32>(static_cast<u64>(carries) >> 32);
    } else {
      top = static_cast<u32>(carries) << (32 - 8 * sizeof(T));
    }
    return (top & 0xc0000000) | (static_cast<u32>(carries) & 8);
  }

  u64 result_ = 1;  // all six clear
  u32 aux_ = 0;
};

}  // namespace duet::tcg
