// Host code in the making. asmjit encodes most instructions; the few that make up most of the code are encoded here, where that
// takes a tenth of the time, and so are labels, of which each guest instruction has several.
#pragma once

#include <cstring>
#include <memory>
#include <span>
#include <type_traits>

#include "core/base/assert.h"
#include "cpu-tcg/baseline/registers.h"

namespace duet::tcg::baseline {

// A place in the code. (asmjit's take four times as much memory, and several times as long to hand around.)
struct Label {
  u32 id = ~u32{0};
};

// One for all units of a translator: begin() forgets what was made before. Functions that hide asmjit's do the same as those.
class HostCode final : public x86::Assembler {
 public:
  HostCode() {
    DUET_ASSERT(holder_.init(asmjit::Environment::host()) == asmjit::kErrorOk);
    DUET_ASSERT(holder_.reserveBuffer(&holder_.textSection()->buffer(), kCapacity) == asmjit::kErrorOk);
    DUET_ASSERT(holder_.attach(this) == asmjit::kErrorOk);
  }

  // What is made lies in two places: hot code by itself, so that few lines and pages hold what runs; and data, then cold code. The
  // data come first, then startHot(), startCold(). Both places are multiples of kPlaceAlign.
  static constexpr u32 kPlaceAlign = 16;
  void begin(u64 hot, u64 cold) {
    _bufferPtr = _bufferData;
    hot_ = hot;
    cold_ = cold;
    hotFrom_ = coldFrom_ = ~u32{0};
    labelCount_ = 0;
  }
  void startHot() {
    alignData(kPlaceAlign);
    hotFrom_ = here();
  }
  // A byte at least lies between them: where the one ends is not where the other begins.
  void startCold() {
    put(kTrap);
    while (here() % kPlaceAlign) put(kTrap);
    coldFrom_ = here();
  }
  std::span<const u8> data() const { return {_bufferData, hotFrom_}; }
  std::span<const u8> hot() const { return {_bufferData + hotFrom_, coldFrom_ - hotFrom_}; }
  std::span<const u8> cold() const { return {_bufferData + coldFrom_, offset() - coldFrom_}; }
  // Where what is at an offset here will lie.
  u64 addressOf(u32 at) const {
    if (at < hotFrom_) return cold_ + at;
    if (at < coldFrom_) return hot_ + (at - hotFrom_);
    return cold_ + hotFrom_ + (at - coldFrom_);
  }
  // The same, from where the hot code begins.
  u32 fromHot(u32 at) const { return static_cast<u32>(addressOf(at) - hot_); }
  u32 here() const { return static_cast<u32>(offset()); }
  bool hasRoom(size_t size) const { return remainingSpace() >= size; }

  // --- labels: all that are used are bound in the end
  Label label() {
    DUET_ASSERT(labelCount_ < kMostLabels);
    labels_[labelCount_] = {kNowhere, 0, 0};
    return {labelCount_++};
  }
  u32 offsetOf(Label label) const { return labels_[label.id].at; }
  bool isBound(Label label) const { return labels_[label.id].at != kNowhere; }
  // By what jumps four bytes' far; it is not bound yet.
  bool isUsed(Label label) const { return labels_[label.id].far != 0; }
  using x86::Assembler::bind;  // asmjit's own labels
  void bind(Label label) {
    State& l = labels_[label.id];
    l.at = here();
    while (l.far) l.far = resolve(l.far, l.at);
    if (l.near) {
      const u32 distance = l.at - l.near;
      DUET_ASSERT(distance < 128);
      _bufferData[l.near - 1] = static_cast<u8>(distance);
    }
  }

  // --- jumps
  void jmp(Label to) {
    put(0xe9);
    displacement(to);
  }
  void j(x86::CondCode condition, Label to) {
    write(Bytes(0x0f, 0x80 | encodingOf(condition)));
    displacement(to);
  }
  // These two go forward, by less than 128 bytes; one of them to a label.
  void jecxz(const x86::Gp& counter, Label to) {
    if (counter.size() == 4) put(0x67);
    put(0xe3);
    nearBy(to);
  }
  void jumpNear(Label to) {
    put(0xeb);
    nearBy(to);
  }
  void jmp(u64 to) { absolute(0xe9, to); }
  void call(u64 to) { absolute(0xe8, to); }
  void jmp(const x86::Mem& to) { x86::Assembler::jmp(to); }

  // --- moves
  void mov(const x86::Gp& to, const x86::Gp& from) {
    if (!isWord(to) || !isWord(from)) return slow(x86::Assembler::mov(to, from));
    registers(0x8b, isWide(to), to.id(), from.id());
  }
  void mov(const x86::Gp& to, const x86::Mem& from) {
    if (!isWord(to) || !from.hasBaseReg()) return slow(x86::Assembler::mov(to, from));
    memory(0x8b, isWide(to), to.id(), from);
  }
  void mov(const x86::Mem& to, const x86::Gp& from) {
    if (!isWord(from) || !to.hasBaseReg()) return slow(x86::Assembler::mov(to, from));
    memory(0x89, isWide(from), from.id(), to);
  }
  template <class T, std::enable_if_t<std::is_integral_v<T>, int> = 0>
  void mov(const x86::Gp& to, T value) {
    constant(to, static_cast<u64>(value));
  }
  template <class T, std::enable_if_t<std::is_integral_v<T>, int> = 0>
  void mov(const x86::Mem& to, T value) {
    DUET_ASSERT(to.size() == 4 || to.size() == 8);
    memory(0xc7, to.size() == 8, 0, to);
    put32(static_cast<u32>(value));
  }
  void movzx(const x86::Gp& to, const x86::Gp& from) {
    if (from.size() != 2) return slow(x86::Assembler::movzx(to, from));
    Bytes out;
    rex(out, false, to.id(), 0, from.id());
    out.put(0x0f);
    out.put(0xb7);
    out.put(0xc0 | (to.id() & 7) << 3 | (from.id() & 7));
    write(out);
  }
  void movzx(const x86::Gp& to, const x86::Mem& from) { x86::Assembler::movzx(to, from); }
  void lea(const x86::Gp& to, Label at) {
    write(Bytes(to.id() & 8 ? 0x4c : 0x48, 0x8d, (to.id() & 7) << 3 | 5));
    displacement(at);
  }
  asmjit::Error lea(const x86::Gp& to, const x86::Mem& from) {
    if (!isWord(to) || !from.hasBaseReg()) return x86::Assembler::lea(to, from);
    memory(0x8d, isWide(to), to.id(), from);
    return asmjit::kErrorOk;
  }

  // --- BMI2, 64 bits wide
  void pext(const x86::Gp& to, const x86::Gp& from, const x86::Mem& mask) { bits(0x02, to, from, mask); }
  void pdep(const x86::Gp& to, const x86::Gp& from, const x86::Mem& mask) { bits(0x03, to, from, mask); }
  void rorx(const x86::Gp& to, const x86::Gp& from, u32 count) {
    write(Bytes(0xc4, (to.id() & 8 ? 0 : 0x80) | 0x40 | (from.id() & 8 ? 0 : 0x20) | 3, 0xfb, 0xf0,
                0xc0 | (to.id() & 7) << 3 | (from.id() & 7), count));
  }

  // Where the next byte goes, for who puts some there; then what is behind them.
  u8* next() { return _bufferPtr; }
  void next(u8* behind) { _bufferPtr = behind; }
  void putData(const void* data, size_t size) {
    std::memcpy(_bufferPtr, data, size);
    _bufferPtr += size;
  }
  void alignData(u32 to) {
    while (here() % to) put(0);
  }
  // What can be changed while it runs lies within eight aligned bytes (CodeArena::patch()): `size` bytes, `ahead` of here.
  static bool isPatchable(u32 offset, u32 size) { return (offset & 7) + size <= 8; }
  void alignPatch(u32 ahead, u32 size = 4) {
    static constexpr u8 kNops[5][4] = {
        {}, {0x90}, {0x66, 0x90}, {0x0f, 0x1f, 0x00}, {0x0f, 0x1f, 0x40, 0x00}};
    const u32 at = here() + ahead, pad = 8 - (at & 7);
    if (!isPatchable(at, size)) putData(kNops[pad], pad);
  }

 private:
  // More than the longest unit has.
  static constexpr size_t kCapacity = 1u << 20;

  static constexpr u32 kMostLabels = 1u << 15;
  static constexpr u32 kNowhere = ~u32{0};
  static constexpr u32 kTrap = 0xcc;  // INT3

  struct State {
    u32 at;
    u32 far;   // behind the last displacement to it of four bytes, which holds the one before; 0: none
    u32 near;  // behind that of one byte
  };

  static void slow(asmjit::Error) {}
  static bool isWord(const x86::Gp& reg) { return reg.size() >= 4; }
  static bool isWide(const x86::Gp& reg) { return reg.size() == 8; }

  static u32 encodingOf(x86::CondCode condition) { return static_cast<u32>(condition); }

  // Up to eight bytes of an instruction on their way into the buffer: in registers, as each byte that is put there by itself waits
  // for the one before.
  class Bytes {
   public:
    template <class... Each>
    explicit Bytes(Each... bytes) {
      (put(bytes), ...);
    }
    void put(u32 byte) {
      bits_ |= u64{static_cast<u8>(byte)} << shift_;
      shift_ += 8;
    }
    void put32(u32 v) {
      bits_ |= u64{v} << shift_;
      shift_ += 32;
    }

   private:
    friend class HostCode;
    u64 bits_ = 0;
    u32 shift_ = 0;
  };

  void write(const Bytes& bytes) {
    std::memcpy(_bufferPtr, &bytes.bits_, 8);
    _bufferPtr += bytes.shift_ / 8;
  }

  void put(u32 byte) { *_bufferPtr++ = static_cast<u8>(byte); }
  void put32(u32 v) {
    std::memcpy(_bufferPtr, &v, 4);
    _bufferPtr += 4;
  }
  void put64(u64 v) {
    std::memcpy(_bufferPtr, &v, 8);
    _bufferPtr += 8;
  }

  u32 resolve(u32 behind, u32 target) {
    u32 before;
    std::memcpy(&before, _bufferData + behind - 4, 4);
    const u32 distance = static_cast<u32>(addressOf(target) - addressOf(behind));
    std::memcpy(_bufferData + behind - 4, &distance, 4);
    return before;
  }
  void displacement(Label to) {
    State& l = labels_[to.id];
    if (l.at != kNowhere) return put32(static_cast<u32>(addressOf(l.at) - addressOf(here() + 4)));
    put32(l.far);
    l.far = here();
  }
  void nearBy(Label to) {
    State& l = labels_[to.id];
    DUET_ASSERT(l.at == kNowhere && !l.near);
    put(0);
    l.near = here();
  }
  void absolute(u32 opcode, u64 to) {
    put(opcode);
    put32(static_cast<u32>(to - addressOf(here() + 4)));
  }

  static void rex(Bytes& out, bool wide, u32 reg, u32 index, u32 base) {
    const u32 bits = (wide ? 8u : 0u) | (reg & 8) >> 1 | (index & 8) >> 2 | (base & 8) >> 3;
    if (bits) out.put(0x40 | bits);
  }
  void registers(u32 opcode, bool wide, u32 reg, u32 rm) {
    Bytes out;
    rex(out, wide, reg, 0, rm);
    out.put(opcode);
    out.put(0xc0 | (reg & 7) << 3 | (rm & 7));
    write(out);
  }
  void memory(u32 opcode, bool wide, u32 reg, const x86::Mem& m) {
    Bytes out;
    rex(out, wide, reg, m.hasIndex() ? m.indexId() : 0, m.baseId());
    out.put(opcode);
    address(out, reg, m);
    write(out);
  }
  // ModRM, SIB and displacement, six bytes at most; there is a base.
  static void address(Bytes& out, u32 reg, const x86::Mem& m) {
    constexpr u32 kRsp = 4, kRbp = 5;
    const u32 base = m.baseId() & 7;
    const i32 disp = m.offsetLo32();
    const u32 mod = disp == 0 && base != kRbp ? 0 : disp == static_cast<i8>(disp) ? 1 : 2;
    const bool sib = m.hasIndex() || base == kRsp;
    out.put(mod << 6 | (reg & 7) << 3 | (sib ? kRsp : base));
    if (sib) out.put(m.shift() << 6 | ((m.hasIndex() ? m.indexId() : kRsp) & 7) << 3 | base);
    if (mod == 1) out.put(static_cast<u32>(disp));
    if (mod == 2) out.put32(static_cast<u32>(disp));
  }
  void constant(const x86::Gp& to, u64 value) {
    DUET_ASSERT(isWord(to));
    const bool negative = static_cast<u64>(static_cast<i64>(static_cast<i32>(value))) == value;
    if (to.size() == 8 && value >> 32 != 0 && negative) {
      registers(0xc7, true, 0, to.id());
      return put32(static_cast<u32>(value));
    }
    const bool wide = to.size() == 8 && value >> 32 != 0;
    Bytes out;
    rex(out, wide, 0, 0, to.id());
    out.put(0xb8 | (to.id() & 7));
    write(out);
    return wide ? put64(value) : put32(static_cast<u32>(value));
  }
  void bits(u32 prefix, const x86::Gp& to, const x86::Gp& from, const x86::Mem& mask) {
    DUET_ASSERT(mask.hasBaseReg());
    const u32 index = mask.hasIndex() ? mask.indexId() : 0;
    write(Bytes(0xc4, (to.id() & 8 ? 0 : 0x80) | (index & 8 ? 0 : 0x40) | (mask.baseId() & 8 ? 0 : 0x20) | 2,
                0x80 | (~from.id() & 15) << 3 | prefix, 0xf5));
    Bytes out;
    address(out, to.id(), mask);
    write(out);
  }

  asmjit::CodeHolder holder_;
  u64 hot_ = 0, cold_ = 0;
  u32 hotFrom_ = 0, coldFrom_ = 0;
  const std::unique_ptr<State[]> labels_{new State[kMostLabels]};  // touched as they are used
  u32 labelCount_ = 0;
};

}  // namespace duet::tcg::baseline
